"""The gate from the page of what changed to the pipelines: what a release is compared with, bridges, records.

What is cached belongs to two releases and a selection; a release never changes under its name.
"""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dashboard import access, data
from dashboard.moved import Moved
from dashboard.places import store_folder
from dashboard.wording import language, said
from data_schemas.rules import named_rules
from pipelines.bridge import returned
from pipelines.bridge.bridges import Bridge, bridge
from pipelines.bridge.returned import Return
from pipelines.definitions import definition, names
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.selection import Selection
from pipelines.store import Store

if TYPE_CHECKING:
    from pipelines.changes import TableChanges  # loads pandera, which is slow

HEADLINES = ("new_patients", "treated_patients", "on_treatment", "serious_effects", "exposed_pregnancies")
"""The figures that have a bridge, in the order in which they are shown."""

RETURN, PREVIOUS = "return", "previous"
"""What the address calls the last return and the release before; any other value is the name of a release."""


def last_return() -> Return | None:
    """The last return; none where the export holds no declaration."""
    return _last_return(data.opened(), str(store_folder()))


def bases() -> dict[str, Release]:
    """What the release of this session can be compared with, by its name in the address, the most usual first."""
    store, now = Store(store_folder()), data.release()
    found: dict[str, Release] = {}
    declared = last_return()
    if declared and declared.release:
        found[RETURN] = declared.release
    before = store.compared_with(now)
    if before and _same_programme(before, now):
        found[PREVIOUS] = before
    return found | {each.name: each for each in store.releases()[::-1] if each.name != now.name
                    and _same_programme(each, now) and each.cutoff <= now.cutoff}  # fmt: skip


def moved(name: str, base: Release, selection: Selection) -> Moved:
    """Why a headline figure is not what it was in another release."""
    found = _bridge(data.opened(), str(store_folder()), base.name, name, selection)
    return Moved(found, data.programme(), language(), base.cutoff, data.release().cutoff)


def records(base: Release) -> Sequence["TableChanges"]:
    """What became of the records of each table since another release."""
    return _records(data.opened(), str(store_folder()), base.name)


def definitions(base: Release) -> Mapping[str, Sequence[str]] | None:
    """Kind → names of the definitions that changed since another release; none where one did not record them."""
    from pipelines.changes import definition_changes  # noqa: PLC0415 - pandera is slow to load

    now = data.release()
    if not (base.record.get("definitions") and now.record.get("definitions")):
        return None
    return definition_changes(base, now)


def values(changed: "TableChanges", state: str) -> pd.DataFrame:
    """The records of one state: key, and of those that were altered each value before and after; restricted circle."""
    access.rows_seen("record_changes", data.release())
    keys = pd.DataFrame({"key": list(changed.keys[state])}, dtype=object)
    if state in {"new", "withdrawn"}:
        return keys
    return keys.merge(changed.values, how="left", on="key")


def records_of(figure: Moved, reason: str) -> pd.DataFrame:
    """The records behind a reason of a bridge: `key` and `change`; restricted circle, and written down first."""
    access.rows_seen("record_changes", data.release())
    return figure.records(reason)


def named(kind: str, name: str) -> str:
    """A definition by the name that a reader knows."""
    if kind == "measure" and name in names():
        return said(definition(name).title, language())
    if kind == "rule" and name in named_rules():
        return said(named_rules()[name].text, language())
    return name


def _same_programme(one: Release, other: Release) -> bool:
    return bool(one.record["programme"] == other.record["programme"])


@functools.lru_cache(maxsize=8)
def _last_return(opened: Opened, folder: str) -> Return | None:
    return returned.last_return(Store(Path(folder)), opened)


@functools.lru_cache(maxsize=256)
def _bridge(opened: Opened, folder: str, base: str, name: str, selection: Selection) -> Bridge:
    store = Store(Path(folder))
    return bridge(store, store.release(base), opened.release, name, [], selection, programme=opened.programme)


@functools.lru_cache(maxsize=4)
def _records(opened: Opened, folder: str, base: str) -> "Sequence[TableChanges]":
    from pipelines.changes import compare  # noqa: PLC0415 - pandera is slow to load, and only needed here

    return compare(Store(Path(folder)).release(base), opened.release, programme=opened.programme)

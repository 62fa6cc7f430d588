"""The only gate from the screens to the pipelines: releases, measures and line lists, cached by release.

A reader keeps the release in service at the first page; a newer one is announced, not swapped in under the reader.
What is cached belongs to a release and a selection, in exact figures; it is shared by all sessions and never changed.
"""

import contextlib
import functools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import access, protected, wording
from dashboard.accounts import Account
from dashboard.estimated import Curved, Estimates, Spread
from dashboard.places import store_folder
from dashboard.shown import Shown
from dashboard.tail import Tail
from data_schemas.errors import OperatorError
from data_schemas.programme import Programme
from pipelines import cells, definitions, distributions, estimates, ledger, survival
from pipelines import measure as measures
from pipelines import passport as passports
from pipelines.distributions import Distribution
from pipelines.errors import StoreError
from pipelines.estimates import Estimated
from pipelines.measure import MeasureTable
from pipelines.nowcasting import LateReporting, late_reporting
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.selection import DATE_BASES, Selection
from pipelines.store import Store

KEPT = "release"
_OPENING = threading.Lock()


def prepare() -> None:
    """Open what the first page needs before anyone asks; what cannot be opened is said to who asks."""
    wording.sentences(wording.DEFAULT)
    definitions.dimensions()
    definitions.count_texts()
    with contextlib.suppress(OperatorError):
        current = Store(store_folder()).current()
        if current:
            with _OPENING:
                _ = _opened(store_folder(), current.name).months
    for each in wording.LANGUAGES:
        wording.sentences(each)


def open_release() -> bool:
    """Settle the release of this session; false when the store holds none.

    Raises:
        AccessError: the reader reads the protected ledger, and no release.
        OperatorError: the release in service cannot be opened.
    """
    access.require_exact()
    current = Store(store_folder()).current()
    if current is None:
        return False
    if not _exists(st.session_state.get(KEPT)):
        st.session_state[KEPT] = current.name
    _kept()
    return True


def newer_release() -> str | None:
    """The release in service, when it is not the one this session looks at."""
    access.require_exact()
    current = Store(store_folder()).current()
    return current.name if current and current.name != st.session_state[KEPT] else None


def take_release(name: str | None) -> None:
    """Look at another release from now on; without a name at the one that is in service."""
    st.session_state[KEPT] = name


def find_release(name: str) -> str | None:
    """The name that a release has today, which an erasure may have changed; none if it is not in the store."""
    access.require_exact()
    try:
        return Store(store_folder()).release(name).name
    except StoreError as error:
        if error.key != "store.no_such_release":
            raise
        return None


def opened() -> Opened:
    """The release of this session, for a reader who sees its exact figures.

    Raises:
        AccessError: this reader does not.
    """
    found = _kept()
    access.require_figures(found.release)
    return found


def release() -> Release:
    """The release of this session: its name, its record, no figure of the programme."""
    return _kept().release


def programme() -> Programme:
    """The programme of the release; that of the ledger for who reads nothing else."""
    return protected.programme() if access.in_protected_world() else _kept().programme


def measure(name: str, selection: Selection, by: Sequence[str] | None = None,
            where: Mapping[str, str] | None = None) -> Shown:  # fmt: skip
    """A measure on the release of this session, ready to be shown."""
    cell = dict(where or {})
    found = opened()
    table = _measure(found, name, selection, None if by is None else tuple(by), tuple(cell.items()))
    first, last = found.months
    months = (selection.from_month or first, selection.to_month or last)
    return Shown(table, found.programme, wording.language(), months, cell)


def estimated(name: str, selection: Selection, by: Sequence[str] | None = None,
              where: Mapping[str, str] | None = None) -> Estimates:  # fmt: skip
    """The estimates of a measure."""
    shown = measure(name, selection, by, where)
    cell = tuple(shown.where.items())
    found = {each: _estimate(opened(), name, each, selection, shown.by, cell)
             for each in shown.table.definition.estimates}  # fmt: skip
    return Estimates(shown, found)


def curves(name: str, selection: Selection, by: Sequence[str] = (), where: Mapping[str, str] | None = None) -> Curved:
    """The time-to-event curves of a measure."""
    found = _curves(opened(), name, selection, tuple(by), tuple((where or {}).items()))
    return Curved(measure(name, selection, found.by, where), found)


def distribution(name: str, quantity: str, selection: Selection, by: Sequence[str] = (),
                 where: Mapping[str, str] | None = None) -> Spread:  # fmt: skip
    """The distribution of a quantity of a measure."""
    found = _distribution(opened(), name, quantity, selection, tuple(by), tuple((where or {}).items()))
    shown = measure(name, selection, by, where)
    ordered = shown.frame[list(by)].merge(found.frame, on=list(by), how="inner") if by else found.frame
    return Spread(shown, replace(found, frame=ordered))


def by_date(name: str, selection: Selection) -> dict[str, Shown]:
    """A measure by month, by each of the dates that can give a patient the month and are collected."""
    found = {basis: measure(name, replace(selection, date_basis=basis), by=["month"]) for basis in DATE_BASES}
    return {basis: shown for basis, shown in found.items() if shown.state != "not_collected"}


def tail(selection: Selection) -> Tail | None:
    """The months whose forms are still arriving; none where another date than the start gives the month."""
    if selection.date_basis != "treatment_start":
        return None
    late = _late(opened(), replace(selection, from_month="", to_month=""))
    first, last = opened().months
    months = (selection.from_month or first, selection.to_month or last)
    return Tail(Shown(late.table, programme(), wording.language(), months), late, months)


def account(selection: Selection, indication: str = "") -> Account:
    """The ledger of treatment: of everyone, or of one indication."""
    by = ("indication_code",) if indication else ()
    frame = _ledger(opened(), selection, by).frame
    if indication:
        frame = frame[frame["indication_code"] == indication]
    where = {"indication_code": indication} if indication else None
    return Account(measure("treatment_movements", selection, where=where), frame)


def passport(shown: Shown) -> passports.Passport:
    """What was left out of a figure, which findings touch it, and what was set apart."""
    return _passport(opened(), shown.name, shown.table.selection, tuple(shown.where.items()))


def line_list(shown: Shown, count: str | None = None) -> pd.DataFrame:
    """The rows behind what is shown, as many as the figure says; that they were seen is written down first.

    Raises:
        AccessError: the reader's role sees no rows, or it cannot be written down.
    """
    about = repr((shown.table.selection.to_query(), sorted(shown.where.items()), count))
    access.rows_seen(shown.name, release(), about)
    return measures.line_list(opened(), shown.name, shown.table.selection, shown.where, count)


def retained(selection: Selection) -> tuple[int, int]:
    """Treated patients of the selection, and of the release."""
    kept = measure("treated_patients", selection, by=[]).single
    everyone = measure("treated_patients", Selection(), by=[]).single
    return kept or 0, everyone or 0


def measure_names() -> tuple[str, ...]:
    """All measures."""
    return definitions.names()


def dimensions(name: str) -> list[str]:
    """The dimensions of a measure that the programme collects."""
    known = definitions.dimensions()
    return [each for each in definitions.definition(name).dimensions if known[each].collected(programme())]


def months() -> list[str]:
    """The months from the first new patient to the cut-off."""
    return cells.months(*opened().months)


def _kept() -> Opened:
    """The release of this session.

    Raises:
        AccessError: the reader reads the protected ledger, and no release.
    """
    access.require_exact()
    with _OPENING:
        return _opened(store_folder(), st.session_state[KEPT])


def _exists(name: str | None) -> bool:
    return name is not None and any(each.name == name for each in Store(store_folder()).releases())


@functools.lru_cache(maxsize=4)
def _opened(folder: Path, name: str) -> Opened:
    return Opened(Store(folder).release(name))


@functools.lru_cache(maxsize=512)
def _measure(release: Opened, name: str, selection: Selection, by: tuple[str, ...] | None,
             where: tuple[tuple[str, str], ...]) -> MeasureTable:  # fmt: skip
    return measures.measure(release, name, selection, by, dict(where))


@functools.lru_cache(maxsize=256)
def _estimate(release: Opened, name: str, estimate: str, selection: Selection, by: tuple[str, ...],
              where: tuple[tuple[str, str], ...]) -> Estimated:  # fmt: skip
    return estimates.estimate(release, _measure(release, name, selection, by, where), estimate, dict(where))


@functools.lru_cache(maxsize=128)
def _ledger(release: Opened, selection: Selection, by: tuple[str, ...]) -> ledger.Ledger:
    return ledger.ledger(release, selection, by)


@functools.lru_cache(maxsize=128)
def _curves(release: Opened, name: str, selection: Selection, by: tuple[str, ...],
            where: tuple[tuple[str, str], ...]) -> survival.Curves:  # fmt: skip
    return survival.curves(release, name, selection, by, dict(where))


@functools.lru_cache(maxsize=128)
def _distribution(release: Opened, name: str, quantity: str, selection: Selection, by: tuple[str, ...],
                  where: tuple[tuple[str, str], ...]) -> Distribution:  # fmt: skip
    return distributions.distribution(release, name, quantity, selection, by, dict(where))


@functools.lru_cache(maxsize=128)
def _late(release: Opened, selection: Selection) -> LateReporting:
    return late_reporting(release, selection)


@functools.lru_cache(maxsize=128)
def _passport(release: Opened, name: str, selection: Selection, where: tuple[tuple[str, str], ...]
              ) -> passports.Passport:  # fmt: skip
    return passports.passport(release, name, selection, dict(where))

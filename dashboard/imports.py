"""The gate from the import page to the pipelines: imports under way, what they prepared, and what is decided."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import access, formats
from dashboard.places import store_folder
from dashboard.shown import Shown
from dashboard.wording import language, said
from data_schemas import programme as programmes
from data_schemas.errors import OperatorError
from data_schemas.rules import words
from pipelines import background, candidates
from pipelines import measure as measures
from pipelines.background import State
from pipelines.findings import STABLE, states
from pipelines.measure import MeasureTable
from pipelines.messages import explain, say
from pipelines.opened import Opened
from pipelines.protected.publication import follow_if_signed
from pipelines.release import Release
from pipelines.selection import Selection
from pipelines.store import Store

HEADLINES = ("new_patients", "treated_patients", "on_treatment")
"""The figures that are compared before a candidate is published."""

BY = "indication_code"
CHANGES = ("new", "withdrawn", "corrected", "reclassified")
"""What may become of a record from one release to another (`pipelines.changes`, which is slow to load)."""

KINDS = ("encoding", "separator", "date_order", "decimal")
"""What is found out about a file."""


@dataclass(frozen=True)
class TableChange:
    """Numbers of records of a table that a candidate brings, takes away or alters; none where it is not compared."""

    table: str
    counts: Mapping[str, int] | None


@dataclass(frozen=True)
class Review:
    """What there is to know of a candidate before it is published.

    Attributes:
        before: the release in service, if it is one of the same programme.
        findings: one row for each rule that fails or has failed (`pipelines.findings`).
        changes: from the release in service to the candidate.
        figures: measure → its table by indication and its table in all, of the release in service and the candidate.
    """

    release: Release
    before: Release | None
    findings: pd.DataFrame
    changes: Sequence[TableChange]
    figures: Mapping[str, Mapping[str, tuple[MeasureTable, MeasureTable] | None]]

    def shown(self, name: str, which: str) -> tuple[Shown, Shown] | None:
        """A headline measure, by indication and in all, of `before` or `after`."""
        found, release = self.figures[name][which], self.release if which == "after" else self.before
        if found is None or release is None:
            return None
        programme, month = programmes.load(release.record["programme"]), release.cutoff.strftime("%Y-%m")
        by, whole = (Shown(table, programme, language(), (month, month)) for table in found)
        return by, whole


def shipped() -> dict[str, str]:
    """The programmes to choose from, with their names for a reader."""
    return {name: said(programmes.load(name).label, language()) for name in programmes.names()}


def usual() -> str:
    """The programme of the release in service."""
    current = in_service()
    return str(current.record["programme"]) if current else programmes.names()[-1]


def begin(files: Sequence[UploadedFile], programme: str, cutoff: dt.date | None, export_dates: str | None) -> None:
    """Import what was sent in the background.

    Raises:
        OperatorError: the files are not accepted, or another import is under way.
    """
    access.done("import")
    from pipelines import uploads  # noqa: PLC0415 - pandera is slow to load, and only needed here

    sent = [uploads.Sent(file.name, file.size, file) for file in files]
    background.start(_store(), lambda folder: uploads.receive(sent, folder), programme, cutoff, export_dates)


def last() -> State:
    """How far the import under way is, or how the last one ended."""
    return background.state(_store())


def forget() -> None:
    """Leave nothing of the last import but what it prepared."""
    background.forget(_store())


def in_service() -> Release | None:
    """The release in service."""
    return _store().current()


def releases() -> list[Release]:
    """All releases, the newest cut-off first."""
    return _store().releases()[::-1]


def waiting() -> list[Release]:
    """The prepared imports, the last one first."""
    return candidates.candidates(_store())


def review(candidate: Release) -> Review:
    """What there is to know of a prepared import.

    Raises:
        AccessError: it is not synthetic, and nobody signs in.
    """
    access.require_shown(candidate)
    current = in_service()
    return _review(str(store_folder().resolve()), candidate.name, current.name if current else None)


def publish(name: str) -> tuple[Release, bool]:
    """Make a prepared import a release; says whether it is in service.

    Raises:
        OperatorError: it is gone, or the store is being written to.
    """
    access.done("publication", name)
    done = candidates.publish(_store(), name)
    follow_if_signed(_store())
    return done


def discard(name: str) -> None:
    """Remove a prepared import.

    Raises:
        OperatorError: it is gone, or the store is being written to.
    """
    access.done("discard", name)
    candidates.discard(_store(), name)


def roll_back(name: str) -> Release:
    """Put an earlier release back in service.

    Raises:
        OperatorError: it is in service already, or the store is being written to.
    """
    access.done("rollback", name)
    release = _store().roll_back(name)[1]
    follow_if_signed(_store())
    return release


def told(error: OperatorError) -> tuple[str, list[str]]:
    """An error as the operator reads it in a terminal: what happened, and each problem."""
    first, *problems = (formats.typeset(line.strip(), language()) for line in explain(error, language()).split("\n"))
    return first, problems


def date_order(code: str) -> str:
    """How days are written in a file, in words."""
    return say(f"import.dates.{code}", language())


def rule(name: str) -> tuple[str, str]:
    """What a rule says, and what to do about it."""
    return said(words(name).text, language()), said(words(name).remedy, language())


def state_of(code: str) -> str:
    """The state of a finding in words."""
    return say(f"findings.{code}", language())


def noted(step: Mapping[str, Any]) -> str:
    """A remark on a file, in words."""
    file, n = step["file"], step["n"]
    return formats.typeset(say(f"import.note.{step['note']}", language(), file=file, n=n).strip(), language())


def _store() -> Store:
    return Store(store_folder())


@st.cache_data(max_entries=4, show_spinner=False)
def _review(folder: str, name: str, name_in_service: str | None) -> Review:
    from pipelines.changes import compare  # noqa: PLC0415 - pandera is slow to load, and only needed here

    store = Store(Path(folder))
    release = candidates.candidate(store, name)
    before = store.release(name_in_service) if name_in_service else None
    if before and before.record["programme"] != release.record["programme"]:
        before = None
    earlier = store.compared_with(release) if before else None
    found = states(release, earlier)
    changes = [
        TableChange(each.table, {state: len(keys) for state, keys in each.keys.items()} if each.compared else None)
        for each in (compare(before, release) if before else [])
    ]
    after = _figures(release)
    known = _figures(before) if before else dict.fromkeys(HEADLINES)
    figures = {measure: {"before": known[measure], "after": after[measure]} for measure in HEADLINES}
    return Review(release, before, found[found["state"] != STABLE], changes, figures)


def _figures(release: Release) -> dict[str, tuple[MeasureTable, MeasureTable]]:
    opened = Opened(release)
    try:
        return {
            name: (measures.measure(opened, name, Selection(), [BY]), measures.measure(opened, name, Selection(), []))
            for name in HEADLINES
        }
    finally:
        opened.close()

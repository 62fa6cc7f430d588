"""The people of a release as the plan sees them, known by the store's fingerprints of their pseudonyms."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from data_schemas.disclosure import VOCABULARIES, Event
from pipelines.opened import Opened
from pipelines.protected.counting import Person

QUERY = Path(__file__).with_name("people.sql")
EVENTS: tuple[str, ...] = get_args(Event)


def people(opened: Opened, fingerprint: Callable[[str, str], str]) -> list[Person]:
    """Every treated patient of a release.

    Args:
        fingerprint: of an identifier, given as column and value.
    """
    frame = opened.query(QUERY.read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")  # type: ignore[assignment]
    return [_person(row, fingerprint) for row in rows]


def _person(row: dict[str, Any], fingerprint: Callable[[str, str], str]) -> Person:
    return Person(
        key=fingerprint("patient_id", row["patient_id"]),
        indication=row["indication_code"],
        is_new=bool(row["is_new"]),
        month=row["start_month"],
        centre=fingerprint("centre_id", row["centre_id"]),
        values={column: None if pd.isna(row[column]) else str(row[column]) for column in VOCABULARIES},
        events=frozenset(event for event in EVENTS if row[event]),
    )

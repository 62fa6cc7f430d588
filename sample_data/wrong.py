"""The rows that are wrong on purpose: which records they rest on, and what is written in them.

The list itself is `calibration/wrong_rows.yml`. The figures sent to the regulator do not rest on any of these rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sample_data import weights
from sample_data.days import Ints, date
from sample_data.dialects import Dialect

Value = str | Mapping[str, Any]


@dataclass(frozen=True)
class WrongRow:
    """One defect: the rule it breaks, in words, and how many rows of a table break it."""

    code: str
    table: str
    how: str
    rows: int
    rule: str
    where: Mapping[str, str]
    cells: Mapping[str, Value]
    second: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class Scattered:
    """One sort of wrong visit that `--wrong-share` spreads."""

    code: str
    column: str
    text: Value


@dataclass(frozen=True)
class Spoilt:
    """A defect and the place, in the world's table, of the record it rests on."""

    defect: WrongRow
    place: int


@dataclass(frozen=True)
class Cell:
    """A text written in a file in place of what the record holds. `line` counts from 0 after the header."""

    line: int
    column: str
    text: str


WRONG_ROWS = tuple(WrongRow(**entry) for entry in weights.read("wrong_rows")["listed"])
SCATTERED = tuple(Scattered(**entry) for entry in weights.read("wrong_rows")["scattered"])

SEARCHED = 5000
"""The records to spoil are sought among the first ones of a table."""


def choose(tables: Mapping[str, pd.DataFrame], touched: Ints) -> list[Spoilt]:
    """The first records received that fit each defect, each used once, of patients whose records do not change."""
    spoilt: list[Spoilt] = []
    used: dict[str, set[int]] = {}
    for defect in WRONG_ROWS:
        frame = tables[defect.table].head(SEARCHED)
        fits = ~np.isin(_owner(frame, tables), touched)
        for column, value in defect.where.items():
            fits &= (frame[column] == value).to_numpy()
        order = np.argsort(frame["seen"].to_numpy(), kind="stable")
        taken = used.setdefault(defect.table, set())
        places = [int(place) for place in order[fits[order]] if int(place) not in taken]
        places = places[: 1 if defect.how == "pair" else defect.rows]
        taken.update(places)
        spoilt += [Spoilt(defect, place) for place in places]
    return spoilt


def _owner(frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> Ints:
    owner: Ints = tables["initiations"]["patient_id"].to_numpy()
    found: Ints = frame["patient_id"].to_numpy() if "patient_id" in frame else owner[frame["episode_id"].to_numpy()]
    return found


def laid_out(
    spoilt: list[Spoilt], frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame], dialect: Dialect
) -> tuple[Ints, list[Cell]]:
    """The lines of a file: which row of `frame` each one shows, and the cells where something else is written."""
    position = frame.index.get_indexer(pd.Index([one.place for one in spoilt], dtype=np.int64))
    here = sorted(((int(at), one.defect) for at, one in zip(position, spoilt, strict=True) if at >= 0), key=_at)
    cells: list[Cell] = []
    added: list[int] = []
    for at, defect in here:
        for texts in _written(defect):
            added += [] if defect.how == "in_place" else [at]
            cells += [
                Cell(at + len(added), column, dialect.quoted(text_of(value, column, frame.iloc[at], tables, dialect)))
                for column, value in texts.items()
            ]
    return np.insert(np.arange(len(frame)), np.array(added, np.int64) + 1, added), cells


def _at(found: tuple[int, WrongRow]) -> int:
    return found[0]


def _written(defect: WrongRow) -> list[Mapping[str, Value]]:
    """What is written in each of the defect's lines."""
    return [defect.cells, {**defect.cells, **defect.second}] if defect.second else [defect.cells]


def fixed_text(value: Value, dialect: Dialect) -> str:
    """The text of a cell that does not depend on the record."""
    return value if isinstance(value, str) else dialect.date(value["date"])


def text_of(value: Value, column: str, row: pd.Series, tables: Mapping[str, pd.DataFrame], dialect: Dialect) -> str:
    """The text of a cell, worked out from the record where it depends on it."""
    match value:
        case {"plus": int(more)}:
            return str(int(row[column]) + more)
        case {"days_from_start": int(days)}:
            start = int(tables["initiations"]["treatment_start_date"].iloc[int(row["episode_id"])])
            return dialect.date(date(start + days).isoformat())
        case {"age_in": int(year)}:
            return str(year - int(tables["patients"]["birth_year"].iloc[int(row["patient_id"])]))
    return fixed_text(value, dialect)

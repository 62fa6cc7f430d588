"""From a frame to the text of its columns, in a dialect. Which rows are written, and where, is said elsewhere.

Every value that is not an identifier is taken from a list of texts made once for a dialect: fast, and the same text for
the same value everywhere.
"""

import functools

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_schemas.tables import TABLES, metadata
from sample_data import weights
from sample_data.days import Anything, date, day
from sample_data.dialects import Dialect

IDENTIFIERS = {
    "centre_id": ("C", 3), "patient_id": ("P", 7), "episode_id": ("E", 7), "visit_id": ("V", 9),
    "dispensing_id": ("D", 9), "test_id": ("T", 9), "ae_id": ("A", 8), "case_id": ("K", 8), "pregnancy_id": ("G", 4),
}  # fmt: skip
"""Prefix and number of digits."""
_FIRST_DAY, _LAST_DAY = day("2010-01-01"), day("2026-12-31")
_TENTHS = 20_000


def columns(table: str, frame: pd.DataFrame, dialect: Dialect) -> dict[str, pa.Array]:
    """The columns of the contract as text; an empty cell is null."""
    return {column: _column(table, column, frame, dialect) for column in TABLES[table].columns}


@functools.cache
def _kind(table: str, column: str) -> tuple[str, str | None]:
    about = metadata(table, column)
    return about["kind"], about.get("vocabulary")


def _column(table: str, column: str, frame: pd.DataFrame, dialect: Dialect) -> pa.Array:
    kind, vocabulary = _kind(table, column)
    if kind == "partial_date":
        return _partial_dates(frame, dialect)
    if column == "soc_label":
        return _system_organ_classes(frame, dialect)
    if isinstance(frame[column].dtype, pd.CategoricalDtype):
        labelled = dialect.french and column in weights.read("french").get(table, [])
        return _codes(frame[column], vocabulary if labelled else None, dialect, month=kind == "month")
    if kind == "identifier":
        return _identifiers(frame[column].to_numpy(), *IDENTIFIERS[column])
    return _numbers(kind, frame[column].to_numpy(), dialect)


def _numbers(kind: str, values: Anything, dialect: Dialect) -> pa.Array:
    if kind == "date":
        return _taken(_days(dialect), np.where(values >= 0, values - _FIRST_DAY, -1))
    if kind == "decimal":
        return _taken(_decimals(dialect), np.where(np.isnan(values), -1, np.rint(np.nan_to_num(values) * 10)))
    return pc.cast(pa.array(values, mask=values < 0), pa.string())


def _taken(texts: pa.Array, places: Anything) -> pa.Array:
    """The texts at some places of a list; a place below 0 is an empty cell."""
    return texts.take(pa.array(places.astype(np.int32), mask=places < 0))


def _identifiers(numbers: Anything, prefix: str, digits: int) -> pa.Array:
    text = pc.utf8_lpad(pc.cast(pa.array(numbers + 1, mask=numbers < 0), pa.string()), digits, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), text, "")


def _codes(values: pd.Series, vocabulary: str | None, dialect: Dialect, *, month: bool) -> pa.Array:
    """Codes as they are, or, with a vocabulary, as French labels two rows in three."""
    names = [dialect.date(name) if month else name for name in values.cat.categories]
    places = values.cat.codes.to_numpy().astype(np.int32)
    if vocabulary:
        labels = weights.french_labels(vocabulary)
        places = np.where((values.index.to_numpy() % 3 > 0) & (places >= 0), places + len(names), places)
        names = names + [labels[name] for name in names]
    return _taken(pa.array([dialect.quoted(name) for name in names], pa.string()), places)


def _system_organ_classes(frame: pd.DataFrame, dialect: Dialect) -> pa.Array:
    """French labels, some English; in the french dialect every second French one has typographic apostrophes."""
    known = [weights.system_organ_classes()[code] for code in frame["soc_label"].cat.categories]
    french, english = [label[0] for label in known], [label[1] for label in known]
    texts = french + english + [dialect.apostrophes(label) for label in french]
    typographic = (frame.index.to_numpy() % 2 == 0) & dialect.french
    block = np.where(frame["soc_in_english"], 1, np.where(typographic, 2, 0))
    places = frame["soc_label"].cat.codes.to_numpy() + block * len(known)
    return _taken(pa.array([dialect.quoted(text) for text in texts]), places)


def _partial_dates(frame: pd.DataFrame, dialect: Dialect) -> pa.Array:
    """The onset as far as it is known: year, month or day."""
    size = _LAST_DAY - _FIRST_DAY + 1
    precision = frame["onset_precision"].to_numpy()
    places = frame["onset"].to_numpy() - _FIRST_DAY + (3 - precision) * size
    return _taken(_partial_days(dialect), np.where(precision > 0, places, -1))


@functools.cache
def _partial_days(dialect: Dialect) -> pa.Array:
    iso = [date(number).isoformat() for number in range(_FIRST_DAY, _LAST_DAY + 1)]
    return pa.array([dialect.date(text[:length]) for length in (10, 7, 4) for text in iso])


@functools.cache
def _days(dialect: Dialect) -> pa.Array:
    return _partial_days(dialect).slice(0, _LAST_DAY - _FIRST_DAY + 1)


@functools.cache
def _decimals(dialect: Dialect) -> pa.Array:
    """Numbers from 0 with at most one decimal."""
    whole_and_tenth = (divmod(tenths, 10) for tenths in range(_TENTHS))
    return pa.array([f"{whole}{dialect.decimal}{tenth}" if tenth else str(whole) for whole, tenth in whole_and_tenth])

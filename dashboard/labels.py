"""Column names and values of line lists in words."""

import functools
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

import data_schemas
from dashboard import formats
from dashboard.shown import Shown
from dashboard.wording import said
from data_schemas import shipped
from data_schemas.programme import Programme
from data_schemas.programme_parts import Text
from data_schemas.vocabularies import labels
from pipelines.definitions import dimensions, line_columns

TEXTS = Path(data_schemas.__file__).parent / "texts"
VOCABULARIES = {
    "causality": "causality",
    "ended_by": "ended_by",
    "adverse_events.outcome": "adverse_event_outcome",
    "pregnancies.outcome": "pregnancy_outcome",
}
"""Coded columns of line lists that no measure is broken down by."""

YES_NO = {"true": "1", "false": "0"}
"""A condition as the engine writes it → its code."""

JOINED = " + "
"""Between the values of a column that has several for one counted thing."""

FOUND = ("treatment_class", "prior_outcome")
"""The two dimensions in a value that a criterion was judged by."""

FLAGS = ("is_", "has_")
"""How columns begin that only say which of a measure's counts a row is in."""


@functools.cache
def _texts(file_name: str) -> Mapping[str, Text]:
    entries = shipped.read((TEXTS / file_name).read_text(encoding="utf-8"))
    return {name: Text(**entry["label"]) for name, entry in entries.items()}


def table_name(name: str, language: str) -> str:
    """A table of the export in words, or a column of one written `table.column`."""
    table, _, column = name.partition(".")
    return column_name(column, (table,), language) if column else said(_texts("tables.yml")[table], language)


def column_name(column: str, needs: tuple[str, ...], language: str) -> str:
    """A column of a line list in words; several, joined by `+` as in the finding of a repeated key, each in its own."""
    if "+" in column:
        return JOINED.join(column_name(each, needs, language) for each in column.split("+"))
    if column in dimensions():
        return said(dimensions()[column].label, language)
    if column in line_columns():
        return said(line_columns()[column], language)
    return said(_texts("columns.yml")[_meant(column, needs)], language)


def readable_lines(lines: pd.DataFrame, shown: Shown) -> pd.DataFrame:
    """A line list with labels for codes, days as written in the language, and a dash for what was not recorded."""
    needs = shown.table.definition.needs
    columns = {
        line_column(column, shown): [_value(column, value, needs, shown) for value in lines[column]]
        for column in lines.columns
        if not column.startswith(FLAGS)
    }
    return pd.DataFrame(columns)


def value_in_words(table: str, column: str, value: object, programme: Programme, language: str) -> str:
    """A value of a table of the export: a code by its label, a day as the language writes it, a dash for nothing."""
    from data_schemas.tables import metadata  # noqa: PLC0415 - pandera is slow to load, and only needed here

    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return formats.NOT_RECORDED
    described = metadata(table, column)
    if vocabulary := described.get("vocabulary"):
        known = labels(vocabulary, programme).get(str(value))
        return said(known, language) if known else str(value)
    return formats.partial_day(str(value), language) if "date" in described["kind"] else str(value)


def line_column(column: str, shown: Shown) -> str:
    """A column of the line list of a measure in words: what the measure calls it, else what the tables do."""
    head = shown.table.definition
    if column in dimensions():
        return shown.dimension(column)
    if column in head.quantities:
        return shown.say(head.quantities[column].title)
    for name, count in head.counts.items():
        if column in {count.when, count.sum}:
            return shown.count(name)
    return column_name(column, head.needs, shown.language)


def _meant(column: str, needs: tuple[str, ...]) -> str:
    """The key of a column whose meaning depends on its table."""
    return next((f"{table}.{column}" for table in needs if f"{table}.{column}" in _texts("columns.yml")), column)


def _value(column: str, value: object, needs: tuple[str, ...], shown: Shown) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return formats.NOT_RECORDED
    return ", ".join(_one(column, part, needs, shown) for part in str(value).split(JOINED))


def _one(column: str, value: str, needs: tuple[str, ...], shown: Shown) -> str:
    if column in dimensions():
        return shown.label(column, value)
    if vocabulary := VOCABULARIES.get(_meant(column, needs)):
        known = labels(vocabulary, shown.programme).get(value)
        return shown.say(known) if known else value
    if column == "found" and ":" in value:
        return " – ".join(shown.label(each, part) for each, part in zip(FOUND, value.split(":"), strict=True))
    if column.endswith("_date"):
        return formats.partial_day(value, shown.language)
    if value in YES_NO:
        return shown.say(labels("yes_no", shown.programme)[YES_NO[value]])
    return value

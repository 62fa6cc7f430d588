"""The gate from the page of data quality to the pipelines: rules and their rows, empty fields, duplicates, submissions.

All of it is about the whole release, whatever the selection: a row without a date or a sex is in no selection.
"""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from dashboard import access, data
from dashboard.places import store_folder
from pipelines import quality as figures
from pipelines.findings import states
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.store import Store

FIGURES: Mapping[str, Callable[[Opened], pd.DataFrame]] = {
    "completeness": figures.completeness,
    "duplicates": figures.probable_duplicates,
    "submissions": figures.submissions,
    "silent": figures.silent_centres,
    "delays": functools.partial(figures.delays, by=("received_month",)),
}
"""Name of a figure of the quality → what counts it."""


def compared_with() -> Release | None:
    """The release that rules are compared with; none before the second."""
    return Store(store_folder()).compared_with(data.release())


def rules() -> pd.DataFrame:
    """One row for each rule, table and column, with its state (`pipelines.findings`)."""
    return _rules(data.opened(), str(store_folder()))


def rows(table: str, rule: str, column: str) -> pd.DataFrame:
    """Where the rows are that break a rule: `file`, `line`, `row_key`; restricted circle, and written down first."""
    opened = data.opened()
    access.rows_seen("rows_behind_rule", opened.release, f"{table} {rule} {column}")
    return figures.rows_behind(opened, table, rule, column)


def not_collected(name: str) -> list[str]:
    """The fields, as `table.column`, that a figure rests on and the programme does not collect."""
    return figures.not_collected(data.opened(), figures.NEEDED[name])


def figure(name: str) -> pd.DataFrame:
    """A figure of the quality as `pipelines.quality` gives it; that pairs of pseudonyms are seen is written down."""
    if name == "duplicates":
        access.rows_seen("duplicates", data.release())
    return _figure(data.opened(), name)


@functools.lru_cache(maxsize=8)
def _rules(opened: Opened, folder: str) -> pd.DataFrame:
    return states(opened.release, Store(Path(folder)).compared_with(opened.release))


@functools.lru_cache(maxsize=32)
def _figure(opened: Opened, name: str) -> pd.DataFrame:
    return FIGURES[name](opened)

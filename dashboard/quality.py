"""The gate from the page of data quality to the pipelines: rules and their rows, empty fields, duplicates, submissions.

All of it is about the whole release, whatever the selection: a row without a date or a sex is in no selection.
"""

import functools
from pathlib import Path

import pandas as pd

from dashboard import data
from pipelines import quality as figures
from pipelines.findings import states
from pipelines.opened import Opened
from pipelines.store import Release, Store

FIGURES = {
    "completeness": figures.completeness,
    "duplicates": figures.probable_duplicates,
    "submissions": figures.submissions,
    "silent": figures.silent_centres,
    "delays": functools.partial(figures.delays, by=("received_month",)),
}
"""Name of a figure of the quality → what counts it."""

ROWS = """
with behind as (
    select file, line, row_key, table_name, split_part(reason, ':', 1) as rule,
           split_part(reason, ':', 2) as column_name
    from (select *, unnest(reasons) as reason from quarantine)
    union all select file, line, row_key, table_name, rule, column_name from findings
)
select file, line, row_key from behind
where table_name = $table and rule = $rule and column_name = $column order by all
"""


def compared_with() -> Release | None:
    """The release that rules are compared with; none before the second."""
    return Store(data.store_folder()).compared_with(data.release())


def rules() -> pd.DataFrame:
    """One row for each rule, table and column, with its state (`pipelines.findings`)."""
    return _rules(data.opened(), str(data.store_folder()))


def rows(table: str, rule: str, column: str) -> pd.DataFrame:
    """Where the rows are that break a rule: `file`, `line`, `row_key`; restricted circle."""
    return data.opened().query(ROWS, {"table": table, "rule": rule, "column": column})


def not_collected(name: str) -> list[str]:
    """The fields, as `table.column`, that a figure rests on and the programme does not collect."""
    return figures.not_collected(data.opened(), figures.NEEDED[name])


def figure(name: str) -> pd.DataFrame:
    """A figure of the quality as `pipelines.quality` gives it."""
    return _figure(data.opened(), name)


@functools.lru_cache(maxsize=8)
def _rules(opened: Opened, folder: str) -> pd.DataFrame:
    return states(opened.release, Store(Path(folder)).compared_with(opened.release))


@functools.lru_cache(maxsize=32)
def _figure(opened: Opened, name: str) -> pd.DataFrame:
    return FIGURES[name](opened)

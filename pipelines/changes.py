"""What changed from one release to another, record by record: a full outer join on the key of each table; and what
changed in the definitions by which they are counted.

Counts, names of tables and columns, and the keys of the records; `values` alone gives what stood in a column before and
after, for the restricted circle. A table that one of the two exports did not hold is not compared: not sent is not
withdrawn. Why a figure moved is `pipelines/bridge/`.
"""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from data_schemas.programme import Programme, load
from data_schemas.tables import TABLES, Table
from pipelines import sql
from pipelines.definitions import dimensions
from pipelines.engines.serving import Reader
from pipelines.errors import StoreError
from pipelines.opened import reading
from pipelines.received import released_columns
from pipelines.release import Release

FIELD = "field"
"""The dimension that tells fields apart, by which forms are complete or not."""
STATES = ("new", "withdrawn", "corrected", "reclassified")


@dataclass(frozen=True)
class TableChanges:
    """What became of the records of one table.

    Attributes:
        keys: `new`, `withdrawn`, `corrected` or `reclassified` → keys of the records, their parts joined by `|`. A
            record is reclassified when a value changed by which figures are broken down: it may stand in another cell.
        columns: column → number of records in which it changed.
        values: one row for each changed value: `key`, `column_name`, `before`, `after` as text, null where empty.
        compared: false when one of the exports did not hold the table.
    """

    table: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(STATES, ()))
    columns: Mapping[str, int] = field(default_factory=dict)
    values: pd.DataFrame = field(default_factory=pd.DataFrame)
    compared: bool = True


def compare(before: Release, after: Release, table: str | None = None, programme: Programme | None = None
            ) -> list[TableChanges]:  # fmt: skip
    """The changes in each table, or in one.

    Args:
        programme: says which ages make a group; the shipped one of the releases unless given.

    Raises:
        StoreError: no such table, or releases of two programmes.
    """
    if table is not None and table not in TABLES:
        raise StoreError("diff.unknown_table", known=", ".join(TABLES))
    if before.record["programme"] != after.record["programme"]:
        raise StoreError("diff.other_programme")
    today = programme or load(after.record["programme"])
    folders = {"before": (before.folder, before.tables), "after": (after.folder, after.tables)}
    with reading(before, after), contextlib.closing(Reader(folders, spill=after.spill)) as reader:
        return [
            _compared(reader, TABLES[name], today)
            if before.was_sent(name) and after.was_sent(name)
            else TableChanges(name, compared=False)
            for name in ([table] if table else TABLES)
        ]


def definition_changes(before: Release, after: Release) -> dict[str, tuple[str, ...]]:
    """Kind (programme, rule, derived, selection, measure) → names whose definition is not the same in both releases.

    Empty for a release that was published before definitions were recorded.
    """
    then, now = before.record.get("definitions"), after.record.get("definitions")
    if then is None or now is None:
        return {}
    changed = {kind: tuple(sorted(name for name in {**now[kind], **then.get(kind, {})}
                                  if now[kind].get(name) != then.get(kind, {}).get(name))) for kind in now}  # fmt: skip
    return {kind: names for kind, names in changed.items() if names}


def _compared(reader: Reader, table: Table, programme: Programme) -> TableChanges:
    compared = [column for column in released_columns(table.name, table.columns) if column not in table.key]
    same = " and ".join(f"a.{sql.name(column)} is not distinct from b.{sql.name(column)}" for column in table.key)
    joined = f"""(select true as here, * from before.core_{table.name}) a
                 full outer join (select true as here, * from after.core_{table.name}) b on {same}"""
    differs = {column: f"a.{sql.name(column)} is distinct from b.{sql.name(column)}" for column in compared}
    changed, key = " or ".join(differs.values()), sql.row_key(table.key, "a.")
    rows = reader.query(
        f"""select state, key from (select case when a.here is null then 'new' when b.here is null then 'withdrawn'
                when {_reclassified(table.name, compared, programme)} then 'reclassified'
                when {changed} then 'corrected' end as state,
            case when a.here is null then {sql.row_key(table.key, "b.")} else {key} end as key
        from {joined}) where state is not null order by state, key"""
    )
    pairs = ", ".join(
        f"""{{column_name: '{column}', before: cast(a.{sql.name(column)} as varchar),
            after: cast(b.{sql.name(column)} as varchar), differs: {test}}}"""
        for column, test in differs.items()
    )
    values = reader.query(
        f"""select key, v.column_name, v.before, v.after from (
            select {key} as key, unnest([{pairs}]) as v from {joined} where a.here and b.here and ({changed}))
        where v.differs order by key, list_position([{sql.literals(compared)}], v.column_name)"""
    )
    numbers = values["column_name"].value_counts()
    keys = {state: tuple(rows.loc[rows["state"] == state, "key"]) for state in STATES}
    columns = {column: int(numbers[column]) for column in compared if column in numbers}
    return TableChanges(table.name, keys, columns, values)


def _reclassified(table: str, compared: list[str], programme: Programme) -> str:
    """Whether a value changed by which a measure can be broken down, as far as the break goes.

    A start or a receipt moves its record to another month, an age to another age group; what is only looked at for
    being filled in, by being emptied or filled in; any other value is a break by itself.
    """
    classes = {column: sql.name(column) for each in dimensions().values()
               for place in (*each.columns, *each.value_columns.values())
               for owner, column in [place.split(".")] if owner == table and column in compared}  # fmt: skip
    bands = " ".join(f"when {{0}}.age_at_start < {band.below} then '{band.code}'"
                     for band in programme.age_bands if band.below is not None)  # fmt: skip
    coarse = {"treatment_start_date": "strftime({0}.treatment_start_date, '%Y-%m')",
              "form_received_date": "strftime({0}.form_received_date, '%Y-%m')",
              **dict.fromkeys(_only_filled(classes), "({0}.{1} is null)"),
              "age_at_start": f"case {bands} else '' end" if bands else "''"}  # fmt: skip
    if table == "initiations":
        classes["treatment_start_date"] = ""
    tests = []
    for column in classes:
        value, name = coarse.get(column, "{0}.{1}"), sql.name(column)
        tests.append(f"{value.format('a', name)} is distinct from {value.format('b', name)}")
    return f"({' or '.join(tests)})" if tests else "false"


def _only_filled(columns: Iterable[str]) -> set[str]:
    """Those of the columns that a measure looks at for being filled in, and none for their value."""
    looked_at = {name: {place.split(".")[1] for place in (*each.columns, *each.value_columns.values())}
                 for name, each in dimensions().items()}  # fmt: skip
    return looked_at.pop(FIELD) & set(columns) - set().union(*looked_at.values())

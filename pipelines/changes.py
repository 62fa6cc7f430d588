"""What changed from one release to another, record by record: a full outer join on the key of each table.

Counts, names of tables and columns, and the keys of the records; never another value. A table that one of the two
exports did not hold is not compared: not sent is not withdrawn.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from data_schemas.tables import TABLES, Table
from pipelines import sql
from pipelines.engines.duckdb import Reader
from pipelines.errors import StoreError
from pipelines.opened import reading
from pipelines.received import released_columns
from pipelines.store import Release

STATES = ("new", "withdrawn", "changed")


@dataclass(frozen=True)
class TableChanges:
    """What became of the records of one table.

    Attributes:
        keys: `new`, `withdrawn` or `changed` → keys of the records, their parts joined by `|`.
        columns: column → number of records in which it changed.
        compared: false when one of the exports did not hold the table.
    """

    table: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(STATES, ()))
    columns: Mapping[str, int] = field(default_factory=dict)
    compared: bool = True


def compare(before: Release, after: Release, table: str | None = None) -> list[TableChanges]:
    """The changes in each table, or in one.

    Raises:
        StoreError: no such table, or releases of two programmes.
    """
    if table is not None and table not in TABLES:
        raise StoreError("diff.unknown_table", known=", ".join(TABLES))
    if before.record["programme"] != after.record["programme"]:
        raise StoreError("diff.other_programme")
    folders = {"before": (before.folder, before.tables), "after": (after.folder, after.tables)}
    with reading(before, after), contextlib.closing(Reader(folders)) as reader:
        return [
            _compared(reader, TABLES[name])
            if before.was_sent(name) and after.was_sent(name)
            else TableChanges(name, compared=False)
            for name in ([table] if table else TABLES)
        ]


def _compared(reader: Reader, table: Table) -> TableChanges:
    compared = [column for column in released_columns(table.name, table.columns) if column not in table.key]
    same = " and ".join(f"a.{sql.name(column)} is not distinct from b.{sql.name(column)}" for column in table.key)
    joined = f"""(select true as here, * from before.core_{table.name}) a
                 full outer join (select true as here, * from after.core_{table.name}) b on {same}"""
    differs = {column: f"a.{sql.name(column)} is distinct from b.{sql.name(column)}" for column in compared}
    changed = f"a.here and b.here and ({' or '.join(differs.values())})"
    rows = reader.query(
        f"""select state, key from (select case when a.here is null then 'new' when b.here is null then 'withdrawn'
                when {changed} then 'changed' end as state,
            case when a.here is null then {sql.row_key(table.key, "b.")} else {sql.row_key(table.key, "a.")} end as key
        from {joined}) where state is not null order by state, key"""
    )
    counts = ", ".join(f"count(*) filter ({test}) as {sql.name(column)}" for column, test in differs.items())
    numbers = reader.query(f"select {counts} from {joined} where a.here and b.here").iloc[0]
    keys = {state: tuple(rows.loc[rows["state"] == state, "key"]) for state in STATES}
    return TableChanges(table.name, keys, {column: int(numbers[column]) for column in compared if numbers[column]})

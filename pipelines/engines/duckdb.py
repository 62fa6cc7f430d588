"""DuckDB, embedded: the engine that builds a release on one machine, and the one that serves every release.

A connection is never shared between users: `Reader.query` takes a cursor for each call.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines import sql
from pipelines.dialect import Dialect

Connection = duckdb.DuckDBPyConnection
Error = duckdb.Error

HARDENED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


@contextlib.contextmanager
def builder(scratch: Path, memory: str = "1500MB") -> Iterator[Connection]:
    """A connection that builds a release in memory and spills into a scratch folder."""
    settings = HARDENED | {"temp_directory": str(scratch / "spill"), "memory_limit": memory}
    connection = duckdb.connect(config=settings)
    try:
        # 2.0.0 hands casts to the CSV reader, which then fails on the first bad row; text is landed first, and this is
        # a second belt. The setting does not exist before 2.
        if int(duckdb.__version__.split(".")[0]) >= 2:  # noqa: PLR2004
            connection.execute("set disabled_optimizers = 'type_pushdown'")
        # Nothing here is kept: checkpoints would rewrite landed rows in memory for nothing (a tenth of an import).
        connection.execute("set checkpoint_threshold = '1TB'")
        yield connection
    finally:
        connection.close()


def land_csv(connection: Connection, path: Path, dialect: Dialect, table: str) -> None:
    """Every row of a delimited UTF-8 file as text into table `table`; what cannot be split goes to `<table>_broken`.

    `<table>_broken` holds `record` (from 1 after the header, blank lines counted), `original` and `rule`. Columns at
    the end that have no name land under `trailing_name`.
    """
    trailing = map(trailing_name, range(dialect.n_trailing))
    columns = ", ".join(f"{sql.literal(column)}: 'VARCHAR'" for column in (*dialect.header, *trailing))
    quote = sql.literal(dialect.quote)
    connection.execute(
        f"""create temp table {sql.name(table)} as from read_csv({sql.literal(str(path))}, auto_detect=false,
        header=true, skip={dialect.first_line - 1}, delim={sql.literal(dialect.separator)}, quote={quote},
        escape={quote}, columns={{{columns}}}, store_rejects=true, rejects_limit=0, rejects_table='landing_errors',
        rejects_scan='landing_scans')"""
    )
    connection.execute(
        f"""create temp table {sql.name(table + "_broken")} as
        select cast(line as bigint) - {dialect.first_line} as record, min(csv_line) as original,
               'malformed_line' as rule from landing_errors group by line"""
    )
    connection.execute("drop table landing_errors")
    connection.execute("drop table landing_scans")


def trailing_name(place: int) -> str:
    """The column that a separator at the end of each line makes."""
    return f" nothing {place}"


def land_parquet(connection: Connection, path: Path, expressions: Mapping[str, str], table: str, line: str | None
                 ) -> None:  # fmt: skip
    """Every row of a Parquet file as text into table `table`, each column by its expression.

    `<table>_broken` is there and empty; `<table>_lines` says on which line each row stood, if column `line` does.
    """
    columns = ", ".join(f"{text} as {sql.name(column)}" for column, text in expressions.items())
    source = f"read_parquet({sql.literal(str(path))})"
    connection.execute(f"create temp table {sql.name(table)} as select {columns} from {source}")
    broken = sql.name(table + "_broken")
    connection.execute(f"create temp table {broken} (record bigint, original varchar, rule varchar)")
    if line:
        lines = sql.name(table + "_lines")
        connection.execute(f"create temp table {lines} as select {sql.name(line)} as line from {source}")


def sample_columns(connection: Connection, path: Path, expressions: Mapping[str, str], columns: Sequence[str], n: int
                   ) -> dict[str, list[str]]:  # fmt: skip
    """Some values of columns of a Parquet file, as text, from its beginning."""
    found = {}
    for column in dict.fromkeys(columns):
        text = f"select {expressions[column]} as v from read_parquet({sql.literal(str(path))}) limit {n}"
        found[column] = [str(value).strip() for (value,) in connection.execute(text).fetchall() if value]
    return found


class Reader:
    """A release's Parquet files behind a locked, read-only connection.

    After opening, nothing but the release's folder can be read, no setting can be changed, no extension loaded.
    """

    def __init__(self, folder: Path, tables: Sequence[str], memory: str = "512MB", threads: int = 2) -> None:
        settings = HARDENED | {"memory_limit": memory, "threads": str(threads)}
        self._connection = duckdb.connect(config=settings)
        self._connection.execute(f"set allowed_directories = [{sql.literal(str(folder))}]")
        self._connection.execute("set enable_external_access = false")
        for table in tables:
            path = sql.literal(str(folder / f"{table}.parquet"))
            self._connection.execute(f"create view {sql.name(table)} as from read_parquet({path})")
        self._connection.execute("set lock_configuration = true")

    def query(self, statement: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of one SELECT, with named parameters bound."""
        with self._connection.cursor() as cursor:
            rows: pd.DataFrame = cursor.execute(statement, dict(parameters or {})).df()
            return rows

    def close(self) -> None:
        """Let go of the release's files."""
        self._connection.close()

"""DuckDB, embedded: the engine that builds a release on one machine, and the one that serves every release.

A connection is never shared between users: `Reader.query` takes a cursor for each call.
"""

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from pipelines import sql
from pipelines.dialect import Dialect
from pipelines.errors import MeasureError

Connection = duckdb.DuckDBPyConnection
Error = duckdb.Error

COMPARABLE = f"create macro comparable(written) as {sql.comparable('written')}"
"""`comparable(text)`, the spelling without case and accents: `sql.comparable` for statements that stand in files."""

HARDENED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


@contextlib.contextmanager
def builder(scratch: Path, memory: str = "1500MB") -> Iterator[Connection]:
    """A connection that builds a release in memory and spills into a scratch folder what finds no room there.

    What it spills is encrypted with a key that no file holds: rows are there before they have been searched for direct
    identifiers. The engine draws this key without a cryptographic source (hence `unsafe`): it keeps text off the disk
    from who reads the disk later, and is no substitute for an encrypted disk.
    """
    settings = HARDENED | {"temp_directory": str(scratch / "spill"), "memory_limit": memory}
    connection = duckdb.connect(config=settings)
    try:
        _encrypt_spill(connection)
        # 2.0.0 hands casts to the CSV reader, which then fails on the first bad row; text is landed first, and this is
        # a second belt. The setting does not exist before 2.
        if int(duckdb.__version__.split(".")[0]) >= 2:  # noqa: PLR2004
            connection.execute("set disabled_optimizers = 'type_pushdown'")
        # Nothing here is kept: checkpoints would rewrite landed rows in memory for nothing (a tenth of an import).
        connection.execute("set checkpoint_threshold = '1TB'")
        connection.execute(COMPARABLE)
        yield connection
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise _as_os_error(error) from None
    finally:
        connection.close()


def _encrypt_spill(connection: Connection) -> None:
    """Let what a connection spills be encrypted with a key of its own."""
    connection.execute("set force_mbedtls_unsafe = true")
    connection.execute("set temp_file_encryption = true")


def sweep(spill: Path) -> None:
    """Remove what readers that are gone have left; who still reads goes on with the files that are open."""
    for folder in spill.glob("*-*"):
        pid = folder.name.partition("-")[0]
        if not (pid.isdigit() and Path("/proc", pid).exists()):
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)


@contextlib.contextmanager
def opened_folder(scratch: Path, folder: Path, views: Mapping[str, str]) -> Iterator[Connection]:
    """A building connection with the Parquet files of a folder: file name without ending → name of its view."""
    with builder(scratch) as connection:
        for table, view in views.items():
            path = sql.literal(str(folder / f"{table}.parquet"))
            connection.execute(f"create temp view {sql.name(view)} as from read_parquet({path})")
        yield connection


def write_parquet(connection: Connection, table: str, path: Path, order: str | None = None) -> None:
    """A table as one Parquet file.

    Args:
        order: a column without equal values that settles the order of the rows: beyond 122 880 of them, two threads
            that join leave stretches of rows in either order, and the same rows would be another file.
    """
    rows = f"from {sql.name(table)}" + (f" order by {sql.name(order)}" if order else "")
    connection.execute(f"copy ({rows}) to {sql.literal(str(path))} (format parquet, compression zstd)")


def _as_os_error(error: duckdb.Error) -> OSError:
    """The failure of the operating system that the engine's message reports; memory that cannot spill needs room."""
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS):
        if os.strerror(number) in str(error):
            return OSError(number, os.strerror(number))
    number = errno.ENOSPC if isinstance(error, duckdb.OutOfMemoryException) else errno.EIO
    return OSError(number, os.strerror(number))


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


def land_parquet(connection: Connection, path: str, expressions: Mapping[str, str], table: str, line: str | None
                 ) -> None:  # fmt: skip
    """Every row of a Parquet file as text into table `table`, each column by its expression.

    `<table>_broken` is there and empty; `<table>_lines` says on which line each row stood, if column `line` does.
    """
    columns = ", ".join(f"{text} as {sql.name(column)}" for column, text in expressions.items())
    source = f"read_parquet({sql.literal(path)})"
    connection.execute(f"create temp table {sql.name(table)} as select {columns} from {source}")
    broken = sql.name(table + "_broken")
    connection.execute(f"create temp table {broken} (record bigint, original varchar, rule varchar)")
    if line:
        lines = sql.name(table + "_lines")
        connection.execute(f"create temp table {lines} as select {sql.name(line)} as line from {source}")


def sample_columns(connection: Connection, path: str, expressions: Mapping[str, str], columns: Sequence[str], n: int
                   ) -> dict[str, list[str]]:  # fmt: skip
    """Some values of columns of a Parquet file, as text, from its beginning."""
    found = {}
    for column in dict.fromkeys(columns):
        text = f"select {expressions[column]} as v from read_parquet({sql.literal(path)}) limit {n}"
        found[column] = [str(value).strip() for (value,) in connection.execute(text).fetchall() if value]
    return found


Folders = Mapping[str, tuple[Path, Sequence[str]]]
"""Name of a schema → the folder of a release and the tables in it."""


EMPTY: Mapping[str, Any] = {}
LONGEST = 120.0
"""Seconds that one statement of a reader may take."""


class Reader:
    """The Parquet files of a release, or of several side by side, behind a locked, read-only connection.

    After opening, nothing but the releases' folders can be read, no setting can be changed, no extension loaded.
    What finds no room in memory is written, encrypted as by `builder`, into a folder that only the store's owner can
    enter, or else refused; of itself DuckDB would put rows into a folder `.tmp` of the directory it was started in.

    Args:
        folders: schema → folder and tables; a table is `schema.table`, or just `table` in schema `main`.
        views: name of a view on all of these → its SELECT, in an order in which each finds what it reads; they may
            call `comparable(text)`, the spelling without case and accents.
        beside: folders whose files may be read as well, once they are there.
        seconds: after which a statement is stopped.
        spill: a folder of its owner's only; without one, what finds no room in memory is refused.
    """

    def __init__(self, folders: Folders, views: Mapping[str, str] = EMPTY, memory: str = "512MB", threads: int = 2,
                 beside: Sequence[Path] = (), seconds: float = LONGEST, spill: Path | None = None) -> None:  # fmt: skip
        longest = str(int(seconds * 1000))
        self._spill = spill / f"{os.getpid()}-{secrets.token_hex(8)}" if spill else None
        settings = HARDENED | {"memory_limit": memory, "threads": str(threads), "max_execution_time": longest,
                               "temp_directory": str(self._spill or "")}  # fmt: skip
        self._connection = duckdb.connect(config=settings)
        _encrypt_spill(self._connection)
        allowed = sql.literals(str(folder) for folder in [*(folder for folder, _ in folders.values()), *beside])
        self._connection.execute(f"set allowed_directories = [{allowed}]")
        self._connection.execute("set enable_external_access = false")
        for schema, (folder, tables) in folders.items():
            self._connection.execute(f"create schema if not exists {sql.name(schema)}")
            for table in tables:
                path = sql.literal(str(folder / f"{table}.parquet"))
                view = f"{sql.name(schema)}.{sql.name(table)}"
                self._connection.execute(f"create view {view} as from read_parquet({path})")
        self._connection.execute(COMPARABLE)
        for view, select in views.items():
            self._connection.execute(f"create view {sql.name(view)} as {select}")
        self._connection.execute("set lock_configuration = true")

    def query(self, statement: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of one SELECT, with named parameters bound.

        Raises:
            MeasureError: it took too long, and was stopped; or it found no room in memory.
            ValueError: the text is anything but one SELECT.
        """
        with self._asked(statement) as (cursor, parsed):
            rows: pd.DataFrame = cursor.execute(parsed, dict(parameters or {})).df()
            return rows

    def batches(self, statement: str, parameters: Mapping[str, Any], rows: int) -> Iterator[pa.RecordBatch]:
        """The same rows piece by piece, as they are asked for; `rows` of them at most in each piece."""
        with self._asked(statement) as (cursor, parsed):
            yield from cursor.sql(parsed, params=dict(parameters)).to_arrow_reader(rows)

    def write(self, statement: str, parameters: Mapping[str, Any], path: Path) -> None:
        """The same rows as a Parquet file, written beside the engine, which can write nothing."""
        with self._asked(statement) as (cursor, parsed):
            table = cursor.sql(parsed, params=dict(parameters)).to_arrow_table()
        parquet.write_table(table, path, compression="zstd")

    @contextlib.contextmanager
    def _asked(self, statement: str) -> Iterator[tuple[Connection, duckdb.Statement]]:
        """A cursor for one statement, and the statement, so that it is parsed once."""
        with self._connection.cursor() as cursor:
            parsed = cursor.extract_statements(statement)
            if [each.type for each in parsed] != [duckdb.StatementType.SELECT]:
                raise ValueError("a release answers one SELECT at a time")
            try:
                yield cursor, parsed[0]
            except duckdb.InterruptException:
                raise MeasureError("measure.too_long") from None
            except duckdb.OutOfMemoryException:
                raise MeasureError("measure.too_large") from None

    def close(self) -> None:
        """Let go of the release's files."""
        self._connection.close()
        if self._spill:
            with contextlib.suppress(OSError):
                shutil.rmtree(self._spill)

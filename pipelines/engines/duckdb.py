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
import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from pipelines import sql
from pipelines.dialect import Dialect
from pipelines.engines import Connection, NotRowsError, trailing_name
from pipelines.errors import MeasureError
from pipelines.formats import opening

Error = duckdb.Error

COMPARABLE = f"create macro comparable(written) as {sql.comparable('written')}"
"""`comparable(text)`, the spelling without case and accents: `sql.comparable` for statements that stand in files."""

PACKED = "format parquet, compression lz4_raw, write_bloom_filter false, use_tmp_file false"
"""How landed text stands in memory: what has few different texts is looked at once for each, so wide dictionaries."""

RELEASED = """format parquet, parquet_version v2, compression zstd, compression_level 1, dictionary_size_limit 1000,
use_tmp_file false"""
"""How tables are written: identifiers without a dictionary, which costs and gains nothing."""

HARDENED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


@contextlib.contextmanager
def builder(scratch: Path, memory: str = "1500MB") -> Iterator["Builder"]:
    """A connection that builds a release in memory and spills into a scratch folder what finds no room there.

    What it spills is encrypted with a key that no file holds: rows are there before they have been searched for direct
    identifiers. The engine draws this key without a cryptographic source (hence `unsafe`): it keeps text off the disk
    from who reads the disk later, and is no substitute for an encrypted disk.
    """
    settings = HARDENED | {"temp_directory": str(scratch / "spill"), "memory_limit": memory}
    connection = duckdb.connect(config=settings)
    try:
        _encrypt_spill(connection)
        # A list of values made a join would mix the rows of what is held.
        disabled = ["in_clause"]
        # 2.0.0 hands casts to the CSV reader, which then fails on the first bad row; text is landed first, and this is
        # a second belt. The setting does not exist before 2.
        if int(duckdb.__version__.split(".")[0]) >= 2:  # noqa: PLR2004
            disabled.append("type_pushdown")
        connection.execute(f"set disabled_optimizers = '{','.join(disabled)}'")
        # Nothing here is kept: checkpoints would rewrite landed rows in memory for nothing (a tenth of an import).
        connection.execute("set checkpoint_threshold = '1TB'")
        connection.execute(COMPARABLE)
        with opening.memory() as new:
            yield Builder(connection, new)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise _as_os_error(error) from None
    finally:
        connection.close()


def _encrypt_spill(connection: duckdb.DuckDBPyConnection) -> None:
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
def opened_folder(scratch: Path, folder: Path, views: Mapping[str, str]) -> Iterator["Builder"]:
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
    connection.execute(f"copy ({rows}) to {sql.literal(str(path))} ({RELEASED})")


def _as_os_error(error: duckdb.Error) -> OSError:
    """The failure of the operating system that the engine's message reports; memory that cannot spill needs room."""
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS):
        if os.strerror(number) in str(error):
            return OSError(number, os.strerror(number))
    number = errno.ENOSPC if isinstance(error, duckdb.OutOfMemoryException) else errno.EIO
    return OSError(number, os.strerror(number))


def sample_columns(connection: Connection, path: str, expressions: Mapping[str, str], columns: Sequence[str], n: int
                   ) -> dict[str, list[str]]:  # fmt: skip
    """Some values of columns of a Parquet file, as text, from its beginning."""
    found = {}
    for column in dict.fromkeys(columns):
        text = f"select {expressions[column]} as v from read_parquet({sql.literal(path)}) limit {n}"
        found[column] = [str(value).strip() for (value,) in connection.execute(text).fetchall() if value]
    return found


class Builder:
    """Builds a release on this machine.

    Landed text and kept rows stand packed in memory, as Parquet files without a name on a disk: a tenth of what the
    engine's own tables take, so that ten million rows need not spill, and a pattern meets each different text once.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, new: opening.Memory) -> None:
        self._connection = connection
        self._new = new
        self._held: dict[str, Path] = {}
        self._columns: dict[str, list[str]] = {}
        self._left_out: dict[str, str] = {}

    def execute(self, statement: str, parameters: Any = None) -> duckdb.DuckDBPyConnection:
        """Run one statement with its parameters, named or in order."""
        return self._connection.execute(statement, parameters)

    def register(self, name: str, frame: pd.DataFrame) -> None:
        """Let statements read a frame under a name."""
        self._connection.register(name, frame)

    def unregister(self, name: str) -> None:
        """Forget the frame of a name."""
        self._connection.unregister(name)

    def batches(self, statement: str, rows: int) -> pa.RecordBatchReader:
        """The rows of a SELECT piece by piece."""
        self._connection.abort()  # the question before, whose rest nobody has fetched
        return self._connection.sql(statement).to_arrow_reader(rows)

    def insert(self, table: str, rows: pa.Table) -> None:
        """Add rows to a table, column by column in its order."""
        self._connection.abort()
        self._connection.register("brought_back", rows)
        self._connection.execute(f"insert into {sql.name(table)} from brought_back").fetchall()
        self._connection.unregister("brought_back")

    def land_csv(self, path: Path, dialect: Dialect, table: str) -> None:
        """Every row of a delimited UTF-8 file as text into table `table`; what cannot be split to `<table>_broken`.

        `<table>_broken` holds `record` (from 1 after the header, blank lines counted), `original` and `rule`. Columns
        at the end that have no name land under `trailing_name`.

        Raises:
            NotRowsError: the file is not one of rows.
        """
        header = [*dialect.header, *map(trailing_name, range(dialect.n_trailing))]
        columns = ", ".join(f"{sql.literal(column)}: 'VARCHAR'" for column in header)
        quote = sql.literal(dialect.quote)
        with _rows():
            self._land(
                table,
                header,
                f"""from read_csv({sql.literal(str(path))}, auto_detect=false, header=true,
                skip={dialect.first_line - 1}, delim={sql.literal(dialect.separator)}, quote={quote}, escape={quote},
                columns={{{columns}}}, store_rejects=true, rejects_limit=0, rejects_table='landing_errors',
                rejects_scan='landing_scans')""",
            )
        self.execute(
            f"""create temp table {sql.name(table + "_broken")} as
            select cast(line as bigint) - {dialect.first_line} as record, min(csv_line) as original,
                   'malformed_line' as rule from landing_errors group by line"""
        )
        self.execute("drop table landing_errors")
        self.execute("drop table landing_scans")

    def land_parquet(self, path: str, expressions: Mapping[str, str], table: str, line: str | None) -> None:
        """Every row of a Parquet file as text into table `table`, each column by its expression.

        `<table>_broken` is there and empty; `<table>_lines` says on which line each row stood, if column `line` does.

        Raises:
            NotRowsError: the file is not one of rows.
        """
        columns = ", ".join(f"{text} as {sql.name(column)}" for column, text in expressions.items())
        source = f"read_parquet({sql.literal(path)})"
        with _rows():
            self._land(table, list(expressions), f"select {columns} from {source}")
        broken = sql.name(table + "_broken")
        self.execute(f"create temp table {broken} (record bigint, original varchar, rule varchar)")
        if line:
            lines = sql.name(table + "_lines")
            self.execute(f"create temp table {lines} as select {sql.name(line)} as line from {source}")

    def _land(self, table: str, columns: list[str], rows: str) -> None:
        self._pack(table, rows, PACKED)
        self._columns[table] = columns
        self._show(table)

    def _show(self, table: str) -> None:
        """Let statements read a landed table: its columns, and `rowid`."""
        number = [] if "rowid" in self._columns[table] else ["file_row_number as rowid"]
        columns = ", ".join([*map(sql.name, self._columns[table]), *number])
        source = f"read_parquet({sql.literal(str(self._held[table]))}, file_row_number = true)"
        wanted = f"where file_row_number + 1 not in (from {gone})" if (gone := self._left_out.get(table)) else ""
        self.execute(f"create or replace temp view {sql.name(table)} as select {columns} from {source} {wanted}")

    def leave_out_columns(self, table: str, columns: Sequence[str]) -> None:
        """Forget columns of a landed table."""
        self._columns[table] = [column for column in self._columns[table] if column not in columns]
        self._show(table)

    def leave_out_rows(self, table: str, numbers: str) -> None:
        """Forget those rows of a landed table whose `rowid + 1` a query gives; the others keep theirs."""
        self._left_out[table] = sql.name(table + "_left_out")
        self.execute(f"create temp table {self._left_out[table]} as {numbers}")
        self._show(table)

    def hold(self, table: str, rows: str, without: str) -> None:
        """Keep the rows of a query as `table`, by their `record_no`, but those whose number a second query gives."""
        last, n_left_out = self.execute(f"select max(n), count(*) from ({without}) as w(n)").fetchone() or (None, 0)
        if n_left_out:
            # A join would mix the rows, and to sort them costs half as much as to write them.
            self.execute(f"set variable left_out = (select bitstring_agg(n, 0, {last}) from ({without}) as w(n))")
            left_out = "get_bit(getvariable('left_out'), cast(record_no as integer)) = 1"
            rows = f"from ({rows}) where not case when record_no <= {last} then {left_out} else false end"
        self._pack(table, rows, RELEASED)
        if not self._ascends(table):
            self._pack(table, f"from {self._packed(table)} order by record_no", RELEASED)
        self.execute(f"create temp view {sql.name(table)} as from {self._packed(table)}")

    def _pack(self, table: str, rows: str, options: str) -> None:
        path = self._new(table)
        self.execute(f"copy ({rows}) to {sql.literal(str(path))} ({options})")
        self._held[table] = path

    def _packed(self, table: str) -> str:
        return f"read_parquet({sql.literal(str(self._held[table]))})"

    def _ascends(self, table: str) -> bool:
        """Whether each `record_no` is greater than the one before."""
        found = np.asarray(self.execute(f"select record_no from {self._packed(table)}").fetchnumpy()["record_no"])
        return bool((found[1:] > found[:-1]).all())

    def write_parquet(self, table: str, path: Path, order: str | None = None) -> None:
        """A table as one Parquet file, in the order of a column; what is held is written as it stands."""
        if table in self._held:
            shutil.copyfile(self._held[table], path)
        else:
            write_parquet(self, table, path, order)

    sample_columns = sample_columns


@contextlib.contextmanager
def _rows() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise NotRowsError from error


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
    def _asked(self, statement: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.Statement]]:
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

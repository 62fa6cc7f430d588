"""DuckDB, embedded: the engine that builds a release on one machine."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines import sql
from pipelines.dialect import Dialect
from pipelines.engines import NotRowsError, trailing_name
from pipelines.engines.hardened import connect
from pipelines.formats import opening

PACKED = "format parquet, compression lz4_raw, write_bloom_filter false, use_tmp_file false"
"""How landed text stands in memory: what has few different texts is looked at once for each, so wide dictionaries."""

RELEASED = """format parquet, parquet_version v2, compression zstd, compression_level 1, dictionary_size_limit 1000,
use_tmp_file false"""
"""How tables are written: identifiers without a dictionary, which costs and gains nothing."""

FAILURES = (duckdb.Error,)
"""What a statement may raise that finds no room."""


@contextlib.contextmanager
def builder(scratch: Path, memory: str = "1500MB") -> Iterator["Builder"]:
    """A connection that builds a release in memory and spills into a scratch folder what finds no room there.

    That is encrypted (`hardened.connect`): rows are there before they have been searched for direct identifiers.
    """
    connection = connect({"temp_directory": str(scratch / "spill"), "memory_limit": memory})
    try:
        # A list of values made a join would mix the rows of what is held.
        disabled = ["in_clause"]
        # 2.0.0 hands casts to the CSV reader, which then fails on the first bad row; text is landed first, and this is
        # a second belt. The setting does not exist before 2.
        if int(duckdb.__version__.split(".")[0]) >= 2:  # noqa: PLR2004
            disabled.append("type_pushdown")
        connection.execute(f"set disabled_optimizers = '{','.join(disabled)}'")
        # Nothing here is kept: checkpoints would rewrite landed rows in memory for nothing (a tenth of an import).
        connection.execute("set checkpoint_threshold = '1TB'")
        with opening.memory() as new:
            yield Builder(connection, new)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise _as_os_error(error) from None
    finally:
        connection.close()


@contextlib.contextmanager
def opened_folder(scratch: Path, folder: Path, views: Mapping[str, str]) -> Iterator["Builder"]:
    """A building connection with the Parquet files of a folder: file name without ending → name of its view."""
    with builder(scratch) as connection:
        for table, view in views.items():
            path = sql.literal(str(folder / f"{table}.parquet"))
            connection.execute(f"create temp view {sql.name(view)} as from read_parquet({path})")
        yield connection


def _as_os_error(error: duckdb.Error) -> OSError:
    """The failure of the operating system that the engine's message reports; memory that cannot spill needs room."""
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS):
        if os.strerror(number) in str(error):
            return OSError(number, os.strerror(number))
    number = errno.ENOSPC if isinstance(error, duckdb.OutOfMemoryException) else errno.EIO
    return OSError(number, os.strerror(number))


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

    def arrow(self, statement: str, parameters: Mapping[str, Any]) -> pa.Table:
        """The rows of a SELECT, all of them, as they stand in memory."""
        self._connection.abort()
        return self._connection.sql(statement, params=dict(parameters)).to_arrow_table()

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

    def repeated(self, table: str, numbers: str) -> None:
        """Table `table`, whose one column holds the numbers that a query gives more than once.

        They are sorted here, which costs a quarter of a group for each.
        """
        found = np.asarray(self.execute(f"select n from ({numbers}) as w(n)").fetchnumpy()["n"])
        found.sort()
        several = pd.DataFrame({"n": np.unique(found[1:][found[1:] == found[:-1]])})
        self.register("several", several)
        self.execute(f"create or replace temp table {sql.name(table)} as from several")
        self.unregister("several")

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
        """A table as one Parquet file; what is held is written as it stands.

        Args:
            order: a column without equal values that settles the order of the rows: beyond 122 880 of them, two threads
                that join leave stretches of rows in either order, and the same rows would be another file.
        """
        if table in self._held:
            shutil.copyfile(self._held[table], path)
            return
        rows = f"from {sql.name(table)}" + (f" order by {sql.name(order)}" if order else "")
        self.execute(f"copy ({rows}) to {sql.literal(str(path))} ({RELEASED})")

    def sample_columns(self, path: str, expressions: Mapping[str, str], columns: Sequence[str], n: int
                       ) -> dict[str, list[str]]:  # fmt: skip
        """Some values of columns of a Parquet file, as text, from its beginning."""
        found = {}
        for column in dict.fromkeys(columns):
            text = f"select {expressions[column]} as v from read_parquet({sql.literal(path)}) limit {n}"
            found[column] = [str(value).strip() for (value,) in self.execute(text).fetchall() if value]
        return found


@contextlib.contextmanager
def _rows() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise NotRowsError from error

"""Spark: the engine that builds a release on a cluster, from the same SQL as DuckDB (`translation.py`).

A table stands either on the cluster or in the engine embedded here. Large text files in UTF-8 are read by all executors
at once (`lines.py`) and, with every table that comes of them, stay on the cluster; small files, files that only this
machine can read, and what an import notes of itself stand here. A statement that reads no table of the cluster is
answered here, as it is written; any other one there, in Spark's words, after the tables that it needs from here have
been handed over. What it adds to a table that stands here is brought back.

The executors keep tables in memory, or encrypted on their disks, and make again from the files what is lost with one of
them. The files of a release are written by the embedded engine, from what the executors have written: a release holds
the same rows in the same order whichever engine built it.
"""

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.storagelevel import StorageLevel
from sqlglot import exp

from pipelines import sql
from pipelines.dialect import Dialect
from pipelines.engines import Answer, Engine, duckdb, lines, translation
from pipelines.errors import StoreError

SETTINGS: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.legacy.createEmptyCollectionUsingStringType": "true",
    "spark.io.encryption.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "1000",
}
"""What the product needs of a session, beside what the cluster's own settings say."""
LOOPBACK: Mapping[str, str] = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
"""Where executors on this machine alone find the driver."""

FAILURES = (PySparkException, Py4JError, *duckdb.FAILURES)
"""What a statement may raise that finds no room, or no cluster any more."""

ROWS = 100_000
"""Rows that are handed over at once."""


def engine(master: str, least: int) -> Engine:
    """The engine on the cluster of a master; beside `SETTINGS`, Spark's own configuration holds.

    Args:
        least: bytes of a text file from which it is read by the cluster.
    """
    return Engine("spark", partial(builder, master=master, least=least), FAILURES, counts=True)


@contextlib.contextmanager
def builder(scratch: Path, master: str, least: int) -> Iterator["Builder"]:
    """A builder on the session that is active, or on one of its own, which ends with it.

    Raises:
        StoreError: the cluster cannot be reached, or failed; what its error quotes is not repeated.
    """
    active = SparkSession.getActiveSession()
    try:
        session = active or _session(master)
        try:
            with duckdb.builder(scratch) as embedded:
                building = Builder(session.newSession(), embedded, scratch, least)
                try:
                    yield building
                finally:
                    building.forget()
        finally:
            if active is None:
                session.stop()
    except (PySparkException, Py4JError) as error:
        raise StoreError("store.cluster", kind=type(error).__name__) from None


def _session(master: str) -> SparkSession:
    here = master.startswith(("local", "spark://127.0.0.1"))
    making = SparkSession.builder.master(master).appName("rtu")
    for name, value in {**SETTINGS, **(LOOPBACK if here else {})}.items():
        making = making.config(name, value)
    session = making.getOrCreate()
    session.sparkContext.setLogLevel("OFF")  # its errors quote values, and so do those that Python repeats
    logging.getLogger("SQLQueryContextLogger").disabled = True
    return session


class Fetched:
    """The rows that a statement gave on the cluster."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._rows = list(rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or none."""
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        found, self._rows = self._rows, []
        return found


class Builder:
    """Builds a release on a cluster.

    Args:
        session: with temporary views of its own.
        embedded: for the tables that stand here.
        scratch: a folder that the executors see under the same path.
        least: bytes of a text file from which it is read by the cluster.
    """

    def __init__(self, session: SparkSession, embedded: duckdb.Builder, scratch: Path, least: int) -> None:
        self._session, self._embedded, self._scratch, self._least = session, embedded, scratch, least
        self._there: set[str] = set()
        self._handed_over: set[str] = set()
        self._numbered: set[str] = set()
        self._kept: dict[str, list[DataFrame]] = {}

    def execute(self, statement: str, parameters: Any = None) -> Answer:
        """Run one statement with its parameters, named or in order."""
        tree = translation.parsed(statement)
        if not self._there & translation.tables_of(tree):
            self._handed_over -= translation.changed_by(tree)
            return self._embedded.execute(statement, parameters)
        tree = translation.bound(tree, parameters)
        match tree:
            case exp.Create(kind="VIEW"):
                self._show(tree.this.name, self._asked(tree.expression))
            case exp.Create():
                self._keep(tree.this.name, self._asked(tree.expression))
            case exp.Insert():
                self._bring_back(tree.this.name, self._asked(tree.expression))
            case exp.Drop():
                self._forget_table(tree.args["tables"][0].name)
            case _:
                return Fetched([tuple(row) for row in self._asked(tree).collect()])
        return Fetched([])

    def arrow(self, statement: str, parameters: Mapping[str, Any]) -> pa.Table:
        """The rows of a SELECT, all of them, as they stand in memory."""
        tree = translation.parsed(statement)
        if not self._there & translation.tables_of(tree):
            return self._embedded.arrow(statement, parameters)
        return self._asked(translation.bound(tree, parameters)).toArrow()

    def _asked(self, tree: exp.Expr) -> DataFrame:
        """What a SELECT gives on the cluster, once it has every table that it reads."""
        for name in sorted(translation.tables_of(tree) - self._there - self._handed_over):
            self._hand_over(name)
        return self._session.sql(translation.said(tree))

    def _show(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(f"`{name}`")
        self._there.add(name)

    def _keep(self, name: str, frame: DataFrame) -> None:
        """Show a frame that the executors keep, without the plan that made it: plans of tables that refer to tables
        would grow beyond measure. What is lost is made again along the lineage of its data."""
        self._kept.setdefault(name, []).append(frame.persist(StorageLevel.MEMORY_AND_DISK))
        inner: Any = frame._jdf
        made = self._session._jsparkSession.internalCreateDataFrame(
            inner.queryExecution().toRdd(), inner.schema(), False
        )
        self._show(name, DataFrame(made, self._session))

    def _hand_over(self, name: str) -> None:
        """Give the cluster a table that stands here, piece by piece."""
        columns = "rowid, *" if name in self._numbered else "*"
        pieces = self._embedded.batches(f"select {columns} from {sql.name(name)}", ROWS)
        parts = [self._session.createDataFrame(pa.Table.from_batches([each], pieces.schema)) for each in pieces]
        if not parts:
            parts = [self._session.createDataFrame(pieces.schema.empty_table())]
        reduce(DataFrame.unionAll, parts).createOrReplaceTempView(f"`{name}`")
        self._handed_over.add(name)

    def _bring_back(self, name: str, frame: DataFrame) -> None:
        """Add rows from the cluster to a table that stands here."""
        self._embedded.insert(name, frame.toArrow())
        self._handed_over.discard(name)

    def _forget_table(self, name: str) -> None:
        self._session.catalog.dropTempView(name)
        self._there.discard(name)
        self._let_go(name)

    def _let_go(self, name: str) -> None:
        for frame in self._kept.pop(name, []):
            frame.unpersist()

    def forget(self) -> None:
        """Let go of all tables."""
        for name in list(self._kept):
            self._let_go(name)

    def land_csv(self, path: Path, dialect: Dialect, table: str) -> None:
        """Every row of a delimited UTF-8 file as text, read by the executors if it is large and each line is a row.

        Raises:
            NotRowsError: the file is not one of rows.
        """
        is_large = path.is_file() and path.stat().st_size >= self._least
        landed = lines.land(self._session, path, dialect) if is_large else None
        if landed is None:
            self._embedded.land_csv(path, dialect, table)
            return
        self._keep(table, landed.rows)
        broken = f"{table}_broken"
        self._embedded.execute(f"create temp table {sql.name(broken)} (record bigint, original varchar, rule varchar)")
        self._bring_back(broken, landed.broken)

    def land_parquet(self, path: str, expressions: Mapping[str, str], table: str, line: str | None) -> None:
        """Every row of a Parquet file as text, read here.

        Raises:
            NotRowsError: the file is not one of rows.
        """
        self._embedded.land_parquet(path, expressions, table, line)
        self._numbered.add(f"{table}_lines")

    def sample_columns(self, path: str, expressions: Mapping[str, str], columns: Sequence[str], n: int
                       ) -> dict[str, list[str]]:  # fmt: skip
        """Some values of columns of a Parquet file, as text, from its beginning."""
        return self._embedded.sample_columns(path, expressions, columns, n)

    def leave_out_columns(self, table: str, columns: Sequence[str]) -> None:
        """Forget columns of a landed table."""
        if table in self._there:
            self._show(table, self._session.table(f"`{table}`").drop(*columns))
        else:
            self._embedded.leave_out_columns(table, columns)
            self._handed_over.discard(table)

    def leave_out_rows(self, table: str, numbers: str) -> None:
        """Forget those rows of a landed table whose `rowid + 1` a query gives; the others keep theirs."""
        if table in self._there:
            self._hold(table, f"from {sql.name(table)}", "rowid + 1", numbers)
        else:
            self._embedded.leave_out_rows(table, self._here(numbers))
            self._handed_over.discard(table)

    def hold(self, table: str, rows: str, without: str) -> None:
        """Keep the rows of a query as `table`, but those whose `record_no` a second query gives."""
        if self._there & (translation.tables_of(translation.parsed(rows))):
            self._hold(table, rows, "record_no", without)
        else:
            self._embedded.hold(table, rows, self._here(without))

    def _hold(self, table: str, rows: str, number: str, without: str) -> None:
        left_out = f"select n from ({without}) as w(n) where n is not null"
        kept = translation.bound(translation.parsed(f"select * from ({rows}) as r where {number} not in ({left_out})"))
        self._keep(table, self._asked(kept))

    def _here(self, numbers: str) -> str:
        """A query for numbers that the embedded engine can answer, whatever it reads."""
        tree = translation.parsed(numbers)
        if not self._there & translation.tables_of(tree):
            return numbers
        found = [int(row[0]) for row in self._asked(translation.bound(tree)).collect()]
        return f"select unnest({found}::bigint[])"

    def repeated(self, table: str, numbers: str) -> None:
        """Table `table`, whose one column holds the numbers that a query gives more than once."""
        several = f"select n from ({numbers}) as w(n) group by n having count(*) > 1"
        self.execute(f"create or replace temp table {sql.name(table)} as {several}")

    def register(self, name: str, frame: pd.DataFrame) -> None:
        """Let statements read a frame under a name."""
        self._embedded.register(name, frame)

    def unregister(self, name: str) -> None:
        """Forget the frame of a name."""
        self._embedded.unregister(name)
        self._handed_over.discard(name)

    def write_parquet(self, table: str, path: Path, order: str | None = None) -> None:
        """A table as one Parquet file: each executor writes its part, and the embedded engine puts them together."""
        if table not in self._there:
            self._embedded.write_parquet(table, path, order)
            return
        rows, parts = self._session.table(f"`{table}`"), self._scratch / f"{path.name}.parts"
        (rows.orderBy(order) if order else rows).write.parquet(str(parts))
        files = sql.literals(str(each) for each in sorted(parts.glob("*.parquet")))
        self._embedded.execute(f"create temp view {sql.name(table)} as from read_parquet([{files}])")
        self._embedded.write_parquet(table, path)  # the parts follow one another in the order of the rows

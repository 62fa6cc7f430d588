"""Engines: what runs the SQL of the product, which is one text in DuckDB's dialect.

DuckDB, embedded, serves every release and builds those of one machine; Spark builds those that need a cluster. A stage
of an import asks its `Builder` and names no engine.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa

from pipelines.dialect import Dialect
from pipelines.errors import StoreError


class NotRowsError(Exception):
    """A file that an engine cannot read as rows."""


def trailing_name(place: int) -> str:
    """The column that a separator at the end of each line makes."""
    return f" nothing {place}"


class Answer(Protocol):
    """The rows that a statement gives."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or none."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""


class Connection(Protocol):
    """What runs statements in DuckDB's dialect."""

    def execute(self, statement: str, parameters: Any = None) -> Answer:
        """Run one statement with its parameters, named or in order."""


class Builder(Connection, Protocol):
    """What builds a release: tables that last as long as it does, from the files of an export to those of the release.

    A landed table holds text; `rowid + 1` is the number of its row in the file.
    """

    def arrow(self, statement: str, parameters: Mapping[str, Any]) -> pa.Table:
        """The rows of a SELECT, all of them, as they stand in memory."""

    def land_csv(self, path: Path, dialect: Dialect, table: str) -> None:
        """Every row of a delimited UTF-8 file as text into table `table`; what cannot be split to `<table>_broken`.

        Raises:
            NotRowsError: the file is not one of rows.
        """

    def land_parquet(self, path: str, expressions: Mapping[str, str], table: str, line: str | None) -> None:
        """Every row of a Parquet file as text into table `table`, each column by its expression.

        Raises:
            NotRowsError: the file is not one of rows.
        """

    def sample_columns(self, path: str, expressions: Mapping[str, str], columns: Sequence[str], n: int
                       ) -> dict[str, list[str]]:  # fmt: skip
        """Some values of columns of a Parquet file, as text, from its beginning."""

    def leave_out_columns(self, table: str, columns: Sequence[str]) -> None:
        """Forget columns of a landed table."""

    def leave_out_rows(self, table: str, numbers: str) -> None:
        """Forget those rows of a landed table whose `rowid + 1` a query gives; the others keep theirs."""

    def hold(self, table: str, rows: str, without: str) -> None:
        """Keep the rows of a query as `table`, by their `record_no`, but those whose number a second query gives."""

    def repeated(self, table: str, numbers: str) -> None:
        """Table `table`, whose one column holds the numbers that a query gives more than once."""

    def register(self, name: str, frame: pd.DataFrame) -> None:
        """Let statements read a frame under a name."""

    def unregister(self, name: str) -> None:
        """Forget the frame of a name."""

    def write_parquet(self, table: str, path: Path, order: str | None = None) -> None:
        """A table as one Parquet file, its rows in the order of a column without equal values, or as they stand."""


@dataclass(frozen=True)
class Engine:
    """An engine that can build releases.

    Attributes:
        name: as the record of a release keeps it.
        builder: opens a builder; what it writes meanwhile goes into the folder that it is given.
        failures: what a statement may raise that finds no room, or no cluster any more.
        counts: whether it counts beforehand what the pages of a large release show (`beforehand.py`).
    """

    name: str
    builder: Callable[[Path], AbstractContextManager[Builder]]
    failures: tuple[type[Exception], ...] = ()
    counts: bool = False


def embedded(counts: bool = False) -> Engine:
    """The engine that needs no cluster.

    Args:
        counts: as `Engine` has it; costs more than the import itself (`tests/benchmarks/RESULTS.md`).
    """
    from pipelines.engines import duckdb  # noqa: PLC0415 - it reads this module

    return Engine("duckdb", duckdb.builder, duckdb.FAILURES, counts)


def on_cluster(master: str, least: int) -> Engine:
    """The engine on the Spark cluster of a master.

    Args:
        least: bytes of a text file from which it is read by the cluster.

    Raises:
        StoreError: Spark is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")  # it is not used with pandas
            from pipelines.engines import spark  # noqa: PLC0415 - only where it is asked for
    except ModuleNotFoundError:
        raise StoreError("store.no_spark") from None
    return spark.engine(master, least)

"""DuckDB, embedded: the engine that serves every release, whichever built it.

A connection is never shared between users: `Reader.query` takes a cursor for each call.
"""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines import sql
from pipelines.engines.hardened import connect
from pipelines.errors import MeasureError

Error = duckdb.Error


HELD = 3600.0
"""Seconds for which a folder whose process cannot be looked up from here is left alone after its last change."""


def sweep(spill: Path) -> None:
    """Remove what readers that are gone have left; who still reads goes on with the files that are open.

    A process of another container or machine cannot be looked up: of it only what is old goes.
    """
    for folder in spill.glob("*-*-*"):
        place, pid, _ = folder.name.split("-", 2)
        with contextlib.suppress(OSError):
            is_gone = not Path("/proc", pid).exists()
            if place != _place():
                is_gone = time.time() - folder.stat().st_mtime > HELD
            if is_gone:
                shutil.rmtree(folder)


def _place() -> str:
    """What tells processes that see each other from those of another machine or container."""
    machine = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    return f"{machine[:8]}.{Path('/proc/self/ns/pid').stat().st_ino:x}"


Folders = Mapping[str, tuple[Path, Sequence[str]]]
"""Name of a schema → the folder of a release and the tables in it."""

EMPTY: Mapping[str, Any] = {}
LONGEST = 120.0
"""Seconds that one statement of a reader may take."""


class Reader:
    """The Parquet files of a release, or of several side by side, behind a locked, read-only connection.

    After opening, nothing but the releases' folders can be read, no setting can be changed, no extension loaded.
    What finds no room in memory is written, encrypted, into a folder that only the store's owner can
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
        self._spill = spill / f"{_place()}-{os.getpid()}-{secrets.token_hex(8)}" if spill else None
        self._connection = connect({"memory_limit": memory, "threads": str(threads), "max_execution_time": longest,
                                    "temp_directory": str(self._spill or "")})  # fmt: skip
        allowed = sql.literals(str(folder) for folder in [*(folder for folder, _ in folders.values()), *beside])
        self._connection.execute(f"set allowed_directories = [{allowed}]")
        self._connection.execute("set enable_external_access = false")
        for schema, (folder, tables) in folders.items():
            self._connection.execute(f"create schema if not exists {sql.name(schema)}")
            for table in tables:
                path = sql.literal(str(folder / f"{table}.parquet"))
                view = f"{sql.name(schema)}.{sql.name(table)}"
                self._connection.execute(f"create view {view} as from read_parquet({path})")
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

    def arrow(self, statement: str, parameters: Mapping[str, Any]) -> pa.Table:
        """The same rows, all of them, as they stand in memory."""
        with self._asked(statement) as (cursor, parsed):
            return cursor.sql(parsed, params=dict(parameters)).to_arrow_table()

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

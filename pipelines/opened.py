"""A release opened for reading: its record, its programme, and a locked connection to its tables."""

import contextlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa

from data_schemas.errors import ProgrammeError
from data_schemas.programme import Programme, load
from pipelines import programme_tables
from pipelines.aggregates import PAYS_FROM, Aggregates
from pipelines.engines.serving import Error, Reader, sweep
from pipelines.relations import views
from pipelines.release import Release


@contextlib.contextmanager
def reading(*releases: Release) -> Iterator[None]:
    """What the engine fails over is looked for in the files of the releases; a damaged one is told by its name.

    Raises:
        StoreError: a file of a release is missing or damaged.
    """
    try:
        yield
    except (Error, OSError):
        for release in releases:
            if faults := release.faults():
                raise faults[0] from None
        raise


class Opened:
    """A release and what is needed to count in it; one for all users, a cursor for each question.

    Args:
        pays_from: loaded rows from which figures are answered from aggregates.
    """

    def __init__(self, release: Release, programme: Programme | None = None, pays_from: int = PAYS_FROM) -> None:
        self.release = release
        self.programme = programme or load(release.record["programme"])
        if self.programme.name != release.record["programme"]:
            raise ProgrammeError("programme.other", programme=self.programme.name)
        said = programme_tables.selects(self.programme, release.cutoff)
        with reading(release):
            if release.spill:
                sweep(release.spill)
            relations = {**said, **views()}
            tables = {"main": (release.folder, release.tables)}
            self._reader = Reader(tables, relations, beside=[release.aggregates], spill=release.spill)
        self.aggregates = Aggregates(release, self._reader, repr(relations), pays_from)

    def query(self, statement: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
        """The rows of a SELECT over the release's tables."""
        with reading(self.release):
            return self._reader.query(statement, parameters)

    def batches(self, statement: str, parameters: Mapping[str, object], rows: int) -> Iterator[pa.RecordBatch]:
        """The same rows piece by piece."""
        with reading(self.release):
            yield from self._reader.batches(statement, parameters, rows)

    def columns(self, statement: str, parameters: Mapping[str, object]) -> list[str]:
        """The names of the columns that a SELECT gives."""
        return list(self.query(statement, parameters).columns)

    @cached_property
    def months(self) -> tuple[str, str]:
        """The first month with a new patient, and the month of the cut-off, as `yyyy-mm`."""
        frame = self.query("select min(start_month) as first from core_treated_patients where is_new")
        first: Any = frame["first"].iloc[0]
        last = self.release.cutoff.strftime("%Y-%m")
        return (first if isinstance(first, str) else last), last

    def close(self) -> None:
        """Let go of the release."""
        self._reader.close()

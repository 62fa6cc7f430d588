"""Aggregates: what measures count in a release, summed beforehand, so that a figure need not look at every row.

    store/aggregates/<release>/<measure>-<digest>.parquet

A cube holds the counts of a measure with everyone selected, by the columns that were asked for and by those columns of
the patient that a selection looks at. As long as each counted key belongs to one patient, a figure under any selection
is a sum over its rows; a measure whose keys do not is counted from its lines, and so is everything in a small release,
where lines are as quick. Cubes are made at the first demand and may be deleted at any time; they are no part of a
release.
"""

import contextlib
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines import sql
from pipelines.engines.serving import Error, Reader
from pipelines.selection import RELATIONS, Selection, kept
from pipelines.store import Release

PAYS_FROM = 100_000
"""Loaded rows of a release from which cubes are made (measured: `tests/benchmarks/RESULTS.md`)."""

PATIENT, OF_PATIENT = "patient_id", "of_"
"""The patient of a line, and what the names of that patient's columns begin with in a cube."""
BELONGS = "is_of_patient"
"""Column of a cube: whether the lines are those of a treated patient, whom a selection can keep."""


@dataclass(frozen=True)
class Counted:
    """What is counted, with everyone selected.

    Attributes:
        measure: its name.
        lines: a WITH clause that ends with the relation `lines`; `parameters` are bound to it.
        columns: columns of `lines` that are looked up or broken down by.
        counts: name → SQL over `lines`; of each, the sum over patients must be the figure of them together.
        keys: the columns whose values are counted.
    """

    measure: str
    lines: str
    parameters: Mapping[str, object]
    columns: tuple[str, ...]
    counts: Mapping[str, str]
    keys: tuple[str, ...]


class Aggregates:
    """The cubes of an opened release.

    Args:
        defined_by: the text of all that `lines` may read and that is no table of the release.
        pays_from: loaded rows from which cubes are made.
    """

    def __init__(self, release: Release, reader: Reader, defined_by: str, pays_from: int = PAYS_FROM) -> None:
        self._release, self._reader, self._defined_by = release, reader, defined_by
        self._pays = not release.is_candidate and release.total("loaded") >= pays_from
        self._unfit: set[str] = set()
        self._sums: dict[str, bool] = {}
        self._making = threading.RLock()

    def answer(self, counted: Counted, selection: Selection, by: Sequence[str], conditions: Sequence[str],
               parameters: Mapping[str, object]) -> pd.DataFrame | None:  # fmt: skip
        """The counts under a selection; none when they have to be counted from the lines.

        Args:
            conditions: SQL over the columns of `counted`, with what is bound to it.
        """
        cube = self._cube(counted, selection.looks_at) if self._pays else None
        if cube is None:
            return None
        tests = [*conditions, *([] if selection.is_everyone else [BELONGS, kept(selection.looks_at, OF_PATIENT)])]
        counts = ", ".join(f"cast(coalesce(sum({sql.name(each)}), 0) as bigint) as {sql.name(each)}"
                           for each in counted.counts)  # fmt: skip
        grouped = sql.names(by)
        statement = (
            f"select {grouped + ', ' if by else ''}{counts} from read_parquet({sql.literal(str(cube))})"
            + (f" where {' and '.join(tests)}" if tests else "")
            + (f" group by {grouped}" if by else "")
        )
        try:
            return self._reader.query(statement, {**parameters, **selection.looked_at_parameters})
        except Error:
            with contextlib.suppress(OSError):
                cube.unlink(missing_ok=True)
            return None

    def _cube(self, counted: Counted, looked_at: tuple[str, ...]) -> Path | None:
        """The file that holds the counts by what a selection looks at, made if it is not there."""
        path = self._path(counted, looked_at)
        if path.exists():
            return path
        with self._making:
            if path.exists():
                return path
            if path.name in self._unfit:
                return None
            with contextlib.suppress(OSError, Error):
                if self._sums_up(counted) and self._make(counted, looked_at, path):
                    return path
            self._unfit.add(path.name)
            return None

    def _path(self, counted: Counted, looked_at: tuple[str, ...]) -> Path:
        said = [self._defined_by, RELATIONS, counted.lines, dict(counted.parameters), counted.columns,
                dict(counted.counts), looked_at]  # fmt: skip
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
        return self._release.aggregates / f"{counted.measure}-{digest}.parquet"

    def _sums_up(self, counted: Counted) -> bool:
        """Whether a figure is the sum over patients; looked up once for a measure."""
        asked = f"{counted.measure} {counted.keys} {counted.parameters['date_basis']}"
        if asked not in self._sums:
            self._sums[asked] = self._one_patient_each(counted)
        return self._sums[asked]

    def _one_patient_each(self, counted: Counted) -> bool:
        """Whether every counted key belongs to one patient."""
        columns = self._reader.query(f"{counted.lines} select * from lines limit 0", counted.parameters).columns
        if PATIENT not in columns:
            return False
        for key in set(counted.keys) - {PATIENT}:
            shared = self._reader.query(
                f"{counted.lines} select {sql.name(key)} from lines group by 1"
                f" having min({PATIENT}) is distinct from max({PATIENT}) limit 1",
                counted.parameters,
            )
            if len(shared):
                return False
        return True

    def _make(self, counted: Counted, looked_at: tuple[str, ...], path: Path) -> bool:
        """Write the cube, unless the release has gone meanwhile."""
        columns = sql.names([*counted.columns, *(OF_PATIENT + each for each in looked_at), BELONGS])
        of_patient = ", ".join(f"{each} as {OF_PATIENT}{each}" for each in (PATIENT, *looked_at))
        counts = ", ".join(f"{counts} as {sql.name(name)}" for name, counts in counted.counts.items())
        statement = (
            f"{counted.lines},\nof_patients as (select {of_patient}, true as has_patient from selected_patients),\n"
            f"placed as (select *, coalesce(has_patient, false) as {BELONGS} from lines"
            f" left join of_patients on {OF_PATIENT}{PATIENT} = {PATIENT})\n"
            f"select {columns}, {counts} from placed group by {columns} order by {columns}"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix="tmp-", dir=path.parent)
        os.close(descriptor)
        try:
            self._reader.write(statement, counted.parameters, Path(temporary))
            Path(temporary).chmod(0o440)
            if there := self._release.folder.is_dir():
                Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
        return there

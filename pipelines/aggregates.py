"""Aggregates: figures of a large release are summed from cubes (`cubes.py`), so that none need look at every row.

A measure whose keys belong to several patients is counted from its lines, and so is everything in a small release,
where lines are as quick. Cubes are made beforehand or at the first demand and may be deleted at any time; they are no
part of a release.
"""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipelines import cubes, sql
from pipelines.cubes import BELONGS, OF_PATIENT, PATIENT, Counted, Cube
from pipelines.engines.serving import Error, Reader
from pipelines.release import Release
from pipelines.selection import Selection, kept

PAYS_FROM = 100_000
"""Loaded rows of a release from which cubes are made (measured: `tests/benchmarks/RESULTS.md`)."""


def pays(release: Release, pays_from: int = PAYS_FROM) -> bool:
    """Whether it is worth while to sum the figures of a release from cubes."""
    return release.total("loaded") >= pays_from


class Aggregates:
    """The cubes of an opened release.

    Args:
        defined_by: the text of all that `lines` may read and that is no table of the release.
        pays_from: loaded rows from which cubes are made.
    """

    def __init__(self, release: Release, reader: Reader, defined_by: str, pays_from: int = PAYS_FROM) -> None:
        self._release, self._reader, self._defined_by = release, reader, defined_by
        self._pays = not release.is_candidate and pays(release, pays_from)
        self._unfit: set[str] = set()
        self._sums: dict[str, bool] = {}
        self._making = threading.RLock()

    def answer(self, counted: Counted, selection: Selection, by: Sequence[str], conditions: Sequence[str],
               parameters: Mapping[str, object]) -> pd.DataFrame | None:  # fmt: skip
        """The counts under a selection; none when they have to be counted from the lines.

        Args:
            conditions: SQL over the columns of `counted`, with what is bound to it.
        """
        cube = self._found(Cube(counted, selection.looks_at)) if self._pays else None
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

    def _found(self, cube: Cube) -> Path | None:
        """The file of a cube, made if it is not there; none if it cannot be."""
        path = cube.path(self._release, self._defined_by)
        if path.exists():
            return path
        with self._making:
            if path.exists():
                return path
            if path.name in self._unfit:
                return None
            with contextlib.suppress(OSError, Error):
                if self._sums_up(cube.counted) and self._make(cube, path):
                    return path
            self._unfit.add(path.name)
            return None

    def _sums_up(self, counted: Counted) -> bool:
        """Whether a figure is the sum over patients; looked up once for a measure."""
        asked = f"{counted.measure} {counted.keys} {counted.parameters['date_basis']}"
        if asked not in self._sums:
            self._sums[asked] = self._one_patient_each(counted)
        return self._sums[asked]

    def _one_patient_each(self, counted: Counted) -> bool:
        """Whether every counted key belongs to one patient."""
        columns = self._reader.query(f"{counted.lines} select * from lines limit 0", counted.parameters).columns
        return PATIENT in columns and not any(
            len(self._reader.query(f"{counted.lines} {shared}", counted.parameters))
            for shared in cubes.shared(counted.keys)
        )

    def _make(self, cube: Cube, path: Path) -> bool:
        rows = self._reader.arrow(f"{cube.placed}{cube.rows()}", cube.counted.parameters)
        return cubes.keep(self._release, rows, path)

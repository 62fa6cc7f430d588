"""Cubes: what a measure counts with everyone selected, by columns of its own and by what a selection looks at.

    store/aggregates/<release>/<measure>-<digest>.parquet

A figure under any selection is a sum over the rows of a cube, as long as each counted key belongs to one patient. The
digest is over all that decides a cube's rows but the release: whoever asks the same question finds the same file,
whichever engine made it, on demand (`aggregates.py`) or beforehand (`beforehand.py`).
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from pipelines import sql
from pipelines.release import Release
from pipelines.selection import RELATIONS

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
        read: the columns of `lines` that the counts look at.
    """

    measure: str
    lines: str
    parameters: Mapping[str, object]
    columns: tuple[str, ...]
    counts: Mapping[str, str]
    keys: tuple[str, ...]
    read: tuple[str, ...]


@dataclass(frozen=True)
class Cube:
    """The counts of a measure by its columns and by those of the patient that selections look at."""

    counted: Counted
    looked_at: tuple[str, ...]

    def path(self, release: Release, defined_by: str) -> Path:
        """Where it stands.

        Args:
            defined_by: the text of all that `lines` may read and that is no table of the release.
        """
        counted = self.counted
        said = [defined_by, RELATIONS, counted.lines, dict(counted.parameters), counted.columns,
                dict(counted.counts), self.looked_at]  # fmt: skip
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
        return release.aggregates / f"{counted.measure}-{digest}.parquet"

    @property
    def of_patient(self) -> tuple[str, ...]:
        """The columns that say whose lines they are."""
        return (*(OF_PATIENT + each for each in self.looked_at), BELONGS)

    @property
    def needed(self) -> set[str]:
        """The columns of `placed` that its rows are counted from."""
        return {PATIENT, *self.counted.columns, *self.counted.read, *self.of_patient}

    @property
    def placed(self) -> str:
        """A WITH clause that ends with the relation `placed`: the lines beside `of_patient`."""
        of_patient = ", ".join(f"{each} as {OF_PATIENT}{each}" for each in (PATIENT, *self.looked_at))
        return (
            f"{self.counted.lines},\n"
            f"of_patients as (select {of_patient}, true as has_patient from selected_patients),\n"
            f"placed as (select *, coalesce(has_patient, false) as {BELONGS} from lines"
            f" left join of_patients on {OF_PATIENT}{PATIENT} = {PATIENT})\n"
        )

    def rows(self, placed: str = "placed") -> str:
        """The rows of the cube as a SELECT over the placed lines."""
        columns = sql.names([*self.counted.columns, *self.of_patient])
        counts = ", ".join(f"{counts} as {sql.name(name)}" for name, counts in self.counted.counts.items())
        return f"select {columns}, {counts} from {sql.name(placed)} group by {columns} order by {columns}"


def shared(keys: Iterable[str], lines: str = "lines") -> Iterable[str]:
    """For each key other than the patient, a SELECT over the lines that gives a row if two patients share a value."""
    for key in sorted(set(keys) - {PATIENT}):
        yield (
            f"select {sql.name(key)} from {sql.name(lines)} group by 1"
            f" having min({PATIENT}) is distinct from max({PATIENT}) limit 1"
        )


def keep(release: Release, rows: pa.Table, path: Path) -> bool:
    """Write a cube, unless the release has gone meanwhile.

    Raises:
        OSError: there is no room for it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix="tmp-", dir=path.parent)
    os.close(descriptor)
    try:
        parquet.write_table(rows, temporary, compression="zstd")
        Path(temporary).chmod(0o440)
        if there := release.folder.is_dir():
            Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return there

"""Cubes made beforehand: of a large release, what the pages ask for at first, with everyone or a period selected.

Made with the tables of an import, on the engine that built them, so that the first reader waits for no count. They are
those that a reader's question would make (`cubes.py`): what is missing here is made at the first demand.

What the pages ask stands in `asked.csv`; `tests/dashboard/test_asked.py` opens every page and holds the list
to what is really asked.
"""

import csv
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from data_schemas.programme import Programme
from pipelines import cubes, programme_tables, sql
from pipelines.cubes import PATIENT, Cube
from pipelines.definitions import Count, Definition, definition
from pipelines.engines import Builder
from pipelines.measure import Grouped, counted_for_everyone, grouped, missing_tables
from pipelines.opened import Opened
from pipelines.relations import views
from pipelines.release import Release
from pipelines.selection import DateBasis, Selection
from pipelines.survival import persons

SELECTIONS = Selection(), Selection(from_month="2000-01")
"""One of each kind of selection whose figures are counted beforehand: everyone, and a period."""
LIST = Path(__file__).with_name("asked.csv")
PLACED = "placed_lines"
"""Table of the lines of one measure, while its cubes are made."""


@dataclass(frozen=True)
class Question:
    """What a page asks for: a measure by some of its columns, the months by one date."""

    measure: str
    date_basis: DateBasis
    columns: tuple[str, ...]

    @property
    def definition(self) -> Definition:
        """The definition of the measure."""
        return definition(self.measure)

    @property
    def counts(self) -> Mapping[str, Count]:
        """The figures of the measure, or the persons of its curve where these are asked for by day."""
        curve = self.definition.curve
        return persons(self.definition) if curve and curve.days in self.columns else self.definition.counts

    @property
    def cubes(self) -> tuple[Cube, ...]:
        """The cubes that answer it under each of `SELECTIONS`."""
        counted = counted_for_everyone(self.definition, self.columns, self.counts, self.date_basis)
        return tuple(Cube(counted, selection.looks_at) for selection in SELECTIONS)

    def answer(self, opened: Opened, selection: Selection) -> Grouped:
        """The answer on an open release, for which a cube is made where there is none."""
        dated = replace(selection, date_basis=self.date_basis)
        return grouped(opened, self.definition, dated, self.columns, {}, self.counts)


@functools.cache
def asked() -> tuple[Question, ...]:
    """What the pages ask for at first, sorted."""
    with LIST.open(encoding="utf-8", newline="") as stream:
        return tuple(Question(row["measure"], row["date_basis"], tuple(row["columns"].split()))  # type: ignore[arg-type]
                     for row in csv.DictReader(stream))  # fmt: skip


def make(builder: Builder, release: Release, programme: Programme) -> int:
    """Make the cubes of a release, or of a candidate, that was built just now; says how many.

    Args:
        builder: with the loaded and derived tables, and what the programme says.

    Raises:
        OSError: there is no room for them.
    """
    relations = {**programme_tables.selects(programme, release.cutoff), **views()}
    for name, select in views().items():
        builder.execute(f"create temp view {sql.name(name)} as {select}")
    made = 0
    for (measure, _), questions in groupby(asked(), lambda each: (each.measure, each.date_basis)):
        if not missing_tables(release, programme, definition(measure)):
            wanted = [(cube, cube.path(release, repr(relations))) for each in questions for cube in each.cubes]
            made += sum(cubes.keep(release, rows, path) for path, rows in _counted(builder, wanted))
    return made


def _counted(builder: Builder, wanted: Sequence[tuple[Cube, Path]]) -> Iterator[tuple[Path, pa.Table]]:
    """The rows of those cubes of one measure that are not there and add up; its lines are looked up once."""
    missing = [(cube, path) for cube, path in wanted if not path.exists()]
    most = max((cube for cube, _ in missing), key=lambda each: len(each.looked_at), default=None)
    if most is None or PATIENT not in _columns(builder, most):
        return
    needed = sql.names(sorted({column for cube, _ in missing for column in cube.needed}))
    statement = f"create temp table {PLACED} as {most.placed}select {needed} from placed"
    builder.execute(statement, most.counted.parameters)
    adds_up = {keys: not any(builder.execute(shared).fetchone() for shared in cubes.shared(keys, PLACED))
               for keys in {cube.counted.keys for cube, _ in missing}}  # fmt: skip
    for cube, path in missing:
        if adds_up[cube.counted.keys]:
            yield path, builder.arrow(cube.rows(PLACED), {})
    builder.execute(f"drop table {PLACED}")


def _columns(builder: Builder, cube: Cube) -> list[str]:
    statement = f"{cube.counted.lines} select * from lines limit 0"
    return list(builder.arrow(statement, cube.counted.parameters).column_names)

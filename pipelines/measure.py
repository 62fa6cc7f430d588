"""Measures: every figure is defined once, in `measures/<name>.sql`, and counted in one way.

The head of the file is the published definition; its body selects one row for each counted thing, with the dimensions.
The figure is the number of distinct keys among these rows, and the line list is these rows: they cannot disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from data_schemas.programme import Programme
from pipelines import sql
from pipelines.cells import completed
from pipelines.cubes import Counted
from pipelines.definitions import Count, Definition, collected, definition
from pipelines.errors import MeasureError
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.selection import RELATIONS, DateBasis, Selection
from pipelines.states import OBSERVED

Source = Literal["lines", "aggregates"]


@dataclass(frozen=True)
class MeasureTable:
    """A measure on a release and a selection.

    Attributes:
        frame: one row for each cell: the dimensions `by` (text, null where not recorded), the counts (Int64), and the
            `state` of the cell; a count is null exactly where the state is not `observed`.
        not_sent: tables it needs that the export did not hold, and columns (`table.column`) that the programme does not
            collect; the frame is then empty, which is not zero.
        not_collected: dimensions that the programme does not collect.
        statement, parameters: the SQL that gives the figures from the rows behind them.
        answered_from: whether it was run, or its result summed from the release's aggregates.
    """

    definition: Definition
    release: str
    selection: Selection
    by: tuple[str, ...]
    frame: pd.DataFrame
    not_sent: tuple[str, ...]
    not_collected: tuple[str, ...]
    statement: str
    parameters: Mapping[str, object]
    answered_from: Source = "lines"

    @property
    def single(self) -> int | None:
        """The main figure of a table without breakdown; none when it was not observed."""
        if self.not_sent or self.frame["state"].iloc[0] != OBSERVED:
            return None
        return int(self.frame[self.definition.main].iloc[0])


def measure(opened: Opened, name: str, selection: Selection, by: Sequence[str] | None = None,
            where: Mapping[str, str] | None = None) -> MeasureTable:  # fmt: skip
    """The figures of a measure.

    Args:
        opened: an open release.
        by: dimensions to break down by; none asked for = the measure's own, empty = one figure.
        where: dimension → value, beside the selection.

    Raises:
        MeasureError: an unknown measure or dimension.
    """
    asked = definition(name)
    chosen = tuple(asked.by if by is None else by)
    known(asked, [*chosen, *(where or {})])
    counted = grouped(opened, asked, selection, chosen, where or {}, asked.counts)
    frame = counted.frame
    if counted.not_sent:
        frame["state"] = []
    else:
        frame = completed(opened, asked, selection, where or {}, chosen, frame)
    not_collected = tuple(each for each in chosen if not collected(each, selection, opened.programme))
    return MeasureTable(asked, opened.release.name, selection, chosen, frame, counted.not_sent, not_collected,
                        counted.statement, counted.parameters, counted.answered_from)  # fmt: skip


@dataclass(frozen=True)
class Grouped:
    """Rows counted by columns, as `MeasureTable` says; the frame is empty where a table was not sent."""

    frame: pd.DataFrame
    not_sent: tuple[str, ...]
    statement: str
    parameters: Mapping[str, object]
    answered_from: Source


def grouped(opened: Opened, asked: Definition, selection: Selection, by: Sequence[str], where: Mapping[str, str],
            counts: Mapping[str, Count]) -> Grouped:  # fmt: skip
    """The rows of a measure counted by some of its columns, from the release's aggregates where these pay."""
    lines, parameters = lines_of(asked, selection, where)
    columns = sql.names(by)
    written = {name: _counted(count) for name, count in counts.items()}
    listed = ", ".join(f"{count} as {sql.name(name)}" for name, count in written.items())
    statement = f"{lines}\nselect {columns + ', ' if by else ''}{listed} from lines" + (
        f" group by {columns}" if by else ""
    )
    not_sent = missing_tables(opened.release, opened.programme, asked)
    if not_sent:
        return Grouped(pd.DataFrame(columns=[*by, *counts]), not_sent, statement, parameters, "lines")
    frame = _summed(opened, asked, selection, by, where, counts) if _can_be_summed(asked, where) else None
    if frame is None:
        return Grouped(opened.query(statement, parameters), not_sent, statement, parameters, "lines")
    return Grouped(frame, not_sent, statement, parameters, "aggregates")


def _can_be_summed(asked: Definition, where: Mapping[str, str]) -> bool:
    """Whether figures may be summed over patients; what comes before a month adds up if each patient has one month."""
    return asked.by_patient and (asked.cumulative not in where or asked.cumulative == "month")


def _summed(opened: Opened, asked: Definition, selection: Selection, by: Sequence[str], where: Mapping[str, str],
            counts: Mapping[str, Count]) -> pd.DataFrame | None:  # fmt: skip
    counted = counted_for_everyone(asked, {*by, *where}, counts, selection.date_basis)
    return opened.aggregates.answer(counted, selection, by, *conditions(asked, where))


def counted_for_everyone(asked: Definition, columns: Iterable[str], counts: Mapping[str, Count], date_basis: DateBasis
                         ) -> Counted:  # fmt: skip
    """What figures of any selection are summed from."""
    everyone, bound = lines_of(asked, Selection(date_basis=date_basis), {})
    return Counted(
        measure=asked.name,
        lines=everyone,
        parameters=bound,
        columns=tuple(sorted(columns)),
        counts={name: _counted(count) for name, count in counts.items()},
        keys=tuple(sorted({count.key for count in counts.values() if not count.sum})),
        read=tuple(sorted({each for count in counts.values() for each in (count.key, count.sum, count.when) if each})),
    )


def line_list(opened: Opened, name: str, selection: Selection, where: Mapping[str, str] | None = None,
              count: str | None = None) -> pd.DataFrame:  # fmt: skip
    """The rows behind a figure: one row for each counted thing, so that the number of rows is the figure.

    Of a sum, the column that is added up adds up to the figure.

    Args:
        where: dimension → value: the cell; an empty value stands for "not recorded".
        count: which of the measure's counts; the main one unless said.
    """
    asked = definition(name)
    known(asked, list(where or {}))
    if missing_tables(opened.release, opened.programme, asked):
        return pd.DataFrame()
    lines, parameters = lines_of(asked, selection, where or {})
    counted = asked.counts[count or asked.main]
    key = counted.key
    columns = [column for column in opened.columns(f"{lines} select * from lines limit 0", parameters) if column != key]
    gathered = ", ".join(f"{_gathered(column, counted)} as {sql.name(column)}" for column in columns)
    condition = f" where {sql.name(counted.when)}" if counted.when else ""
    statement = (
        f"{lines}\nselect {sql.name(key)}, {gathered} from lines{condition}"
        f" group by {sql.name(key)} order by {sql.name(key)}"
    )
    return opened.query(statement, parameters)


def _counted(count: Count) -> str:
    """A count as SQL over `lines`."""
    condition = f" filter (where {sql.name(count.when)})" if count.when else ""
    if count.sum:
        return f"cast(coalesce(sum({sql.name(count.sum)}){condition}, 0) as bigint)"
    return f"count(distinct {sql.name(count.key)}){condition}"


def _gathered(column: str, count: Count) -> str:
    """A column of the line list: the values that the rows of one key hold, or their sum."""
    if column == count.sum:
        return f"cast(sum({sql.name(column)}) as bigint)"
    text = f"cast({sql.name(column)} as varchar)"
    return f"string_agg(distinct {text}, ' + ' order by {text})"


def missing_tables(release: Release, programme: Programme, asked: Definition) -> tuple[str, ...]:
    """The tables that a measure needs and the export did not hold, and the columns that nobody collects."""
    columns = [each for each in asked.collects if not programme.collects(*each.split("."))]
    return (*(table for table in asked.needs if not release.was_sent(table)), *columns)


def known(asked: Definition, wanted: Sequence[str]) -> None:
    """Refuse what is no dimension of a measure.

    Raises:
        MeasureError: a dimension that the measure does not have.
    """
    if unknown := [each for each in wanted if each not in asked.dimensions]:
        there_are = ", ".join(asked.dimensions)
        raise MeasureError("measure.unknown_dimension", measure=asked.name, n_unknown=len(unknown), known=there_are)


def lines_of(asked: Definition, selection: Selection, where: Mapping[str, str], excluded: bool = False
             ) -> tuple[str, dict[str, object]]:  # fmt: skip
    """The rows of the measure as a relation `lines`, and what is bound to it.

    Args:
        excluded: the rows that were looked at and do not count, with the reason in `excluded`.
    """
    tests, bound = conditions(asked, where)
    columns = "* exclude (excluded)" if asked.exclusions and not excluded else "*"
    if asked.exclusions:
        tests.append("excluded is not null" if excluded else "excluded is null")
    filtered = f" where {' and '.join(tests)}" if tests else ""
    body = f"with {RELATIONS},\nbody as (\n{asked.body}\n)"
    return f"{body},\nlines as (select {columns} from body{filtered})", {**selection.parameters, **bound}


def conditions(asked: Definition, where: Mapping[str, str]) -> tuple[list[str], dict[str, object]]:
    """A cell of a measure as SQL over its rows, and what is bound to it."""
    tests, bound = list[str](), dict[str, object]()
    for position, (dimension, value) in enumerate(where.items()):
        if value == "":
            tests.append(f"{sql.name(dimension)} is null")
            continue
        before = asked.cumulative == dimension
        tests.append(f"cast({sql.name(dimension)} as varchar) {'<=' if before else '='} $where_{position}")
        bound[f"where_{position}"] = value
    return tests, bound


def relation(name: str, selection: Selection) -> tuple[str, dict[str, object]]:
    """The rows of a measure as a relation `lines` over a release's tables, and what is bound to it.

    For questions other than how many there are: a SELECT from `lines` follows.
    """
    return lines_of(definition(name), selection, {})

"""Measures: every figure is defined once, in `measures/<name>.sql`, and counted in one way.

The head of the file is the published definition; its body selects one row for each counted thing, with the dimensions.
The figure is the number of distinct keys among these rows, and the line list is these rows: they cannot disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines import sql
from pipelines.cells import completed
from pipelines.definitions import Definition, collected, definition
from pipelines.errors import MeasureError
from pipelines.opened import Opened
from pipelines.selection import RELATIONS, Selection


@dataclass(frozen=True)
class MeasureTable:
    """A measure on a release and a selection.

    Attributes:
        frame: one row for each cell: the dimensions `by` (text, null where not recorded), the counts (Int64), and the
            `state` of the cell; a count is null exactly where the state is not `observed`.
        not_sent: tables it needs that the export did not hold; the frame is then empty, which is not zero.
        not_collected: dimensions that the programme does not collect.
        statement, parameters: the SQL as run.
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

    @property
    def single(self) -> int | None:
        """The main figure of a table without breakdown; none when its tables were not sent."""
        return None if self.not_sent else int(self.frame[self.definition.main].iloc[0])


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
    _known(asked, [*chosen, *(where or {})])
    lines, parameters = _lines(asked, selection, where or {})
    counts = ", ".join(f"count(distinct {sql.name(key)}) as {sql.name(count)}" for count, key in asked.counts.items())
    grouped = sql.names(chosen)
    statement = f"{lines}\nselect {grouped + ', ' if chosen else ''}{counts} from lines" + (
        f" group by {grouped}" if chosen else ""
    )
    not_sent = tuple(table for table in asked.needs if not opened.release.was_sent(table))
    if not_sent:
        frame = pd.DataFrame(columns=[*chosen, *asked.counts, "state"])
    else:
        frame = completed(opened, asked, selection, where or {}, chosen, opened.query(statement, parameters))
    not_collected = tuple(each for each in chosen if not collected(each, selection, opened.programme))
    return MeasureTable(
        asked, opened.release.name, selection, chosen, frame, not_sent, not_collected, statement, parameters
    )


def line_list(opened: Opened, name: str, selection: Selection, where: Mapping[str, str] | None = None,
              count: str | None = None) -> pd.DataFrame:  # fmt: skip
    """The rows behind a figure: one row for each counted thing, so that the number of rows is the figure.

    Args:
        where: dimension → value: the cell; an empty value stands for "not recorded".
        count: which of the measure's counts; the main one unless said.
    """
    asked = definition(name)
    _known(asked, list(where or {}))
    if any(not opened.release.was_sent(table) for table in asked.needs):
        return pd.DataFrame()
    lines, parameters = _lines(asked, selection, where or {})
    key = asked.counts[count or asked.main]
    columns = [column for column in opened.columns(f"{lines} select * from lines limit 0", parameters) if column != key]
    gathered = ", ".join(
        f"string_agg(distinct cast({sql.name(column)} as varchar), ' + ' order by cast({sql.name(column)} as varchar)) "
        f"as {sql.name(column)}"
        for column in columns
    )
    statement = (
        f"{lines}\nselect {sql.name(key)}, {gathered} from lines group by {sql.name(key)} order by {sql.name(key)}"
    )
    return opened.query(statement, parameters)


def _known(asked: Definition, wanted: Sequence[str]) -> None:
    if unknown := [each for each in wanted if each not in asked.dimensions]:
        known = ", ".join(asked.dimensions)
        raise MeasureError("measure.unknown_dimension", measure=asked.name, n_unknown=len(unknown), known=known)


def _lines(asked: Definition, selection: Selection, where: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    """The rows of the measure as a relation `lines`, and what is bound to it."""
    parameters: dict[str, object] = dict(selection.parameters)
    conditions = []
    for position, (dimension, value) in enumerate(where.items()):
        if value == "":
            conditions.append(f"{sql.name(dimension)} is null")
            continue
        before = asked.cumulative == dimension
        conditions.append(f"cast({sql.name(dimension)} as varchar) {'<=' if before else '='} $where_{position}")
        parameters[f"where_{position}"] = value
    filtered = f" where {' and '.join(conditions)}" if conditions else ""
    return f"with {RELATIONS},\nbody as (\n{asked.body}\n),\nlines as (select * from body{filtered})", parameters


def relation(name: str, selection: Selection) -> tuple[str, dict[str, object]]:
    """The rows of a measure as a relation `lines` over a release's tables, and what is bound to it.

    For questions other than how many there are: a SELECT from `lines` follows.
    """
    return _lines(definition(name), selection, {})

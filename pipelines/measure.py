"""Measures: every figure is defined once, in `measures/<name>.sql`, and counted in one way.

The head of the file is the published definition; its body selects one row for each counted thing, with the dimensions.
The figure is the number of distinct keys among these rows, and the line list is these rows: they cannot disagree.
"""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from data_schemas.programme import Programme
from data_schemas.programme_parts import Text
from data_schemas.vocabularies import codes, labels
from pipelines import sql
from pipelines.errors import MeasureError
from pipelines.opened import Opened
from pipelines.selection import DIMENSIONS, RELATIONS, Selection

FOLDER = Path(__file__).parent / "measures"
OBSERVED, NOT_COLLECTED = "observed", "not_collected"


class Review(BaseModel):
    """Who answers for the definition, and when it was last read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    author: str
    reviewed_on: dt.date


class Definition(BaseModel):
    """The head of a measure: what a reader is told about the figure.

    Attributes:
        counts: name of each figure → the key whose distinct values it counts; the first is the main one.
        by: the breakdown shown unless another is asked for.
        complete: dimensions all of whose values are shown, with 0 where nothing was observed.
        cumulative: dimension along which the figure includes what came before.
        only_counted: indications outside the programme's figure have no place in it.
        needs: tables without which the figure was not sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    body: str
    title: Text
    question: Text
    unit: Text
    denominator: Text
    included: Text
    excluded: Text
    not_additive: Text | None = None
    counts: Mapping[str, str] = Field(min_length=1)
    dimensions: tuple[str, ...]
    by: tuple[str, ...]
    complete: tuple[str, ...] = ()
    cumulative: str | None = None
    only_counted: bool = False
    needs: tuple[str, ...]
    review: Review

    @property
    def main(self) -> str:
        """Name of the main count."""
        return next(iter(self.counts))


class Dimension(BaseModel):
    """Something that figures are broken down by."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: Text
    vocabulary: str | None = None
    columns: tuple[str, ...] = ()
    value_columns: Mapping[str, str] = Field(default_factory=dict)

    def collected(self, programme: Programme) -> bool:
        """Whether the programme collects what the dimension comes from."""
        return all(programme.collects(*column.split(".")) for column in self.columns)

    def missing_values(self, programme: Programme) -> list[str]:
        """Values that cannot be observed because the programme does not collect the column that would say so."""
        return [value for value, column in self.value_columns.items() if not programme.collects(*column.split("."))]


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


@functools.cache
def names() -> tuple[str, ...]:
    """The measures there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))


@functools.cache
def definition(name: str) -> Definition:
    """The definition of a measure.

    Raises:
        MeasureError: there is none of this name.
    """
    if name not in names():
        raise MeasureError("measure.unknown", known=", ".join(names()))
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    head, body = text.removeprefix("/* ---").split("--- */", 1)
    return Definition(name=name, body=body.strip(), **YAML(typ="safe", pure=True).load(head))


@functools.cache
def dimensions() -> Mapping[str, Dimension]:
    """Everything that measures can be broken down by, by name."""
    entries = YAML(typ="safe", pure=True).load((FOLDER / "dimensions.yml").read_text(encoding="utf-8"))
    return {name: Dimension.model_validate(entry) for name, entry in entries.items()}


def dimension_labels(name: str, programme: Programme) -> Mapping[str, Text]:
    """The values of a dimension that has a list, with their labels."""
    vocabulary = dimensions()[name].vocabulary
    return labels(vocabulary, programme) if vocabulary else {}


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
        frame = _completed(opened, asked, selection, where or {}, chosen, opened.query(statement, parameters))
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


def collected(dimension: str, selection: Selection, programme: Programme) -> bool:
    """Whether the programme collects what a dimension comes from; the month comes from the selection's date."""
    if dimension == "month":
        return programme.collects("initiations", f"{selection.date_basis}_date")
    return dimensions()[dimension].collected(programme)


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


def _completed(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str],
               by: tuple[str, ...], frame: pd.DataFrame) -> pd.DataFrame:  # fmt: skip
    """The cells in the order of their lists, zeros where nothing was observed, cumulated if the measure is."""
    if not by:
        return _with_states(frame, asked, {})
    domains = {each: _domain(opened, asked, selection, where, each, frame) for each in by}
    if asked.cumulative in by or set(by) <= set(asked.complete):
        frame = _with_zeros(frame, by, domains, asked)
    ranks = {each: {value: rank for rank, value in enumerate(values)} for each, values in domains.items()}
    order = pd.DataFrame({each: frame[each].map(ranks[each]).fillna(len(ranks[each])) for each in by})
    frame = frame.loc[order.sort_values(list(by), kind="stable").index].reset_index(drop=True)
    if asked.cumulative in by:
        others = [each for each in by if each != asked.cumulative]
        values = frame.groupby(others, dropna=False, sort=False)[list(asked.counts)].cumsum() if others else (
            frame[list(asked.counts)].cumsum())  # fmt: skip
        frame[list(asked.counts)] = values
        if asked.cumulative in where:
            frame = frame[frame[asked.cumulative] == where[asked.cumulative]].reset_index(drop=True)
    missing = {each: dimensions()[each].missing_values(opened.programme) for each in by}
    return _with_states(frame, asked, missing)


def _with_states(frame: pd.DataFrame, asked: Definition, missing: Mapping[str, list[str]]) -> pd.DataFrame:
    frame = frame.astype(dict.fromkeys(asked.counts, "Int64"))
    frame["state"] = OBSERVED
    for dimension, values in missing.items():
        cells = frame[dimension].isin(values)
        frame.loc[cells, "state"] = NOT_COLLECTED
        frame.loc[cells, list(asked.counts)] = pd.NA
    return frame


def _with_zeros(frame: pd.DataFrame, by: tuple[str, ...], domains: Mapping[str, Sequence[Any]], asked: Definition
                ) -> pd.DataFrame:  # fmt: skip
    cells = pd.MultiIndex.from_product([domains[each] for each in by], names=by).to_frame(index=False)
    merged = cells.merge(frame, how="outer", on=list(by))
    return merged.fillna(dict.fromkeys(asked.counts, 0))


def _domain(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str], dimension: str,
            frame: pd.DataFrame) -> list[Any]:  # fmt: skip
    """The values of a dimension that can occur, in their order."""
    observed = frame[dimension].dropna().unique()
    values: list[Any]
    if dimension in where and asked.cumulative != dimension:
        values = [where[dimension] or None]
    elif not collected(dimension, selection, opened.programme):
        values = [None]
    elif dimension == "month":
        first, last = opened.months
        seen = [*observed, first]
        values = months(selection.from_month or min(seen), selection.to_month or max([*observed, last]))
    elif vocabulary := dimensions()[dimension].vocabulary:
        values = codes(vocabulary, opened.programme)
        chosen = getattr(selection, DIMENSIONS[dimension]) if dimension in DIMENSIONS else ()
        values = [value for value in values if value in chosen] if chosen else values
        if dimension == "indication_code" and asked.only_counted:
            values = [value for value in values if opened.programme.indication(value).counted]
    else:
        values = sorted(observed)
    return [*values, None] if frame[dimension].isna().any() and None not in values else values


def months(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both included, as `yyyy-mm`."""
    if not first or not last or first > last:
        return []
    return [str(month) for month in pd.period_range(first, last, freq="M")]

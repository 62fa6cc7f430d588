"""The cells of a measure's table: their order, the zeros where nothing was observed, and the state of each.

Worked out in plain Python: a table has tens or hundreds of cells; one step over a frame costs more than all of them.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data_schemas.vocabularies import codes
from pipelines.definitions import Definition, collected, dimensions
from pipelines.opened import Opened
from pipelines.selection import DIMENSIONS, Selection
from pipelines.states import NOT_COLLECTED, OBSERVED

Cells = dict[tuple[Any, ...], list[int]]
"""The values of the dimensions, none where not recorded → the counts."""


def completed(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str],
               by: tuple[str, ...], frame: pd.DataFrame) -> pd.DataFrame:  # fmt: skip
    """The cells in the order of their lists, zeros where nothing was observed, cumulated if the measure is."""
    cells = _read(frame, by, asked)
    domains = [_domain(opened, asked, selection, where, each, {cell[place] for cell in cells})
               for place, each in enumerate(by)]  # fmt: skip
    if asked.cumulative in by or set(by) <= set(asked.complete):
        for cell in itertools.product(*domains):
            cells.setdefault(cell, [0] * len(asked.counts))
    cells = _ordered(cells, domains)
    if asked.cumulative in by:
        place = by.index(asked.cumulative)
        cells = _cumulated(cells, place)
        if asked.cumulative in where:
            cells = {cell: counts for cell, counts in cells.items() if cell[place] == where[asked.cumulative]}
    return _with_states(opened, asked, selection, where, by, cells)


def _read(frame: pd.DataFrame, by: Sequence[str], asked: Definition) -> Cells:
    columns = [frame[each].to_numpy(dtype=object, na_value=None) for each in by]  # type: ignore[call-overload]
    counts = zip(*(frame[each].tolist() for each in asked.counts), strict=True)
    keys = zip(*columns, strict=True) if by else itertools.repeat(())
    return {key: list(each) for key, each in zip(keys, counts, strict=False)}


def _ordered(cells: Cells, domains: Sequence[Sequence[Any]]) -> Cells:
    """In the order of the lists; what stands in none, and what was not recorded, comes last."""
    ranks = [{value: rank for rank, value in enumerate(values)} for values in domains]

    def place(cell: tuple[Any, ...]) -> list[tuple[int, str]]:
        return [(known.get(value, len(known)), str(value)) for known, value in zip(ranks, cell, strict=True)]

    return {cell: cells[cell] for cell in sorted(cells, key=place)}


def _cumulated(cells: Cells, place: int) -> Cells:
    """Each count with those that came before it along one dimension."""
    before: Cells = {}
    found: Cells = {}
    for cell, counts in cells.items():
        others = cell[:place] + cell[place + 1 :]
        so_far = before.get(others, [0] * len(counts))
        found[cell] = before[others] = [sum(pair) for pair in zip(so_far, counts, strict=True)]
    return found


def _with_states(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str],
                 by: Sequence[str], cells: Cells) -> pd.DataFrame:  # fmt: skip
    """The cells as `MeasureTable` has them: a count is null where it was not observed.

    What the programme does not collect is not zero: neither a value that it would take to say so, nor anything kept or
    looked up by such a value.
    """
    nowhere = any(not _observable(opened, selection, each, value) for each, value in _looked_up(selection, where))
    missing = [set(dimensions()[each].missing_values(opened.programme)) for each in by]
    states = [NOT_COLLECTED if nowhere or any(value in values for value, values in zip(cell, missing, strict=True))
              else OBSERVED for cell in cells]  # fmt: skip
    columns: dict[str, Any] = {
        each: pd.Series([cell[place] for cell in cells], dtype=object) for place, each in enumerate(by)
    }
    for place, each in enumerate(asked.counts):
        counts = [row[place] if state == OBSERVED else None for row, state in zip(cells.values(), states, strict=True)]
        columns[each] = pd.array(counts, dtype="Int64")
    return pd.DataFrame({**columns, "state": pd.Series(states, dtype="str")})


def _looked_up(selection: Selection, where: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """The dimensions that cells are kept by, with the value; a missing value needs none."""
    return [*((each, None) for each in selection.looks_at), *((each, value) for each, value in where.items() if value)]


def _observable(opened: Opened, selection: Selection, dimension: str, value: str | None) -> bool:
    missing = dimensions()[dimension].missing_values(opened.programme)
    return collected(dimension, selection, opened.programme) and value not in missing


def _domain(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str], dimension: str,
            found: set[Any]) -> list[Any]:  # fmt: skip
    """The values of a dimension that can occur, in their order.

    Args:
        found: the values that were observed, none where not recorded.
    """
    observed = found - {None}
    values: list[Any]
    if dimension in where and asked.cumulative != dimension:
        values = [where[dimension] or None]
    elif not collected(dimension, selection, opened.programme):
        values = [None]
    elif dimension == "month":
        first, last = opened.months
        seen = [*observed, first]
        values = months(selection.from_month or min(seen), selection.to_month or max([*observed, last]))
    elif dimensions()[dimension].month and dimension in asked.complete:
        values = months(min(observed, default=""), max([*observed, opened.months[1]]))
    elif (vocabulary := dimensions()[dimension].vocabulary) and not dimensions()[dimension].several:
        values = codes(vocabulary, opened.programme)
        chosen = getattr(selection, DIMENSIONS[dimension]) if dimension in DIMENSIONS else ()
        values = [value for value in values if value in chosen] if chosen else values
        if dimension == "indication_code" and asked.only_counted:
            values = [value for value in values if opened.programme.indication(value).counted]
    else:
        values = sorted(observed)
    return [*values, None] if None in found and None not in values else values


def months(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both included, as `yyyy-mm`."""
    if not first or not last:
        return []
    begin, end = (12 * int(month[:4]) + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(begin, end + 1)]

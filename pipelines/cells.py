"""The cells of a measure's table: their order, the zeros where nothing was observed, and the state of each."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data_schemas.vocabularies import codes
from pipelines.definitions import Definition, collected, dimensions
from pipelines.opened import Opened
from pipelines.selection import DIMENSIONS, Selection
from pipelines.states import NOT_COLLECTED, OBSERVED


def completed(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str],
               by: tuple[str, ...], frame: pd.DataFrame) -> pd.DataFrame:  # fmt: skip
    """The cells in the order of their lists, zeros where nothing was observed, cumulated if the measure is."""
    if not by:
        return with_states(opened, asked, selection, where, frame)
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
    return with_states(opened, asked, selection, where, frame)


def with_states(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str],
                frame: pd.DataFrame) -> pd.DataFrame:  # fmt: skip
    """The counts as integers that can be null, and for each cell whether it was observed.

    What the programme does not collect is not zero: neither a value that it would take to say so, nor anything kept or
    looked up by such a value.
    """
    frame = frame.astype(dict.fromkeys(asked.counts, "Int64"))
    frame["state"] = OBSERVED
    if any(not _observable(opened, selection, each, value) for each, value in _looked_up(selection, where)):
        return _uncollected(frame, asked, pd.Series(True, index=frame.index))
    for dimension in [each for each in frame.columns if each in asked.dimensions]:
        missing = dimensions()[dimension].missing_values(opened.programme)
        frame = _uncollected(frame, asked, frame[dimension].isin(missing))
    return frame


def _looked_up(selection: Selection, where: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """The dimensions that cells are kept by, with the value; a missing value needs none."""
    return [*((each, None) for each in selection.looks_at), *((each, value) for each, value in where.items() if value)]


def _observable(opened: Opened, selection: Selection, dimension: str, value: str | None) -> bool:
    missing = dimensions()[dimension].missing_values(opened.programme)
    return collected(dimension, selection, opened.programme) and value not in missing


def _uncollected(frame: pd.DataFrame, asked: Definition, cells: "pd.Series[bool]") -> pd.DataFrame:
    frame.loc[cells, "state"] = NOT_COLLECTED
    frame.loc[cells, list(asked.counts)] = pd.NA
    return frame


def _with_zeros(frame: pd.DataFrame, by: tuple[str, ...], domains: Mapping[str, Sequence[Any]], asked: Definition
                ) -> pd.DataFrame:  # fmt: skip
    cells = pd.MultiIndex.from_product([domains[each] for each in by], names=by).to_frame(index=False)
    merged = cells.astype(object).merge(frame.astype(dict.fromkeys(by, object)), how="outer", on=list(by))
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
    return [*values, None] if frame[dimension].isna().any() and None not in values else values


def months(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both included, as `yyyy-mm`."""
    if not first or not last or first > last:
        return []
    return [str(month) for month in pd.period_range(first, last, freq="M")]

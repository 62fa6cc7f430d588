"""The bridge of a measure from one release to another: figure before, the sum of each reason, figure now.

Where the earlier release recorded the figure when it was published (`recorded.py`), the bridge starts from what was
published, else from a recount of the earlier release. Erasures and changes of a measure's definition since then are
read off the record; every other reason is a sum over records.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data_schemas.programme import Programme, load
from pipelines.bridge.moves import moves
from pipelines.bridge.reasons import reasons
from pipelines.definitions import Definition, definition
from pipelines.errors import MeasureError, StoreError
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.recorded import HEADLINES
from pipelines.release import Release
from pipelines.selection import Selection
from pipelines.store import Store

BEFORE, AFTER, RESIDUAL = "before", "after", "residual"


@dataclass(frozen=True)
class Bridge:
    """Why a measure is not what it was.

    Attributes:
        frame: one row for each cell: the dimensions `by`, `before`, one column for each reason, `after` and `residual`
            (always 0), all Int64.
        moves: one row for each record that entered or left a cell: `key`, `by`, `change`, `reason`; restricted circle.
        recorded: whether `before` is the figure recorded when that release was published.
        not_sent: tables it needs that one of the exports did not hold; there is no bridge then.
    """

    definition: Definition
    before: str
    after: str
    by: tuple[str, ...]
    frame: pd.DataFrame
    moves: pd.DataFrame
    recorded: bool
    not_sent: tuple[str, ...]


def bridge(store: Store, before: Release, after: Release, name: str, by: Sequence[str] | None = None,
           selection: Selection | None = None, count: str | None = None,
           programme: Programme | None = None) -> Bridge:  # fmt: skip
    """The bridge of a count.

    Args:
        by: dimensions; the measure's own if not given.
        count: which of the measure's counts; the main one unless said.
        programme: today's programme; the shipped one of the releases unless said.

    Raises:
        StoreError: releases of two programmes.
        MeasureError: an unknown measure, dimension or count; or the reasons do not sum to the difference.
    """
    if before.record["programme"] != after.record["programme"]:
        raise StoreError("diff.other_programme")
    asked, chosen = definition(name), selection or Selection()
    dimensions, counted = tuple(asked.by if by is None else by), count or asked.main
    if counted not in asked.counts:
        raise MeasureError("bridge.unknown_count", measure=name, known=", ".join(asked.counts))
    today = programme or load(after.record["programme"])
    figures = [_figures(release, today, asked, chosen, dimensions, counted) for release in (before, after)]
    not_sent = tuple(each for each in asked.needs if not (before.was_sent(each) and after.was_sent(each)))
    if not_sent:
        return Bridge(asked, before.name, after.name, dimensions, pd.DataFrame(), pd.DataFrame(), False, not_sent)
    found = moves(store, before, after, asked, chosen, dimensions, counted, today)
    published = _published(before, asked, dimensions, counted) if chosen == Selection() else None
    sums = _sums(found, dimensions)
    start = figures[0]
    if published is not None:
        start, erased = published
        sums["erased"].subtract(erased)
        for cell in {*figures[0], *start, *erased}:
            sums["definition_changed"][cell] += figures[0][cell] - start[cell] + erased[cell]
    frame = _laid_out(start, sums, figures[1], asked, dimensions)
    if n := int((frame[RESIDUAL] != 0).sum()):
        raise MeasureError("bridge.residual", measure=name, n=n)
    return Bridge(asked, before.name, after.name, dimensions, frame, found, published is not None, ())


Cell = tuple[Any, ...]
"""The values of the dimensions; `None` where one is not recorded."""


def _figures(release: Release, programme: Programme, asked: Definition, selection: Selection, by: tuple[str, ...],
             count: str) -> Counter[Cell]:  # fmt: skip
    """The figures as the measure gives them, each month for itself; what is no observation is left out."""
    opened = Opened(release, programme)
    try:
        frame = measure(opened, asked.name, selection, by).frame
    finally:
        opened.close()
    frame = frame[frame[count].notna()]
    if asked.cumulative in by:
        others = [each for each in by if each != asked.cumulative]
        earlier = frame.groupby(others, dropna=False, sort=False)[count].shift() if others else frame[count].shift()
        frame = frame.assign(**{count: frame[count] - earlier.fillna(0)})
    return Counter({cell: int(n) for cell, n in zip(_cells(frame, by), frame[count], strict=True)})


def _cells(frame: pd.DataFrame, by: tuple[str, ...]) -> list[Cell]:
    """The cell of each row."""
    values = frame[list(by)].astype(object).where(frame[list(by)].notna(), None)
    return list(values.itertuples(index=False, name=None)) if by else [()] * len(frame)


def _published(release: Release, asked: Definition, by: tuple[str, ...], count: str
               ) -> tuple[Counter[Cell], Counter[Cell]] | None:  # fmt: skip
    """The figures recorded when a release was published, and how many of them were erased since."""
    kept, recorded = HEADLINES.get(asked.name, ()), release.record.get("figures", {})
    if asked.name not in recorded or count != asked.main or not set(by) <= set(kept):
        return None
    erased = release.record.get("erased", {}).get(asked.name, {})
    return _added_up(recorded[asked.name], kept, by), _added_up(erased, kept, by)


def _added_up(cells: Mapping[str, int], kept: tuple[str, ...], by: tuple[str, ...]) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    for text, n in cells.items():
        values = dict(zip(kept, text.split("|"), strict=False))
        found[tuple(values[each] or None for each in by)] += n
    return found


def _sums(found: pd.DataFrame, by: tuple[str, ...]) -> dict[str, Counter[Cell]]:
    """Reason → cell → how many entered, less those that left."""
    sums: dict[str, Counter[Cell]] = {reason: Counter() for reason in reasons()}
    for cell, reason, change in zip(_cells(found, by), found["reason"], found["change"], strict=True):
        sums[reason][cell] += int(change)
    return sums


def _laid_out(start: Counter[Cell], sums: Mapping[str, Counter[Cell]], now: Counter[Cell], asked: Definition,
              by: tuple[str, ...]) -> pd.DataFrame:  # fmt: skip
    """The table, in the order of the measure's cells; cells that are only in the other release come last."""
    columns = {BEFORE: start, **sums, AFTER: now}
    cells = list(dict.fromkeys(cell for each in (now, start, *sums.values()) for cell in each))
    frame = pd.DataFrame(cells, columns=list(by), index=range(len(cells)), dtype=object)
    frame = frame.assign(**{name: pd.array([each[cell] for cell in cells], "Int64") for name, each in columns.items()})
    if asked.cumulative in by:
        others = [each for each in by if each != asked.cumulative]
        frame = frame.sort_values(str(asked.cumulative), kind="stable", ignore_index=True)
        cumulated = frame.groupby(others, dropna=False, sort=False)[list(columns)] if others else frame[list(columns)]
        frame[list(columns)] = cumulated.cumsum()
    return frame.assign(**{RESIDUAL: frame[AFTER] - frame[BEFORE] - frame[list(sums)].sum(axis=1).astype("Int64")})

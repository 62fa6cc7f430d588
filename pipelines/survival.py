"""Time-to-event curves of a measure whose rows are persons or episodes with a time and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.definitions import Count, Definition, definition
from pipelines.definitions import Curve as Head
from pipelines.errors import MeasureError
from pipelines.measure import Source, grouped, known
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.statistics.curves import CENSORED, Curve, cumulative_incidence, kaplan_meier


@dataclass(frozen=True)
class Curves:
    """The curves of a measure on a release and a selection.

    Attributes:
        curves: values of the dimensions `by`, none where not recorded → the curve of these persons; without breakdown
            the one key is the empty tuple.
        not_sent: tables it needs that the export did not hold; there is then no curve.
    """

    definition: Definition
    head: Head
    release: str
    selection: Selection
    by: tuple[str, ...]
    curves: Mapping[tuple[str | None, ...], Curve]
    not_sent: tuple[str, ...]
    statement: str
    parameters: Mapping[str, object]
    answered_from: Source = "lines"


def curves(opened: Opened, name: str, selection: Selection, by: Sequence[str] = (),
           where: Mapping[str, str] | None = None) -> Curves:  # fmt: skip
    """The curves of a measure: counted by day and outcome in the engine, estimated from these counts.

    Raises:
        MeasureError: an unknown measure or dimension, or a measure without a time to an event.
    """
    asked = definition(name)
    if asked.curve is None:
        raise MeasureError("measure.no_curve", measure=name)
    head = asked.curve
    by = [*by, *(each for each in head.apart if each not in [*by, *(where or {})])]
    known(asked, [*by, *(where or {})])
    counted = grouped(opened, asked, selection, [*by, head.days, head.outcome], where or {}, persons(asked))
    found: dict[tuple[str | None, ...], Curve] = {}
    if not counted.not_sent:
        frame = counted.frame
        counts = pd.DataFrame({"day": frame[head.days], "outcome": _outcomes(frame[head.outcome], head),
                               "n": frame["n"]})  # fmt: skip
        cells = frame[list(by)].itertuples(index=False, name=None) if by else [()] * len(frame)
        keys = [tuple(None if pd.isna(value) else str(value) for value in cell) for cell in cells]
        for cell in dict.fromkeys(keys) if by else [()]:
            found[cell] = _curve(counts.loc[[each == cell for each in keys]], head)
    return Curves(asked, head, opened.release.name, selection, tuple(by), found, counted.not_sent, counted.statement,
                  counted.parameters, counted.answered_from)  # fmt: skip


def persons(asked: Definition) -> dict[str, Count]:
    """What is counted by day and outcome."""
    return {"n": Count(key=asked.counts[asked.main].key)}


def _outcomes(outcomes: "pd.Series[str]", head: Head) -> "pd.Series[str]":
    """The outcomes of the measure; whatever is neither the event nor competing is censored."""
    return outcomes.where(outcomes.isin([head.event, *head.competing]), CENSORED)


def _curve(counts: pd.DataFrame, head: Head) -> Curve:
    if head.kind == "survival":
        return kaplan_meier(counts, [head.event])
    return cumulative_incidence(counts, [head.event], head.competing)

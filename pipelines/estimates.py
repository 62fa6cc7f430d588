"""Shares, rates and ratios of a measure, cell by cell, with exact intervals where they have one."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.definitions import Estimate, definition
from pipelines.errors import MeasureError
from pipelines.measure import MeasureTable, measure
from pipelines.opened import Opened
from pipelines.states import NOT_SENT, OBSERVED, TOO_FEW, UNDEFINED
from pipelines.statistics.proportions import proportion
from pipelines.statistics.rates import rate, share_observed


@dataclass(frozen=True)
class Estimated:
    """An estimate on the cells of a measure's table.

    Attributes:
        frame: one row for each cell of `table`: the dimensions `by`; `n` above and `total` below the line (Int64;
            persons, or patient-days for a rate and both of a ratio); `value`, `low`, `high` (Float64; from 0 to 1, or
            per 100 patient-years for a rate), null unless observed, the limits of a ratio always; and `state`:
            `observed`, `too_few` (fewer than ten persons: n/N is shown and no share), `undefined` (nothing below the
            line), or why the cell holds no count.
        over: the table of the denominator, when it is another measure.
    """

    estimate: Estimate
    name: str
    table: MeasureTable
    over: MeasureTable | None
    frame: pd.DataFrame


def estimate(opened: Opened, table: MeasureTable, name: str, where: Mapping[str, str] | None = None) -> Estimated:
    """An estimate of a measure that was counted.

    Args:
        where: the cell that the table was asked for; the denominator is taken in the same one, as far as it knows the
            dimensions.

    Raises:
        MeasureError: the measure has no estimate of this name.
    """
    asked = table.definition
    if name not in asked.estimates:
        raise MeasureError("measure.unknown_estimate", measure=asked.name, known=", ".join(asked.estimates) or "0")
    said = asked.estimates[name]
    over = _denominator(opened, table, said, where or {})
    frame = table.frame[[*table.by, "state"]].assign(n=table.frame[said.of], total=_totals(table, said, over))
    if over is not None and over.not_sent:
        frame.loc[frame["state"] == OBSERVED, "state"] = NOT_SENT
    estimates = [_one(said, *cell) for cell in frame[["n", "total", "state"]].itertuples(index=False, name=None)]
    columns = pd.DataFrame(estimates, columns=["value", "low", "high", "state"], index=frame.index)
    frame = frame.drop(columns="state").join(columns)
    frame = frame.astype({"n": "Int64", "total": "Int64", "value": "Float64", "low": "Float64", "high": "Float64"})
    return Estimated(said, name, table, over, frame)


def _one(said: Estimate, n: int, total: int, state: str) -> tuple[float | None, float | None, float | None, str]:
    if state != OBSERVED:
        return None, None, None, state
    if not total:
        return None, None, None, UNDEFINED
    if said.kind == "rate":
        found = rate(n, total)
        return found.rate, found.low, found.high, OBSERVED
    if said.kind == "ratio":
        return share_observed(n, total), None, None, OBSERVED
    share = proportion(n, total)
    return share.share, share.low, share.high, TOO_FEW if share.share is None else OBSERVED


def _denominator(opened: Opened, table: MeasureTable, said: Estimate, where: Mapping[str, str]) -> MeasureTable | None:
    """The other measure that the estimate divides by, by the dimensions that both know."""
    other, _, _ = said.over.rpartition(".")
    if not other:
        return None
    known = definition(other).dimensions
    cell = {dimension: value for dimension, value in where.items() if dimension in known}
    return measure(opened, other, table.selection, [each for each in table.by if each in known], cell)


def _totals(table: MeasureTable, said: Estimate, over: MeasureTable | None) -> "pd.Series[int]":
    """What stands below the line, for each cell of the table; nothing observed is 0."""
    if over is None:
        return table.frame[said.over]
    count = said.over.rpartition(".")[2]
    if over.not_sent:
        return pd.Series(pd.NA, index=table.frame.index, dtype="Int64")
    if not over.by:
        return pd.Series(over.frame[count].iloc[0], index=table.frame.index, dtype="Int64")
    keys = list(over.by)
    known = {tuple(_key(each) for each in row[:-1]): row[-1]
             for row in over.frame[[*keys, count]].itertuples(index=False, name=None)}  # fmt: skip
    cells = table.frame[keys].itertuples(index=False, name=None)
    return pd.Series([known.get(tuple(_key(each) for each in cell), 0) for cell in cells], index=table.frame.index,
                     dtype="Int64")  # fmt: skip


def _key(value: object) -> object:
    """A value that can be looked up: a missing one is always none."""
    return None if pd.isna(value) else value  # type: ignore[call-overload]

"""The number to expect of each recent month, and how far such expectations were right in the past.

A month's number grows as reports of its events arrive. How past months grew says how complete recent ones are.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.statistics.chain_ladder import ChainLadder, Numbers, chain_ladder

MIN_MONTHS = 12
"""In fewer months no delay of a year has been seen, and nothing says that none occurs."""

MIN_REPORTS = 30
"""With fewer, a completeness of one half is known no better than within 18 points (1.96 standard errors) either way."""

PROVISIONAL_BELOW = 0.95
"""A month is provisional while less of it than this is expected to have been received."""

TOO_EARLY_BELOW = 0.2
"""A month of which less than this is expected to have been received is not estimated: it would be multiplied by 5."""

UNSEEN = 0.5
"""What a month without a report counts as in its interval (Jeffreys' prior): none received is not none to come."""

MONTHS = {
    "received": "Int64", "completeness": "Float64", "state": "str", "estimate": "Float64", "low": "Int64",
    "high": "Int64"}  # fmt: skip

State = Literal["estimated", "too_few_months", "too_few_reports"]


@dataclass(frozen=True)
class Calibration:
    """How the expectations of past months, as they would have been computed then, compare with what has come since.

    Attributes:
        estimates: a row for each past cut-off and month then provisional and final now: `cutoff`, `month` (period[M]),
            `delay` (months), `estimate` (Float64), `low`, `high`, `received` (Int64; now), `inside` (boolean).
    """

    estimates: pd.DataFrame

    @property
    def n(self) -> int:
        """How many past expectations could be compared. They overlap: a month counts once for each past cut-off."""
        return len(self.estimates)

    @property
    def inside(self) -> int:
        """How many of their intervals held the number received since."""
        return int(self.estimates["inside"].sum())


@dataclass(frozen=True)
class Total:
    """What is expected of several months together; their errors are not independent, so the limits do not add up.

    Attributes:
        n_months: how many months; those of which it is too early to say anything are not among them.
        received: what they have received so far.
        estimate, low, high: what they are expected to become, with the limits of the interval.
    """

    n_months: int
    received: int
    estimate: float
    low: int
    high: int


@dataclass(frozen=True)
class Nowcast:
    """What the numbers of recent months are expected to become.

    Attributes:
        state: `estimated`, or why not; only `received` is then known of a month.
        months: indexed by month (period[M]): `received` (Int64), `completeness` (Float64, 0 to 1), `state` (`final`,
            `provisional`, `too_early` or, where nothing is estimated, `unknown`), `estimate` (Float64), `low`, `high`
            (Int64); null where not estimated.
        completeness: indexed by delay in months: `completeness` (Float64, 0 to 1), `n_months` it was seen in (Int64).
        total: all months together that are estimated; none where nothing is.
        level: nominal probability that an interval holds the final number.
        calibration: what came of the same computation in the past.
    """

    state: State
    months: pd.DataFrame
    completeness: pd.DataFrame
    total: Total | None
    level: float
    calibration: Calibration
    method: Literal["chain_ladder_over_dispersed_poisson"] = "chain_ladder_over_dispersed_poisson"


@dataclass(frozen=True)
class _Expected:
    """The same for each month, as arrays; `estimate`, `low` and `high` are not numbers where it is too early."""

    received: Numbers
    completeness: Numbers
    state: npt.NDArray[np.str_]
    estimate: Numbers
    low: Numbers
    high: Numbers
    total: Total | None


def nowcast(triangle: pd.DataFrame, level: float = 0.95) -> Nowcast:
    """The number to expect of each month of a `reporting_triangle`, with its prediction interval.

    The estimate is the chain ladder's. The interval is that of a negative binomial number still to come with the mean
    and the prediction error of the over-dispersed Poisson model: never below what has been received.

    Raises:
        ValueError: a level that is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError("the level must lie between 0 and 1")
    counts = triangle.to_numpy(dtype=float, na_value=np.nan)
    state = _state(counts)
    expected = _expected(counts, level) if state == "estimated" else _nothing_expected(counts)
    calibration = _back_test(counts, triangle.index, expected, level) if state == "estimated" else _compared([])
    months = pd.DataFrame({name: getattr(expected, name) for name in MONTHS}, index=triangle.index).astype(MONTHS)
    by_delay = months[["completeness"]].iloc[::-1].set_axis(triangle.columns)
    by_delay["n_months"] = pd.Series(range(len(counts), 0, -1), dtype="Int64")
    return Nowcast(state, months, by_delay, expected.total, level, calibration)


def _state(counts: Numbers) -> State:
    if len(counts) < MIN_MONTHS:
        return "too_few_months"
    return "too_few_reports" if np.nansum(counts) < MIN_REPORTS else "estimated"


def _nothing_expected(counts: Numbers) -> _Expected:
    none = np.full(len(counts), np.nan)
    return _Expected(np.nansum(counts, axis=1), none, np.full(len(counts), "unknown"), none, none, none,
                     None)  # fmt: skip


def _expected(counts: Numbers, level: float) -> _Expected:
    fitted = chain_ladder(counts)
    provisional = np.where(fitted.completed < PROVISIONAL_BELOW, "provisional", "final")
    state = np.where(fitted.completed < TOO_EARLY_BELOW, "too_early", provisional)
    said = state != "too_early"
    mean, covariance = _still_to_come(fitted)
    to_come = (fitted.pending, *_limits(mean, np.diag(covariance), level))
    estimate, low, high = (np.where(said, fitted.received + each, np.nan) for each in to_come)
    least, most = _limits(mean[said].sum(), covariance[np.ix_(said, said)].sum(), level)
    received = int(fitted.received[said].sum())
    total = Total(int(said.sum()), received, float(estimate[said].sum()), received + int(least), received + int(most))
    return _Expected(fitted.received, fitted.completed, state, estimate, low, high, total)


def _still_to_come(fitted: ChainLadder) -> tuple[Numbers, Numbers]:
    """The mean and the covariance of the numbers to come of the months, as their limits take them."""
    share = np.maximum(fitted.completed, TOO_EARLY_BELOW)
    unseen = fitted.received == 0
    mean = np.where(unseen, UNSEEN * (1 - share) / share, np.nan_to_num(fitted.pending))
    covariance = np.where(np.isnan(fitted.pending), 0.0, fitted.covariance)
    covariance[unseen, unseen] = (fitted.dispersion * mean / share)[unseen]
    return mean, covariance


def _limits(mean: Numbers, variance: Numbers, level: float) -> tuple[Numbers, Numbers]:
    """The quantiles of the number still to come: of a negative binomial law, or Poisson's if it spreads no wider."""
    from scipy.stats import nbinom, poisson  # noqa: PLC0415 - slow to load, and only needed here

    spread = variance > mean * (1 + 1e-9)
    size = np.divide(mean**2, variance - mean, out=np.ones_like(mean), where=spread)
    ratio = np.divide(mean, variance, out=np.ones_like(mean), where=spread)
    low, high = (
        np.where(spread, nbinom.ppf(tail, size, ratio), poisson.ppf(tail, mean))
        for tail in ((1 - level) / 2, (1 + level) / 2)
    )
    return low, high


def _back_test(counts: Numbers, months: pd.Index, now: _Expected, level: float) -> Calibration:
    """The expectations at each past cut-off for the months that were provisional then and are final now."""
    past = []
    for size in range(MIN_MONTHS, len(counts)):
        to_come = np.add.outer(np.arange(size), np.arange(size)) >= size
        known = np.where(to_come, np.nan, counts[:size, :size])
        if _state(known) != "estimated":
            continue
        then = _expected(known, level)
        rows = np.flatnonzero((then.state == "provisional") & (now.state[:size] == "final"))
        past.append(
            pd.DataFrame(
                {
                    "cutoff": months[np.full(len(rows), size - 1)],
                    "month": months[rows],
                    "delay": size - 1 - rows,
                    "estimate": then.estimate[rows],
                    "low": then.low[rows],
                    "high": then.high[rows],
                    "received": now.received[rows],
                    "inside": (then.low[rows] <= now.received[rows]) & (now.received[rows] <= then.high[rows]),
                }
            )
        )
    return _compared(past)


def _compared(past: list[pd.DataFrame]) -> Calibration:
    types = {"cutoff": "period[M]", "month": "period[M]", "delay": "Int64", "estimate": "Float64", "low": "Int64",
             "high": "Int64", "received": "Int64", "inside": "boolean"}  # fmt: skip
    together = pd.concat(past, ignore_index=True) if past else pd.DataFrame(columns=list(types))
    return Calibration(together.astype(types))

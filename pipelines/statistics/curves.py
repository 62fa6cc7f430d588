"""Time to an event: Kaplan-Meier, and Aalen-Johansen where other outcomes compete with it.

Durations are whole days and counts are aggregated (day, outcome, number of patients), so that the cost depends on the
number of distinct days and not on the number of patients. Day 1 is the day of the start.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

CENSORED = "censored"
"""The outcome of those who were still followed, without event, on their last day."""

TOLERANCE = 1e-9
"""Two probabilities that differ by less are the same: products of fractions are rounded."""

Numbers = npt.NDArray[np.float64]

EMPTY: Numbers = np.empty(0)


@dataclass(frozen=True)
class Point:
    """A curve on a day: how many are at risk, the estimate and its limits (0 to 1); none where undefined."""

    day: int
    at_risk: int
    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """A curve that steps on the days when something happened.

    Attributes:
        steps: a row for day 0 and for each day with an event or a departure: `day`, `at_risk` (those whose duration
            reaches the day), `events`, `competing`, `censored` (Int64), `estimate`, and `low` and `high` (Float64, 0 to
            1, null where undefined). Empty without patients.
        n, n_events: patients, and those with the event.
        level: confidence level of the pointwise interval.
    """

    steps: pd.DataFrame
    n: int
    n_events: int
    level: float
    method: Literal["kaplan_meier", "aalen_johansen"]

    @property
    def last_day(self) -> int:
        """The last day on which somebody is at risk; 0 without patients."""
        return int(self.steps["day"].max()) if self.n else 0

    def at_risk(self, day: int) -> int:
        """How many patients have a duration of `day` or more."""
        later = self.steps[self.steps["day"] >= day]
        return int(later["at_risk"].iloc[0]) if len(later) else 0

    def at(self, day: int) -> Point:
        """The curve at the end of a day; undefined after the last day on which somebody is at risk.

        Raises:
            ValueError: a day before the start.
        """
        if day < 0:
            raise ValueError("the first day is 1, and 0 is before it")
        if not self.n or day > self.last_day:
            return Point(day, 0, None, None, None)
        step = self.steps[self.steps["day"] <= day].iloc[-1]
        low, high = (None if pd.isna(step[side]) else float(step[side]) for side in ("low", "high"))
        return Point(day, self.at_risk(day), float(step["estimate"]), low, high)


@dataclass(frozen=True)
class Quantile:
    """The day by which a share of the patients has had the event, and its limits; none where it is not reached."""

    share: float
    day: float | None
    low: float | None
    high: float | None


class SurvivalCurve(Curve):
    """A Kaplan-Meier curve: the share still without the event."""

    @property
    def median(self) -> Quantile:
        """The day by which half of the patients have had the event."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Quantile:
        """The day by which `share` (0 to 1, exclusive) of the patients have had the event.

        Raises:
            ValueError: a share that is not between 0 and 1.
        """
        if not 0 < share < 1:
            raise ValueError("the share must lie between 0 and 1")
        return Quantile(share, *(_crossing(self.steps, side, 1 - share) for side in ("estimate", "low", "high")))


def durations(start: "pd.Series[pd.Timestamp]", stop: "pd.Series[pd.Timestamp]") -> "pd.Series[int]":
    """Days under observation, the first and the last counted: stop + 1 - start.

    Raises:
        ValueError: a date is missing, or a stop lies before its start.
    """
    days = (stop - start).dt.days + 1
    if days.isna().any() or (days < 1).any():
        raise ValueError("each start has a stop on the same day or later")
    return days.astype("int64")


def counted(days: npt.ArrayLike, outcomes: npt.ArrayLike) -> pd.DataFrame:
    """Patients, one duration and one outcome each, as `day`, `outcome`, `n`."""
    patients = pd.DataFrame({"day": days, "outcome": outcomes})
    return patients.groupby(["day", "outcome"], as_index=False).size().rename(columns={"size": "n"})


def kaplan_meier(counts: pd.DataFrame, event: Collection[str], level: float = 0.95) -> SurvivalCurve:
    """The share still without the event, with log(-log) limits on Greenwood's variance.

    Args:
        counts: `day` (whole, from 1), `outcome` and `n` (patients).
        event: the outcomes that end the state; every other patient must be `CENSORED`. Where another outcome makes the
            event impossible the share is not what Kaplan-Meier estimates: see `cumulative_incidence`.
        level: confidence level.

    Raises:
        ValueError: counts of another shape, another outcome, or a level that is not between 0 and 1.
    """
    table = _by_day(counts, event, (), level)
    if table.empty:
        return SurvivalCurve(_steps(table, EMPTY, EMPTY, EMPTY), 0, 0, level, "kaplan_meier")
    ends = table.melt("day", ["events", "censored"], "outcome", "n").query("n > 0")
    from lifelines import KaplanMeierFitter  # noqa: PLC0415 - slow to load, and only needed here

    fitter = KaplanMeierFitter(alpha=1 - level).fit(ends["day"], ends["outcome"] == "events", weights=ends["n"])
    estimate = fitter.survival_function_.to_numpy()[1:, 0]
    low, high = fitter.confidence_interval_.to_numpy()[1:].T
    steps = _steps(table, estimate, *_where_defined(estimate, low, high), origin=1.0)
    return SurvivalCurve(steps, int(table["at_risk"].iloc[0]), int(table["events"].sum()), level, "kaplan_meier")


def cumulative_incidence(counts: pd.DataFrame, event: Collection[str], competing: Collection[str],
                         level: float = 0.95) -> Curve:  # fmt: skip
    """The share with the event by each day where other outcomes make it impossible (Aalen and Johansen).

    The variance is the delta-method one of Dinse and Larson (1986), Greenwood's where nothing competes; limits are
    log(-log) limits of the share without the event, so that they are then those of `kaplan_meier`.

    Args:
        counts: `day` (whole, from 1), `outcome` and `n` (patients).
        event: the outcomes that are the event.
        competing: the outcomes after which the event cannot happen; every other patient must be `CENSORED`.
        level: confidence level.

    Raises:
        ValueError: counts of another shape, another outcome, or a level that is not between 0 and 1.
    """
    table = _by_day(counts, event, competing, level)
    if table.empty:
        return Curve(_steps(table, EMPTY, EMPTY, EMPTY), 0, 0, level, "aalen_johansen")
    estimate, variance = _aalen_johansen(*(table[each].to_numpy(float) for each in ("at_risk", "events", "competing")))
    high, low = 1 - _log_log(1 - estimate, variance, level)
    steps = _steps(table, estimate, *_where_defined(estimate, low, high), origin=0.0)
    return Curve(steps, int(table["at_risk"].iloc[0]), int(table["events"].sum()), level, "aalen_johansen")


def _by_day(counts: pd.DataFrame, event: Collection[str], competing: Collection[str], level: float) -> pd.DataFrame:
    """One row for each day: `day`, `at_risk`, `events`, `competing`, `censored`."""
    if not 0 < level < 1:
        raise ValueError("the level must lie between 0 and 1")
    if isinstance(event, str) or isinstance(competing, str) or not event or set(event) & {*competing, CENSORED}:
        raise ValueError("the event is one or more outcomes, none of which competes with it or is a censoring")
    if not set(counts["outcome"]) <= {*event, *competing, CENSORED}:
        raise ValueError("an outcome is neither the event, nor competing, nor censored")
    days, n = counts["day"].to_numpy(float), counts["n"].to_numpy(float)
    if not ((days >= 1) & (days % 1 == 0)).all() or not ((n >= 0) & (n % 1 == 0)).all():
        raise ValueError("days are whole and from 1, numbers of patients whole and from 0")
    kinds = {"events": event, "competing": competing, "censored": (CENSORED,)}
    by_kind = {kind: n * counts["outcome"].isin(list(outcomes)) for kind, outcomes in kinds.items()}
    table = pd.DataFrame({"day": days} | by_kind).astype("int64").groupby("day", as_index=False).sum()
    leaving = table[list(kinds)].sum(axis=1)
    table.insert(1, "at_risk", leaving[::-1].cumsum()[::-1])
    return table[leaving > 0].reset_index(drop=True)


def _aalen_johansen(at_risk: Numbers, events: Numbers, competing: Numbers) -> tuple[Numbers, Numbers]:
    """The cumulative incidence and its variance on each day."""
    ends = events + competing
    before = np.concatenate(([1.0], np.cumprod(1 - ends / at_risk)[:-1]))
    incidence = np.cumsum(before * events / at_risk)
    staying = at_risk - ends
    left = np.divide(ends, at_risk * staying, out=np.zeros_like(ends), where=staying > 0)
    own = before**2 * events * (at_risk - events) / at_risk**3
    shared = before * events / at_risk**2
    earlier = incidence**2 * np.cumsum(left) - 2 * incidence * np.cumsum(incidence * left)
    earlier += np.cumsum(incidence**2 * left)
    both = incidence * np.cumsum(shared) - np.cumsum(incidence * shared)
    return incidence, np.maximum(earlier + np.cumsum(own) - 2 * both, 0.0)


def _log_log(share: Numbers, variance: Numbers, level: float) -> Numbers:
    """Lower and upper limits of a share strictly between 0 and 1; not a number elsewhere."""
    inside = np.where((share > TOLERANCE) & (share < 1 - TOLERANCE), share, np.nan)
    from scipy.stats import norm  # noqa: PLC0415 - slow to load, and only needed here

    width = norm.isf((1 - level) / 2) * np.sqrt(variance) / -(inside * np.log(inside))
    return np.stack([inside ** np.exp(width), inside ** np.exp(-width)])


def _where_defined(estimate: Numbers, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """The limits where the estimate is neither 0 nor 1: there the variance is 0, which is no certainty."""
    inside = (estimate > TOLERANCE) & (estimate < 1 - TOLERANCE)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _steps(table: pd.DataFrame, estimate: Numbers, low: Numbers, high: Numbers, origin: float = 1.0) -> pd.DataFrame:
    """The table with the estimate and its limits, and the row of day 0 before it."""
    curve = {"estimate": np.clip(estimate, 0, 1), "low": low, "high": high}
    after = table.astype("int64").assign(**curve)
    if after.empty:
        whole = after
    else:
        first = {"day": 0, "at_risk": after["at_risk"].iloc[0], "events": 0, "competing": 0, "censored": 0}
        start = pd.DataFrame([first | {"estimate": origin, "low": np.nan, "high": np.nan}])
        whole = pd.concat([start, after], ignore_index=True)
    return whole.astype(dict.fromkeys(table.columns, "Int64") | dict.fromkeys(curve, "Float64"))


def _crossing(steps: pd.DataFrame, column: str, height: float) -> float | None:
    """The first day on which a falling curve is at or below a height, as R's `survival` reads it.

    A curve exactly at the height until a later fall gives the middle of the two days; a curve that ends at the height
    gives the first day.
    """
    known = steps[steps[column].notna()]
    values = known[column].to_numpy(float)
    days = known["day"].to_numpy(float)
    reached = np.flatnonzero(values < height + TOLERANCE)
    if not len(reached):
        return None
    first = reached[0]
    below = np.flatnonzero(values < height - TOLERANCE)
    flat = abs(values[first] - height) < TOLERANCE
    return float((days[first] + days[below[0]]) / 2) if flat and len(below) else float(days[first])

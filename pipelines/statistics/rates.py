"""Rates per 100 patient-years with Garwood intervals, and the share of patient-time that was observed."""

from dataclasses import dataclass
from typing import Literal

DAYS_PER_YEAR = 365.25
PATIENT_YEARS = 100


@dataclass(frozen=True)
class Rate:
    """Events over patient-time.

    Attributes:
        events: how many happened.
        days: patient-time in days, the first and the last day of each patient counted.
        rate, low, high: per 100 patient-years; none without patient-time.
        level: confidence level of the interval.
    """

    events: int
    days: int
    rate: float | None
    low: float | None
    high: float | None
    level: float
    method: Literal["garwood"] = "garwood"

    @property
    def patient_years(self) -> float:
        """The patient-time in years of 365.25 days."""
        return self.days / DAYS_PER_YEAR


def rate(events: int, days: int, level: float = 0.95) -> Rate:
    """Events per 100 patient-years with the exact Poisson interval.

    Args:
        events: number of events.
        days: patient-time in days.
        level: confidence level.

    Raises:
        ValueError: a negative number, or a level that is not between 0 and 1.
    """
    if days < 0:
        raise ValueError("patient-time must not be negative")
    limits = garwood(events, level)
    if not days:
        return Rate(events, days, None, None, None, level)
    low, high = (limit / days * DAYS_PER_YEAR * PATIENT_YEARS for limit in limits)
    return Rate(events, days, events / days * DAYS_PER_YEAR * PATIENT_YEARS, low, high, level)


def garwood(events: int, level: float = 0.95) -> tuple[float, float]:
    """The limits of Garwood (1936) of the mean of a Poisson count; the lower one of no event is 0.

    Raises:
        ValueError: a negative number, or a level that is not between 0 and 1.
    """
    if events < 0:
        raise ValueError("the number of events must not be negative")
    if not 0 < level < 1:
        raise ValueError("the level must lie between 0 and 1")
    tail = (1 - level) / 2
    from scipy.stats import chi2  # noqa: PLC0415 - slow to load, and only needed here

    low = float(chi2.ppf(tail, 2 * events)) / 2 if events else 0.0
    return low, float(chi2.isf(tail, 2 * events + 2)) / 2


def share_observed(observed: int, due: int) -> float | None:
    """The share of the patient-time due (days) that was observed, from 0 to 1; none when nothing was due.

    Raises:
        ValueError: not 0 <= observed <= due.
    """
    if not 0 <= observed <= due:
        raise ValueError("the time observed must lie between 0 and the time due")
    return observed / due if due else None

"""Proportions with Clopper-Pearson intervals."""

from dataclasses import dataclass
from typing import Literal

MIN_FOR_SHARE = 10
"""Below so many there is no percentage, neither of the estimate nor of its limits: n / N is what is shown."""


@dataclass(frozen=True)
class Proportion:
    """A share of a whole.

    Attributes:
        n: how many have the characteristic.
        total: how many could be evaluated.
        share, low, high: the estimate and its limits, from 0 to 1; none when `total` is below `MIN_FOR_SHARE`.
        level: confidence level of the interval.
    """

    n: int
    total: int
    share: float | None
    low: float | None
    high: float | None
    level: float
    method: Literal["clopper_pearson"] = "clopper_pearson"


def proportion(n: int, total: int, level: float = 0.95) -> Proportion:
    """The share n / total with its exact interval.

    Raises:
        ValueError: not 0 <= n <= total, or a level that is not between 0 and 1.
    """
    if not 0 <= n <= total:
        raise ValueError("n must lie between 0 and the total")
    if total < MIN_FOR_SHARE:
        return Proportion(n, total, None, None, None, level)
    return Proportion(n, total, n / total, *clopper_pearson(n, total, level), level)


def clopper_pearson(n: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """The limits of Clopper and Pearson (1934), from 0 to 1; `total` is at least 1."""
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to load, and only needed here

    interval = binomtest(n, total).proportion_ci(level, method="exact")
    return float(interval.low), float(interval.high)

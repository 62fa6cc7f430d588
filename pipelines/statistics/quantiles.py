"""Quartiles of durations and doses, from values or from counted values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Spread:
    """Where the middle of some values lies, and how far they go, in the unit of the values; none without values.

    Attributes:
        n: number of values.
        low, q1, median, q3, high: minimum, quartiles and maximum.
    """

    n: int
    low: float | None
    q1: float | None
    median: float | None
    q3: float | None
    high: float | None


def spread(values: npt.ArrayLike, counts: npt.ArrayLike | None = None) -> Spread:
    """Minimum, quartiles (type 7) and maximum.

    Args:
        values: one for each observation, or each distinct one; the caller leaves missing ones out and says how many.
        counts: how often each value was observed; once each when not given.

    Raises:
        ValueError: a missing value, a negative count, or not as many counts as values.
    """
    numbers = np.asarray(values, dtype=float)
    repeated = np.ones(len(numbers), dtype=int) if counts is None else np.asarray(counts, dtype=int)
    if np.isnan(numbers).any() or (repeated < 0).any() or len(numbers) != len(repeated):
        raise ValueError("values must not be missing, and each has a count that is not negative")
    n = int(repeated.sum())
    return Spread(n, *(_type_7(numbers, repeated, (0, 0.25, 0.5, 0.75, 1)) if n else [None] * 5))


def _type_7(values: npt.NDArray[np.float64], counts: npt.NDArray[np.int_], probabilities: Sequence[float]
            ) -> list[float]:  # fmt: skip
    """The quantiles as `numpy.quantile` and R's default give them on the repeated values."""
    order = np.argsort(values)
    ranked, last = values[order], np.cumsum(counts[order])
    positions = (last[-1] - 1) * np.asarray(probabilities)
    below, above = (ranked[np.searchsorted(last, edge(positions), side="right")] for edge in (np.floor, np.ceil))
    return [float(each) for each in below + (above - below) * (positions - np.floor(positions))]

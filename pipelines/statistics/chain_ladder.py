"""The chain ladder on a triangle of counts, with the prediction error of its over-dispersed Poisson model.

The model of Renshaw and Verrall (1998) gives exactly the estimates of the chain ladder; its prediction error is that of
England and Verrall (1999): what the future months hold by chance, and what the past ones leave unsure. Unlike Mack's,
it fits one dispersion for the whole triangle, which small counts bear.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ChainLadder:
    """A fitted triangle; arrays have one entry for each origin, oldest first, unless said otherwise.

    Attributes:
        completeness: for each delay, the share (0 to 1) received by its end; 1 at the longest delay seen.
        completed: the share received of each origin so far.
        received: the number received so far.
        pending: the number still to come; not a number where nothing of a like age has been seen before.
        se: standard error of the prediction of `pending`; likewise.
        total_se: the one of the sum of `pending` over the origins where it is a number.
        covariance: origin by origin, that of the predictions of `pending`; 0 where it is not a number.
        dispersion: variance over mean of the counts, by Pearson; 1, as in Poisson's, where the data say less.
    """

    completeness: Numbers
    completed: Numbers
    received: Numbers
    pending: Numbers
    se: Numbers
    total_se: float
    covariance: Numbers
    dispersion: float


def chain_ladder(triangle: Numbers) -> ChainLadder:
    """Fit a square triangle of increments: origin by delay, not a number where origin + delay is yet to come.

    Raises:
        ValueError: another shape, or a negative increment.
    """
    size = len(triangle)
    known = np.add.outer(np.arange(size), np.arange(size)) < size
    if triangle.shape != known.shape or (np.isnan(triangle) == known).any() or (triangle[known] < 0).any():
        raise ValueError("a triangle has as many delays as origins, known up to its diagonal, and no negative number")
    completeness = _completeness(triangle)
    completed = completeness[::-1]
    received = np.nansum(triangle, axis=1)
    unseen = (completed <= 0) & (received > 0)
    total = np.divide(received, completed, out=np.zeros(size), where=completed > 0)
    fitted = np.outer(total, np.diff(completeness, prepend=0.0))
    fitted[unseen] = 0.0
    dispersion = _dispersion(triangle, fitted, known & (fitted > 0))
    covariance = _covariance(fitted, known, dispersion)
    se, total_se = np.sqrt(np.diag(covariance)), float(np.sqrt(covariance.sum()))
    pending = np.where(known, 0.0, fitted).sum(axis=1)
    pending[unseen], se[unseen] = np.nan, np.nan
    return ChainLadder(completeness, completed, received, pending, se, total_se, covariance, dispersion)


def _completeness(triangle: Numbers) -> Numbers:
    """The share received by the end of each delay, from the origins that are older than it."""
    size = len(triangle)
    so_far = np.cumsum(triangle, axis=1)
    shares = np.ones(size)
    for delay in range(size - 2, -1, -1):
        older = slice(0, size - 1 - delay)
        after = so_far[older, delay + 1].sum()
        shares[delay] = shares[delay + 1] * (so_far[older, delay].sum() / after if after else 1.0)
    return shares


def _dispersion(triangle: Numbers, fitted: Numbers, used: npt.NDArray[np.bool_]) -> float:
    parameters = used.any(axis=1).sum() + used.any(axis=0).sum() - 1
    freedom = int(used.sum() - parameters)
    if freedom < 1:
        return 1.0
    return max(1.0, float(((triangle[used] - fitted[used]) ** 2 / fitted[used]).sum() / freedom))


def _covariance(fitted: Numbers, known: npt.NDArray[np.bool_], dispersion: float) -> Numbers:
    """Of the predictions of each origin's future: its own chance, and what the same past leaves unsure of all."""
    past, future = np.where(known, fitted, 0.0), np.where(known, 0.0, fitted)
    origins, delays = past.any(axis=1), past.any(axis=0)
    covariance = np.zeros((len(fitted), len(fitted)))
    if not origins.any():
        return covariance
    seen, coming = past[np.ix_(origins, delays)], future[np.ix_(origins, delays)]
    information = np.block([[np.diag(seen.sum(axis=1)), seen], [seen.T, np.diag(seen.sum(axis=0))]])
    slopes = np.hstack([np.diag(coming.sum(axis=1)), coming])[:, :-1]
    unsure = slopes @ np.linalg.inv(information[:-1, :-1]) @ slopes.T
    covariance[np.ix_(origins, origins)] = dispersion * (np.diag(coming.sum(axis=1)) + unsure)
    return covariance

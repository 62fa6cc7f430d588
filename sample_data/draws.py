"""Draws of whole columns from a seeded generator. What is drawn, and with which weights, is the callers' affair."""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sample_data.days import Anything, Bools, Floats, Ints


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each step, so that a change in one step leaves the others' draws as they were."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def chance(rng: np.random.Generator, probability: float | Floats, size: int) -> Bools:
    """For each row, whether an event of the given probability happens."""
    return rng.random(size) < probability


def between(rng: np.random.Generator, least: int, most: int, size: int) -> Ints:
    """Whole numbers, both ends included."""
    return rng.integers(least, most + 1, size)


def uniform(rng: np.random.Generator, bounds: Sequence[float], size: int) -> Floats:
    """Numbers between two bounds."""
    return rng.uniform(bounds[0], bounds[1], size)


def normal(rng: np.random.Generator, mean_and_spread: Sequence[float], size: int) -> Floats:
    """Numbers around a mean."""
    return rng.normal(mean_and_spread[0], mean_and_spread[1], size)


def delays(rng: np.random.Generator, median: float, most: int, size: int) -> Ints:
    """Delays in days: mostly near the median, with a long tail."""
    return np.minimum(rng.lognormal(np.log(median), 1.0, size), most).astype(np.int64)


def category(rng: np.random.Generator, weights: Mapping[str, float], size: int) -> pd.Categorical:
    """Codes with the given weights; the code `""` is an empty cell."""
    return category_by(rng, coded(np.zeros(size, np.int8), ["all"]), {"all": weights})


def category_by(
    rng: np.random.Generator, groups: pd.Categorical, weights: Mapping[str, Mapping[str, float]]
) -> pd.Categorical:
    """Codes whose weights depend on a group."""
    values = list(dict.fromkeys(value for group in groups.categories for value in weights[group]))
    table = np.array([[weights[group].get(value, 0.0) for value in values] for group in groups.categories], float)
    bounds = (table / table.sum(axis=1, keepdims=True)).cumsum(axis=1)
    position = rng.random(len(groups))
    chosen = np.zeros(len(groups), np.int8)
    for bound in bounds.T[:-1]:
        chosen += position >= bound[groups.codes]
    return _without_empty(chosen, values)


def _without_empty(chosen: Anything, values: list[str]) -> pd.Categorical:
    if "" not in values:
        return coded(chosen, values)
    empty = values.index("")
    codes = np.where(chosen == empty, -1, chosen - (chosen > empty)).astype(np.int8)
    return coded(codes, [value for value in values if value])


def coded(codes: Anything, names: Sequence[str]) -> pd.Categorical:
    """Codes by their place in a list of names; a place below 0 is an empty cell."""
    found: pd.Categorical = pd.Categorical.from_codes(codes.astype(np.int64), pd.Index(list(names), dtype=object))
    return found


def by_group(groups: pd.Categorical, values: Mapping[str, float]) -> Floats:
    """The value of each row's group."""
    found: Floats = np.array([values[group] for group in groups.categories], float)[groups.codes]
    return found


def numbers(categories: pd.Categorical) -> Floats:
    """Codes that are numbers, as numbers; empty cells as NaN."""
    values = np.append([float(value) for value in categories.categories], np.nan)
    found: Floats = values[categories.codes]
    return found


def repeat(counts: Ints) -> tuple[Ints, Ints]:
    """For rows that each have `counts` children: the parent of each child, and its rank among its siblings."""
    parent = np.repeat(np.arange(len(counts)), counts)
    rank = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
    return parent, rank


def sample(rng: np.random.Generator, candidates: Ints, share: float, least: int = 1) -> Ints:
    """Some of the candidates: a share of them, and at least a few, in rising order."""
    size = min(len(candidates), max(least, round(share * len(candidates))))
    return np.sort(rng.choice(candidates, size, replace=False))

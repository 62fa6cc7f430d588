"""Quartiles: type 7, from values and from counted values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics.quantiles import Spread, spread


def test_quartiles_are_of_type_7_by_hand() -> None:
    """Hyndman and Fan (1996): with four values the first quartile lies at rank 1 + 3 / 4, between the first two."""
    assert spread([50, 100, 200, 400]) == Spread(4, 50, 87.5, 150, 250, 400)


def test_one_value_is_all_of_them() -> None:
    assert spread([7]) == Spread(1, 7, 7, 7, 7, 7)


def test_no_value_has_no_middle() -> None:
    assert spread([]) == spread([3], [0]) == Spread(0, None, None, None, None, None)


@pytest.mark.parametrize(("values", "counts"), [([1, np.nan], None), ([1], [-1]), ([1, 2], [1])])
def test_missing_values_and_false_counts_are_refused(values: list[float], counts: list[int] | None) -> None:
    with pytest.raises(ValueError, match="values must not be missing"):
        spread(values, counts)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 4)), min_size=1, max_size=12))
def test_counted_values_have_the_quantiles_of_the_repeated_ones(pairs: list[tuple[int, int]]) -> None:
    values, counts = (list(each) for each in zip(*pairs, strict=True))
    repeated = np.repeat(values, counts)

    found = spread(values, counts)

    assert found.n == len(repeated)
    if found.n:
        expected = np.quantile(repeated, [0, 0.25, 0.5, 0.75, 1], method="linear")
        assert [found.low, found.q1, found.median, found.q3, found.high] == pytest.approx(list(expected))

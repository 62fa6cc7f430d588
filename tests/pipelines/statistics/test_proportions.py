"""Proportions: published Clopper-Pearson limits, and no percentage on fewer than ten."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from pipelines.statistics.proportions import Proportion, clopper_pearson, proportion


@pytest.mark.parametrize(
    ("n", "total", "low", "high"),
    [
        (7, 20, 0.1539092, 0.5921885),
        (682, 925, 0.7076683, 0.7654066),
        (0, 10, 0.0, 0.3084971),
        (10, 10, 0.6915029, 1.0),
    ],
)
def test_limits_are_those_of_binom_test(n: int, total: int, low: float, high: float) -> None:
    """R, `binom.test(7, 20)`; `binom.test(682, 925)` is the example of its manual page, from Conover (1971), p. 97.

    0 of 10 by hand: 1 - 0.025 ** (1 / 10) = 0.3084971.
    """
    found = proportion(n, total)

    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-8)
    assert found.share == n / total


def test_a_level_of_ninety_per_cent_by_hand() -> None:
    """No event in 20: the upper limit is 1 - 0.05 ** (1 / 20) = 0.1391083."""
    assert proportion(0, 20, 0.90).high == pytest.approx(0.1391083, abs=5e-8)


def test_below_ten_there_is_neither_a_percentage_nor_a_limit() -> None:
    assert proportion(3, 9) == Proportion(3, 9, None, None, None, 0.95)
    assert proportion(3, 10).share == 0.3


def test_nobody_evaluable_is_a_state_and_no_zero() -> None:
    found = proportion(0, 0)

    assert (found.n, found.total, found.share, found.low, found.high) == (0, 0, None, None, None)


@pytest.mark.parametrize(("n", "total"), [(-1, 10), (11, 10), (1, 0)])
def test_a_part_larger_than_its_whole_is_refused(n: int, total: int) -> None:
    with pytest.raises(ValueError, match="between 0 and the total"):
        proportion(n, total)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.data(), st.integers(1, 10**6), st.sampled_from([0.8, 0.95, 0.99]))
def test_limits_hold_the_share_and_agree_with_the_beta_distribution(data: st.DataObject, total: int, level: float
                                                                    ) -> None:  # fmt: skip
    n = data.draw(st.integers(0, total))

    low, high = clopper_pearson(n, total, level)

    assert 0 <= low <= n / total <= high <= 1
    tail = (1 - level) / 2
    assert low == pytest.approx(beta.ppf(tail, n, total - n + 1) if n else 0, rel=1e-6)
    assert high == pytest.approx(beta.isf(tail, n + 1, total - n) if n < total else 1, rel=1e-6)

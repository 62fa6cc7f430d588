"""Rates: published Garwood limits, the unit, and what is undefined."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from pipelines.statistics.rates import garwood, rate, share_observed


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.688879), (1, 0.02531781, 5.571643), (10, 4.795389, 18.390356)]
)
def test_limits_are_those_of_poisson_test(events: int, low: float, high: float) -> None:
    """R, `poisson.test(0)`, `poisson.test(1)` and `poisson.test(10)`; Garwood, Biometrika 28 (1936) 437-442."""
    assert garwood(events) == pytest.approx((low, high), rel=2e-7)


def test_limits_divide_by_time_as_poisson_test_does() -> None:
    """R, manual page of `poisson.test`: `poisson.test(137, 24.19893)`, 4.753125 to 6.692709 for each unit of time."""
    days = round(24.19893 * 100 * 365.25)

    found = rate(137, days)

    assert (found.low, found.high) == pytest.approx((4.753125, 6.692709), rel=1e-6)
    assert found.patient_years == pytest.approx(2419.893, rel=1e-6)


def test_the_unit_is_a_hundred_patient_years_of_365_25_days() -> None:
    found = rate(3, 36525)

    assert found.rate == 3
    assert found.high == pytest.approx(garwood(3)[1])


def test_no_event_in_twenty_patient_years_has_an_upper_limit() -> None:
    """3.688879 / 20 years × 100 = 18.4 for 100 patient-years."""
    found = rate(0, 7305)

    assert (found.rate, found.low) == (0, 0)
    assert found.high == pytest.approx(18.444395, rel=1e-6)


@pytest.mark.parametrize("events", [0, 2])
def test_without_patient_time_there_is_no_rate(events: int) -> None:
    found = rate(events, 0)

    assert (found.events, found.rate, found.low, found.high) == (events, None, None, None)


@pytest.mark.parametrize(("events", "days", "level"), [(-1, 10, 0.95), (1, -10, 0.95), (1, 10, 1.0), (1, 0, 95.0)])
def test_impossible_numbers_are_refused(events: int, days: int, level: float) -> None:
    with pytest.raises(ValueError, match=r"must (not be negative|lie between)"):
        rate(events, days, level)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 10**5), st.sampled_from([0.8, 0.95, 0.99]))
def test_each_limit_is_the_mean_that_leaves_half_the_rest_beyond_the_count(events: int, level: float) -> None:
    low, high = garwood(events, level)

    assert 0 <= low <= events <= high
    assert poisson.cdf(events, high) == pytest.approx((1 - level) / 2, rel=1e-6)
    assert events == 0 or poisson.sf(events - 1, low) == pytest.approx((1 - level) / 2, rel=1e-6)


def test_the_share_of_time_observed_is_none_when_nothing_was_due() -> None:
    assert share_observed(30, 120) == 0.25
    assert share_observed(0, 0) is None
    with pytest.raises(ValueError, match="time due"):
        share_observed(2, 1)

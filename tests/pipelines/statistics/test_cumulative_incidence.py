"""Cumulative incidence: hand computation, published estimates, Kaplan-Meier as a special case, a second library."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from pipelines.statistics.curves import CENSORED, counted, cumulative_incidence, kaplan_meier

OUTCOMES = np.array([CENSORED, "effect", "death"])


def test_six_patients_by_hand() -> None:
    """Effects on days 1 and 4, a death on day 2, departures on days 2 and 5, an effect on day 6.

    day  at risk  free before  effect                     free after
    1    6        1            1/6                        5/6
    2    5        5/6          none (a death)             5/6 × 4/5 = 2/3
    4    3        2/3          1/6 + 2/3 × 1/3 = 7/18     2/3 × 2/3 = 4/9
    6    1        4/9          7/18 + 4/9 = 5/6           0

    The rest of 1 is the death: 5/6 × 1/5 = 1/6. Kaplan-Meier with deaths censored would say 1.
    """
    days, outcomes = [1, 2, 2, 4, 5, 6], ["effect", "death", CENSORED, "effect", CENSORED, "effect"]

    found = cumulative_incidence(counted(days, outcomes), {"effect"}, {"death"})

    assert list(found.steps["day"]) == [0, 1, 2, 4, 5, 6]
    assert list(found.steps["at_risk"]) == [6, 6, 5, 3, 2, 1]
    assert list(found.steps["estimate"]) == pytest.approx([0, 1 / 6, 1 / 6, 7 / 18, 7 / 18, 5 / 6])
    deaths = cumulative_incidence(counted(days, outcomes), {"death"}, {"effect"})
    assert deaths.at(6).estimate == pytest.approx(1 / 6)


def test_three_causes_and_their_standard_errors() -> None:
    """Estimates of R's `cmprsk::cuminc`, errors of Stata's `stcompet`, as the test suite of statsmodels quotes them."""
    days = [1, 1, 2, 4, 4, 4, 6, 6, 7, 8, 9, 9, 9, 1, 2, 2, 4, 4]
    causes = np.array([CENSORED, "a", "b", "c"])[[1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
    published = {
        "a": ([0.11111111, 0.17037037, 0.17037037, 0.17037037], [0.07407407, 0.08976251, 0.08976251, 0.08976251]),
        "b": ([0, 0, 0.20740741, 0.20740741], [0, 0, 0.10610391, 0.10610391]),
        "c": ([0, 0, 0, 0.17777778], [0, 0, 0, 0.11196147]),
    }
    for cause, (estimates, errors) in published.items():
        found = cumulative_incidence(counted(days, causes), {cause}, {*published} - {cause})
        points = [found.at(day) for day in (1, 2, 4, 6)]
        assert [point.estimate for point in points] == pytest.approx(estimates, abs=5e-9)
        for point, estimate, error in zip(points, estimates, errors, strict=True):
            free = 1 - estimate
            expected = 1 - free ** np.exp(-1.959964 * error / (free * np.log(free))) if estimate else None
            assert point.high == (pytest.approx(expected, abs=1e-6) if estimate else None)


def test_a_death_on_the_day_of_an_effect_shares_those_at_risk() -> None:
    """Ties are one step: of four at risk on day 3, one effect and one death are a quarter each."""
    counts = pd.DataFrame({"day": [3, 3, 3], "outcome": ["effect", "death", CENSORED], "n": [1, 1, 2]})

    assert cumulative_incidence(counts, {"effect"}, {"death"}).at(3).estimate == pytest.approx(0.25)
    assert cumulative_incidence(counts, {"death"}, {"effect"}).at(3).estimate == pytest.approx(0.25)


def test_without_the_event_it_stays_at_zero_and_has_no_limits() -> None:
    counts = pd.DataFrame({"day": [2, 3], "outcome": ["death", CENSORED], "n": [1, 1]})

    last = cumulative_incidence(counts, {"effect"}, {"death"}).at(3)

    assert (last.estimate, last.low, last.high) == (0, None, None)


def test_one_patient_and_nobody() -> None:
    one = cumulative_incidence(pd.DataFrame({"day": [4], "outcome": ["effect"], "n": [1]}), {"effect"}, {"death"})
    nobody = cumulative_incidence(pd.DataFrame({"day": [], "outcome": [], "n": []}), {"effect"}, {"death"})

    assert [(one.at(day).estimate, one.at(day).low) for day in (3, 4)] == [(0, None), (1, None)]
    assert (nobody.n, nobody.at(0).estimate) == (0, None)


def test_an_outcome_cannot_be_the_event_and_compete_with_it() -> None:
    counts = pd.DataFrame({"day": [4], "outcome": ["effect"], "n": [1]})

    with pytest.raises(ValueError, match="none of which competes"):
        cumulative_incidence(counts, {"effect"}, {"effect", "death"})
    with pytest.raises(ValueError, match="neither the event"):
        cumulative_incidence(counts, {"death"}, {"stop"})


def test_patients_who_stand_for_a_million_have_the_same_curve() -> None:
    one = counted([1, 2, 2, 4, 5, 6], ["effect", "death", CENSORED, "effect", CENSORED, "effect"])

    small, large = (cumulative_incidence(one.assign(n=n), {"effect"}, {"death"}) for n in (1, 200_000))

    assert large.n == 1_200_000
    assert list(large.steps["estimate"]) == pytest.approx(list(small.steps["estimate"]))
    low, high = (large.at(4).low or 0, large.at(4).high or 0)
    assert 0 < high - low < 0.002


ENDS = st.lists(st.tuples(st.integers(1, 8), st.integers(0, 2)), min_size=1, max_size=25)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(ENDS)
def test_where_nothing_competes_it_is_what_kaplan_meier_leaves(ends: list[tuple[int, int]]) -> None:
    days, kinds = zip(*ends, strict=True)
    counts = counted(days, OUTCOMES[[min(kind, 1) for kind in kinds]])

    free, gone = kaplan_meier(counts, {"effect"}).steps, cumulative_incidence(counts, {"effect"}, {"death"}).steps

    assert list(gone["estimate"]) == pytest.approx(list(1 - free["estimate"]))
    for side, other in (("low", "high"), ("high", "low")):
        assert gone[side].isna().equals(free[other].isna())
        assert list(gone[side].dropna()) == pytest.approx(list(1 - free[other].dropna()), abs=1e-7)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(ENDS)
def test_another_library_finds_the_same_estimates_and_variance(ends: list[tuple[int, int]]) -> None:
    """statsmodels on the patients one by one; its variance is not a number on the last day where all at risk end."""
    days, kinds = (np.array(each) for each in zip(*ends, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        other = CumIncidenceRight(days, kinds)

    for cause in range(1, kinds.max() + 1):
        competing = {"effect", "death"} - {OUTCOMES[cause]}
        found = cumulative_incidence(counted(days, OUTCOMES[kinds]), {OUTCOMES[cause]}, competing).steps.iloc[1:]
        estimate = other.cinc[cause - 1]
        assert found["estimate"].to_numpy(float) == pytest.approx(estimate)
        assert found["low"].dropna().between(0, 1).all()
        assert found["high"].dropna().between(0, 1).all()
        usable = found["low"].notna().to_numpy(bool) & np.isfinite(other.cinc_se[cause - 1])
        free = 1 - estimate[usable]
        width = 1.9599639845 * other.cinc_se[cause - 1][usable] / -(free * np.log(free))
        assert found["low"].to_numpy(float)[usable] == pytest.approx(1 - free ** np.exp(-width), abs=1e-6)
        assert found["high"].to_numpy(float)[usable] == pytest.approx(1 - free ** np.exp(width), abs=1e-6)

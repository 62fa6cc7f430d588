"""Kaplan-Meier: published curves, conventions one by one, and a second library on random data."""

import warnings
from pathlib import Path

import lifelines
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipelines.statistics.curves import CENSORED, SurvivalCurve, counted, durations, kaplan_meier

MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
AML_MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"


def curve(drawn: str, level: float = 0.95) -> SurvivalCurve:
    """The curve of durations written as in textbooks: a plus for those still followed without event."""
    ends = drawn.split()
    outcomes = [CENSORED if end.endswith("+") else "event" for end in ends]
    return kaplan_meier(counted([int(end.rstrip("+")) for end in ends], outcomes), {"event"}, level)


def events(found: SurvivalCurve) -> pd.DataFrame:
    return found.steps[found.steps["events"] > 0].set_index("day")


def test_remission_under_mercaptopurine() -> None:
    """Freireich et al., Blood 21 (1963) 699-716, as tabulated by Kalbfleisch and Prentice and by Collett.

    Limits as Stata's `sts list` prints them, with log(-log) and Greenwood's variance.
    """
    found = curve(MERCAPTOPURINE)

    table = events(found)
    assert (found.n, found.n_events) == (21, 9)
    assert list(table.index) == [6, 7, 10, 13, 16, 22, 23]
    assert list(table["at_risk"]) == [21, 17, 15, 12, 11, 7, 6]
    assert list(table["estimate"].round(4)) == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert list(table["low"].round(4)) == [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881]
    assert list(table["high"].round(4)) == [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801]
    assert (found.median.day, found.median.low, found.median.high) == (23, 13, None)


def test_maintained_remission_of_acute_myelogenous_leukaemia() -> None:
    """R, `survfit(Surv(time, status) ~ 1, subset(aml, x == "Maintained"))`; Miller, Survival Analysis (1981)."""
    found = curve(AML_MAINTAINED)

    table = events(found)
    assert list(table["at_risk"]) == [11, 10, 8, 7, 5, 4, 2]
    assert list(table["estimate"].round(3)) == [0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184]
    assert found.median.day == 31


def test_survival_of_advanced_lung_cancer() -> None:
    """R, `survfit(Surv(time, status) ~ 1, lung)`: 228 patients, 165 deaths, median 310 days; 0.409 at 365 days."""
    patients = pd.read_csv(Path(lifelines.__file__).parent / "datasets" / "lung.csv")
    outcomes = np.where(patients["status"].to_numpy() > patients["status"].min(), "death", CENSORED)

    found = kaplan_meier(counted(patients["time"].to_numpy(), outcomes), {"death"})

    assert (found.n, found.n_events, found.median.day) == (228, 165, 310)
    assert found.at(365).estimate == pytest.approx(0.4092, abs=5e-5)


def test_a_duration_counts_the_first_and_the_last_day() -> None:
    starts = pd.Series(pd.to_datetime(["2024-01-10", "2024-01-10"]))
    stops = pd.Series(pd.to_datetime(["2024-01-10", "2024-01-12"]))

    assert list(durations(starts, stops)) == [1, 3]
    with pytest.raises(ValueError, match="same day or later"):
        durations(stops, starts)


def test_an_event_on_the_day_another_leaves_counts_before_the_leaving() -> None:
    """Two at risk on day 5, one of them leaves: 1 / 2, not 0."""
    assert curve("5 5+").at(5).estimate == pytest.approx(0.5)


def test_number_at_risk_on_a_day_are_those_who_reach_it() -> None:
    found = curve("2 4+ 4 7+")

    assert [found.at_risk(day) for day in (0, 1, 2, 3, 4, 5, 7, 8)] == [4, 4, 4, 3, 3, 1, 1, 0]
    assert found.at(3).at_risk == 3


def test_the_curve_is_one_before_the_first_event_and_unknown_after_the_last_day() -> None:
    found = curve("2 4+ 4 7+")

    assert found.at(0).estimate == found.at(1).estimate == 1
    assert found.at(7).estimate is not None
    assert found.at(8).estimate is None


def test_a_curve_at_one_half_until_a_later_event_has_the_median_midway() -> None:
    """R's `survival` and the median of an even number of values alike: (2 + 6) / 2."""
    assert curve("1 2 6 9").median.day == 4


def test_a_curve_that_ends_at_one_half_has_its_first_day_as_median() -> None:
    """R's `survival`, where no later fall closes the interval."""
    assert curve("1 2 9+ 9+").median.day == 2


def test_a_curve_rounded_near_one_half_is_at_one_half() -> None:
    """Eight of 16 by steps of one: the product of the fractions is 1/2 only up to rounding."""
    assert curve(" ".join(str(day) for day in range(1, 17))).median.day == 8.5


def test_a_median_that_is_not_reached_is_none() -> None:
    found = curve("3 5+ 6+ 7+")

    assert found.median.day is None
    assert found.median.high is None


def test_another_quantile_by_hand() -> None:
    """Of four, a quarter are gone on day 1 and until day 2: (1 + 2) / 2."""
    assert curve("1 2 6 9").quantile(0.25).day == 1.5
    with pytest.raises(ValueError, match="between 0 and 1"):
        curve("1 2 6 9").quantile(1.0)


def test_without_events_the_curve_stays_at_one_and_has_no_limits() -> None:
    found = curve("3+ 5+")

    assert found.at(5).estimate == 1
    assert (found.at(5).low, found.at(5).high) == (None, None)
    assert (found.n_events, found.median.day) == (0, None)


def test_one_patient_has_a_curve_without_limits() -> None:
    found = curve("5")

    assert [found.at(day).estimate for day in (4, 5)] == [1, 0]
    assert (found.at(5).low, found.at(5).high) == (None, None)
    assert (found.median.day, found.median.low, found.median.high) == (5, None, None)


def test_nobody_has_no_curve() -> None:
    found = kaplan_meier(pd.DataFrame({"day": [], "outcome": [], "n": []}), {"event"})

    assert (found.n, found.last_day, found.at_risk(1), found.at(0).estimate, found.median.day) == (0, 0, 0, None, None)


def test_an_outcome_that_is_not_named_is_never_taken_for_a_censoring() -> None:
    counts = pd.DataFrame({"day": [1, 2], "outcome": ["stop", "death"], "n": [1, 1]})

    with pytest.raises(ValueError, match="neither the event"):
        kaplan_meier(counts, {"stop"})


@pytest.mark.parametrize(("day", "n"), [(0, 1), (1.5, 1), (np.nan, 1), (1, -1), (1, 0.5), (1, np.nan)])
def test_counts_that_are_none_are_refused(day: float, n: float) -> None:
    with pytest.raises(ValueError, match="whole"):
        kaplan_meier(pd.DataFrame({"day": [day], "outcome": ["event"], "n": [n]}), {"event"})


def test_a_million_patients_cost_what_their_days_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fit receives a row for each day and outcome, however many patients these stand for."""
    seen = []
    fit = lifelines.KaplanMeierFitter.fit
    monkeypatch.setattr(lifelines.KaplanMeierFitter, "fit", lambda *a, **k: (seen.append(len(a[1])), fit(*a, **k))[1])
    one = counted([1, 2, 2, 3], ["event", CENSORED, "event", CENSORED])

    found = kaplan_meier(one.assign(n=250_000), {"event"})

    assert seen == [4]
    assert found.n == 1_000_000
    assert found.at(2).estimate == pytest.approx(0.5)


ENDS = st.lists(st.tuples(st.integers(1, 8), st.booleans()), min_size=1, max_size=25)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(ENDS, st.sampled_from([0.8, 0.95]))
def test_another_library_finds_the_same_curve_and_limits(ends: list[tuple[int, bool]], level: float) -> None:
    """`scipy.stats.ecdf` on the patients one by one, where limits are defined."""
    days, failed = (np.array(each) for each in zip(*ends, strict=True))
    found = kaplan_meier(counted(days, np.where(failed, "event", CENSORED)), {"event"}, level).steps.iloc[1:]
    other = stats.ecdf(stats.CensoredData(uncensored=days[failed], right=days[~failed])).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        limits = other.confidence_interval(level, method="log-log")

    assert found["estimate"].to_numpy(float) == pytest.approx(other.probabilities)
    inside = ((found["estimate"] > 1e-9) & (found["estimate"] < 1 - 1e-9)).to_numpy(bool)
    assert found["low"].to_numpy(float)[inside] == pytest.approx(limits.low.probabilities[inside])
    assert found["high"].to_numpy(float)[inside] == pytest.approx(limits.high.probabilities[inside])
    assert found.loc[~inside, ["low", "high"]].isna().all(axis=None)
    assert found["low"].dropna().between(0, found["estimate"][inside]).all()
    assert found["high"].dropna().between(found["estimate"][inside], 1).all()

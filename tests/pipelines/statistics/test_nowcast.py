"""Late reporting: the triangle, provisional months, what to expect of them, and how right that was in the past."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics.nowcast import nowcast
from pipelines.statistics.reporting import reporting_triangle

CUTOFF = pd.Period("2024-12", "M")


def reports(drawn: str) -> pd.DataFrame:
    lines = [[cell.strip() for cell in line.split("|")] for line in drawn.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0]).astype({"n": int})


def steady(months: int, by_delay: tuple[int, ...]) -> pd.DataFrame:
    """A triangle of months that each receive the same numbers after 0, 1, 2 … months."""
    rows = [
        (month, month + delay, n)
        for month in pd.period_range(end=CUTOFF, periods=months, freq="M")
        for delay, n in enumerate(by_delay)
        if month + delay <= CUTOFF
    ]
    return reporting_triangle(pd.DataFrame(rows, columns=["event_month", "received_month", "n"]), CUTOFF)


def simulated(seed: int, months: int = 36, mean: float = 8, prompt: float = 0.4) -> tuple[pd.DataFrame, pd.Series]:
    """A triangle of Poisson numbers of events received after geometric delays, and the true numbers."""
    random = np.random.default_rng(seed)
    index = pd.period_range(end=CUTOFF, periods=months, freq="M")
    truth = random.poisson(mean, months)
    position = np.repeat(np.arange(months), truth)
    receipt = position + random.geometric(prompt, truth.sum()) - 1
    by = receipt < months
    rows = {"event_month": index[position[by]], "received_month": index[0] + receipt[by], "n": 1}
    return reporting_triangle(pd.DataFrame(rows), CUTOFF, index[0]), pd.Series(truth, index)


def test_a_triangle_counts_by_month_and_delay_and_leaves_the_future_open() -> None:
    found = reporting_triangle(
        reports("""
            event_month | received_month | n
            2024-10     | 2024-10        | 2
            2024-10     | 2024-12        | 1
            2024-12     | 2024-12        | 4
            2024-10     | 2024-10        | 3
        """),
        CUTOFF,
    )

    assert [str(month) for month in found.index] == ["2024-10", "2024-11", "2024-12"]
    assert found.to_numpy(dtype=object, na_value=None).tolist() == [[5, 0, 1], [0, 0, None], [4, None, None]]


def test_a_triangle_begins_when_the_following_began() -> None:
    found = reporting_triangle(pd.DataFrame({"event_month": [], "received_month": [], "n": []}), CUTOFF, CUTOFF - 2)

    assert found.shape == (3, 3)
    assert found.sum().sum() == 0


@pytest.mark.parametrize(
    ("event", "received", "n"),
    [("2024-11", "2024-10", 1), ("2024-11", "2025-01", 1), ("2023-12", "2024-01", 1), ("2024-11", "2024-11", -1),
     (None, "2024-11", 1), ("2024-11", None, 1)],
)  # fmt: skip
def test_an_impossible_report_is_refused(event: str | None, received: str | None, n: int) -> None:
    row = pd.DataFrame({"event_month": [event], "received_month": [received], "n": [n]})
    with pytest.raises(ValueError, match="month"):
        reporting_triangle(row, CUTOFF, pd.Period("2024-01", "M"))


def test_recent_months_are_provisional_and_expected_to_reach_what_past_ones_reached() -> None:
    """Each month receives 6, then 3, then 1: 60 % are there in the month, 90 % a month later."""
    found = nowcast(steady(24, (6, 3, 1)))

    assert list(found.months["state"].iloc[-4:]) == ["final", "final", "provisional", "provisional"]
    assert list(found.months["received"].iloc[-4:]) == [10, 10, 9, 6]
    assert list(found.months["estimate"].iloc[-4:]) == pytest.approx([10, 10, 10, 10])
    assert list(found.completeness["completeness"].iloc[:3]) == pytest.approx([0.6, 0.9, 1])
    assert list(found.completeness["n_months"].iloc[:3]) == [24, 23, 22]
    last = found.months.iloc[-1]
    assert 6 <= last["low"] < 10 < last["high"]


def test_a_past_that_repeats_itself_was_expected_rightly() -> None:
    """Two provisional months at each cut-off of months 12 to 23; the last cut-off's latest month is not final now."""
    found = nowcast(steady(24, (6, 3, 1))).calibration

    assert (found.inside, found.n) == (23, 23)
    assert set(found.estimates["delay"]) == {0, 1}
    assert list(found.estimates["received"].unique()) == [10]


def test_a_past_that_changed_was_expected_wrongly() -> None:
    """A year in which all came at once, then a year in which nine of ten came three months late."""
    rows = [
        (month, month + delay, n)
        for position, month in enumerate(pd.period_range(end=CUTOFF, periods=30, freq="M"))
        for delay, n in (((0, 40),) if position < 15 else ((0, 4), (3, 36)))
        if month + delay <= CUTOFF
    ]
    triangle = reporting_triangle(pd.DataFrame(rows, columns=["event_month", "received_month", "n"]), CUTOFF)

    found = nowcast(triangle).calibration

    assert found.n > found.inside
    missed = found.estimates[~found.estimates["inside"]]
    assert (missed["high"] < missed["received"]).any()


@pytest.mark.parametrize(
    ("months", "numbers", "state"),
    [(11, (6, 3, 1), "too_few_months"), (12, (2, 1), "estimated"), (12, (2,), "too_few_reports")],
)
def test_below_a_size_nothing_is_estimated(months: int, numbers: tuple[int, ...], state: str) -> None:
    """12 months of 2 are 24 reports; of 2 and 1 they are 35, the last month's late one being still to come."""
    found = nowcast(steady(months, numbers))

    assert found.state == state
    estimated = state == "estimated"
    assert found.months[["completeness", "estimate", "low", "high"]].notna().all(axis=None) == estimated
    assert found.months["received"].notna().all()
    assert (set(found.months["state"]) == {"unknown"}) != estimated


def test_a_month_of_which_too_little_can_be_there_is_not_estimated() -> None:
    """One in ten is received in its month: twice ten would be made of two."""
    last = nowcast(steady(24, (1, 9))).months.iloc[-1]

    assert (last["state"], last["received"]) == ("too_early", 1)
    assert last[["estimate", "low", "high"]].isna().all()


def test_a_month_without_any_report_may_still_receive_some() -> None:
    triangle = steady(24, (6, 3, 1))
    triangle.iloc[-1, 0] = 0

    last = nowcast(triangle).months.iloc[-1]

    assert (last["estimate"], last["low"]) == (0, 0)
    assert last["high"] >= 1


@pytest.mark.parametrize(("level", "least", "most"), [(0.95, 0.90, 0.99), (0.5, 0.4, 0.65)])
def test_intervals_hold_the_true_number_about_as_often_as_they_say(level: float, least: float, most: float) -> None:
    """Simulated with fixed seeds; limits are whole numbers, so that they hold a little more than they say."""
    held = []
    for seed in range(25):
        triangle, truth = simulated(seed, mean=40)
        months = nowcast(triangle, level).months
        provisional = months[months["state"] == "provisional"]
        true = truth[provisional.index]
        held += list((provisional["low"] <= true) & (true <= provisional["high"]))

    assert len(held) > 100
    assert least <= np.mean(held) <= most


def test_a_lower_level_has_narrower_limits() -> None:
    triangle, _ = simulated(1)
    wide, narrow = (nowcast(triangle, level).months.iloc[-1] for level in (0.95, 0.5))

    assert narrow["high"] - narrow["low"] < wide["high"] - wide["low"]
    with pytest.raises(ValueError, match="level"):
        nowcast(triangle, 95)


COUNTS = st.lists(st.sampled_from([0, 0, 1, 2, 25]), min_size=14 * 14, max_size=14 * 14)


@settings(deadline=None, derandomize=True, max_examples=25)
@given(COUNTS)
def test_an_interval_never_lies_below_what_was_received(counts: list[int]) -> None:
    size = 14
    open_ = np.add.outer(np.arange(size), np.arange(size)) >= size
    index = pd.period_range(end=CUTOFF, periods=size, freq="M", name="month")
    triangle = pd.DataFrame(np.reshape(counts, (size, size)), index).astype("Int64").mask(open_)

    months = nowcast(triangle).months.dropna()

    assert (months["received"] <= months["low"]).all()
    assert (months["low"] <= months["high"]).all()
    assert months["completeness"].between(0, 1).all()

"""The reporting of new patients, from a release to what its months are expected to become."""

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pytest

from pipelines.measure import line_list
from pipelines.nowcasting import LateReporting, last_whole_month, late_reporting
from pipelines.opened import Opened
from pipelines.selection import Selection

Release = Callable[..., Opened]
Row = dict[str, str]
MONTHS = [str(month) for month in pd.period_range("2025-07", "2026-10", freq="M")]
BY_DELAY = (2, 1, 1)


def forms(cutoff: str) -> list[Row]:
    """Each month four patients start; two forms come in that month, one in the next, one in the one after."""
    rows = []
    for position, month in enumerate(MONTHS):
        for delay, n in enumerate(BY_DELAY):
            if position + delay < len(MONTHS) and f"{MONTHS[position + delay]}-08" <= cutoff:
                received = f"{MONTHS[position + delay]}-08"
                rows += [{"treatment_start_date": f"{month}-05", "form_signed_date": f"{month}-05",
                          "form_received_date": received, "indication_code": "APHTOSE"}] * n  # fmt: skip
    return [row | {"patient_id": f"p{n}"} for n, row in enumerate(rows)]


@pytest.fixture(scope="module")
def whole(release: Release) -> Opened:
    early = {"patient_id": "early", "treatment_start_date": "2026-09-20", "form_signed_date": "2026-08-30",
             "form_received_date": "2026-08-30", "indication_code": "LUPUS_CUT"}  # fmt: skip
    restart = {"patient_id": "again", "treatment_start_date": "2026-09-20", "episode_type": "REPRISE"}
    return release(initiations=[*forms("2026-10-31"), early, restart])


def naive(found: LateReporting, shares: tuple[float, ...]) -> dict[str, float]:
    """Each month divided by the share that has come of it."""
    assert found.nowcast is not None
    received = found.nowcast.months["received"]
    return {str(month): int(n) / shares[min(delay, len(shares) - 1)]
            for delay, (month, n) in enumerate(reversed(list(received.items())))}  # fmt: skip


def test_recent_months_are_provisional_and_expected_to_reach_the_earlier_ones(whole: Opened) -> None:
    found = late_reporting(whole, Selection(indications=("APHTOSE",)))
    assert found.nowcast is not None
    assert found.nowcast.state == "estimated"
    months = found.nowcast.months
    assert months["received"].tolist() == [4] * 14 + [3, 2]
    assert months["state"].tolist() == ["final"] * 14 + ["provisional"] * 2
    assert [str(month) for month in months.index] == MONTHS
    by_hand = naive(found, (0.5, 0.75, 1))
    assert dict(zip(MONTHS, months["estimate"], strict=True)) == pytest.approx(by_hand)
    assert (months["low"] <= months["estimate"]).all()
    assert (months["high"] >= months["estimate"]).all()


def test_all_months_together_have_one_interval(whole: Opened) -> None:
    found = late_reporting(whole, Selection(indications=("APHTOSE",))).nowcast
    assert found is not None
    assert found.total is not None
    assert (found.total.n_months, found.total.received) == (16, 61)
    assert found.total.estimate == pytest.approx(64)
    assert 61 <= found.total.low <= 64 <= found.total.high
    assert found.total.high - 61 < (found.months["high"] - found.months["received"]).sum()


def test_the_triangle_has_a_line_list_behind_each_cell_and_keeps_only_new_patients(whole: Opened) -> None:
    found = late_reporting(whole, Selection())
    assert found.triangle is not None
    assert int(found.triangle.sum().sum()) == int(found.table.frame["n_patients"].sum()) == 62
    cell = {"start_month": "2026-09", "known_month": "2026-10"}
    assert len(line_list(whole, "reporting_triangle", found.table.selection, cell)) == found.triangle.loc["2026-09", 1]


def test_a_form_received_before_the_month_of_the_start_is_known_from_it(whole: Opened) -> None:
    early = Selection(indications=("LUPUS_CUT",))
    found = late_reporting(whole, early)
    assert found.triangle is not None
    assert found.triangle.loc["2026-09", 0] == 1
    assert found.nowcast is not None
    assert (found.nowcast.state, found.nowcast.total) == ("too_few_reports", None)
    assert set(found.nowcast.months["state"]) == {"unknown"}


def test_neither_the_period_nor_the_date_of_the_selection_cuts_the_past(whole: Opened) -> None:
    everything = late_reporting(whole, Selection())
    chosen = late_reporting(whole, Selection(from_month="2026-08", date_basis="form_received"))
    assert everything.nowcast is not None
    assert chosen.nowcast is not None
    pd.testing.assert_frame_equal(chosen.nowcast.months, everything.nowcast.months)


def test_past_expectations_are_held_against_what_came(whole: Opened) -> None:
    """From each cut-off of June to August two months that are final now were provisional, from September's one."""
    found = late_reporting(whole, Selection(indications=("APHTOSE",))).nowcast
    assert found is not None
    assert (found.calibration.n, found.calibration.inside) == (7, 7)
    assert found.calibration.estimates["received"].tolist() == [4] * 7


def test_a_month_that_is_not_over_is_left_out_and_said(release: Release) -> None:
    given = release(initiations=forms("2026-10-15"), manifest={"cutoff_date": "2026-10-15"})
    found = late_reporting(given, Selection())
    assert found.unfinished == "2026-10"
    assert found.nowcast is not None
    assert [str(month) for month in found.nowcast.months.index] == MONTHS[:-1]
    assert found.nowcast.months["received"].tolist() == [4] * 13 + [3, 2]
    assert found.table.frame["n_patients"].sum() == 61


def test_with_one_patient_there_is_too_little(release: Release) -> None:
    found = late_reporting(release(initiations="patient_id | treatment_start_date\na | 2026-10-02"), Selection())
    assert found.nowcast is not None
    assert (found.nowcast.state, len(found.nowcast.months)) == ("too_few_months", 1)


def test_without_dates_of_receipt_there_is_no_triangle(whole: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(whole.programme), "collects", lambda _, _table, column: column != "form_received_date")
    found = late_reporting(whole, Selection())
    assert (found.triangle, found.nowcast) == (None, None)
    assert found.table.not_sent == ("initiations.form_received_date",)


@pytest.mark.parametrize(
    ("day", "month"), [("2026-10-31", "2026-10"), ("2026-10-30", "2026-09"), ("2024-02-29", "2024-02"),
                       ("2024-02-28", "2024-01"), ("2026-01-01", "2025-12")],
)  # fmt: skip
def test_a_month_is_whole_on_its_last_day(day: str, month: str) -> None:
    assert str(last_whole_month(dt.date.fromisoformat(day))) == month

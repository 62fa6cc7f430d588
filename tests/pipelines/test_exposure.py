"""The ledger, stops, persistence, doses, visits and observed time, on drawn treatments (cut-off 31 October 2026)."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pipelines import ledger as ledgers
from pipelines.distributions import distribution
from pipelines.errors import MeasureError
from pipelines.estimates import estimate
from pipelines.ledger import ledger
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.survival import curves

Figures = Callable[..., Any]

INITIATIONS = """
patient_id | episode_id | episode_type | treatment_start_date | indication_code | start_dose_mg_day | weight_kg
a          | a1         | INITIATION   | 2026-05-01           | APHTOSE         | 100               |
a          | a2         | REPRISE      | 2026-08-01           | APHTOSE         | 50                |
b          | b1         | INITIATION   | 2026-05-10           | APHTOSE         | 25                |
b          | b2         | REPRISE      | 2026-06-10           | APHTOSE         | 50                |
c          | c1         | POURSUITE    | 2026-05-20           | ENL             | 300               |
d          | d1         | INITIATION   | 2026-06-01           | ENL             | 100               |
e          | e1         | INITIATION   | 2026-10-31           | CROHN_PED       | 50                | 25
f          | f1         | INITIATION   | 2026-10-31           | CROHN_PED       | 50                |
"""


@pytest.fixture(scope="module")
def drawn(release: Callable[..., Opened]) -> Opened:
    return release(
        initiations=INITIATIONS,
        discontinuations="""
            episode_id | stop_date  | reason
            a1         | 2026-06-30 | REMISSION
            b1         | 2026-06-10 | DECISION_PATIENT
            c1         | 2026-06-01 | DECES
            d1         | 2026-06-30 | FIN_PREVUE
        """,
        dispensings="""
            episode_id | prescription_date | capsules | days_supplied
            a1         | 2026-04-28        | 28       | 28
            a1         | 2026-05-15        | 28       | 14
            a1         | 2026-05-15        | 28       | 28
            a2         | 2026-08-03        | 540      | 27
            d1         | 2026-06-01        | 15       | 30
        """,
        visits="""
            episode_id | visit_date
            a1         | 2026-05-15
            b1         | 2026-06-09
            a2         | 2026-09-30
            c1         | 2026-06-01
        """,
        adverse_events="""
            patient_id | pt_label    | onset_date | received_date
            a          | Paresthésie | 2026-05-20 | 2026-05-25
            a          | Névralgie   | 2026-08-10 | 2026-08-20
            c          | Polyneuropathie | 2026-06-02 | 2026-06-20
            d          | Paresthésie |            | 2026-06-20
            b          | Prurit      | 2026-06-12 | 2026-07-20
        """,
    )


def test_the_ledger_balances_month_by_month_and_ends_with_those_on_treatment(drawn: Opened, figures: Figures) -> None:
    found = ledger(drawn, Selection())
    months = {(row.indication_code, row.month): (row.opening, row.FIRST_START, row.CONTINUATION, row.RESTART, row.STOP,
                                                 row.closing) for row in found.frame.itertuples()}  # fmt: skip
    assert months["APHTOSE", "2026-05"] == (0, 2, 0, 0, 0, 2)
    assert months["APHTOSE", "2026-06"] == (2, 0, 0, 0, 1, 1)  # b goes on without a stop: neither out nor in
    assert months["APHTOSE", "2026-08"] == (1, 0, 0, 1, 0, 2)
    assert months["ENL", "2026-05"] == (0, 0, 1, 0, 0, 1)
    assert months["ENL", "2026-06"] == (1, 1, 0, 0, 2, 0)
    assert months["ENL", "2026-07"] == (0, 0, 0, 0, 0, 0)
    assert {month for _, month in months} == {f"2026-{month:02}" for month in range(5, 11)}
    last = {name: values[-1] for (name, month), values in months.items() if month == "2026-10" and values[-1]}
    assert last == figures(drawn, "on_treatment", "indication_code") == {"APHTOSE": 2, "CROHN_PED": 2}
    one = ledger(drawn, Selection(), by=()).frame
    assert list(one["closing"]) == [3, 1, 1, 2, 2, 4]
    assert list(one["opening"]) == [0, 3, 1, 1, 2, 2]
    assert ledger(drawn, Selection(indications=("LUPUS_CUT",))).frame.empty


def test_a_ledger_that_does_not_balance_is_refused(drawn: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(opened: Opened, name: str, *arguments: Any) -> Any:
        table = measure(opened, name, *arguments)
        if name == "on_treatment":
            table.frame["n_patients"] += 1
        return table

    monkeypatch.setattr(ledgers, "measure", wrong)
    with pytest.raises(MeasureError, match=r"measure\.unbalanced"):
        ledger(drawn, Selection())


def test_a_stop_that_the_next_episode_overtakes_is_no_stop(drawn: Opened, figures: Figures) -> None:
    assert figures(drawn, "stops", "stop_reason") == {"REMISSION": 1, "DECES": 1, "FIN_PREVUE": 1}
    assert figures(drawn, "stops", count="n_before_term") == 2
    months = figures(drawn, "stops", "stop_month", zeros=True)
    assert months == {"2026-06": 3, "2026-07": 0, "2026-08": 0, "2026-09": 0, "2026-10": 0}
    assert distribution(drawn, "stops", "days", Selection()).frame["most"].iloc[0] == 61


def test_persistence_ends_with_a_stop_before_term_only(drawn: Opened, figures: Figures) -> None:
    ends = figures(drawn, "persistence", "persistence_outcome")
    assert ends == {"STOP": 1, "COMPLETED": 1, "FOLLOWED": 1, "ONGOING": 2}  # c's treatment began before the follow-up
    curve = curves(drawn, "persistence", Selection()).curves[()]
    assert (curve.n, curve.n_events) == (5, 1)
    assert curve.at(60).estimate == 1
    assert curve.at(61).estimate == 0  # a alone is still followed on day 61


def test_a_starting_dose_is_held_against_its_indication(drawn: Opened, figures: Figures) -> None:
    found = figures(drawn, "start_dose", "indication_code", "start_dose_range")
    assert found == {("APHTOSE", "WITHIN"): 1, ("APHTOSE", "BELOW"): 1, ("ENL", "NONE_EXPECTED"): 1,
                     ("CROHN_PED", "WITHIN"): 1, ("CROHN_PED", "NOT_ASSESSABLE"): 1}  # fmt: skip
    per_kg = distribution(drawn, "start_dose", "start_dose_mg_kg_day", Selection()).frame
    assert (per_kg["n"].iloc[0], per_kg["n_missing"].iloc[0], per_kg["median"].iloc[0]) == (1, 4, 2)


def test_the_mean_dose_is_what_was_dispensed_over_the_days_supplied(drawn: Opened, figures: Figures) -> None:
    # a1: 28 × 50 mg for 28 days, then 56 × 50 mg for the longer of 14 and 28 days; a2: 27 g for 27 days
    doses = distribution(drawn, "daily_dose", "daily_dose_mg", Selection(indications=("APHTOSE",))).frame
    assert (doses["n"].iloc[0], doses["n_missing"].iloc[0]) == (2, 2)
    assert (doses["least"].iloc[0], doses["most"].iloc[0]) == (75, 1000)
    assert figures(drawn, "daily_dose", "dose_band") == {"0-25": 1, "50-75": 1, "75-plus": 1, "UNKNOWN": 5}
    assert figures(drawn, "cumulative_dose", "cumulative_dose_band") == {"0-28": 1, "28-60": 1, "UNKNOWN": 4}


def test_every_exposed_day_has_its_dose_or_is_of_unknown_dose(drawn: Opened, figures: Figures) -> None:
    enl = {"indications": ("ENL",)}
    assert figures(drawn, "dose_time", "dose_band", **enl) == {"0-25": 30, "UNKNOWN": 13}
    found = figures(drawn, "dose_time", "dose_band", "cumulative_dose_band", indications=("APHTOSE",))
    assert found == {("25-50", "0-28"): 14, ("75-plus", "0-28"): 28, ("UNKNOWN", "0-28"): 19 + 2,
                     ("75-plus", "28-60"): 27, ("UNKNOWN", "28-60"): 63, ("UNKNOWN", "UNKNOWN"): 31 + 144}  # fmt: skip
    assert figures(drawn, "dose_time") == figures(drawn, "patient_time")


def test_only_the_first_dose_related_effect_counts_at_the_dose_of_its_day(drawn: Opened, figures: Figures) -> None:
    assert figures(drawn, "dose_related_effects", "dose_band") == {"75-plus": 1}
    table = measure(drawn, "dose_related_effects", Selection())
    rate = estimate(drawn, table, "rate").frame.set_index("dose_band").loc["75-plus"]
    assert (rate["n"], rate["total"]) == (1, 6)  # from the dispensing of 15 May to the effect of the 20th
    assert rate["value"] == pytest.approx(100 * 365.25 / 6)
    off = measure(drawn, "dose_related_effects", Selection(), by=[], where={"indication_code": "ENL"}).single
    assert off == 0  # the one began after the stop, the other is undated


def test_visits_are_held_against_their_windows(drawn: Opened, figures: Figures) -> None:
    first = {("1", "IN_WINDOW"): 2, ("1", "NOT_RECEIVED"): 1, ("1", "NOT_YET_DUE"): 2}
    later = {(str(visit), "NOT_YET_DUE"): 2 for visit in range(2, 7)}  # of those who began at the cut-off
    assert figures(drawn, "visits_due", "scheduled_visit", "visit_status") == first | later
    assert figures(drawn, "visits_due", count="n_visits_due") == 3
    assert figures(drawn, "visits_due", count="n_visits_in_window") == 2


def test_days_after_the_last_contact_are_not_observed(drawn: Opened, figures: Figures) -> None:
    table = measure(drawn, "observed_time", Selection(), by=["episode_end"])
    ratio = estimate(drawn, table, "observed").frame.set_index("episode_end")
    assert figures(drawn, "observed_time", indications=("CROHN_PED",)) == 2
    stopped, open_ended = ratio.loc["STOPPED"], ratio.loc["OPEN"]
    assert stopped["n"] == stopped["total"] == 61 + 13 + 30
    assert (open_ended["n"], open_ended["total"]) == (61 + 41 + 1 + 1, 92 + 144 + 1 + 1)
    assert open_ended["value"] == pytest.approx(104 / 238)
    assert pd.isna(open_ended["low"])
    assert pd.isna(open_ended["high"])


def test_a_table_that_was_not_sent_is_no_zero(release: Callable[..., Opened]) -> None:
    without = release()
    for name in ("treatment_movements", "stops", "persistence", "daily_dose", "dose_time", "visits_due",
                 "prevention_cascade", "contraception_methods", "observed_time"):  # fmt: skip
        table = measure(without, name, Selection())
        assert table.not_sent, name
        assert table.frame.empty
    assert ledger(without, Selection()).frame.empty

"""The ladder, the watched lists, the time to the first effect and the reporting delays, on drawn effects."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pipelines.estimates import estimate
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.survival import curves

Figures = Callable[..., Any]


EFFECTS = """
patient_id | pt_label                 | onset_date | serious | seriousness_death | seriousness_other
p1         | SOMNOLENCE               | 2026-01-01 | 0       |                   |
p1         | polynevrite              | 2026-02    | 1       | 0                 | 1
p2         | Neuropathie péripherique | 2026-03-02 | 0       |                   |
p3         | Décès                    | 2026-01-10 | 1       | 1                 | 0
p4         | Bradycardie              |            | NR      |                   |
p5         | Syncope                  | 2026       | 0       |                   |
p6         | Prurit                   | 2025-12-31 | 1       | 0                 | 1
"""
REPORTS = """
causality | outcome  | received_date | submitted_date
I0        |          | 2026-07-01    | 2026-09-29
I1        | GUERISON | 2026-07-01    | 2026-07-16
          | NR       | 2026-07-01    | 2026-09-30
I4        | DECES    | 2026-10-17    |
I2        |          | 2026-07-01    |
I3        |          | 2026-10-01    |
I4        |          | 2026-10-15    |
"""


def read(drawing: str) -> list[dict[str, str]]:
    heads, *lines = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines()]
    return [dict(zip(heads, line, strict=True)) for line in lines]


@pytest.fixture(scope="module")
def drawn(release: Callable[..., Opened]) -> Opened:
    """Twelve patients on treatment from 1 January 2026 (300 to 304 days up to the cut-off), or until they stop."""
    return release(
        initiations="\n".join(
            ["patient_id | episode_id | treatment_start_date"]
            + [f"p{n} | e{n} | 2026-01-01" for n in range(1, 13)]
            + ["p2 | again | 2026-03-01"]
        ),
        discontinuations="""
            episode_id | stop_date  | reason
            e2         | 2026-01-31 | REMISSION
            e3         | 2026-01-10 | DECES
            e4         | 2026-01-05 | INEFFICACITE
        """,
        adverse_events=[one | other for one, other in zip(read(EFFECTS), read(REPORTS), strict=True)],
    )  # fmt: skip


def test_each_rung_counts_the_patients_and_effects_that_reach_it(drawn: Opened, figures: Figures) -> None:
    assert figures(drawn, "effect_ladder", "rung", count="n_patients", zeros=True) == {
        "ANY": 5, "SERIOUS": 2, "RELATED": 4, "RELATED_SERIOUS": 2, "FATAL": 1, "SERIOUSNESS_UNKNOWN": 1,
        "CAUSALITY_UNKNOWN": 1}  # fmt: skip
    assert figures(drawn, "effect_ladder", "rung", count="n_effects") == {
        "ANY": 6, "SERIOUS": 2, "RELATED": 4, "RELATED_SERIOUS": 2, "FATAL": 1, "SERIOUSNESS_UNKNOWN": 1,
        "CAUSALITY_UNKNOWN": 1}  # fmt: skip


def test_a_share_is_of_all_treated_patients_and_a_rate_of_their_days(drawn: Opened, figures: Figures) -> None:
    table = measure(drawn, "effect_ladder", Selection())
    share = estimate(drawn, table, "share").frame.set_index("rung")
    assert (share.loc["ANY", "n"], share.loc["ANY", "total"], share.loc["ANY", "state"]) == (5, 12, "observed")
    assert share.loc["ANY", "value"] == pytest.approx(5 / 12)
    assert share.loc["ANY", "low"] < 5 / 12 < share.loc["ANY", "high"]
    rate = estimate(drawn, table, "rate").frame.set_index("rung")
    days = 9 * 304 + (31 + 245) + 10 + 5
    assert rate.loc["ANY", "total"] == days == figures(drawn, "patient_time", count="n_days")
    assert rate.loc["ANY", "value"] == pytest.approx(6 / days * 36525)


def test_below_ten_patients_there_is_no_share(drawn: Opened) -> None:
    few = Selection(indications=("LUPUS_CUT",))
    table = measure(drawn, "effect_ladder", few)
    share = estimate(drawn, table, "share").frame
    assert set(share["state"]) == {"undefined"}
    assert share[["value", "low", "high"]].isna().all(axis=None)
    everyone = measure(drawn, "effect_ladder", Selection(), where={"indication_code": "APHTOSE"})
    assert set(estimate(drawn, everyone, "share", {"indication_code": "APHTOSE"}).frame["total"]) == {12}


def test_a_term_is_on_its_list_in_any_case_and_accents(drawn: Opened, figures: Figures) -> None:
    found = figures(drawn, "special_interest", "special_interest", count="n_effects")
    assert found == {"SOMNOLENCE": 1, "NEUROPATHY": 1, "BRADYCARDIA_SYNCOPE": 2}
    assert figures(drawn, "special_interest", "special_interest", count="n_serious") == {}


def test_the_first_effect_competes_with_stop_and_death(drawn: Opened, figures: Figures) -> None:
    first = drawn.query(
        """select patient_id, onset_day from effects_on_treatment order by ae_id""",
    )
    assert [None if pd.isna(day) else int(day) for day in first["onset_day"]] == [1, 32, 61, 10, None, 1]
    found = curves(drawn, "first_effect", Selection()).curves[("ANY",)]
    assert (found.n, found.n_events) == (12, 3)
    steps = found.steps.set_index("day")
    assert list(steps.index) == [0, 1, 5, 10, 31, 304]
    assert [int(steps.loc[day, "at_risk"]) for day in (1, 5, 10, 31, 304)] == [12, 10, 9, 8, 7]
    # two of twelve on day 1, then one of nine on day 10 among the 10/12 × 9/10 who were still there
    assert found.at(304).estimate == pytest.approx(2 / 12 + 10 / 12 * 9 / 10 * 1 / 9)
    assert figures(drawn, "first_effect", "effect_class", count="n_unplaced") == {"ANY": 1, "BRADYCARDIA_SYNCOPE": 1}


def test_an_effect_after_the_first_episode_is_no_first_effect(drawn: Opened, figures: Figures) -> None:
    assert figures(drawn, "first_effect", "effect_class", count="n_with_effect") == {
        "ANY": 3, "SERIOUS": 2, "SOMNOLENCE": 1, "BRADYCARDIA_SYNCOPE": 1}  # fmt: skip


def test_the_clock_runs_from_receipt_fifteen_days_if_serious_and_ninety_if_not(drawn: Opened, figures: Figures) -> None:
    status = drawn.query("select ae_id, received_date, submitted_date from core_adverse_events")
    assert len(status) == 7
    assert figures(drawn, "effect_reporting", "reporting_status", "serious", count="n_effects") == {
        ("ON_TIME", "0"): 1, ("ON_TIME", "1"): 1, ("LATE", "0"): 1, ("OVERDUE", "1"): 1, ("NOT_YET_DUE", "0"): 1,
        ("NOT_YET_DUE", "1"): 1, ("NOT_SUBMITTED", "NR"): 1}  # fmt: skip

"""Forms, centres that send them or fall silent, probable duplicates, empty fields: each with its data drawn."""

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.distributions import distribution
from pipelines.measure import line_list, measure
from pipelines.opened import Opened
from pipelines.selection import Selection

Release = Callable[..., Opened]
Figures = Callable[..., Any]

PATIENTS = """
    patient_id | birth_year | sex | centre_id
    a          | 1980       | F   | C1
    b          | 1980       | F   | C1
    born       | 1981       | F   | C1
    man        | 1980       | M   | C1
    elsewhere  | 1980       | F   | C2
    lupus      | 1980       | F   | C1
    later      | 1980       | F   | C1
"""
EPISODES = """
    patient_id | indication_code | treatment_start_date
    a          | APHTOSE         | 2024-01-10
    b          | APHTOSE         | 2024-01-17
    born       | APHTOSE         | 2024-01-10
    man        | APHTOSE         | 2024-01-10
    elsewhere  | APHTOSE         | 2024-01-10
    lupus      | LUPUS_CUT       | 2024-01-10
    later      | APHTOSE         | 2024-01-25
"""


@pytest.fixture(scope="module")
def alike(release: Release) -> Opened:
    return release(patients=PATIENTS, initiations=EPISODES)


def test_two_pseudonyms_alike_in_all_and_seven_days_apart_are_one_pair(alike: Opened) -> None:
    pairs = line_list(alike, "probable_duplicates", Selection())
    assert pairs[["patient_id", "other_patient_id", "centre_id", "days_apart"]].to_numpy().tolist() == [
        ["a", "b", "C1", "7"]
    ]
    assert measure(alike, "probable_duplicates", Selection(), by=[]).single == 1
    assert distribution(alike, "probable_duplicates", "days_apart", Selection()).frame["median"].iloc[0] == 7


def test_the_pairs_name_the_patients_that_the_rule_warns_of(alike: Opened) -> None:
    warned = alike.query(
        """select distinct i.patient_id from findings f join core_initiations i on i.episode_id = f.row_key
        where f.rule = 'probable_duplicate'"""
    )
    pairs = line_list(alike, "probable_duplicates", Selection())
    assert set(warned["patient_id"]) == {*pairs["patient_id"], *pairs["other_patient_id"]} == {"a", "b"}


def test_a_pair_is_kept_when_one_of_the_two_is_in_the_selection(alike: Opened, figures: Figures) -> None:
    assert figures(alike, "probable_duplicates", sexes=("M",)) == 0
    assert figures(alike, "probable_duplicates", from_month="2024-01") == 1


@pytest.fixture(scope="module")
def received(release: Release) -> Opened:
    """C1 sends each month, C2 has stopped, C3 has never sent, C4 begins late; the cut-off is on 31 October."""
    return release(
        centres="centre_id\nC1\nC2\nC3\nC4",
        patients="patient_id | centre_id\na | C1\nb | C1\nc | C1\nd | C2\ne | C4",
        initiations="""
            patient_id | treatment_start_date | form_signed_date | form_received_date | form_channel | weight_kg
            a          | 2026-06-01           | 2026-06-01       | 2026-07-31         | FAX          | 60
            b          | 2026-06-01           | 2026-08-01       | 2026-08-01         | PORTAIL      |
            c          | 2026-06-01           | 2026-10-01       | 2026-10-11         | PORTAIL      | 60
            d          | 2026-06-01           | 2026-07-01       | 2026-07-03         | FAX          | 60
            e          | 2026-06-01           | 2026-10-09       | 2026-10-02         | FAX          | 60
        """,
    )


def test_forms_are_counted_in_the_month_of_their_receipt_with_zeros(received: Opened, figures: Figures) -> None:
    assert figures(received, "forms", "form_month", zeros=True) == {
        "2026-07": 2, "2026-08": 1, "2026-09": 0, "2026-10": 2}  # fmt: skip
    assert figures(received, "forms", "form_channel", zeros=True) == {
        "FAX": 3, "PORTAIL": 2, "COURRIEL": 0, "COURRIER": 0}  # fmt: skip


def test_delays_run_from_signature_to_receipt_and_leave_out_what_was_received_before(
    received: Opened, figures: Figures
) -> None:
    found = distribution(received, "forms", "form_delay_days", Selection()).frame.iloc[0]
    assert (found["n"], found["n_missing"], found["least"], found["median"], found["most"]) == (4, 1, 0, 6, 60)
    assert figures(received, "forms", count="n_before_signed") == 1
    by_channel = distribution(received, "forms", "form_delay_days", Selection(), by=["form_channel"]).frame
    assert dict(zip(by_channel["form_channel"], by_channel["median"], strict=True)) == {"FAX": 31, "PORTAIL": 5}


def test_a_form_is_expected_in_every_whole_month_after_the_first_one(received: Opened, figures: Figures) -> None:
    sent = figures(received, "submissions", "centre_id", "form_month", count="n_forms")
    assert sent == {("C1", "2026-07"): 1, ("C1", "2026-08"): 1, ("C1", "2026-10"): 1, ("C2", "2026-07"): 1,
                    ("C4", "2026-10"): 1}  # fmt: skip
    assert figures(received, "submissions", "centre_id", count="n_expected") == {"C1": 3, "C2": 3}
    assert figures(received, "submissions", "centre_id", count="n_silent") == {"C1": 1, "C2": 3}
    assert figures(received, "submissions", count="n_forms") == len(received.query("from core_initiations"))


def test_a_centre_that_sent_before_and_not_for_three_whole_months_is_silent(received: Opened, figures: Figures) -> None:
    assert figures(received, "centres", "centre_status", zeros=True) == {"SENDING": 2, "SILENT": 1, "NEVER": 1}
    lines = line_list(received, "centres", Selection()).set_index("centre_id")
    assert lines.loc["C1", ["first_form_date", "last_form_date", "silent_months"]].tolist() == [
        "2026-07-31", "2026-10-11", "0"]  # fmt: skip
    assert lines.loc["C2", "silent_months"] == "3"
    assert lines.loc["C3", "first_form_date":"silent_months"].isna().all()


def test_a_month_that_is_not_over_is_no_silence(release: Release, figures: Figures) -> None:
    given = release(
        manifest={"cutoff_date": "2026-10-30"},
        initiations="""
            patient_id | treatment_start_date | form_received_date
            a          | 2026-07-10           | 2026-07-31
        """,
    )
    assert figures(given, "centres", "centre_status") == {"SENDING": 1}
    assert line_list(given, "centres", Selection())["silent_months"].tolist() == ["2"]
    assert figures(given, "submissions", "form_month", count="n_expected") == {"2026-08": 1, "2026-09": 1}


def test_a_centre_is_active_when_it_has_a_new_patient(received: Opened, figures: Figures) -> None:
    assert figures(received, "active_centres") == 3
    assert figures(received, "active_centres", count="n_patients") == 5
    assert line_list(received, "active_centres", Selection())["centre_id"].tolist() == ["C1", "C2", "C4"]
    assert figures(received, "active_centres", indications=("ENL",)) == 0


def test_a_field_that_is_empty_or_not_recorded_is_not_filled_in(release: Release, figures: Figures) -> None:
    given = release(initiations="weight_kg | emg_baseline\n60 | NR\n | NON_FAIT\n60 |\n60 | NR\n60 | FAIT_NORMAL")
    assert figures(given, "form_completeness", "field", count="n_filled", zeros=True) == {
        "form_channel": 0, "weight_kg": 4, "care_agreement_signed": 0, "emg_baseline": 2, "vte_risk_factor": 0
    }  # fmt: skip
    assert figures(given, "form_completeness", "field", count="n_empty")["emg_baseline"] == 3
    behind = line_list(given, "form_completeness", Selection(), {"field": "weight_kg"}, "n_empty")
    assert behind["episode_id"].tolist() == ["E2"]


def test_a_field_that_is_not_collected_is_not_empty(received: Opened, figures: Figures, monkeypatch: pytest.MonkeyPatch
                                                    ) -> None:  # fmt: skip
    monkeypatch.setattr(type(received.programme), "collects", lambda _, _table, column: column != "emg_baseline")
    assert figures(received, "form_completeness", "field")["emg_baseline"] is None

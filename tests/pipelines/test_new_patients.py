"""The monthly figure: distinct patients whose first start of treatment is an initiation in a counted indication."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from data_schemas.programme import load
from pipelines.definitions import definition
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection

Release = Callable[..., Opened]
Figures = Callable[..., Any]


def test_an_initiation_makes_a_new_patient_in_the_month_of_its_start(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date
            a          | 2024-03-31
            b          | 2024-04-01
            c          | 2024-04-30
        """
    )
    assert figures(given, "new_patients", "month") == {"2024-03": 1, "2024-04": 2}


def test_a_restart_is_not_a_new_patient(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | episode_type | treatment_start_date
            a          | INITIATION   | 2024-01-10
            a          | REPRISE      | 2024-06-10
            b          | REPRISE      | 2024-06-10
        """
    )
    assert figures(given, "new_patients", "month") == {"2024-01": 1}


def test_a_continuation_of_an_earlier_treatment_is_not_a_new_patient(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | episode_type | treatment_start_date
            a          | POURSUITE    | 2014-02-01
            b          | POURSUITE    | 2024-02-01
        """
    )
    assert figures(given, "new_patients") == 0
    assert figures(given, "treated_patients") == 2


def test_an_initiation_after_a_continuation_is_not_a_new_patient(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | episode_type | treatment_start_date
            a          | POURSUITE    | 2024-02-01
            a          | INITIATION   | 2024-03-01
        """
    )
    assert figures(given, "new_patients") == 0


def test_a_second_initiation_by_another_prescriber_counts_the_patient_once_in_the_first_month(
    release: Release, figures: Figures
) -> None:
    given = release(
        initiations="""
            patient_id | prescriber_specialty | treatment_start_date
            a          | RHUMATOLOGIE         | 2024-05-02
            a          | DERMATOLOGIE         | 2024-02-02
        """
    )
    assert figures(given, "new_patients", "month") == {"2024-02": 1}
    assert figures(given, "new_patients", "prescriber_specialty") == {"DERMATOLOGIE": 1}


def test_a_change_of_brand_is_not_a_new_patient(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | product | treatment_start_date
            a          | CELGENE | 2020-02-02
            a          | ACCORD  | 2022-09-01
        """
    )
    assert figures(given, "new_patients", "month") == {"2020-02": 1}
    assert figures(given, "new_patients", "product") == {"CELGENE": 1}


def test_a_use_outside_the_protocol_is_never_in_the_figure(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | indication_code | treatment_start_date
            a          | HORS_PROTOCOLE  | 2024-02-02
            b          | LUPUS_CUT       | 2024-02-02
            c          | HORS_PROTOCOLE  | 2024-02-02
            c          | APHTOSE         | 2024-03-02
        """
    )
    assert figures(given, "new_patients", "indication_code", zeros=True) == {
        "APHTOSE": 0, "LUPUS_CUT": 1, "ENL": 0, "CROHN_PED": 0}  # fmt: skip
    assert figures(given, "treated_patients", "indication_code") == {"LUPUS_CUT": 1, "HORS_PROTOCOLE": 2}


def test_of_two_episodes_begun_the_same_day_the_initiation_is_the_first(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            episode_id | patient_id | episode_type | treatment_start_date
            e1         | a          | REPRISE      | 2024-02-02
            e2         | a          | INITIATION   | 2024-02-02
        """
    )
    assert figures(given, "new_patients") == 1


def test_a_month_without_any_start_shows_zero_up_to_the_cut_off(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date
            a          | 2026-07-10
            b          | 2026-09-10
        """
    )
    assert figures(given, "new_patients", "month", zeros=True) == {
        "2026-07": 1,
        "2026-08": 0,
        "2026-09": 1,
        "2026-10": 0,
    }


def test_the_months_shown_are_those_of_the_chosen_period(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date
            a          | 2024-02-10
            b          | 2024-05-10
        """
    )
    chosen = figures(given, "new_patients", "month", zeros=True, from_month="2023-12", to_month="2024-03")
    assert chosen == {"2023-12": 0, "2024-01": 0, "2024-02": 1, "2024-03": 0}


def test_every_month_shows_every_counted_indication(release: Release) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date
            a          | 2026-09-10
        """
    )
    frame = measure(given, "new_patients", Selection()).frame
    counted = [each.code for each in load("thalidomide").indications if each.counted]
    assert list(zip(frame["month"], frame["indication_code"], strict=True)) == [
        (month, code) for month in ("2026-09", "2026-10") for code in counted
    ]
    assert set(frame["state"]) == {"observed"}


def test_the_cumulative_figure_is_the_sum_of_the_months_since_the_beginning(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date | indication_code
            a          | 2026-07-10           | APHTOSE
            b          | 2026-09-10           | APHTOSE
            c          | 2026-09-11           | LUPUS_CUT
        """
    )
    assert figures(given, "cumulative_patients", "month") == {"2026-07": 1, "2026-08": 1, "2026-09": 3, "2026-10": 3}
    by_indication = figures(given, "cumulative_patients", "month", "indication_code")
    assert by_indication["2026-09", "APHTOSE"] == 2
    assert by_indication["2026-10", "LUPUS_CUT"] == 1
    assert figures(given, "cumulative_patients") == 3


def test_the_date_basis_gives_the_patient_the_month(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date | form_signed_date | form_received_date
            a          | 2024-02-20           | 2024-03-01       | 2024-05-02
        """
    )
    for basis, month in {"treatment_start": "2024-02", "form_signed": "2024-03", "form_received": "2024-05"}.items():
        assert figures(given, "new_patients", "month", date_basis=basis) == {month: 1}
        assert figures(given, "new_patients", from_month=month, to_month=month, date_basis=basis) == 1


def test_months_stay_in_order_when_a_form_was_signed_before_the_first_start(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date | form_signed_date
            a          | 2026-09-02           | 2026-08-30
            b          | 2026-09-20           | 2026-09-20
        """
    )
    by_month = figures(given, "new_patients", "month", zeros=True, date_basis="form_signed")
    assert list(by_month.items()) == [("2026-08", 1), ("2026-09", 1), ("2026-10", 0)]
    assert list(figures(given, "cumulative_patients", "month", date_basis="form_signed").values()) == [1, 2, 2]


def test_a_cumulative_figure_goes_on_in_the_months_without_a_start_in_any_dimension(
    release: Release, figures: Figures
) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date | product
            a          | 2026-08-10           | BMS
            b          | 2026-10-10           | BMS
            c          | 2026-09-10           | ACCORD
        """
    )
    assert figures(given, "cumulative_patients", "month", "product")["2026-09", "BMS"] == 1


def test_a_patient_without_an_episode_is_in_no_figure(release: Release, figures: Figures) -> None:
    given = release(
        patients="""
            patient_id
            a
            b
        """,
        initiations="""
            patient_id
            a
        """,
    )
    assert figures(given, "new_patients") == 1
    assert figures(given, "treated_patients") == 1


def test_the_definition_on_screen_says_what_is_not_new() -> None:
    shown = definition("new_patients").excluded
    for language, words in {
        "fr": ("Reprises", "poursuites", "marque", "second centre", "hors protocole"),
        "en": ("Restarts", "continuations", "brand", "second centre", "outside the protocol"),
    }.items():
        assert all(word in shown.in_language(language) for word in words)  # fmt: skip


def test_the_figure_is_null_only_where_it_is_no_observation(release: Release) -> None:
    frame = measure(release(), "new_patients", Selection(), by=["month", "indication_code"]).frame
    assert ((frame["state"] == "observed") == frame["n_patients"].notna()).all()
    assert pd.api.types.is_integer_dtype(frame["n_patients"])

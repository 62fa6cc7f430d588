"""Treated patients: age groups, the age that an indication names, and who is still on treatment."""

from collections.abc import Callable
from typing import Any

from pipelines.measure import line_list
from pipelines.opened import Opened
from pipelines.selection import Selection

Release = Callable[..., Opened]
Figures = Callable[..., Any]


def test_a_birthday_passed_puts_a_patient_into_the_next_age_group(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | age_at_start
            a          | 5
            b          | 6
            c          | 11
            d          | 12
            e          | 17
            f          | 18
            g          | 64
            h          | 65
        """
    )
    assert figures(given, "treated_patients", "age_group") == {
        "0-5": 1,
        "6-11": 2,
        "12-17": 2,
        "18-64": 2,
        "65-plus": 1,
    }
    groups = dict(given.query("select patient_id, age_group from core_treated_patients").itertuples(index=False))
    assert groups == {"a": "0-5", "b": "6-11", "c": "6-11", "d": "12-17", "e": "12-17", "f": "18-64", "g": "18-64",
                      "h": "65-plus"}  # fmt: skip


def test_paediatric_crohn_conforms_from_the_sixth_birthday_to_the_eighteenth(
    release: Release, figures: Figures, warned: Callable[[Opened, str], set[int]]
) -> None:
    given = release(
        initiations="""
            patient_id | indication_code | age_at_start | weight_kg | start_dose_mg_day
            a          | CROHN_PED       | 5            | 20        | 50
            b          | CROHN_PED       | 6            | 20        | 50
            c          | CROHN_PED       | 17           | 50        | 100
            d          | CROHN_PED       | 18           | 50        | 100
            e          | APHTOSE         | 30           | 60        | 100
        """
    )
    assert figures(given, "treated_patients", "age_as_indicated") == {"1": 2, "0": 2, None: 1}
    assert warned(given, "age_outside_indication") == {2, 5}


def test_a_child_of_five_with_crohn_is_loaded_counted_and_flagged(
    release: Release, figures: Figures, quarantined: Callable[[Opened], list[Any]]
) -> None:
    given = release(
        initiations="""
            patient_id | indication_code | age_at_start | weight_kg | start_dose_mg_day
            a          | CROHN_PED       | 5            | 20        | 50
        """
    )
    assert quarantined(given) == []
    assert figures(given, "new_patients", "indication_code") == {"CROHN_PED": 1}


def test_a_patient_is_described_by_the_first_episode(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date | indication_code | product
            a          | 2024-06-10           | LUPUS_CUT       | ACCORD
            a          | 2024-01-10           | APHTOSE         | BMS
        """
    )
    assert figures(given, "treated_patients", "indication_code", "product") == {("APHTOSE", "BMS"): 1}


def test_a_patient_is_on_treatment_while_the_last_episode_has_no_stop(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            episode_id | patient_id | episode_type | treatment_start_date
            a1         | a          | INITIATION   | 2024-01-10
            a2         | a          | REPRISE      | 2025-01-10
            b1         | b          | INITIATION   | 2024-01-10
            c1         | c          | INITIATION   | 2024-01-10
            d1         | d          | INITIATION   | 2024-01-10
            d2         | d          | REPRISE      | 2025-01-10
        """,
        discontinuations="""
            episode_id | stop_date
            a1         | 2024-06-10
            b1         | 2024-06-10
            d2         | 2025-06-10
        """,
    )
    assert list(line_list(given, "on_treatment", Selection())["patient_id"]) == ["a", "c"]
    assert figures(given, "on_treatment") == 2
    lines = given.query("select patient_id from core_treated_patients order by patient_id")["patient_id"]
    assert list(lines) == ["a", "b", "c", "d"]


def test_cells_of_the_age_groups_are_shown_even_where_nobody_is(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | age_at_start
            a          | 40
        """
    )
    assert figures(given, "treated_patients", "age_group", zeros=True) == {
        "0-5": 0, "6-11": 0, "12-17": 0, "18-64": 1, "65-plus": 0}  # fmt: skip

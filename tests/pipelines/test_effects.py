"""Safety figures: ANSM's counting rule, what counts as on treatment, and seriousness."""

from collections.abc import Callable
from typing import Any

from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection

Release = Callable[..., Opened]
Figures = Callable[..., Any]


def test_two_effects_of_one_class_count_one_patient_and_one_case_in_it(release: Release, figures: Figures) -> None:
    given = release(
        adverse_events="""
            ae_id | case_id | patient_id | soc_label | pt_label
            1     | k1      | a          | SKIN      | Prurit
            2     | k1      | a          | SKIN      | Rash
            3     | k2      | b          | SKIN      | Prurit
        """
    )
    assert figures(given, "effects", "soc_code", count="n_patients") == {"SKIN": 2}
    assert figures(given, "effects", "soc_code", count="n_cases") == {"SKIN": 2}
    assert figures(given, "effects", "soc_code", count="n_effects") == {"SKIN": 3}
    assert figures(given, "effects", "pt_label", count="n_cases") == {"Prurit": 2, "Rash": 1}


def test_a_case_that_touches_two_classes_counts_once_in_each_and_once_in_all(
    release: Release, figures: Figures
) -> None:
    given = release(
        adverse_events="""
            case_id | patient_id | soc_label
            k1      | a          | SKIN
            k1      | a          | NERV
            k2      | b          | NERV
        """
    )
    assert figures(given, "effects", "soc_code", count="n_cases") == {"SKIN": 1, "NERV": 2}
    assert figures(given, "effects", count="n_cases") == 2


def test_two_cases_of_one_patient_count_one_patient(release: Release, figures: Figures) -> None:
    given = release(
        adverse_events="""
            case_id | patient_id | soc_label
            k1      | a          | SKIN
            k2      | a          | SKIN
        """
    )
    assert figures(given, "effects", "soc_code", count="n_patients") == {"SKIN": 1}
    assert figures(given, "effects", "soc_code", count="n_cases") == {"SKIN": 2}


def test_an_effect_before_the_first_start_is_not_counted_as_on_treatment(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date | episode_type
            a          | 2024-03-10           | INITIATION
            a          | 2025-03-10           | REPRISE
        """,
        adverse_events="""
            patient_id | onset_date
            a          | 2024-03-09
            a          | 2024-03-10
            a          | 2025-03-09
        """,
    )
    assert figures(given, "effects", count="n_effects") == 2
    assert figures(given, "effects_by_timing", "timing") == {"AFTER_START": 2, "BEFORE_START": 1}


def test_a_partial_onset_date_is_before_the_start_only_if_its_last_day_is(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date
            a          | 2024-03-10
        """,
        adverse_events="""
            ae_id             | patient_id | onset_date
            year_before       | a          | 2023
            year_of_start     | a          | 2024
            year_after        | a          | 2025
            month_before      | a          | 2024-02
            month_of_start    | a          | 2024-03
            month_after       | a          | 2024-04
            not_recorded      | a          |
        """,
    )
    timing = dict(given.query("select ae_id, timing from core_effects").itertuples(index=False))
    assert timing == {
        "year_before": "BEFORE_START", "year_of_start": "UNDETERMINED", "year_after": "AFTER_START",
        "month_before": "BEFORE_START", "month_of_start": "UNDETERMINED", "month_after": "AFTER_START",
        "not_recorded": "UNDETERMINED"}  # fmt: skip
    assert figures(given, "effects_by_timing", "timing") == {"AFTER_START": 2, "UNDETERMINED": 3, "BEFORE_START": 2}
    assert figures(given, "effects", count="n_effects") == 5


def test_a_month_that_begins_with_the_start_is_after_it(release: Release, figures: Figures) -> None:
    given = release(
        initiations="""
            patient_id | treatment_start_date
            a          | 2024-03-01
            b          | 2023-12-31
        """,
        adverse_events="""
            patient_id | onset_date
            a          | 2024-03
            b          | 2023
        """,
    )
    assert figures(given, "effects_by_timing", "timing") == {"AFTER_START": 1, "UNDETERMINED": 1}


def test_an_effect_of_a_patient_without_treatment_is_shown_as_such(release: Release, figures: Figures) -> None:
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
        adverse_events="""
            patient_id
            b
        """,
    )
    assert figures(given, "effects_by_timing", "timing") == {"NO_TREATMENT": 1}


def test_a_serious_effect_counts_in_each_of_its_criteria(release: Release, figures: Figures) -> None:
    given = release(
        adverse_events="""
            patient_id | serious | outcome | seriousness_death | seriousness_hospitalisation | seriousness_other
            a          | 1       | DECES   | 1                 | 1                           | 0
            b          | 1       | EN_COURS| 0                 | 1                           | 0
            c          | 1       | EN_COURS| 0                 | 0                           | 1
            d          | 0       | EN_COURS| 0                 | 0                           | 0
            e          | NR      | NR      |                   |                             |
            f          | 1       | NR      |                   |                             |
        """
    )
    assert figures(given, "serious_effects", "criterion", count="n_effects", zeros=True) == {
        "DEATH": 1, "LIFE_THREATENING": 0, "HOSPITALISATION": 2, "DISABILITY": 0, "CONGENITAL_ANOMALY": 0, "OTHER": 1,
        "NOT_RECORDED": 1}  # fmt: skip
    assert figures(given, "serious_effects", count="n_effects") == 4


def test_an_effect_of_unrecorded_seriousness_is_a_level_and_not_a_missing_row(
    release: Release, figures: Figures
) -> None:
    given = release(
        adverse_events="""
            patient_id | serious
            a          | NR
            b          | 0
        """
    )
    assert figures(given, "effects", "serious", count="n_effects") == {"NR": 1, "0": 1}


def test_a_serious_effect_before_the_start_is_not_a_serious_effect_on_treatment(
    release: Release, figures: Figures
) -> None:
    given = release(
        adverse_events="""
            patient_id | serious | onset_date
            a          | 1       | 2023-12-31
            b          | 1       | 2024-01-10
        """
    )
    assert figures(given, "serious_effects") == 1


def test_exposed_pregnancies_are_counted_by_exposure_and_zero_is_a_result(release: Release, figures: Figures) -> None:
    given = release(
        patients="""
            patient_id | sex
            a          | F
            b          | M
        """,
        pregnancies="""
            patient_id | exposure
            a          | MATERNELLE
            a          | MATERNELLE
        """,
    )
    assert figures(given, "exposed_pregnancies", "exposure", zeros=True) == {"MATERNELLE": 2, "PATERNELLE": 0}


def test_a_table_that_was_not_sent_is_no_zero(release: Release) -> None:
    given = release()
    table = measure(given, "exposed_pregnancies", Selection())
    assert table.not_sent == ("pregnancies",)
    assert table.frame.empty
    assert table.single is None


def test_a_table_sent_without_a_row_is_a_zero(release: Release, figures: Figures) -> None:
    given = release(files={"pregnancies.csv": b"pregnancy_id,patient_id,exposure,detection_date\n"})
    table = measure(given, "exposed_pregnancies", Selection())
    assert table.not_sent == ()
    assert figures(given, "exposed_pregnancies", "exposure", zeros=True) == {"MATERNELLE": 0, "PATERNELLE": 0}
    assert figures(given, "exposed_pregnancies") == 0


def test_the_grade_of_an_effect_is_written_as_it_was(release: Release, figures: Figures) -> None:
    given = release(
        adverse_events="""
            patient_id | severity_grade
            a          | 1
            b          |
        """
    )
    assert {str(grade) for grade in figures(given, "effects", "severity_grade")} == {"1", "None"}

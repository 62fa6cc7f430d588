"""Each step of pregnancy prevention, the tests due and the methods, on drawn women (cut-off 31 October 2026)."""

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.measure import line_list
from pipelines.opened import Opened
from pipelines.selection import Selection

Figures = Callable[..., Any]


@pytest.fixture(scope="module")
def drawn(release: Callable[..., Opened]) -> Opened:
    """One woman a letter; `m` is a man, `g` a girl who becomes a woman of childbearing potential on 1 August."""
    return release(
        patients="""
            patient_id | sex
            a          | F
            b          | F
            c          | F
            d          | F
            e          | F
            g          | F
            m          | M
        """,
        initiations="""
            patient_id | episode_id | episode_type | treatment_start_date | form_signed_date | childbearing_status
            a          | a1         | INITIATION   | 2026-06-01           | 2026-06-01       | FSP
            b          | b1         | INITIATION   | 2026-08-01           | 2026-08-01       | FSP
            c          | c1         | INITIATION   | 2026-06-01           | 2026-06-01       | FSP
            d          | d1         | POURSUITE    | 2012-01-01           | 2026-09-20       | FSP
            e          | e1         | INITIATION   | 2026-10-31           | 2026-10-31       | FSP
            g          | g1         | INITIATION   | 2026-06-01           | 2026-06-01       | FNSP
            m          | m1         | INITIATION   | 2026-06-01           | 2026-06-01       | HOMME
        """,
        discontinuations="""
            episode_id | stop_date  | reason
            a1         | 2026-08-01 | REMISSION
            b1         | 2026-10-20 | REMISSION
            c1         | 2026-07-01 | DECES
        """,
        pregnancy_tests="""
            episode_id | test_date  | result
            a1         | 2026-05-29 | NEG
            a1         | 2026-06-30 | NEG
            a1         | 2026-07-30 | POS
            a1         | 2026-08-31 | NEG
            b1         | 2026-07-28 | NEG
            b1         | 2026-09-02 | NEG
            e1         | 2026-10-31 | POS
            g1         | 2026-08-29 | INDETERMINE
            d1         | 2026-10-21 | NEG
        """,
        contraceptions="""
            episode_id | start_date | end_date   | method            | childbearing_status
            a1         | 2026-05-01 |            | IMPLANT           | FSP
            b1         | 2026-05-01 | 2026-07-31 | OESTROPROGESTATIF | FSP
            b1         | 2026-08-05 |            | PROGESTATIF_ORAL  | FSP
            c1         | 2026-06-01 |            | AUCUNE            | FSP
            e1         | 2026-10-01 |            | NR                | FSP
            g1         | 2026-08-01 |            | OESTROPROGESTATIF | FSP
        """,
    )


@pytest.fixture(scope="module")
def standing(drawn: Opened) -> dict[str, dict[str, str]]:
    """Step → woman → status."""
    found: dict[str, dict[str, str]] = {}
    for step in ("TEST_BEFORE", "CONTRACEPTION", "TESTS_DURING", "TEST_AFTER"):
        lines = line_list(drawn, "prevention_cascade", Selection(), {"prevention_step": step})
        found[step] = dict(zip(lines["patient_id"], lines["prevention_status"], strict=True))
    return found


def test_the_test_before_the_start_is_negative_and_at_most_three_days_old(standing: dict[str, dict[str, str]]) -> None:
    assert standing["TEST_BEFORE"] == {
        "a": "DONE", "b": "OUT_OF_TIME", "c": "NOT_RECORDED", "d": "NOT_APPLICABLE", "e": "OVERDUE",
        "g": "NOT_APPLICABLE"}  # fmt: skip


def test_contraception_covers_the_day_from_which_a_woman_is_followed(standing: dict[str, dict[str, str]]) -> None:
    assert standing["CONTRACEPTION"] == {
        "a": "DONE",
        "b": "OUT_OF_TIME",
        "c": "OVERDUE",
        "d": "NOT_RECORDED",
        "e": "NOT_RECORDED",
        "g": "DONE",
    }


def test_every_test_due_up_to_the_stop_or_the_cut_off_is_on_time(
    drawn: Opened, standing: dict[str, dict[str, str]], figures: Figures
) -> None:
    # a: due 29 June and 27 July, done 1 and 3 days later; b: due 29 August, done 4 days later, which is in time
    # for 26 September; the stop is before 24 October; d is followed from the signature of the form, due 18 October
    assert standing["TESTS_DURING"] == {
        "a": "DONE",
        "b": "OUT_OF_TIME",
        "c": "NOT_RECORDED",
        "d": "DONE",
        "e": "NOT_YET_DUE",
        "g": "OVERDUE",
    }
    lines = line_list(drawn, "pregnancy_tests_due", Selection())
    by_woman = lines.groupby("patient_id")["prevention_status"].agg(list).to_dict()
    assert by_woman == {
        "a": ["DONE", "DONE"], "b": ["OUT_OF_TIME", "DONE"], "c": ["NOT_RECORDED"], "d": ["DONE"],
        "g": ["DONE", "OVERDUE", "OVERDUE"]}  # fmt: skip
    assert figures(drawn, "pregnancy_tests_due", count="n_tests_due") == 8
    assert figures(drawn, "pregnancy_tests_due", count="n_tests_on_time") == 5


def test_the_test_after_the_stop_is_due_within_a_month_of_it(standing: dict[str, dict[str, str]]) -> None:
    assert standing["TEST_AFTER"] == {
        "a": "DONE", "b": "NOT_YET_DUE", "c": "NOT_APPLICABLE", "d": "NOT_APPLICABLE", "e": "NOT_APPLICABLE",
        "g": "NOT_APPLICABLE"}  # fmt: skip


def test_who_fails_a_step_has_left_the_cascade(drawn: Opened, figures: Figures) -> None:
    through = figures(drawn, "prevention_cascade", "prevention_step", count="n_through")
    assert through == {"TEST_BEFORE": 3, "CONTRACEPTION": 2, "TESTS_DURING": 1, "TEST_AFTER": 1}
    assert set(figures(drawn, "prevention_cascade", "prevention_step").values()) == {6}


def test_methods_that_the_programme_advises_against_are_flagged(drawn: Opened, figures: Figures) -> None:
    # b's combined pill ended on the day before the start
    assert figures(drawn, "contraception_methods", "contraception_method") == {
        "IMPLANT": 1,
        "PROGESTATIF_ORAL": 1,
        "OESTROPROGESTATIF": 1,
        "AUCUNE": 1,
        "NR": 1,
        None: 1,
    }
    assert figures(drawn, "contraception_methods", "contraception_advice") == {
        "NOT_ADVISED_AGAINST": 2,
        "ADVISED_AGAINST": 1,
        "NO_METHOD": 1,
        "NOT_RECORDED": 2,
    }
    assert figures(drawn, "contraception_methods", count="n_advised_against") == 1


def test_no_exposed_pregnancy_is_a_result(release: Callable[..., Opened], figures: Figures) -> None:
    one = release(pregnancies="pregnancy_id | patient_id\nG1 | P1")
    assert figures(one, "exposed_pregnancies") == 1
    assert figures(one, "exposed_pregnancies", indications=("ENL",)) == 0

"""The passport of a figure says what was left out and why, and which findings stand behind its lines."""

from collections.abc import Callable

import pytest

from pipelines.opened import Opened
from pipelines.passport import passport
from pipelines.selection import Selection


@pytest.fixture(scope="module")
def drawn(release: Callable[..., Opened]) -> Opened:
    return release(
        initiations="""
            episode_id | patient_id | episode_type | indication_code | start_dose_mg_day | treatment_start_date
            e1         | a          | INITIATION   | APHTOSE         | 400               | 2026-01-10
            e2         | b          | INITIATION   | APHTOSE         | 100               | 2026-01-10
            e3         | c          | REPRISE      | APHTOSE         | 400               | 2026-01-10
            e4         | d          | POURSUITE    | LUPUS_CUT       | 100               | 2026-02-10
            e5         | e          | INITIATION   | HORS_PROTOCOLE  | 100               | 2026-02-10
            e6         | f          | INITIATION   | APHTOSE         | -1                | 2026-02-10
        """,
        adverse_events="""
            patient_id | onset_date | serious | soc_label
            a          | 2026-01-01 | 0       | SKIN
            a          | 2026-01-11 | 1       | SKIN
            b          | 2026-01-12 | 0       | SKIN
            b          | 2026-01-13 | NR      | SKIN
        """,
    )


def test_what_does_not_count_is_counted_by_its_reason(drawn: Opened) -> None:
    said = passport(drawn, "new_patients", Selection())
    assert said.figures == {"n_patients": 2}
    assert said.excluded == {
        "REPRISE": {"n_patients": 1}, "POURSUITE": {"n_patients": 1}, "NOT_COUNTED": {"n_patients": 1}}  # fmt: skip
    assert said.quarantined == {"initiations": 1}
    march = passport(drawn, "new_patients", Selection(), {"month": "2026-02"})
    assert march.figures == {"n_patients": 0}
    assert [each["n_patients"] for each in march.excluded.values()] == [0, 1, 1]


def test_the_findings_behind_the_lines_are_told_from_those_of_other_rows(drawn: Opened) -> None:
    found = passport(drawn, "patient_time", Selection(indications=("APHTOSE",), to_month="2026-01")).findings
    assert passport(drawn, "patient_time", Selection()).not_sent == ("discontinuations",)
    assert len(found) == 0
    doses = passport(drawn, "treated_patients", Selection()).findings.set_index("rule")
    assert list(doses.loc["start_dose_outside_band", ["n_warned", "n_touching"]]) == [2, 2]
    new = passport(drawn, "new_patients", Selection()).findings.set_index("rule")
    assert list(new.loc["start_dose_outside_band", ["n_warned", "n_touching"]]) == [2, 1]


def test_effects_left_out_are_counted_as_effects_and_as_patients(drawn: Opened) -> None:
    said = passport(drawn, "serious_effects", Selection())
    assert said.figures == {"n_patients": 1, "n_cases": 1, "n_effects": 1}
    assert said.excluded["BEFORE_START"] == {"n_patients": 1, "n_cases": 1, "n_effects": 1}
    assert said.excluded["NOT_SERIOUS"] == {"n_patients": 1, "n_cases": 1, "n_effects": 1}
    assert said.excluded["SERIOUSNESS_UNKNOWN"] == {"n_patients": 1, "n_cases": 1, "n_effects": 1}


def test_a_figure_that_was_not_sent_has_no_number(drawn: Opened) -> None:
    said = passport(drawn, "exposed_pregnancies", Selection())
    assert said.figures == {"n_pregnancies": None}
    assert said.not_sent == ("pregnancies",)
    assert said.excluded == {}

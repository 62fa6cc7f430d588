"""Who is new by three dates, who is on treatment when, what was tried before, and which episodes began."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pipelines.date_bases import side_by_side
from pipelines.definitions import INHERITED, definition
from pipelines.distributions import distribution
from pipelines.estimates import estimate
from pipelines.measure import line_list, measure
from pipelines.opened import Opened
from pipelines.selection import Selection

Figures = Callable[..., Any]

INITIATIONS = """
    patient_id | episode_id | episode_type | treatment_start_date | form_signed_date | form_received_date
    a          | a1         | INITIATION   | 2026-06-30           | 2026-06-30       | 2026-07-02
    a          | a2         | REPRISE      | 2026-08-31           | 2026-08-31       | 2026-09-01
    b          | b1         | INITIATION   | 2026-07-01           | 2026-06-28       | 2026-06-29
    c          | c1         | POURSUITE    | 2026-07-15           | 2026-08-01       | 2026-08-20
    d          | d1         | INITIATION   | 2026-09-10           | 2026-10-01       | 2026-10-31
    e          | e1         | INITIATION   | 2026-09-10           | 2026-09-10       | 2026-09-10
"""
INDICATIONS = {"a": "APHTOSE", "b": "LUPUS_CUT", "c": "LUPUS_CUT", "d": "ENL", "e": "HORS_PROTOCOLE"}


def read(drawing: str) -> list[dict[str, str]]:
    heads, *lines = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines()]
    return [dict(zip(heads, line, strict=True)) for line in lines]


@pytest.fixture(scope="module")
def drawn(release: Callable[..., Opened]) -> Opened:
    """The cut-off is on 31 October 2026."""
    return release(
        centres="centre_id | centre_type\nC1 | CHU\nC2 |",
        patients="patient_id | centre_id\na | C1\nb | C2\nc | C1\nd | C1\ne | C1",
        initiations=[row | {"indication_code": INDICATIONS[row["patient_id"]]} for row in read(INITIATIONS)],
        discontinuations="""
            episode_id | stop_date
            a1         | 2026-07-31
            b1         | 2026-09-29
            e1         | 2026-10-31
        """,
        prior_treatments="""
            episode_id | treatment_class | outcome
            a1         | COLCHICINE      | NR
            a1         | TOPIQUE         | ECHEC
            a2         | CORTICOIDE      | ECHEC
            b1         | CHLOROQUINE     | INTOLERANCE
            e1         | TOPIQUE         | ECHEC
        """,
    )


def test_the_three_dates_stand_side_by_side_each_with_its_own_month(drawn: Opened) -> None:
    found = side_by_side(drawn, "new_patients", Selection())
    assert found.frame.to_numpy().tolist() == [
        ["2026-06", 1, 2, 1], ["2026-07", 1, 0, 1], ["2026-08", 0, 0, 0], ["2026-09", 1, 0, 0], ["2026-10", 0, 1, 1]
    ]  # fmt: skip
    assert list(found.frame.columns) == ["month", "treatment_start", "form_signed", "form_received"]
    signed = found.tables["form_signed"].selection
    assert len(line_list(drawn, "new_patients", signed, {"month": "2026-06"})) == 2
    october = side_by_side(drawn, "new_patients", Selection(from_month="2026-10")).frame
    assert october.to_numpy().tolist() == [["2026-10", 0, 1, 1]]


def test_a_date_that_is_not_collected_has_no_number(drawn: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(drawn.programme), "collects", lambda _, _table, column: column != "form_signed_date")
    frame = side_by_side(drawn, "new_patients", Selection()).frame
    assert frame["form_signed"].isna().all()
    assert frame["treatment_start"].sum() == frame["form_received"].sum() == 3


def test_on_treatment_on_the_last_day_of_a_month_means_begun_and_not_stopped_by_its_end(
    drawn: Opened, figures: Figures
) -> None:
    """June: a begins on its last day. July: a stops on its last day. October: e stops on its last day."""
    by_month = figures(drawn, "on_treatment_by_month", "at_month", zeros=True)
    assert by_month == {"2026-06": 1, "2026-07": 2, "2026-08": 3, "2026-09": 4, "2026-10": 3}
    on_now = figures(drawn, "on_treatment", "indication_code")
    assert on_now == {"APHTOSE": 1, "LUPUS_CUT": 1, "ENL": 1}
    last = figures(drawn, "on_treatment_by_month", "at_month", "indication_code")
    assert {code: n for (month, code), n in last.items() if month == "2026-10"} == on_now


def test_in_a_month_that_is_not_over_on_treatment_is_at_the_cut_off(
    release: Callable[..., Opened], figures: Figures
) -> None:
    given = release(
        manifest={"cutoff_date": "2026-10-15"},
        initiations="patient_id | treatment_start_date\na | 2026-08-10\nb | 2026-10-15",
        discontinuations="episode_id | stop_date\nE1 | 2026-10-01",
    )
    expected = {"2026-08": 1, "2026-09": 1, "2026-10": 1}
    assert figures(given, "on_treatment_by_month", "at_month", zeros=True) == expected
    assert figures(given, "on_treatment") == 1


def test_when_everybody_has_stopped_the_later_months_show_zero(
    release: Callable[..., Opened], figures: Figures
) -> None:
    given = release(
        initiations="patient_id | treatment_start_date\na | 2026-08-10",
        discontinuations="episode_id | stop_date\nE1 | 2026-09-01",
    )
    expected = {"2026-08": 1, "2026-09": 0, "2026-10": 0}
    assert figures(given, "on_treatment_by_month", "at_month", zeros=True) == expected


def test_every_episode_begins_in_its_month_whoever_is_new(drawn: Opened, figures: Figures) -> None:
    assert figures(drawn, "episodes_begun", "start_month", "episode_type") == {
        ("2026-06", "INITIATION"): 1, ("2026-07", "INITIATION"): 1, ("2026-07", "POURSUITE"): 1,
        ("2026-08", "REPRISE"): 1, ("2026-09", "INITIATION"): 2}  # fmt: skip
    assert figures(drawn, "episodes_begun", count="n_patients") == 5


def test_new_patients_are_told_by_centre_and_its_type(drawn: Opened, figures: Figures) -> None:
    assert figures(drawn, "new_patients", "centre_id") == {"C1": 2, "C2": 1}
    assert figures(drawn, "new_patients", "centre_type") == {"CHU": 2, None: 1}
    assert figures(drawn, "treated_patients", "centre_type", "episode_type")["CHU", "POURSUITE"] == 1
    assert figures(drawn, "on_treatment", "episode_type") == {"INITIATION": 1, "REPRISE": 1, "POURSUITE": 1}


def test_a_measure_that_counts_the_same_rows_says_only_what_differs() -> None:
    new, cumulative = definition("new_patients"), definition("cumulative_patients")
    assert cumulative.same_as == "new_patients"
    assert all(getattr(cumulative, each) == getattr(new, each) for each in INHERITED if each != "included")
    assert cumulative.included != new.included


def test_prior_treatments_are_those_of_the_first_episode_of_a_new_patient(drawn: Opened, figures: Figures) -> None:
    assert figures(drawn, "prior_treatments", "treatment_class", "prior_outcome") == {
        ("TOPIQUE", "ECHEC"): 1, ("COLCHICINE", "NR"): 1, ("CHLOROQUINE", "INTOLERANCE"): 1, (None, None): 1
    }  # fmt: skip
    assert figures(drawn, "prior_treatments") == 3
    table = measure(drawn, "prior_treatments", Selection(), by=["treatment_class"])
    assert set(estimate(drawn, table, "share").frame["total"]) == {3}


def test_a_combination_names_its_classes_in_the_order_of_the_list(drawn: Opened, figures: Figures) -> None:
    found = figures(drawn, "prior_combinations", "prior_combination", "indication_code")
    assert found == {("TOPIQUE + COLCHICINE", "APHTOSE"): 1, ("CHLOROQUINE", "LUPUS_CUT"): 1, (None, "ENL"): 1}
    classes = distribution(drawn, "prior_combinations", "n_classes", Selection()).frame.iloc[0]
    assert (classes["n"], classes["n_missing"], classes["least"], classes["most"]) == (2, 1, 1, 2)


def test_prior_treatments_that_were_not_sent_are_not_none(release: Callable[..., Opened]) -> None:
    given = release()
    for name in ("prior_treatments", "prior_combinations", "conformity", "conformity_criteria"):
        table = measure(given, name, Selection(), by=[])
        assert table.not_sent == ("prior_treatments",)
        assert table.single is None
        assert len(table.frame) == 0


def test_a_column_that_is_not_collected_leaves_no_figure(drawn: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(drawn.programme), "collects", lambda _, _table, column: column != "form_received_date")
    for name in ("forms", "submissions", "centres", "reporting_triangle"):
        table = measure(drawn, name, Selection())
        assert table.not_sent == ("initiations.form_received_date",)
        assert table.frame.empty
        assert isinstance(line_list(drawn, name, Selection()), pd.DataFrame)
        assert line_list(drawn, name, Selection()).empty

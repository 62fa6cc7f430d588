"""Empty fields, probable duplicates, silent centres and late forms, each sentence with its data drawn."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from data_schemas.tables import TABLES
from pipelines import quality
from pipelines.opened import Opened

Release = Callable[..., Opened]


def field(opened: Opened, table: str, column: str) -> dict[str, Any]:
    frame = quality.completeness(opened)
    found = frame[(frame["table_name"] == table) & (frame["column_name"] == column)]
    assert len(found) == 1
    return dict(found.iloc[0])


def weights(n_empty: int, n_rows: int) -> list[dict[str, str]]:
    return [{"weight_kg": "" if n < n_empty else "60"} for n in range(n_rows)]


@pytest.mark.parametrize(("n_empty", "flagged"), [(0, False), (1, False), (2, True), (10, True)])
def test_a_field_is_flagged_when_more_than_a_tenth_is_empty(release: Release, n_empty: int, flagged: bool) -> None:
    found = field(release(initiations=weights(n_empty, 10)), "initiations", "weight_kg")
    assert (found["n_rows"], found["n_empty"], found["share_empty"]) == (10, n_empty, n_empty / 10)
    assert found["flagged"] == flagged


def test_only_loaded_rows_are_looked_at(release: Release) -> None:
    given = release(initiations=[{"weight_kg": "60"}, {"weight_kg": "", "start_dose_mg_day": "9000"}])
    assert field(given, "initiations", "weight_kg")["n_empty"] == 0


def test_a_table_that_was_not_sent_has_no_share_and_no_flag(release: Release) -> None:
    found = field(release(), "visits", "visit_label")
    assert found["state"] == "not_sent"
    assert pd.isna(found["n_rows"])
    assert pd.isna(found["share_empty"])
    assert not found["flagged"]


def test_a_table_sent_without_a_row_has_no_share(release: Release) -> None:
    found = field(release(files={"visits.csv": b"visit_id,episode_id,visit_date\n"}), "visits", "visit_label")
    assert (found["state"], found["n_rows"], found["flagged"]) == ("observed", 0, False)
    assert pd.isna(found["share_empty"])


def test_every_column_of_the_contract_has_its_line(release: Release) -> None:
    frame = quality.completeness(release())
    assert len(frame) == sum(len(table.columns) for table in TABLES.values())
    assert not frame.duplicated(["table_name", "column_name"]).any()


def test_a_column_that_the_programme_does_not_collect_is_not_called_empty(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = release()
    monkeypatch.setattr(
        type(given.programme), "collects", lambda _, table, column: (table, column) != ("initiations", "weight_kg")
    )
    found = field(given, "initiations", "weight_kg")
    assert (found["state"], bool(found["flagged"])) == ("not_collected", False)


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
    found = quality.probable_duplicates(alike)
    assert found[["patient_id", "other_patient_id", "days_apart"]].to_numpy().tolist() == [["a", "b", 7]]
    assert found.iloc[0]["centre_id"] == "C1"


def test_with_more_days_there_are_more_pairs(alike: Opened) -> None:
    found = quality.probable_duplicates(alike, days=8)
    assert set(zip(found["patient_id"], found["other_patient_id"], strict=True)) == {("a", "b"), ("b", "later")}


def test_the_pairs_name_the_patients_that_the_rule_warns_of(alike: Opened) -> None:
    warned = alike.query(
        """select distinct i.patient_id from findings f join core_initiations i on i.episode_id = f.row_key
        where f.rule = 'probable_duplicate'"""
    )
    found = quality.probable_duplicates(alike)
    assert set(warned["patient_id"]) == {*found["patient_id"], *found["other_patient_id"]} == {"a", "b"}


@pytest.fixture(scope="module")
def received(release: Release) -> Opened:
    """C1 sends each month, C2 has stopped, C3 has never sent, C4 begins late; the cut-off is in October."""
    return release(
        centres="centre_id\nC1\nC2\nC3\nC4",
        patients="""
            patient_id | centre_id
            a          | C1
            b          | C1
            c          | C1
            d          | C2
            e          | C4
        """,
        initiations="""
            patient_id | treatment_start_date | form_signed_date | form_received_date | form_channel
            a          | 2026-06-01           | 2026-06-01       | 2026-07-31         | FAX
            b          | 2026-06-01           | 2026-08-01       | 2026-08-01         | PORTAIL
            c          | 2026-06-01           | 2026-10-01       | 2026-10-11         | PORTAIL
            d          | 2026-06-01           | 2026-07-01       | 2026-07-03         | FAX
            e          | 2026-06-01           | 2026-10-09       | 2026-10-02         | FAX
        """,
    )


def test_forms_are_counted_by_centre_and_month_of_receipt_with_zeros(received: Opened) -> None:
    grid = quality.submissions(received).pivot_table(index="centre_id", columns="month", values="n_forms")
    assert list(grid.columns) == ["2026-07", "2026-08", "2026-09", "2026-10"]
    assert grid.astype(int).T.to_dict("list") == {
        "C1": [1, 1, 0, 1], "C2": [1, 0, 0, 0], "C3": [0, 0, 0, 0], "C4": [0, 0, 0, 1]}  # fmt: skip


def test_a_form_is_expected_from_a_centre_that_has_sent_one_before(received: Opened) -> None:
    grid = quality.submissions(received)
    expected = {centre: list(rows["expected"]) for centre, rows in grid.groupby("centre_id")}
    assert expected == {"C1": [False, True, True, True], "C2": [False, True, True, True], "C3": [False] * 4,
                        "C4": [False] * 4}  # fmt: skip


@pytest.mark.parametrize(("at_least", "silent"), [(3, [["C2", "2026-07", 3]]), (4, []), (1, [["C2", "2026-07", 3]])])
def test_a_centre_that_sent_before_and_not_for_months_is_silent(
    received: Opened, at_least: int, silent: list[list[object]]
) -> None:
    assert quality.silent_centres(received, at_least).to_numpy().tolist() == silent


def test_the_sum_of_the_grid_is_the_number_of_loaded_forms(received: Opened) -> None:
    assert quality.submissions(received)["n_forms"].sum() == len(received.query("from core_initiations"))


def test_delays_run_from_signature_to_receipt_and_leave_out_what_was_received_before(received: Opened) -> None:
    found = quality.delays(received).iloc[0]
    assert (found["n_forms"], found["n_before"]) == (5, 1)
    assert (found["least"], found["median"], found["most"]) == (0, 6, 60)  # 0, 2, 10 and 60 days


def test_delays_are_broken_down_by_channel(received: Opened) -> None:
    found = quality.delays(received, by=["form_channel"]).set_index("form_channel")
    assert found["n_forms"].to_dict() == {"FAX": 3, "PORTAIL": 2}
    assert found["median"].to_dict() == {"FAX": 31, "PORTAIL": 5}


def test_a_breakdown_that_there_is_none_of_is_refused(received: Opened) -> None:
    with pytest.raises(ValueError, match="form_channel"):
        quality.delays(received, by=["patient_id"])

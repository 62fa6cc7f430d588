"""The records look like the programme's: who is treated, what changes during a treatment, how the size scales."""

from collections import Counter, defaultdict

import pytest

from sample_data.as_of import shown
from sample_data.build import build
from sample_data.days import day
from sample_data.settings import LAST_DAY, Options


@pytest.fixture(scope="module")
def forms(read, last: str):
    rows = [row for row in read(last, "initiations") if not row["episode_id"].startswith("E9")]
    sex = {row["patient_id"]: row["sex"] for row in read(last, "patients")}
    return [row | {"sex": sex[row["patient_id"]]} for row in rows]


def test_indications_are_shared_out_as_in_the_programme(forms) -> None:
    patients = {row["patient_id"]: row["indication_code"] for row in forms}
    share = {code: n / len(patients) for code, n in Counter(patients.values()).items()}
    assert 900 < len(patients) < 1200
    assert share["APHTOSE"] == pytest.approx(0.55, abs=0.04)
    assert share["LUPUS_CUT"] == pytest.approx(0.40, abs=0.04)
    assert 0 < share["ENL"] < share["CROHN_PED"] < 0.05
    assert 0 < share["HORS_PROTOCOLE"] < 0.03


def test_four_lupus_patients_in_five_are_women(forms) -> None:
    women = [row["sex"] == "F" for row in forms if row["indication_code"] == "LUPUS_CUT"]
    assert sum(women) / len(women) == pytest.approx(0.82, abs=0.05)


def test_two_or_three_crohn_patients_are_under_six(forms) -> None:
    ages = [int(row["age_at_start"]) for row in forms if row["indication_code"] == "CROHN_PED"]
    assert len([age for age in ages if age < 6]) in (2, 3)
    assert any(age >= 18 for age in ages)


def test_treatments_begin_restart_and_go_on(forms) -> None:
    kinds = Counter(row["episode_type"] for row in forms)
    assert kinds["INITIATION"] > kinds["REPRISE"] > 50
    assert kinds["POURSUITE"] > 50
    assert min(row["treatment_start_date"] for row in forms) >= "2015-05-05"
    assert {row["treatment_start_date"] >= "2019-09-01" for row in forms if row["episode_type"] == "POURSUITE"} == {
        True, False,
    }  # fmt: skip


def test_a_brand_changes_inside_a_treatment(read, last: str) -> None:
    order = {"CELGENE": 0, "BMS": 1, "ACCORD": 2}
    given = defaultdict(list)
    for row in read(last, "dispensings"):
        given[row["episode_id"]].append(order.get(row["product"], -1))
    assert sum(len(set(brands)) > 1 for brands in given.values()) > 50
    assert all(brands == sorted(brands) for brands in given.values())


def test_girls_reach_childbearing_age_under_treatment(read, last: str) -> None:
    statuses = defaultdict(list)
    for row in read(last, "contraceptions"):
        statuses[row["episode_id"]].append(row["childbearing_status"])
    assert ["FNSP", "FSP"] in [found[:2] for found in statuses.values()]


def test_no_woman_became_pregnant_and_one_partner_did(read, last: str) -> None:
    assert [row["exposure"] for row in read(last, "pregnancies")] == ["PATERNELLE"]
    assert read("2021-05-31", "pregnancies") == []


def test_a_case_may_hold_several_effects(read, last: str) -> None:
    cases = Counter(row["case_id"] for row in read(last, "adverse_events"))
    assert max(cases.values()) >= 3
    assert {"I0", "I4", ""} <= {row["causality"] for row in read(last, "adverse_events")}


def test_a_stop_for_an_effect_names_an_effect_of_the_patient(read, last: str) -> None:
    effects = {row["ae_id"]: row for row in read(last, "adverse_events")}
    stops = [row for row in read(last, "discontinuations") if row["reason"] == "EFFET_INDESIRABLE"]
    assert len(stops) > 50
    assert all(effects[row["ae_id"]]["episode_id"] == row["episode_id"] for row in stops)


def test_visits_are_sparse_unless_asked_for() -> None:
    world = build(Options(patients=3000, visits_per_patient=10))
    visits = shown(world, "visits", LAST_DAY)
    assert len(visits) / 3000 == pytest.approx(10, abs=1)
    assert world.tables["visits"].groupby("episode_id")["visit_date"].is_monotonic_increasing.all()


def test_wrong_visits_are_spread_when_asked_for() -> None:
    visits = build(Options(patients=3000, wrong_share=0.01)).tables["visits"]
    assert (visits["wrong"] > 0).mean() == pytest.approx(0.01, abs=0.005)
    assert visits["wrong"].nunique() > 5


def test_a_small_programme_can_be_written() -> None:
    world = build(Options(patients=50))
    assert 20 < len(shown(world, "patients", LAST_DAY)) <= 60
    assert len(shown(world, "initiations", day("2019-08-31"))) == 0

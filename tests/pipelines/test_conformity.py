"""Whether initiations conform to the wording of their indication, criterion by criterion."""

from collections.abc import Callable
from typing import Any

import pytest

from data_schemas.programme import Programme
from data_schemas.vocabularies import labels
from pipelines.estimates import estimate
from pipelines.measure import line_list, measure
from pipelines.opened import Opened
from pipelines.relations import views
from pipelines.selection import Selection

Figures = Callable[..., Any]

INITIATIONS = """
    episode_id | patient_id | indication_code | age_at_start | treatment_start_date | weight_kg
    both       | p1         | APHTOSE         | 40           | 2024-01-10           | 60
    one        | p2         | APHTOSE         | 40           | 2024-01-10           | 60
    unknown    | p3         | APHTOSE         | 40           | 2024-01-10           | 60
    none       | p4         | APHTOSE         | 40           | 2024-01-10           | 60
    either     | p5         | LUPUS_CUT       | 40           | 2019-08-25           | 60
    or         | p6         | LUPUS_CUT       | 40           | 2022-05-06           | 60
    six        | p7         | CROHN_PED       | 6            | 2019-08-26           | 20
    five       | p8         | CROHN_PED       | 5            | 2024-01-10           | 20
    grown      | p9         | CROHN_PED       | 18           | 2015-05-05           | 60
    leper      | p10        | ENL             | 40           | 2024-01-10           | 60
    other      | p11        | HORS_PROTOCOLE  | 40           | 2024-01-10           | 60
"""
TRIED = """
    episode_id | treatment_class    | outcome
    both       | TOPIQUE            | ECHEC
    both       | COLCHICINE         | CONTRE_INDICATION
    one        | TOPIQUE            | INTOLERANCE
    unknown    | TOPIQUE            | ECHEC
    unknown    | COLCHICINE         | NR
    none       | CORTICOIDE         | ECHEC
    either     | CHLOROQUINE        | ECHEC
    or         | CHLOROQUINE        | NR
    or         | HYDROXYCHLOROQUINE | ECHEC
    six        | ANTI_TNF           | ECHEC
    five       | ANTI_TNF           | ECHEC
    grown      | ANTI_TNF           | NR
    other      | TOPIQUE            | ECHEC
"""


@pytest.fixture(scope="module")
def drawn(release: Callable[..., Opened]) -> Opened:
    return release(initiations=INITIATIONS, prior_treatments=TRIED)


def verdicts(opened: Opened) -> dict[str, str]:
    lines = line_list(opened, "conformity", Selection())
    return dict(zip(lines["episode_id"], lines["conformity"], strict=True))


def test_each_initiation_of_a_new_patient_has_one_of_three_verdicts(drawn: Opened) -> None:
    """A missing treatment or an unrecorded outcome is not assessable; one broken criterion is enough not to conform."""
    assert verdicts(drawn) == {
        "both": "CONFORMING", "one": "NOT_ASSESSABLE", "unknown": "NOT_ASSESSABLE", "none": "NOT_ASSESSABLE",
        "either": "CONFORMING", "or": "CONFORMING", "six": "CONFORMING", "five": "NON_CONFORMING",
        "grown": "NON_CONFORMING", "leper": "CONFORMING"}  # fmt: skip


def test_the_share_is_of_the_assessable_ones(drawn: Opened) -> None:
    table = measure(drawn, "conformity", Selection(), by=[])
    share, assessable = (estimate(drawn, table, name).frame.iloc[0] for name in ("share", "assessable"))
    assert (share["n"], share["total"], share["state"]) == (5, 7, "too_few")
    assert (assessable["n"], assessable["total"], assessable["value"]) == (7, 10, 0.7)


def test_each_criterion_has_its_verdict(drawn: Opened, figures: Figures) -> None:
    assert figures(drawn, "conformity_criteria", "conformity_criterion", "conformity", count="n_patients") == {
        ("TOPIQUE", "CONFORMING"): 3, ("TOPIQUE", "NOT_ASSESSABLE"): 1, ("COLCHICINE", "CONFORMING"): 1,
        ("COLCHICINE", "NOT_ASSESSABLE"): 3, ("HYDROXYCHLOROQUINE/CHLOROQUINE", "CONFORMING"): 2,
        ("CORTICOIDE/IMMUNOSUPPRESSEUR/ANTI_TNF", "CONFORMING"): 2,
        ("CORTICOIDE/IMMUNOSUPPRESSEUR/ANTI_TNF", "NOT_ASSESSABLE"): 1, ("AGE", "CONFORMING"): 1,
        ("AGE", "NON_CONFORMING"): 2, ("INDICATION", "CONFORMING"): 1}  # fmt: skip


def test_a_non_conforming_initiation_is_listed_with_its_criterion_what_was_found_and_the_wording_of_its_day(
    drawn: Opened, thalidomide: Programme
) -> None:
    lines = line_list(drawn, "conformity_criteria", Selection(), {"conformity": "NON_CONFORMING"}, "n_criteria")
    columns = ["episode_id", "conformity_criterion", "found", "wording"]
    assert lines[columns].to_numpy().tolist() == [["five", "AGE", "5", "2"], ["grown", "AGE", "18", "1"]]
    wording = thalidomide.indication("CROHN_PED").wordings[int(lines["wording"].iloc[1]) - 1]
    assert wording.holds_from.isoformat() == "2015-05-05"
    every = line_list(drawn, "conformity_criteria", Selection()).set_index(["episode_id", "conformity_criterion"])
    antimalarial = "HYDROXYCHLOROQUINE/CHLOROQUINE"
    starts = [("either", antimalarial), ("or", antimalarial), ("six", "AGE")]
    assert [every.loc[start, "wording"] for start in starts] == ["1", "3", "2"]
    assert every.loc[("or", antimalarial), "found"] == "CHLOROQUINE:NR + HYDROXYCHLOROQUINE:ECHEC"


def test_a_treatment_that_is_known_not_to_have_failed_does_not_conform(drawn: Opened) -> None:
    """The shipped list has no such outcome; a programme may add one. Beside a treatment not recorded it stays open."""
    succeeded = """with tried_then as (
        select episode_id, treatment_class,
               case when outcome in ('INTOLERANCE', 'ECHEC') then 'SUCCES' else outcome end as outcome
        from core_prior_treatments
    ), criteria"""
    text = views()["judged_criteria"].replace("core_prior_treatments", "tried_then").replace("with criteria", succeeded)
    found = drawn.query(f"select episode_id, conformity_criterion, conformity from ({text})")
    verdict = found.set_index(["episode_id", "conformity_criterion"])["conformity"]
    assert verdict["one", "TOPIQUE"] == "NON_CONFORMING"
    assert verdict["one", "COLCHICINE"] == "NOT_ASSESSABLE"
    assert verdict["or", "HYDROXYCHLOROQUINE/CHLOROQUINE"] == "NOT_ASSESSABLE"
    assert verdict["both", "COLCHICINE"] == "CONFORMING"


def test_a_group_is_named_by_its_classes_in_both_languages(thalidomide: Programme) -> None:
    known = labels("conformity_criterion", thalidomide)
    assert known["HYDROXYCHLOROQUINE/CHLOROQUINE"].fr == "Hydroxychloroquine ou Chloroquine"
    assert known["CORTICOIDE/IMMUNOSUPPRESSEUR/ANTI_TNF"].en == "Corticosteroid or Immunosuppressant or TNF blocker"
    assert list(known)[-2:] == ["AGE", "INDICATION"]

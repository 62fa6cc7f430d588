"""What the ledger answers: sums of its entries, what they do not tell apart, and one state for all the rest."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings

from data_schemas.disclosure import Disclosure
from pipelines.protected.counting import Person
from pipelines.protected.lines import Ledger
from pipelines.protected.reading import Answer, answer
from pipelines.selection import Selection
from pipelines.states import MASKED, OBSERVED
from tests.pipelines.protected.histories import Released, histories
from tests.pipelines.protected.vaults import PLAN, Vault

People = Callable[..., list[Person]]
EVERYONE = Selection()


@pytest.fixture
def ledger(vault: Vault, people: People, later: Callable[..., list[Person]]) -> Ledger:
    """Of ONE: a batch of 26 cut by both variables, one of 25 cut by specialty alone, and 6 in no batch; of TWO: 7."""
    first = [*people(12), *people(14, first=50, prescriber_specialty="B")]
    second = [*people(11, "2020-02", sex="F"), *people(14, "2020-02", first=50, sex="F", prescriber_specialty="C")]
    rest = [*people(6, "2020-03"), *people(7, "2020-03", "TWO"), *people(3, "2020-04")]
    everyone = [*first, *second, *rest]
    vault.publish([*later(everyone[:9], "stop"), *everyone[9:]], "2020-04")
    return vault.ledger


def shown(found: Answer) -> dict[str, tuple[object, object, str]]:
    rows = found.frame.astype(object).where(found.frame.notna(), None)
    return {row.code: (row.n, row.undivided, row.state) for row in rows.itertuples()}


def test_a_total_is_the_sum_of_the_blocks(ledger: Ledger) -> None:
    assert answer(ledger, EVERYONE).total == 26 + 25 + 6 + 7
    assert answer(ledger, Selection(indications=("TWO",))).total == 7


def test_a_breakdown_sums_the_cuts_and_says_what_is_undivided(ledger: Ledger) -> None:
    found = answer(ledger, Selection(indications=("ONE",)), by="sex")

    assert shown(found) == {"F": (13, 13, OBSERVED), "M": (13, 13, OBSERVED)}
    assert (found.total, found.undivided) == (57, 31)


def test_a_code_that_stands_elsewhere_in_the_tree_of_an_indication_is_a_row_of_its_own(
    people: People, new_vault: Callable[..., Vault]
) -> None:
    variable = PLAN.variables[1].model_dump(mode="json") | {
        "by_indication": {"TWO": [{"code": "A"}, {"code": "C", "label": {"fr": "autre", "en": "other"}, "rest": True}]}
    }
    plan = Disclosure.model_validate(PLAN.model_dump(mode="json") | {"variables": [variable], "chains": []})
    vault = new_vault(plan=plan)
    mixed = [
        *people(10),
        *people(8, first=20, prescriber_specialty="B"),
        *people(9, first=40, prescriber_specialty="C"),
    ]
    two = [*people(12, indication="TWO"), *people(9, indication="TWO", first=20, prescriber_specialty="B")]
    vault.publish([*mixed, *two], "2020-01")
    found = answer(vault.ledger, EVERYONE, by="prescriber_specialty")

    rows = {(row.code, row.parent): row.n for row in found.frame.itertuples()}
    assert rows == {("A", ""): 22, ("OTHERS", ""): 17, ("B", "OTHERS"): 8, ("C", "OTHERS"): 9, ("C", ""): 9}
    assert (found.total, found.undivided) == (48, 0)


def test_a_category_that_was_cut_further_in_some_batches_says_so(ledger: Ledger) -> None:
    found = answer(ledger, EVERYONE, by="prescriber_specialty")

    assert shown(found) == {
        "A": (23, 23, OBSERVED),
        "OTHERS": (28, 28, OBSERVED),
        "B": (None, None, MASKED),
        "C": (None, None, MASKED),
    }
    assert list(found.frame["depth"]) == [0, 0, 1, 1]


def test_by_month_each_block_has_a_row_and_what_is_open_is_masked(ledger: Ledger) -> None:
    frame = answer(ledger, Selection(indications=("ONE",)), by="month").frame
    rows = list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))

    assert rows == [
        ("ONE", "2020-01", "2020-01", 26, OBSERVED),
        ("ONE", "2020-02", "2020-02", 25, OBSERVED),
        ("ONE", "2020-03", "2020-03", 6, OBSERVED),
        ("ONE", "2020-04", None, None, MASKED),
    ]


def test_of_months_only_whole_blocks_and_batches_are_answered(ledger: Ledger) -> None:
    found = answer(ledger, Selection(from_month="2020-02", indications=("ONE",)), by="sex")

    assert (found.total, found.undivided) == (31, 31)
    assert shown(found) == {"F": (None, None, MASKED), "M": (None, None, MASKED)}


def test_an_indication_without_a_block_is_masked_like_zero(vault: Vault, people: People) -> None:
    vault.publish(people(7), "2020-01")
    found = answer(vault.ledger, EVERYONE, by="indication_code")

    assert shown(found) == {"ONE": (7, 7, OBSERVED), "TWO": (None, None, MASKED)}
    assert answer(vault.ledger, Selection(indications=("TWO",))).state == MASKED


def test_cases_of_an_event_are_summed_from_its_links(ledger: Ledger) -> None:
    assert answer(ledger, EVERYONE, of="stop").total == 9
    assert answer(ledger, EVERYONE, of="first_effect").state == MASKED
    assert shown(answer(ledger, EVERYONE, of="stop", by="indication_code"))["TWO"] == (None, None, MASKED)


@pytest.mark.parametrize("selection", [
    Selection(sexes=("F",)), Selection(regions=("11",)), Selection(age_groups=("0-5",)), Selection(products=("BMS",)),
    Selection(date_basis="form_signed")])  # fmt: skip
def test_what_no_entry_is_about_is_masked_as_a_whole(ledger: Ledger, selection: Selection) -> None:
    found = answer(ledger, selection, by="sex")

    assert found.state == MASKED
    assert found.undivided is None
    assert set(found.frame["state"]) <= {MASKED}


def test_a_dimension_that_the_plan_does_not_have_has_no_rows(ledger: Ledger) -> None:
    found = answer(ledger, EVERYONE, by="product")

    assert found.frame.empty
    assert found.undivided == found.total


def test_categories_can_stand_for_another_dimension(new_vault: Callable[..., Vault], people: People) -> None:
    plan = new_vault().plan.model_validate({"threshold": 5, "batch_size": 20, "variables": [
        {"column": "childbearing_status", "tree": [
            {"code": "F", "dimension": "sex", "into": [{"code": "FSP"}, {"code": "FNSP"}]},
            {"code": "M", "dimension": "sex", "values": ["HOMME"]}]}]})  # fmt: skip
    vault = new_vault(plan)
    vault.publish([*people(12, childbearing_status="FSP"), *people(6, first=20, childbearing_status="FNSP"),
                   *people(7, first=40, childbearing_status="HOMME")], "2020-01")  # fmt: skip

    assert shown(answer(vault.ledger, EVERYONE, by="sex")) == {"F": (18, 18, OBSERVED), "M": (7, 7, OBSERVED)}
    detail = shown(answer(vault.ledger, EVERYONE, by="childbearing_status"))
    assert detail["F"] == (18, 0, OBSERVED)
    assert detail["FNSP"] == (6, 6, OBSERVED)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(histories())
def test_no_number_shown_is_small(releases: list[Released]) -> None:
    vault = Vault()
    vault.publish(releases[-1].people, releases[-1].month)
    for by in ("month", "indication_code", "sex", "prescriber_specialty"):
        found = answer(vault.ledger, EVERYONE, by=by)
        shown_numbers: list[Any] = [n for n in [*found.frame["n"], found.total] if not pd.isna(n)]
        assert all(n >= vault.plan.threshold for n in shown_numbers)
        if by != "month":
            top = found.frame[found.frame["depth"] == 0]["n"].sum()
            assert top + (found.undivided or 0) == (found.total or 0)

"""Plans: both programmes have one, it names known codes, and a plan that protects nobody is refused in words."""

from typing import Any

import pytest
from pydantic import ValidationError

from data_schemas import coherence
from data_schemas.disclosure import Disclosure, leaf_of
from data_schemas.errors import ProgrammeError
from data_schemas.programme import FOLDER, Programme, load, names, parse
from tests.data_schemas.test_programme import SMALL

SEX = {"column": "sex", "tree": [{"code": "F"}, {"code": "M"}]}


@pytest.mark.parametrize("name", names())
def test_each_shipped_programme_has_a_plan_of_known_codes(name: str) -> None:
    programme = load(name)

    assert programme.disclosure.is_complete
    assert programme.disclosure.threshold == 11
    coherence.check(programme)


def test_a_programme_without_trees_has_no_protected_world() -> None:
    assert not parse(SMALL, "small.yml").disclosure.is_complete


def wrong(plan: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as error:
        Disclosure.model_validate({"variables": [SEX], **plan})
    return " ".join(entry["msg"] for entry in error.value.errors())


@pytest.mark.parametrize("threshold", [-1, 0, 1, 4])
def test_a_threshold_below_five_is_refused_in_words(threshold: int) -> None:
    assert "a threshold below 5 protects nobody" in wrong({"threshold": threshold})


def of(column: str, *tree: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A plan with one variable."""
    return {"variables": [{"column": column, "tree": tree or ({"code": "A"}, {"code": "B"}), **more}]}


M = {"code": "M"}


@pytest.mark.parametrize(("plan", "said"), [
    ({"variables": [SEX, SEX]}, "given twice"),
    ({"variables": [SEX, {"column": "childbearing_status", "tree": [{"code": "FSP"}, M]}]}, "one tree"),
    (of("sex", {"code": "F"}), "two categories"),
    (of("sex", {"code": "F"}, {"code": "F"}), "must not overlap"),
    (of("sex", {"code": "X", "values": ["F"]}, {"code": "F"}), "must not overlap"),
    (of("sex", {"code": "F", "into": [{"code": "A"}]}, M), "two categories"),
    (of("sex", {"code": "F", "values": ["F"], "into": [{"code": "A"}, {"code": "B"}]}, M), "give 'into', or"),
    (of("sex", {"code": "F", "rest": True}, {"code": "M", "rest": True}), "the rest"),
    (of("region_code"), "centres"),
    (of("region_code", least_centres=2), "centres"),
    (of("stop_reason"), "chains"),
    (of("centre_id"), "Input should be"),
    ({"batch_size": 21}, "twice the threshold"),
    ({"chains": [{"event": "stop"}, {"event": "stop"}]}, "given twice"),
    ({"chains": [{"event": "first_serious_effect"}, {"event": "first_effect"}]}, "comes after"),
    ({"chains": [{"event": "stop", "cuts": [SEX]}]}, "cannot be cut"),
    ({"from_month": "2024-01"}, "not permitted"),
])  # fmt: skip
def test_a_plan_that_would_give_people_away_is_refused(plan: dict[str, Any], said: str) -> None:
    assert said in wrong(plan)


@pytest.mark.parametrize(("old", "new", "key"), [
    ('code: "84"}, {code: MED', 'code: "85"}, {code: MED', "variables.region_code.85.values.85"),
    ("CROHN_PED:  # the indication", "NOWHERE:  # the indication", "variables.age_group.by_indication.NOWHERE"),
    (f"\n{' ' * 14}label: {{fr: Autres motifs, en: Other reasons}}", "", "chains.stop.stop_reason.AUTRES_MOTIFS.label"),
])  # fmt: skip
def test_a_plan_that_names_nothing_known_is_refused_by_its_key(
    old: str, new: str, key: str, thalidomide: Programme
) -> None:
    text = (FOLDER / f"{thalidomide.name}.yml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ProgrammeError) as error:
        coherence.check(parse(text.replace(old, new), "own.yml"))
    assert error.value.details["entry"] == f"disclosure.{key}"


def test_the_plan_is_part_of_what_a_release_is_hashed_with() -> None:
    assert parse(SMALL, "s.yml").sha256 != parse(SMALL + "disclosure: {threshold: 12}\n", "s.yml").sha256


def test_a_value_is_in_one_leaf_and_what_no_leaf_holds_in_the_rest() -> None:
    tree = load("thalidomide").disclosure.variable("region_code").tree

    assert leaf_of(tree, "11") == "11"
    assert leaf_of(tree, "94") == "MED"
    assert leaf_of(tree, "988") == leaf_of(tree, None) == "OM"
    sexes = load("cdisc-pilot").disclosure.variable("sex").tree
    assert leaf_of(sexes, None) == ""


def test_children_are_cut_by_age_only_where_the_indication_is_theirs() -> None:
    ages = load("thalidomide").disclosure.variable("age_group")

    assert [node.code for node in ages.tree_of("CROHN_PED")] == ["0-11", "12-plus"]
    assert [node.code for node in ages.tree_of("APHTOSE")] == ["0-64", "65-plus"]

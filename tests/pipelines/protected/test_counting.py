"""What is published, whatever happens to the data: frozen, disjoint, never small, and of people who were there."""

import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings

from pipelines.protected.counting import Person
from pipelines.protected.entries import Batch, Block, Cut, Link
from pipelines.protected.rules import breaks
from tests.pipelines.protected.histories import Released, histories
from tests.pipelines.protected.vaults import Vault

TRIES = settings(max_examples=60, deadline=None, derandomize=True)
People = Callable[..., list[Person]]


def kept(releases: list[Released]) -> tuple[Vault, list[bytes]]:
    """The ledger of a history, and its bytes after each release; a release of an earlier month adds nothing."""
    vault, seen, last = Vault(), list[bytes](), ""
    for each in releases:
        if each.month > last:
            vault.publish(each.people, each.month)
            last = each.month
        seen.append(vault.content)
    return vault, seen


@TRIES
@given(histories())
def test_every_number_keeps_to_the_plan(releases: list[Released]) -> None:
    vault, _ = kept(releases)
    numbers = [n for entry in vault.ledger.entries if isinstance(entry, Block | Link | Batch) for n in [entry.n]]
    numbers += [n for entry in vault.ledger.entries if isinstance(entry, Cut) for n in entry.numbers.values()]

    assert all(n >= vault.plan.threshold for n in numbers)
    assert not list(breaks(vault.ledger))


@TRIES
@given(histories())
def test_a_later_ledger_begins_with_the_earlier_one_whatever_became_of_the_data(releases: list[Released]) -> None:
    _, seen = kept(releases)
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(seen))


@TRIES
@given(histories())
def test_no_more_people_are_published_than_there_ever_were(releases: list[Released]) -> None:
    vault, _ = kept(releases)
    ever = {person.key for each in releases for person in each.people}
    blocks = sum(entry.n for entry in vault.ledger.entries if isinstance(entry, Block))
    links = Counter[str]()
    for entry in vault.ledger.entries:
        if isinstance(entry, Link):
            links[entry.event] += entry.n

    assert blocks == len(vault.remembered.fingerprints()) <= len(ever)
    assert links["stop"] <= blocks
    assert links["first_serious_effect"] <= links["first_effect"] <= blocks


@TRIES
@given(histories(n_months=3, most=30))
def test_who_is_what_inside_a_batch_does_not_matter(releases: list[Released]) -> None:
    """Values of one variable change hands among the people of one block: not a byte of the ledger differs."""
    month = releases[-1].month
    first = Vault()
    first.publish(releases[-1].people, month)
    shuffled = Vault()
    shuffled.publish(permuted(releases[-1].people, first), month)

    assert shuffled.content == first.content


def permuted(people: tuple[Person, ...], vault: Vault) -> list[Person]:
    """The same with the values of `sex` shuffled among the people of each block."""
    spans = [(entry.indication, entry.first_month, entry.last_month) for entry in vault.ledger.entries
             if isinstance(entry, Block)]  # fmt: skip
    groups: dict[object, list[Person]] = {}
    for each in people:
        held = (s for s in spans if s[0] == each.indication and s[1] <= each.month <= s[2] and each.is_new)
        groups.setdefault(next(held, each.key), []).append(each)
    found: dict[str, Person] = {}
    for members in groups.values():
        sexes = [each.values["sex"] for each in members]
        random.Random(1).shuffle(sexes)  # noqa: S311
        found |= {each.key: replace(each, values={**each.values, "sex": sex})
                  for each, sex in zip(members, sexes, strict=True)}  # fmt: skip
    return [found[each.key] for each in people]


def test_another_value_of_one_variable_leaves_the_other_families_as_they_were(people: People) -> None:
    one, other = Vault(), Vault()
    one.publish(people(24), "2020-01")
    other.publish([replace(each, values={**each.values, "sex": "F"}) for each in people(24)], "2020-01")

    def families(vault: Vault) -> list[object]:
        return [each for each in vault.ledger.entries if not (isinstance(each, Cut) and each.column == "sex")]

    assert one.content != other.content
    assert families(one) == families(other)


def test_a_block_closes_at_the_first_month_end_with_enough_people(vault: Vault, people: People) -> None:
    given_people = [*people(3), *people(2, "2020-03"), *people(9, "2020-05")]
    blocks = [entry for entry in vault.publish(given_people, "2020-05") if isinstance(entry, Block)]

    assert [(each.first_month, each.last_month, each.n) for each in blocks] == [
        ("2020-01", "2020-03", 5), ("2020-04", "2020-05", 9)]  # fmt: skip


def test_a_month_that_is_not_over_is_not_counted(vault: Vault, people: People) -> None:
    assert vault.publish(people(9, "2020-02"), "2020-01") == []


def test_a_late_form_of_a_closed_block_is_counted_in_the_open_one(vault: Vault, people: People) -> None:
    vault.publish(people(7), "2020-01")
    late = vault.publish([*people(10), *people(4, "2020-02")], "2020-02")

    assert [entry.model_dump() for entry in late] == [
        {"kind": "block", "indication": "ONE", "number": 2, "first_month": "2020-02", "last_month": "2020-02", "n": 7}
    ]


def test_a_person_is_counted_once_also_under_another_indication(vault: Vault, people: People) -> None:
    vault.publish(people(7), "2020-01")
    moved = [replace(each, indication="TWO", month="2020-02") for each in people(7)]

    assert vault.publish(moved, "2020-02") == []


def test_a_batch_is_cut_as_far_down_as_no_category_is_small(vault: Vault, people: People) -> None:
    specialties = {"A": 9, "B": 5, "C": 6}
    given_people = [each for code, n in specialties.items()
                    for each in people(n, first=ord(code) * 100, prescriber_specialty=code)]  # fmt: skip
    cuts = {entry.column: entry.numbers for entry in vault.publish(given_people, "2020-01") if isinstance(entry, Cut)}

    assert cuts["prescriber_specialty"] == {"A": 9, "B": 5, "C": 6}


@pytest.mark.parametrize("b", [0, 4])
def test_an_empty_or_small_category_keeps_its_siblings_together(b: int, vault: Vault, people: People) -> None:
    given_people = [*people(10), *people(10 - b, first=50, prescriber_specialty="C"),
                    *people(b, first=90, prescriber_specialty="B")]  # fmt: skip
    cuts = {entry.column: entry.numbers for entry in vault.publish(given_people, "2020-01") if isinstance(entry, Cut)}

    assert cuts["prescriber_specialty"] == {"A": 10, "OTHERS": 10}


def test_a_region_of_two_centres_is_not_published(new_vault: Callable[..., Vault], people: People) -> None:
    plan = new_vault().plan.model_validate(
        {
            "threshold": 5,
            "batch_size": 20,
            "variables": [
                {"column": "region_code", "least_centres": 3, "tree": [{"code": "11"}, {"code": "84", "rest": True}]}
            ],
        }
    )

    def cut(n_centres: int) -> bool:
        north = [replace(each, centre=f"c{k % n_centres}") for k, each in enumerate(people(12, region_code="11"))]
        entries = new_vault(plan).publish([*north, *people(12, first=50, region_code="84")], "2020-01")
        return any(isinstance(entry, Cut) for entry in entries)

    assert not cut(2)
    assert cut(3)


def test_a_link_waits_for_enough_cases_and_enough_people_left(vault: Vault, people: People,
                                                              later: Callable[..., list[Person]]) -> None:  # fmt: skip
    everyone = people(20)
    vault.publish(everyone, "2020-01")
    few = [*later(everyone[:4], "stop"), *everyone[4:]]
    enough = [*later(everyone[:6], "stop"), *everyone[6:]]
    too_many = [*later(everyone[:17], "stop"), *everyone[17:]]

    assert vault.publish(few, "2020-02") == []
    assert [entry.n for entry in vault.publish(enough, "2020-03") if isinstance(entry, Link)] == [6]
    assert vault.publish(too_many, "2020-04") == []


def test_serious_cases_are_counted_among_cases_that_were_published(
    vault: Vault, people: People, later: Callable[..., list[Person]]
) -> None:
    everyone = people(20)
    both = ("first_effect", "first_serious_effect")
    known = [*later(everyone[:9], *both), *later(everyone[9:10], "first_effect"), *everyone[10:]]
    entries = vault.publish(known, "2020-01")

    assert [(entry.event, entry.n) for entry in entries if isinstance(entry, Link)] == [("first_effect", 10)]


def test_an_erased_person_stays_in_the_numbers_and_out_of_all_later_ones(vault: Vault, people: People) -> None:
    vault.publish(people(8), "2020-01")
    content = vault.content
    vault.publish(people(8)[3:], "2020-02")

    assert vault.content.startswith(content)
    assert sum(entry.n for entry in vault.ledger.entries if isinstance(entry, Block)) == 8

"""The audit passes what the plan publishes, and stops what it would not."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pipelines.protected import audit as audits
from pipelines.protected.audit import audit
from pipelines.protected.counting import Person
from pipelines.protected.entries import Batch, Begun, Block, Cut, Entry, Link, Publication
from pipelines.protected.lines import Ledger, appended, verified
from pipelines.protected.questions import Fact
from tests.pipelines.protected.histories import Released, histories
from tests.pipelines.protected.vaults import KEY, Vault

People = Callable[..., list[Person]]


def published(releases: list[Released]) -> Vault:
    vault, last = Vault(), ""
    for each in releases:
        if each.month > last:
            vault.publish(each.people, each.month)
            last = each.month
    return vault


def signed(begun: Begun, *entries: Entry) -> Ledger:
    return verified(appended(b"", [begun, Publication(cutoff="2020-06-30"), *entries], KEY))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(histories())
def test_nothing_can_be_told_from_what_is_published(releases: list[Released]) -> None:
    report = audit(published(releases).ledger, drawn=40)

    assert report.is_safe, report.findings
    assert report.narrowest is None or report.narrowest >= 4


@pytest.mark.nightly
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(n_months=4, most=12))
def test_every_question_is_put_to_small_ledgers(releases: list[Released]) -> None:
    report = audit(published(releases).ledger, drawn=None)

    assert report.seed is None
    assert report.is_safe, report.findings


def test_the_questions_drawn_follow_from_the_ledger_or_a_seed(vault: Vault, people: People) -> None:
    vault.publish([*people(30), *people(30, "2020-02", sex="F")], "2020-02")
    first = audit(vault.ledger, drawn=5)

    assert first == audit(vault.ledger, drawn=5)
    assert first.seed == vault.ledger.head
    assert audit(vault.ledger, drawn=5, seed="another").seed == "another"


@pytest.fixture
def without_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audits, "breaks", lambda _: iter(()))


@pytest.fixture
def ledger(vault: Vault, people: People, later: Callable[..., list[Person]]) -> Ledger:
    """Two batches, one of them cut by sex and specialty, and a link."""
    everyone = [*people(12), *people(14, first=50, prescriber_specialty="B"), *people(25, "2020-02", sex="F")]
    vault.publish(everyone, "2020-02")
    vault.publish([*later(everyone[:9], "stop"), *everyone[9:]], "2020-03")
    return vault.ledger


def changed(ledger: Ledger, old: type[Entry], **values: Any) -> Ledger:
    """The same ledger with other values in its first entry of a kind."""
    place = next(k for k, entry in enumerate(ledger.entries) if isinstance(entry, old))
    entries = list(ledger.entries)
    entries[place] = entries[place].model_copy(update=values)
    return verified(appended(b"", [ledger.begun, *entries], KEY))


def test_the_ledger_to_be_spoilt_is_safe(ledger: Ledger) -> None:
    assert audit(ledger, drawn=None).is_safe


@pytest.mark.parametrize(("kind", "values"), [
    (Block, {"n": 4}), (Block, {"number": 2}), (Block, {"last_month": "2019-12"}), (Link, {"n": 4}), (Link, {"n": 47}),
    (Cut, {"numbers": {"F": 22}}), (Cut, {"numbers": {"F": 22, "M": 4}}), (Cut, {"numbers": {"F": 20, "X": 6}}),
    (Cut, {"numbers": {"F": 13, "M": 12}}), (Cut, {"batch": 7}), (Cut, {"column": "age_group"}),
])  # fmt: skip
def test_an_entry_against_the_plan_is_named_by_its_line(
    ledger: Ledger, kind: type[Entry], values: dict[str, Any]
) -> None:
    spoilt = changed(ledger, kind, **values)
    place = next(k for k, entry in enumerate(spoilt.entries, start=2) if isinstance(entry, kind))

    assert place in audit(spoilt).broken
    assert not audit(spoilt).is_safe


def test_a_second_cut_of_the_same_people_is_against_the_plan(ledger: Ledger) -> None:
    cut = next(entry for entry in ledger.entries if isinstance(entry, Cut))
    entries = [entry for entry in ledger.entries if isinstance(entry, Publication | Block | Batch | Cut)]
    place = entries.index(cut)
    again = verified(appended(b"", [ledger.begun, *entries[: place + 1], cut, *entries[place + 1 :]], KEY))

    assert audit(again).broken


@pytest.mark.usefixtures("without_rules")
@pytest.mark.parametrize(("n_people", "n_cases", "n_women", "lost"), [
    (51, 9, 9, ""), (4, 0, 0, "months"), (51, 4, 0, "link 1"), (51, 49, 0, "part left"), (51, 9, 48, "sex M"),
])  # fmt: skip
def test_the_attack_alone_finds_small_numbers_and_small_remainders(
    vault: Vault, n_people: int, n_cases: int, n_women: int, lost: str
) -> None:
    months = {"first_month": "2020-01", "last_month": "2020-01"}
    entries: list[Entry] = [Block(indication="ONE", number=1, n=n_people, **months)]
    if n_women:
        numbers = {"F": n_women, "M": n_people - n_women}
        entries.append(Batch(indication="ONE", number=1, first=1, last=1, n=n_people))
        entries.append(Cut(indication="ONE", batch=1, column="sex", numbers=numbers))
    if n_cases:
        entries.append(Link(indication="ONE", event="stop", number=1, n=n_cases))
    found = audit(signed(vault.begun, *entries), drawn=None).findings

    assert any(lost in each.where for each in found) if lost else not found


def test_a_number_published_elsewhere_can_make_a_ledger_unsafe(vault: Vault, people: People) -> None:
    vault.publish([*people(3), *people(4, "2020-02")], "2020-02")
    elsewhere = [Fact("ONE", "2020-01", "2020-01", 3)]
    report = audit(vault.ledger, elsewhere, drawn=None)

    assert audit(vault.ledger, drawn=None).is_safe
    assert report.findings
    assert all("2020-02 2020-02" in each.where for each in report.findings)


def test_what_was_known_without_the_ledger_is_not_held_against_it(vault: Vault, people: People) -> None:
    vault.publish([*people(3), *people(4, "2020-02")], "2020-02")
    report = audit(vault.ledger, [Fact("TWO", "2020-01", "2020-01", 3)], drawn=None)

    assert report.is_safe

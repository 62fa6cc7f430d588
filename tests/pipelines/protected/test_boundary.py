"""10 is never published and 11 always is, at every place that compares; a comparison that is off by one shows."""

from collections.abc import Callable
from typing import Any

import pytest

from data_schemas.disclosure import Disclosure
from pipelines.protected import boundary
from pipelines.protected.rules import breaks

PLAN = {
    "threshold": 11,
    "batch_size": 30,
    "variables": [{"column": "sex", "tree": [{"code": "F"}, {"code": "M"}]}],
    "chains": [{"event": "stop"}],
}


@pytest.fixture
def kinds(new_vault: Callable[..., Any], people: Callable[..., Any]) -> Callable[[str, int], bool]:
    """Whether a number is published, with just so many people at one of the places that compare."""

    def published(place: str, n: int) -> bool:
        vault = new_vault(Disclosure.model_validate(PLAN))
        if place == "block":
            given, kind = people(n), "block"
        elif place == "category":
            given, kind = [*people(n, sex="F"), *people(60, first=n, sex="M")], "cut"
        elif place == "cases":
            given, kind = [*people(n, events=["stop"]), *people(60, first=n)], "link"
        else:
            given, kind = [*people(60, events=["stop"]), *people(n, first=60)], "link"
        return kind in {entry.kind for entry in vault.publish(given, "2020-01")}

    return published


PLACES = ("block", "category", "cases", "left over")


@pytest.mark.parametrize("place", PLACES)
def test_ten_is_never_published_eleven_and_twelve_always(place: str, kinds: Callable[[str, int], bool]) -> None:
    assert [kinds(place, n) for n in (0, 1, 9, 10, 11, 12)] == [False, False, False, False, True, True]


MUTANTS: dict[str, tuple[Callable[[int, int], bool], int, tuple[str, ...]]] = {
    "not more than the threshold": (lambda n, threshold: n <= threshold, 11, PLACES),
    "one too few": (lambda n, threshold: n < threshold - 1, 10, PLACES),
    "nobody is many": (lambda n, threshold: 0 < n < threshold, 0, ("category", "left over")),
}


PAIRS = [(name, place) for name, (_, _, where) in MUTANTS.items() for place in where]


@pytest.mark.parametrize(("mutant", "place"), PAIRS)
def test_a_comparison_that_is_wrong_shows_at_the_boundary(
    mutant: str, place: str, kinds: Callable[[str, int], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, shows_at, _ = MUTANTS[mutant]
    right = kinds(place, shows_at)
    monkeypatch.setattr(boundary, "is_small", compare)

    assert kinds(place, shows_at) != right


def test_the_rules_catch_a_ledger_made_with_a_wrong_comparison(
    new_vault: Callable[..., Any], people: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = new_vault(Disclosure.model_validate(PLAN))
    with monkeypatch.context() as patched:
        patched.setattr(boundary, "is_small", lambda n, threshold: n < threshold - 1)
        vault.publish(people(10), "2020-01")

    assert list(breaks(vault.ledger)) == [3]

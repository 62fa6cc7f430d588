"""Made-up people, and a ledger kept in memory for them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from pipelines.protected.counting import Person
from tests.pipelines.protected.vaults import Vault


def persons(n: int, month: str = "2020-01", indication: str = "ONE", first: int = 0, events: Sequence[str] = (),
            **values: str) -> list[Person]:  # fmt: skip
    """So many alike people; unless said, every other one is a woman."""
    return [Person(f"{indication}-{month}-{first + k}", indication, True, month, f"centre {k % 7}",
                   {"sex": "FM"[k % 2], "prescriber_specialty": "A", "effect_soc": "S", **values}, frozenset(events))
            for k in range(n)]  # fmt: skip


def with_events(people: Sequence[Person], *events: str, **values: str) -> list[Person]:
    """The same people later."""
    return [replace(each, events=each.events | set(events), values={**each.values, **values}) for each in people]


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def people() -> Callable[..., list[Person]]:
    return persons


@pytest.fixture
def later() -> Callable[..., list[Person]]:
    return with_events


@pytest.fixture
def new_vault() -> Callable[..., Vault]:
    return Vault

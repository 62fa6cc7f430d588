"""Random histories: monthly exports in which each patient undergoes one thing a month, known as it is drawn.

The bridge from each release to the next is what was drawn; that from the first to the last leads from the first figure
to the last in every month and indication.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.bridge.bridges import bridge
from pipelines.importing import Imported
from pipelines.store import Store

CUTOFFS = ("2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31")
MONTHS = ("2026-04", "2026-05", "2026-06")
INDICATIONS = ("APHTOSE", "LUPUS_CUT", "ENL", "HORS_PROTOCOLE")
Expected = Counter[tuple[str, str, str]]
FEW = settings(settings.get_profile("imports"), max_examples=1)
SEEDS = st.integers(0, 10**6)
MANY = settings(FEW, derandomize=False, max_examples=60)


@dataclass(frozen=True)
class Person:
    """One patient as an export shows them."""

    number: int
    month: str
    indication: str
    type: str
    received: str
    state: str = "loaded"
    name: int = 0

    @property
    def cell(self) -> tuple[str, str] | None:
        counted = self.state == "loaded" and self.type == "INITIATION" and self.indication != "HORS_PROTOCOLE"
        return (self.month, self.indication) if counted else None


def _other(values: tuple[str, ...], value: str, step: int) -> str:
    others = [each for each in values if each != value]
    return others[step % len(others)]


def _after(person: Person, act: str, step: int) -> Person:
    """What the next export shows of a person to whom something has happened."""
    if person.state == "quarantined":
        return replace(person, state="loaded")
    if person.state != "loaded":
        return person
    changes: dict[str, dict[str, Any]] = {
        "date_corrected": {"month": _other(MONTHS, person.month, step)},
        "indication_corrected": {"indication": _other(INDICATIONS, person.indication, step)},
        "type_corrected": {"type": _other(("INITIATION", "REPRISE"), person.type, step)},
        "duplicate_merged": {"name": person.name + 1},
        "quarantined_now": {"state": "quarantined"},
        "withdrawn": {"state": "withdrawn"},
        "opposed": {"state": "opposed"},
    }
    return replace(person, **changes.get(act, {}))


ACTS = ("nothing", "nothing", "date_corrected", "indication_corrected", "type_corrected", "withdrawn",
        "duplicate_merged", "quarantined_now", "opposed")  # fmt: skip
Arrival = tuple[str, str, str, str]
Step = tuple[list[tuple[str, int]], list[Arrival]]


def _drawn(seed: int) -> tuple[list[Arrival], list[Step]]:
    """Who is there at first, and for each later export what happens to each and who comes in."""
    draw = random.Random(seed)  # noqa: S311 - a history, not a secret

    def arrivals(most: int) -> list[Arrival]:
        kinds = (("late_form", "added", "new"), MONTHS, INDICATIONS, ("INITIATION", "INITIATION", "REPRISE"))
        return [tuple(draw.choice(kind) for kind in kinds) for _ in range(draw.randint(2, most))]  # type: ignore[misc]

    def step() -> Step:
        return [(draw.choice(ACTS), draw.randrange(3)) for _ in range(40)], arrivals(5)

    return arrivals(12), [step() for _ in CUTOFFS[1:]]


def _arrived(arrivals: list[Arrival], first: int, cutoff: str) -> list[tuple[str, Person]]:
    """Those who come in with an export: late, sent on late, or begun since the earlier one."""
    found = []
    for place, (how, month, indication, kind) in enumerate(arrivals):
        start = cutoff[:7] if how == "new" else month
        received = f"{start}-20" if how == "added" else f"{cutoff[:7]}-25"
        found.append((how, Person(first + place, start, indication, kind, received)))
    return found


def _follow(seed: int) -> tuple[list[list[Person]], list[Expected]]:
    """The persons in each export, and what moved since the one before, with its reason."""
    opening, steps = _drawn(seed)
    people = [person for _, person in _arrived(opening, 0, CUTOFFS[0])]
    states, expected = [people], []
    for cutoff, (acts, arrivals) in zip(CUTOFFS[1:], steps, strict=True):
        moved: Expected = Counter()
        following = []
        for person, (act, step) in zip(people, acts, strict=False):
            now = _after(person, act, step)
            reason = "released_from_quarantine" if person.state == "quarantined" else act
            following.append(now)
            if person.cell != now.cell:
                moved.update({(*cell, reason): n for cell, n in ((now.cell, 1), (person.cell, -1)) if cell})
        for how, person in _arrived(arrivals, len(people), cutoff):
            following.append(person)
            if person.cell:
                moved[*person.cell, how] += 1
        people = following
        states.append(people)
        expected.append(Counter({key: n for key, n in moved.items() if n}))
    return states, expected


def _export(people: list[Person], cutoff: str) -> dict[str, Any]:
    here = [person for person in people if person.state != "withdrawn"]
    patients = [{"patient_id": f"p{each.number}-{each.name}", "birth_year": str(1930 + each.number),
                 "data_opposition": "1" if each.state == "opposed" else "0"} for each in here]  # fmt: skip
    forms = [{"episode_id": f"e{each.number}", "patient_id": f"p{each.number}-{each.name}",
              "treatment_start_date": f"{each.month}-10", "form_signed_date": f"{each.month}-12",
              "form_received_date": each.received, "indication_code": each.indication, "episode_type": each.type,
              "start_dose_mg_day": "9000" if each.state == "quarantined" else "100"} for each in here]  # fmt: skip
    return {"manifest": {"cutoff_date": cutoff}, "patients": patients, "initiations": forms}


def _check(seed: int, imported: Callable[..., Imported], store: Store, sums: Callable[..., Any]) -> None:
    states, expected = _follow(seed)
    releases = [imported(store=store, **_export(people, cutoff)).release
                for people, cutoff in zip(states, CUTOFFS, strict=True)]  # fmt: skip
    for before, after, moved in zip(releases, releases[1:], expected, strict=False):
        found = sums(bridge(store, before, after, "new_patients"))
        assert {(*cell, reason): n for cell, each in found.items() for reason, n in each.items()} == dict(moved)
    whole = bridge(store, releases[0], releases[-1], "new_patients").frame
    for name, people in (("before", states[0]), ("after", states[-1])):
        by_hand = Counter(person.cell for person in people if person.cell)
        counted = whole.set_index(["month", "indication_code"])[name]
        assert {cell: n for cell, n in counted.items() if n} == by_hand
    assert (whole["residual"] == 0).all()


@FEW
@given(seed=SEEDS)
def test_the_reasons_found_are_those_that_were_drawn(
    imported: Callable[..., Imported], new_store: Callable[[], Store], sums: Callable[..., Any], seed: int
) -> None:
    _check(seed, imported, new_store(), sums)


@pytest.mark.nightly
@MANY
@given(seed=SEEDS)
def test_the_same_on_many_more_histories(
    imported: Callable[..., Imported], new_store: Callable[[], Store], sums: Callable[..., Any], seed: int
) -> None:
    _check(seed, imported, new_store(), sums)


def test_the_histories_drawn_hold_every_kind_of_move() -> None:
    kinds = {reason for seed in range(20) for moved in _follow(seed)[1] for _, _, reason in moved}
    assert kinds >= {"late_form", "added", "new", "date_corrected", "indication_corrected", "type_corrected",
                     "withdrawn", "opposed", "quarantined_now", "released_from_quarantine"}  # fmt: skip

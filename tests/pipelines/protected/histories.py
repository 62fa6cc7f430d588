"""Random small histories: releases of a few months, with late forms, corrections, erasures, events and rollbacks."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from pipelines.protected.counting import Person

SEXES, SPECIALTIES, CLASSES = ("F", "M"), ("A", "B", "C"), ("S", "T")
EVENTS = ("first_effect", "first_serious_effect", "stop")
INDICATIONS = ("ONE", "TWO")


@dataclass(frozen=True)
class Released:
    """What a release holds, and its last complete month."""

    people: tuple[Person, ...]
    month: str


def _month(number: int) -> str:
    return f"{2020 + number // 12}-{number % 12 + 1:02}"


@st.composite
def histories(draw: st.DrawFn, n_months: int = 5, most: int = 14) -> list[Released]:
    """Releases of consecutive months; a rollback repeats an earlier one."""
    random = draw(st.randoms(use_true_random=False))
    alive: dict[str, Person] = {}
    found: list[Released] = []
    number = 0
    for month in range(draw(st.integers(2, n_months))):
        for indication in INDICATIONS:
            for _ in range(random.randint(0, most)):
                number += 1
                start = _month(random.randint(0, month) if random.random() < 0.3 else month)
                values: dict[str, str | None] = {
                    "sex": random.choice(SEXES), "prescriber_specialty": random.choice(SPECIALTIES),
                    "effect_soc": random.choice(CLASSES)}  # fmt: skip
                alive[f"p{number}"] = Person(f"p{number}", indication, random.random() < 0.95, start,
                                             f"c{random.randint(0, 4)}", values, frozenset())  # fmt: skip
        for key in list(alive):
            alive[key] = _changed(alive[key], random.random(), random.choice(SEXES), random.choice(EVENTS))
            if random.random() < 0.03:
                del alive[key]
        found.append(Released(tuple(alive.values()), _month(month)))
        if random.random() < 0.2:
            found.append(random.choice(found))
    return found


def _changed(person: Person, chance: float, sex: str, event: str) -> Person:
    if chance < 0.05:
        return replace(person, values={**person.values, "sex": sex})
    if chance < 0.08:
        return replace(person, indication=INDICATIONS[person.indication == INDICATIONS[0]])
    if chance < 0.35:
        implied = {"first_effect"} if event == "first_serious_effect" else set()
        return replace(person, events=person.events | {event} | implied)
    return person

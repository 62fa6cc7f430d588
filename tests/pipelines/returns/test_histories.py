"""Random histories of declarations: whatever people and forms do, what is declared, changed and counted adds up."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import packed, sealing
from pipelines.returns import packing, packs, steps
from pipelines.returns.clock import PARIS
from pipelines.returns.making import make
from pipelines.store import Store

PERIODS = ("2026-06", "2026-07", "2026-08", "2026-09")
CUTOFFS = ("2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30")
INDICATIONS = ("APHTOSE", "LUPUS_CUT", "ENL", "HORS_PROTOCOLE")
MANY = settings(settings.get_profile("imports"), derandomize=False, max_examples=30)
Person = dict[str, str]


def history(seed: int) -> list[list[Person]]:
    """The persons that each export shows: some come late, some change, some go."""
    draw = random.Random(seed)  # noqa: S311 - a history, not a secret
    people: list[Person] = []
    shown = []
    for period in PERIODS:
        for person in people:
            act = draw.choice(("nothing", "nothing", "nothing", "month", "indication", "type", "gone"))
            if act == "month":
                person["month"] = draw.choice([each for each in PERIODS if each <= period])
            elif act == "indication":
                person["indication"] = draw.choice(INDICATIONS)
            elif act == "type":
                person["type"] = draw.choice(("INITIATION", "REPRISE"))
            elif act == "gone":
                person["gone"] = "yes"
        for _ in range(draw.randint(0, 5)):
            month = draw.choice([each for each in PERIODS if each <= period])
            people.append({"number": str(len(people)), "month": month, "indication": draw.choice(INDICATIONS),
                           "type": draw.choice(("INITIATION", "INITIATION", "REPRISE")), "came": period})  # fmt: skip
        shown.append([dict(each) for each in people if "gone" not in each])
    return shown


def export(people: list[Person], cutoff: str) -> dict[str, Any]:
    forms = [{"episode_id": f"e{each['number']}", "patient_id": f"p{each['number']}", "episode_type": each["type"],
              "treatment_start_date": f"{each['month']}-10", "form_signed_date": f"{each['month']}-12",
              "form_received_date": f"{each['came']}-20", "indication_code": each["indication"]}
             for each in people]  # fmt: skip
    first = {"patient_id": "p-first", "episode_id": "e-first", "treatment_start_date": "2026-06-01"}
    patients = [{"patient_id": f"p{each['number']}", "birth_year": str(1930 + int(each["number"]))} for each in people]
    return {"manifest": {"cutoff_date": cutoff}, "initiations": [first, *forms],
            "patients": [{"patient_id": "p-first", "birth_year": "1990"}, *patients]}  # fmt: skip


def by_hand(people: list[Person]) -> Counter[tuple[str, str]]:
    counted = Counter((each["month"], each["indication"]) for each in people
                      if each["type"] == "INITIATION" and each["indication"] != "HORS_PROTOCOLE")  # fmt: skip
    counted["2026-06", "APHTOSE"] += 1
    return counted


def check(seed: int, imported: Callable[..., Any], store: Store, key: Any) -> None:
    sealed: dict[str, dict[str, bytes]] = {}
    declared: dict[tuple[str, str], int] = {}
    for place, (people, period, cutoff) in enumerate(zip(history(seed), PERIODS, CUTOFFS, strict=True)):
        imported(store=store, **export(people, cutoff))
        moment = dt.datetime(2026, 7 + place, 8, 12, tzinfo=PARIS)
        draft = steps.lock(store, period, at=moment)
        said, counted = make(store, draft, moment), by_hand(people)
        for line in said.lines:
            mine = {cell: n for cell, n in counted.items()
                    if cell[0] == line.period and line.indication_code in {None, cell[1]}}  # fmt: skip
            assert line.recounted == sum(mine.values())
            if line.period < period:
                before = sum(n for cell, n in declared.items()
                             if cell[0] == line.period and line.indication_code in {None, cell[1]})  # fmt: skip
                assert (line.declared, line.difference) == (before, line.recounted - before)
                assert sum(line.reasons.values()) == line.difference
                assert line.residual == 0
        for each in said.balances:
            opening = sum(n for cell, n in declared.items() if each.indication_code in {None, cell[1]})
            assert each.declared == opening
            assert each.declared + each.difference + each.new == each.cumulative
        steps.sign(store, period, "A. Martin", "Pharmacien", moment)
        pack = steps.archive(store, period, key)
        sealed[pack.name] = dict(pack.contents)
        declared |= {(period, line.indication_code): line.recounted
                     for line in said.lines if line.period == period and line.indication_code}  # fmt: skip
    for pack in packs.packs(store):
        assert dict(pack.contents) == sealed[pack.name]
        assert sealing.verify(packed.packed(pack.contents)).faults == ()
        assert packing.rebuilt(store, pack).items() <= pack.contents.items()


@pytest.mark.nightly
@MANY
@given(seed=st.integers(0, 10**6))
def test_what_was_declared_what_changed_and_what_is_counted_add_up(
    imported: Callable[..., Any], new_store: Callable[[], Store], key: Any, seed: int
) -> None:
    check(seed, imported, new_store(), key)

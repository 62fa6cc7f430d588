"""Each measure agrees with a naive count over the rows as drawn, written from the words of its definition.

Dictionaries and dates, one row after the other; nothing is shared with the SQL but the export.
"""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_schemas.programme import load
from pipelines.definitions import definition
from pipelines.importing import Imported
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection

Row = dict[str, str]
Counted = Mapping[Any, tuple[int, ...]]

CUTOFF = dt.date(2026, 10, 31)
PATIENTS = [f"p{n}" for n in range(30)]
OUTSIDE = "HORS_PROTOCOLE"
RELATED = ("I1", "I2", "I3", "I4")
WATCHED = {"Neuropathie périphérique": "NEUROPATHY", "embolie PULMONAIRE": "VENOUS_THROMBOEMBOLISM"}
LISTS = [each.code for each in load("thalidomide").special_interest]
CRITERIA = {"DEATH": "seriousness_death", "LIFE_THREATENING": "seriousness_life_threatening",
            "HOSPITALISATION": "seriousness_hospitalisation", "DISABILITY": "seriousness_disability",
            "CONGENITAL_ANOMALY": "seriousness_congenital_anomaly", "OTHER": "seriousness_other"}  # fmt: skip


def one_of(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


EPISODES = st.lists(
    st.fixed_dictionaries({
        "patient_id": st.sampled_from(PATIENTS[:27]),
        "episode_type": one_of("INITIATION", "INITIATION", "REPRISE", "POURSUITE"),
        "treatment_start_date": one_of("2025-11-03", "2025-11-20", "2026-01-08", "2026-02-09", "2026-10-31"),
        "indication_code": one_of("APHTOSE", "APHTOSE", "LUPUS_CUT", "ENL", OUTSIDE),
        "product": one_of("BMS", "ACCORD"),
        "stopped_after": one_of("", "", "0", "10", "80", "200"),
        "reason": one_of("REMISSION", "EFFET_INDESIRABLE", "DECES"),
    }), min_size=25, max_size=50,
)  # fmt: skip
EFFECTS = st.lists(
    st.fixed_dictionaries({
        "case_id": one_of(*(f"k{n}" for n in range(25))),
        "patient_id": st.sampled_from(PATIENTS),
        "onset_date": one_of("", "2025", "2026", "2026-01", "2026-02", "2026-01-15", "2025-12-31", "2025-11-03"),
        "soc_label": one_of("SKIN", "NERV", "GASTR"),
        "pt_label": one_of("Prurit", "Rash", *WATCHED),
        "serious": one_of("0", "1", "1", "NR"),
        "criterion": one_of("seriousness_death", "seriousness_hospitalisation", "seriousness_other"),
        "causality": one_of("", "I0", "I1", "I4"),
        "outcome": one_of("", "GUERISON", "DECES"),
        "received_date": one_of("2026-03-01", "2026-10-20"),
        "submitted_date": one_of("", "2026-03-16", "2026-03-17", "2026-05-30", "2026-05-31"),
    }), min_size=40, max_size=80,
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """What the naive counts read: the rows of the export by table."""

    folder: Path

    def rows(self, table: str) -> list[Row]:
        path = self.folder / f"{table}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    @property
    def episodes(self) -> dict[str, list[Row]]:
        """By patient, in order: by start; on one day an initiation first, then the smaller number."""
        found = defaultdict(list)
        for row in self.rows("initiations"):
            found[row["patient_id"]].append(row)
        return {patient: sorted(rows, key=lambda row: (row["treatment_start_date"], row["episode_type"] != "INITIATION",
                                                       row["episode_id"]))
                for patient, rows in found.items()}  # fmt: skip

    @property
    def first(self) -> dict[str, Row]:
        """The first episode of each patient."""
        return {patient: rows[0] for patient, rows in self.episodes.items()}

    @property
    def stops(self) -> dict[str, Row]:
        """The recorded stop of an episode."""
        return {row["episode_id"]: row for row in self.rows("discontinuations")}

    def last_day(self, patient: str, place: int) -> dt.date:
        """The day of the stop, at the latest the day before the next episode and the cut-off."""
        rows = self.episodes[patient]
        days = [CUTOFF]
        if stop := self.stops.get(rows[place]["episode_id"]):
            days.append(dt.date.fromisoformat(stop["stop_date"]))
        if place + 1 < len(rows):
            days.append(dt.date.fromisoformat(rows[place + 1]["treatment_start_date"]) - dt.timedelta(days=1))
        return min(days)

    def days(self, patient: str, place: int) -> int:
        """Both days included; an episode that the next one begins on the same day has none."""
        start = dt.date.fromisoformat(self.episodes[patient][place]["treatment_start_date"])
        return max(0, (self.last_day(patient, place) - start).days + 1)

    def timing(self, effect: Row) -> str:
        """When the effect began; a month or a year is every day in it."""
        if effect["patient_id"] not in self.first:
            return "NO_TREATMENT"
        start, onset = self.first[effect["patient_id"]]["treatment_start_date"], effect["onset_date"]
        if onset and onset < start[: len(onset)]:
            return "BEFORE_START"
        if onset and (onset > start[: len(onset)] or onset == start or start.endswith("01-01"[-(10 - len(onset)) :])):
            return "AFTER_START"
        return "UNDETERMINED"

    @property
    def on_treatment(self) -> list[Row]:
        """The effects that count: after the start, or too imprecise to tell."""
        return [row for row in self.rows("adverse_events") if self.timing(row) in ("AFTER_START", "UNDETERMINED")]


def each(rows: list[tuple[Any, Row]], *keys: str) -> Counted:
    """For each cell the number of different values of each key."""
    found: dict[Any, list[set[str]]] = {}
    for cell, row in rows:
        for position, key in enumerate(keys):
            found.setdefault(cell, [set() for _ in keys])[position].add(row[key])
    return {cell: tuple(map(len, values)) for cell, values in found.items()}


def new_patients(drawn: Drawn) -> Counted:
    counted = [row for row in drawn.first.values()
               if row["episode_type"] == "INITIATION" and row["indication_code"] != OUTSIDE]  # fmt: skip
    return each([((row["treatment_start_date"][:7], row["indication_code"]), row) for row in counted], "patient_id")


def cumulative_patients(drawn: Drawn) -> Counted:
    """From the first month with a new patient to that of the cut-off."""
    monthly = {cell[0]: 0 for cell in new_patients(drawn)}
    for (month, _), (number,) in new_patients(drawn).items():
        monthly[month] += number
    first = min(monthly, default="2026-10")
    months = [str(month) for month in pd.period_range(first, "2026-10", freq="M")]
    return {month: (sum(number for each, number in monthly.items() if each <= month),) for month in months}


def treated_patients(drawn: Drawn) -> Counted:
    return each([(row["indication_code"], row) for row in drawn.first.values()], "patient_id")


def on_treatment(drawn: Drawn) -> Counted:
    """The last episode has no recorded stop."""
    return each([(drawn.first[patient]["indication_code"], rows[-1]) for patient, rows in drawn.episodes.items()
                 if rows[-1]["episode_id"] not in drawn.stops], "patient_id")  # fmt: skip


def patient_time(drawn: Drawn) -> Counted:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for patient, rows in drawn.episodes.items():
        cell = found[drawn.first[patient]["indication_code"]]
        cell[0] += sum(drawn.days(patient, place) for place in range(len(rows)))
        cell[1] += 1
        cell[2] += len(rows)
    return {indication: tuple(numbers) for indication, numbers in found.items()}


THREE = ("patient_id", "case_id", "ae_id")


def effects(drawn: Drawn) -> Counted:
    return each([((row["soc_label"], row["pt_label"]), row) for row in drawn.on_treatment], *THREE)


def effects_by_timing(drawn: Drawn) -> Counted:
    return each([(drawn.timing(row), row) for row in drawn.rows("adverse_events")], "ae_id", "case_id", "patient_id")


def serious_effects(drawn: Drawn) -> Counted:
    rows = []
    for row in drawn.on_treatment:
        if row["serious"] == "1":
            known = [criterion for criterion, column in CRITERIA.items() if row.get(column) == "1"]
            rows += [(criterion, row) for criterion in known]
    return each(rows, *THREE)


def rungs(row: Row) -> list[str]:
    serious, related = row["serious"] == "1", row["causality"] in RELATED
    fatal = row["outcome"] == "DECES" or row.get("seriousness_death") == "1"
    held = {"ANY": True, "SERIOUS": serious, "RELATED": related, "RELATED_SERIOUS": serious and related, "FATAL": fatal,
            "SERIOUSNESS_UNKNOWN": row["serious"] == "NR", "CAUSALITY_UNKNOWN": row["causality"] == ""}  # fmt: skip
    return [rung for rung, holds in held.items() if holds]


def effect_ladder(drawn: Drawn) -> Counted:
    return each([(rung, row) for row in drawn.on_treatment for rung in rungs(row)], *THREE)


def special_interest(drawn: Drawn) -> Counted:
    rows = [(WATCHED[row["pt_label"]], row) for row in drawn.on_treatment if row["pt_label"] in WATCHED]
    serious = each([(cell, row) for cell, row in rows if row["serious"] == "1"], "ae_id")
    return {cell: (*three, *serious.get(cell, (0,))) for cell, three in each(rows, *THREE).items()}


def onset_day(drawn: Drawn, row: Row) -> int | None:
    """The earliest day that the onset can mean, the day of the start being 1, and not before it."""
    if not row["onset_date"]:
        return None
    start = dt.date.fromisoformat(drawn.first[row["patient_id"]]["treatment_start_date"])
    return max(0, (dt.date.fromisoformat((row["onset_date"] + "-01-01")[:10]) - start).days) + 1


def classes(row: Row) -> list[str]:
    return ["ANY", *(["SERIOUS"] if row["serious"] == "1" else []), *filter(None, [WATCHED.get(row["pt_label"])])]


def first_effect(drawn: Drawn) -> Counted:
    """Patients, those with an effect during their first episode, those with an undated one."""
    found = {}
    followed = [patient for patient in drawn.first if drawn.days(patient, 0) > 0]
    for name in ("ANY", "SERIOUS", *LISTS):
        days = defaultdict(list)
        for row in drawn.on_treatment:
            if name in classes(row):
                days[row["patient_id"]].append(onset_day(drawn, row))
        dated = {patient: min(filter(None, each), default=CUTOFF.toordinal()) for patient, each in days.items()}
        found[name] = (len(followed), sum(dated[patient] <= drawn.days(patient, 0) for patient in followed
                                          if patient in dated),
                       sum(None in days[patient] for patient in followed if patient in days))  # fmt: skip
    return found


def delay(row: Row) -> tuple[str, str]:
    """Serious effects are due 15 days after receipt, others 90; at the cut-off one not sent is late after its day."""
    allowed = {"1": 15, "0": 90}.get(row["serious"])
    received, sent = dt.date.fromisoformat(row["received_date"]), row["submitted_date"]
    if allowed is None:
        return ("SUBMITTED" if sent else "NOT_SUBMITTED"), row["serious"]
    due = received + dt.timedelta(days=allowed)
    if sent:
        return ("ON_TIME" if dt.date.fromisoformat(sent) <= due else "LATE"), row["serious"]
    return ("OVERDUE" if due < CUTOFF else "NOT_YET_DUE"), row["serious"]


def effect_reporting(drawn: Drawn) -> Counted:
    counted = each([(delay(row), row) for row in drawn.rows("adverse_events")], "ae_id")
    return {(status, serious): (number, number if status == "ON_TIME" else 0,
                                number if status in ("LATE", "OVERDUE") else 0,
                                number if status in ("ON_TIME", "LATE", "OVERDUE") else 0)
            for (status, serious), (number,) in counted.items()}  # fmt: skip


NAIVE: Mapping[str, tuple[tuple[str, ...], Callable[[Drawn], Counted]]] = {
    "new_patients": (("month", "indication_code"), new_patients),
    "cumulative_patients": (("month",), cumulative_patients),
    "treated_patients": (("indication_code",), treated_patients),
    "on_treatment": (("indication_code",), on_treatment),
    "patient_time": (("indication_code",), patient_time),
    "effects": (("soc_code", "pt_label"), effects),
    "effects_by_timing": (("timing",), effects_by_timing),
    "serious_effects": (("criterion",), serious_effects),
    "effect_ladder": (("rung",), effect_ladder),
    "special_interest": (("special_interest",), special_interest),
    "first_effect": (("effect_class",), first_effect),
    "effect_reporting": (("reporting_status", "serious"), effect_reporting),
}


def measured(opened: Opened, name: str, by: tuple[str, ...]) -> Counted:
    """The cells of a measure that hold anything but zeros."""
    frame = measure(opened, name, Selection(), by=by).frame
    counts = list(definition(name).counts)
    found = {}
    for row in frame.to_dict("records"):
        numbers = tuple(int(row[count]) for count in counts)
        if any(numbers):
            found[row[by[0]] if len(by) == 1 else tuple(row[each] for each in by)] = numbers
    return found


ONE_STOPPED: Row = {"patient_id": PATIENTS[28], "episode_type": "INITIATION", "treatment_start_date": "2025-11-03",
                    "indication_code": "APHTOSE", "product": "BMS", "stopped_after": "10",
                    "reason": "REMISSION"}  # fmt: skip
"""Always there, since a table without a row is no table."""


def with_stops(episodes: list[Row]) -> tuple[list[Row], list[Row]]:
    """The episodes, and those of their stops that lie before the cut-off."""
    kept, stops = [], []
    for number, drawn in enumerate(episodes, start=1):
        row = {"episode_id": f"E{number}", **drawn}
        after, reason = row.pop("stopped_after"), row.pop("reason")
        start = dt.date.fromisoformat(row["treatment_start_date"])
        if after and start + dt.timedelta(days=int(after)) <= CUTOFF:
            stops.append({"episode_id": row["episode_id"], "reason": reason,
                          "stop_date": (start + dt.timedelta(days=int(after))).isoformat()})  # fmt: skip
        kept.append(row)
    return kept, stops


def with_criterion(effect: Row) -> Row:
    """A serious effect has one criterion of seriousness, and is fatal by both or neither of criterion and outcome."""
    row = dict(effect)
    criterion = row.pop("criterion")
    if row["serious"] == "1" and row["outcome"]:
        row["outcome"] = "DECES" if criterion == "seriousness_death" else "GUERISON"
    return row | {column: "" if row["serious"] != "1" else "1" if column == criterion else "0"
                  for column in CRITERIA.values()}  # fmt: skip


@settings.get_profile("imports")
@given(episodes=EPISODES, effects=EFFECTS)
def test_every_measure_agrees_with_a_count_by_hand(
    export: Callable[..., Path], imported: Callable[..., Imported], episodes: list[Row], effects: list[Row]
) -> None:
    check(export, imported, episodes, effects)


@pytest.mark.nightly
@settings.get_profile("many imports")
@given(episodes=EPISODES, effects=EFFECTS)
def test_the_same_on_many_more_exports(
    export: Callable[..., Path], imported: Callable[..., Imported], episodes: list[Row], effects: list[Row]
) -> None:
    check(export, imported, episodes, effects)


def check(
    export: Callable[..., Path], imported: Callable[..., Imported], episodes: list[Row], effects: list[Row]
) -> None:
    begun, stops = with_stops([ONE_STOPPED, *episodes])
    folder = export(patients=[{"patient_id": each} for each in PATIENTS], initiations=begun, discontinuations=stops,
                    adverse_events=[with_criterion(each) for each in effects])  # fmt: skip
    opened = Opened(imported(folder=folder).release)
    assert opened.release.total("quarantined") == 0
    drawn = Drawn(folder)
    for name, (by, naive) in NAIVE.items():
        expected = {cell: numbers for cell, numbers in naive(drawn).items() if any(numbers)}
        assert measured(opened, name, by) == expected, name
    opened.close()

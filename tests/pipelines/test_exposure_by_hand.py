"""Exposure, follow-up and prevention agree with a second computation, in plain Python, from the words of the heads."""

import csv
import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.importing import Imported
from pipelines.ledger import ledger
from pipelines.measure import line_list
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.survival import curves

Row = dict[str, str]
Figures = Callable[..., Any]

FIRST, CUTOFF = dt.date(2025, 11, 1), dt.date(2026, 10, 31)
ONE = dt.timedelta(days=1)
VISITS = [(28, 14), (91, 21), (182, 30), (365, 45), (547, 45), (730, 45)]
EVERY, GRACE, BEFORE, AFTER_STOP = 28, 3, 3, 30


def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def some(longest: int, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(fields), max_size=longest)


EPISODE = st.fixed_dictionaries({
    "start": one_of(0, 1, 28, 60, 120, 200, 364),
    "episode_type": one_of("INITIATION", "INITIATION", "INITIATION", "REPRISE", "POURSUITE"),
    "indication_code": one_of("APHTOSE", "CROHN_PED", "ENL"),
    "weight_kg": one_of("", "20", "50"), "start_dose_mg_day": one_of("25", "50", "100", "125"),
    "status": one_of("FSP", "FSP", "FNSP"), "signed": one_of(0, 40),
    "stop": one_of(None, 0, 20, 27, 60, 118, 150),
    "reason": one_of("REMISSION", "DECES", "FIN_PREVUE", "FIN_CADRE", "GROSSESSE"),
    "visits": st.lists(one_of(0, 13, 14, 42, 43, 69, 70, 112, 151, 152, 300), max_size=4),
    "dispensings": some(4, at=one_of(-5, 0, 0, 20, 28, 60), capsules=one_of(14, 28, 112, 600), days=one_of(14, 28, 56)),
    "tests": some(7, at=one_of(-29, -28, -4, -3, 0, 3, 4, 28, 31, 32, 52, 53, 59, 60, 84, 90, 150, 200),
                  result=one_of("NEG", "NEG", "POS")),
    "contraceptions": some(2, at=one_of(-10, 0, 5, 40), days=one_of(None, 8, 60), status=one_of("FSP", "FSP", "FNSP"),
                           method=one_of("IMPLANT", "OESTROPROGESTATIF", "AUCUNE", "NR")),
})  # fmt: skip
PATIENT = st.fixed_dictionaries({
    "sex": one_of("F", "F", "F", "M"), "episodes": st.lists(EPISODE, min_size=1, max_size=3),
    "effects": some(2, onset=one_of("", "2026", "2026-01", "2026-03", "2025-12-29", "2026-01-10", "2026-04-20"),
                    received=one_of(180, 200, 364), term=one_of("PARESTHESIE", "Neuropathie périphérique", "Prurit")),
})  # fmt: skip
PATIENTS = st.lists(PATIENT, min_size=20, max_size=40)
COMPLETE = {
    "sex": "F", "effects": [{"onset": "2026-01", "received": 200, "term": "PARESTHESIE"}], "episodes": [{
        "start": 1, "episode_type": "INITIATION", "indication_code": "APHTOSE", "weight_kg": "", "status": "FSP",
        "start_dose_mg_day": "50", "signed": 0, "stop": 150, "reason": "REMISSION", "visits": [28],
        "dispensings": [{"at": 0, "capsules": 28, "days": 28}], "tests": [{"at": 0, "result": "NEG"}],
        "contraceptions": [{"at": -10, "days": None, "status": "FSP", "method": "IMPLANT"}]}],
}  # fmt: skip
"""A patient with a row in every table, since a table without any is an empty file."""


def day(offset: int) -> dt.date:
    return FIRST + offset * ONE


def exported(patients: list[dict[str, Any]]) -> dict[str, list[Row]]:
    """The tables that the drawn patients fill; nothing in them is later than the cut-off."""
    tables: dict[str, list[Row]] = {name: [] for name in (
        "patients", "initiations", "discontinuations", "visits", "dispensings", "pregnancy_tests", "contraceptions",
        "adverse_events")}  # fmt: skip
    for number, patient in enumerate(patients):
        name = f"p{number:02}"
        tables["patients"].append({"patient_id": name, "sex": patient["sex"]})
        for effect in patient["effects"]:
            tables["adverse_events"].append({
                "patient_id": name, "onset_date": effect["onset"], "received_date": day(effect["received"]).isoformat(),
                "pt_label": effect["term"]})  # fmt: skip
        for place, episode in enumerate(patient["episodes"]):
            _add_episode(tables, name, f"{name}e{place}", patient["sex"], episode)
    return tables


def _add_episode(tables: dict[str, list[Row]], patient: str, name: str, sex: str, drawn: dict[str, Any]) -> None:
    def put(table: str, offset: int, column: str, row: dict[str, Any]) -> None:
        if day(drawn["start"] + offset) <= CUTOFF:
            tables[table].append({"episode_id": name, column: day(drawn["start"] + offset).isoformat(), **row})

    kept = {each: drawn[each] for each in ("episode_type", "indication_code", "weight_kg", "start_dose_mg_day")}
    signed = min(CUTOFF, day(drawn["start"] + drawn["signed"])).isoformat()
    status = drawn["status"] if sex == "F" else "HOMME"
    put("initiations", 0, "treatment_start_date", {
        "patient_id": patient, "childbearing_status": status, "form_signed_date": signed, **kept})  # fmt: skip
    if drawn["stop"] is not None:
        put("discontinuations", drawn["stop"], "stop_date", {"reason": drawn["reason"]})
    for offset in drawn["visits"]:
        put("visits", offset, "visit_date", {})
    for each in drawn["dispensings"]:
        put("dispensings", each["at"], "prescription_date", {
            "capsules": str(each["capsules"]), "days_supplied": str(each["days"])})  # fmt: skip
    for each in drawn["tests"] if sex == "F" else []:
        put("pregnancy_tests", each["at"], "test_date", {"result": each["result"]})
    for each in {each["at"]: each for each in drawn["contraceptions"]}.values() if sex == "F" else []:
        end = "" if each["days"] is None else min(CUTOFF, day(drawn["start"] + each["at"] + each["days"])).isoformat()
        put("contraceptions", each["at"], "start_date", {
            "end_date": end, "method": each["method"], "childbearing_status": each["status"]})  # fmt: skip


@dataclass
class Episode:
    """An episode of the export with what was recorded for it."""

    row: Row
    start: dt.date
    order: int = 0
    ended: str = "OPEN"
    reason: str = ""
    stop: dt.date | None = None
    next_start: dt.date | None = None
    last: dt.date = CUTOFF
    seen: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def days(self) -> list[dt.date]:
        return [self.start + n * ONE for n in range((self.last - self.start).days + 1)]


def read(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def treated(folder: Path) -> dict[str, list[Episode]]:
    """By patient, the episodes in their order, each with its end."""
    found: dict[str, list[Episode]] = {}
    for row in read(folder, "initiations"):
        found.setdefault(row["patient_id"], []).append(Episode(row, date(row["treatment_start_date"])))
    stops = {row["episode_id"]: row for row in read(folder, "discontinuations")}
    for episodes in found.values():
        episodes.sort(key=lambda e: (e.start, e.row["episode_type"] != "INITIATION", e.row["episode_id"]))
        for place, episode in enumerate(episodes):
            episode.order = place + 1
            episode.next_start = episodes[place + 1].start if place + 1 < len(episodes) else None
            recorded = stops.get(episode.row["episode_id"])
            episode.stop = date(recorded["stop_date"]) if recorded else None
            episode.reason = recorded["reason"] if recorded else ""
            if episode.stop and (episode.next_start is None or episode.stop < episode.next_start):
                episode.ended, episode.last = "STOPPED", episode.stop
            elif episode.next_start:
                episode.ended, episode.last = "FOLLOWED", episode.next_start - ONE
            for table in ("visits", "dispensings", "pregnancy_tests", "contraceptions"):
                episode.seen[table] = [row for row in read(folder, table)
                                       if row["episode_id"] == episode.row["episode_id"]]  # fmt: skip
    return found


def movements(episodes: list[Episode]) -> Iterator[tuple[str, str]]:
    running = False
    for episode in episodes:
        first = {"INITIATION": "FIRST_START", "POURSUITE": "CONTINUATION", "REPRISE": "RESTART"}
        if not running:
            kind = first[episode.row["episode_type"]] if episode.order == 1 else "RESTART"
            yield episode.start.isoformat()[:7], kind
        running = episode.ended != "STOPPED"
        if episode.stop and not running:
            yield episode.stop.isoformat()[:7], "STOP"


def on_treatment(episodes: list[Episode], at: dt.date) -> bool:
    """Whether the last episode begun by a day had not stopped by then."""
    begun = [each for each in episodes if each.start <= at]
    return bool(begun) and not (begun[-1].ended == "STOPPED" and begun[-1].last <= at)


def start_range(row: Row) -> str:
    dose = float(row["start_dose_mg_day"])
    if row["indication_code"] == "ENL":
        return "NONE_EXPECTED"
    if row["indication_code"] == "CROHN_PED":
        if not row["weight_kg"]:
            return "NOT_ASSESSABLE"
        dose, low, high = dose / float(row["weight_kg"]), 1.5, 2.5
    else:
        low, high = 50, 100
    return "BELOW" if dose < low else "ABOVE" if dose > high else "WITHIN"


def supplies(episode: Episode) -> dict[dt.date, tuple[int, int]]:
    """Day from which it is there → mg and days."""
    found: dict[dt.date, tuple[int, int]] = {}
    for row in episode.seen["dispensings"]:
        at = max(episode.start, date(row["dispensing_date"]))
        mg, days = found.get(at, (0, 0))
        found[at] = mg + 50 * int(row["capsules"]), max(days, int(row["days_supplied"]))
    return found


def daily_band(dose: float | None) -> str:
    if dose is None:
        return "UNKNOWN"
    return "0-25" if dose <= 25 else "25-50" if dose <= 50 else "50-75" if dose <= 75 else "75-plus"


def total_band(grams: float | None) -> str:
    if grams is None:
        return "UNKNOWN"
    return "0-28" if grams < 28 else "28-60" if grams < 60 else "60-plus"


def doses(episodes: list[Episode]) -> Iterator[tuple[dt.date, str, str]]:
    """Each exposed day with its bands of daily and of cumulative dose."""
    earlier: list[int] = []
    for episode in episodes:
        there = supplies(episode)
        for at in episode.days:
            given = [each for each in there if each <= at]
            last = max(given, default=None)
            covered = last is not None and at < last + there[last][1] * ONE
            so_far = earlier + [there[each][0] for each in given]
            daily = there[last][0] / there[last][1] if covered and last else None
            yield at, daily_band(daily), total_band(sum(so_far) / 1000 if so_far else None)
        earlier += [mg for mg, _ in there.values()]


def first_onset(effects: list[Row], start: dt.date) -> dt.date | None:
    """The first possible day of the first dated neuropathy that does not precede the treatment."""
    found = []
    for row in effects:
        onset = row["onset_date"]
        if row["pt_label"] != "Prurit" and onset and onset >= start.isoformat()[: len(onset)]:
            found.append(max(start, date(onset + "2026-01-01"[len(onset) :])))
    return min(found, default=None)


def visit_statuses(episode: Episode) -> Iterator[str]:
    for place, (expected, window) in enumerate(VISITS):
        opens = episode.start + (expected - window) * ONE
        closes = episode.start + (expected + window) * ONE
        next_opens = episode.start + (VISITS[place + 1][0] - VISITS[place + 1][1]) * ONE if place < 5 else dt.date.max
        if episode.ended != "OPEN" and episode.last < opens:
            continue
        visits = [date(row["visit_date"]) for row in episode.seen["visits"]]
        if any(opens <= each <= closes for each in visits):
            yield "IN_WINDOW"
        elif any(closes < each < next_opens for each in visits):
            yield "AFTER_WINDOW"
        else:
            yield "NOT_RECEIVED" if closes < CUTOFF else "NOT_YET_DUE"


def observed(episode: Episode, effects: list[Row]) -> int:
    contacts = [date(row[column]) for table, column in (
        ("visits", "visit_date"), ("dispensings", "dispensing_date"), ("pregnancy_tests", "test_date"))
        for row in episode.seen[table]]  # fmt: skip
    received = [date(row["received_date"]) for row in effects]
    contacts += [each for each in received if episode.start <= each <= episode.last]
    contacts += [episode.last] if episode.ended == "STOPPED" else []
    return len([each for each in episode.days if each <= max([episode.start, *contacts])])


@dataclass(frozen=True)
class Followed:
    """The time of an episode in which its patient may become pregnant."""

    episode: Episode
    since: dt.date
    until: dt.date
    at_start: bool
    ceased: bool


def followed(episode: Episode) -> Followed | None:
    changes = sorted((date(row["start_date"]), row["childbearing_status"]) for row in episode.seen["contraceptions"]
                     if episode.start < date(row["start_date"]) <= episode.last)  # fmt: skip
    statuses = [(episode.start, episode.row["childbearing_status"]), *changes]
    since = next((at for at, status in statuses if status == "FSP"), None)
    if since is None:
        return None
    ceased = next((at for at, status in statuses if at > since and status != "FSP"), None)
    at_start = since == episode.start
    if episode.row["episode_type"] == "POURSUITE":
        since = max(since, date(episode.row["form_signed_date"]))
    until = ceased - ONE if ceased else episode.last
    return Followed(episode, since, until, at_start, ceased is not None) if since <= until else None


def due_statuses(woman: Followed, tests: list[dt.date]) -> Iterator[str]:
    due = woman.since + EVERY * ONE
    while due <= woman.until:
        if any(due + (GRACE - EVERY) * ONE < each <= due + GRACE * ONE for each in tests):
            yield "DONE"
        elif any(due + GRACE * ONE < each < due + (EVERY - GRACE) * ONE for each in tests):
            yield "OUT_OF_TIME"
        elif due + GRACE * ONE >= CUTOFF:
            yield "NOT_YET_DUE"
        else:
            yield "OVERDUE" if tests else "NOT_RECORDED"
        due += EVERY * ONE


WORST = ["OVERDUE", "NOT_RECORDED", "OUT_OF_TIME", "NOT_YET_DUE", "DONE", "NOT_APPLICABLE"]


def before(woman: Followed, tests: list[tuple[dt.date, str]]) -> str:
    if not woman.at_start or woman.episode.row["episode_type"] == "POURSUITE":
        return "NOT_APPLICABLE"
    distances = [(each - woman.episode.start).days for each, result in tests if result == "NEG"]
    if any(-BEFORE <= each <= 0 for each in distances):
        return "DONE"
    if any(-EVERY <= each <= GRACE for each in distances):
        return "OUT_OF_TIME"
    return "OVERDUE" if tests else "NOT_RECORDED"


def protected(woman: Followed, rows: list[Row]) -> str:
    known = [row for row in rows if row["childbearing_status"] == "FSP" and row["method"] != "NR"]
    used = [(date(row["start_date"]), date(row["end_date"]) if row["end_date"] else CUTOFF) for row in known
            if row["method"] != "AUCUNE"]  # fmt: skip
    if any(start <= woman.since <= end for start, end in used):
        return "DONE"
    if any(woman.since < start <= woman.until for start, _ in used):
        return "OUT_OF_TIME"
    return "OVERDUE" if known else "NOT_RECORDED"


def during(woman: Followed, tests: list[dt.date]) -> str:
    found = list(due_statuses(woman, tests))
    ongoing = woman.episode.ended == "OPEN" and not woman.ceased
    if not found:
        return "NOT_YET_DUE" if ongoing else "NOT_APPLICABLE"
    return next(each for each in ("NOT_RECORDED", "OVERDUE", "OUT_OF_TIME", "DONE", "NOT_YET_DUE") if each in found)


def after(woman: Followed, tests: list[dt.date]) -> str:
    episode = woman.episode
    if episode.ended != "STOPPED" or woman.ceased or episode.reason in ("DECES", "GROSSESSE") or episode.stop is None:
        return "NOT_APPLICABLE"
    due = episode.stop + AFTER_STOP * ONE
    if episode.next_start and episode.next_start <= due:
        return "NOT_APPLICABLE"
    later = [each for each in tests if each > episode.stop and (not episode.next_start or each < episode.next_start)]
    if later:
        return "DONE" if min(later) <= due else "OUT_OF_TIME"
    if due >= CUTOFF:
        return "NOT_YET_DUE"
    return "OVERDUE" if tests else "NOT_RECORDED"


def cascade(episodes: list[Episode]) -> dict[str, str]:
    """Step → status of a woman; empty for who is none of childbearing potential."""
    women = [woman for woman in map(followed, episodes) if woman]
    tests = [(date(row["test_date"]), row["result"]) for each in episodes for row in each.seen["pregnancy_tests"]]
    days = [at for at, _ in tests]
    rows = [row for each in episodes for row in each.seen["contraceptions"]]
    steps = {"TEST_BEFORE": [before(woman, tests) for woman in women],
             "CONTRACEPTION": [protected(woman, rows) for woman in women],
             "TESTS_DURING": [during(woman, days) for woman in women],
             "TEST_AFTER": [after(woman, days) for woman in women]}  # fmt: skip
    return {step: min(found, key=WORST.index) for step, found in steps.items() if found}


def counted(pairs: Any) -> dict[Any, int]:
    return dict(Counter(pairs))


def check_movements(opened: Opened, figures: Figures, patients: dict[str, list[Episode]]) -> None:
    by_hand = counted(each for episodes in patients.values() for each in movements(episodes))
    assert figures(opened, "treatment_movements", "movement_month", "movement") == by_hand
    accounts = ledger(opened, Selection(), by=()).frame
    for row in accounts.itertuples():
        month_end = (pd.Period(row.month) + 1).start_time.date() - ONE
        assert row.closing == sum(on_treatment(episodes, min(month_end, CUTOFF)) for episodes in patients.values())
    stopped = [each for episodes in patients.values() for each in episodes if each.ended == "STOPPED"]
    assert figures(opened, "stops", "stop_reason") == counted(each.reason for each in stopped)
    assert figures(opened, "stops", count="n_patients") == len({each.row["patient_id"] for each in stopped})


def check_persistence(opened: Opened, figures: Figures, patients: dict[str, list[Episode]]) -> None:
    firsts = [episodes[0] for episodes in patients.values()]
    new = [each for each in firsts if each.row["episode_type"] == "INITIATION" and each.days]
    ends = [(len(each.days), each.ended == "STOPPED" and not each.reason.startswith("FIN")) for each in new]
    assert figures(opened, "persistence") == len(new)
    assert figures(opened, "persistence", count="n_stopped") == sum(stopped for _, stopped in ends)
    for at in (1, 28, 119) if ends else ():
        falls = sorted({days for days, stopped in ends if stopped and days <= at})
        factors = [1 - ends.count((fall, True)) / sum(days >= fall for days, _ in ends) for fall in falls]
        point = curves(opened, "persistence", Selection()).curves[()].at(at)
        assert point.estimate is None or math.isclose(point.estimate, math.prod(factors), abs_tol=1e-9)
    starts = [each.row for each in firsts if each.row["episode_type"] == "INITIATION"]
    assert figures(opened, "start_dose", "start_dose_range") == counted(start_range(row) for row in starts)


def check_doses(opened: Opened, figures: Figures, patients: dict[str, list[Episode]], effects: list[Row]) -> None:
    known = {each.row["episode_id"]: supplies(each) for episodes in patients.values() for each in episodes}
    mean = {name: sum(mg for mg, _ in there.values()) / sum(days for _, days in there.values())
            for name, there in known.items() if there}  # fmt: skip
    lines = line_list(opened, "daily_dose", Selection()).dropna(subset="daily_dose_mg").set_index("episode_id")
    assert lines["daily_dose_mg"].astype(float).to_dict() == pytest.approx(mean)
    assert figures(opened, "daily_dose", "dose_band") == counted(daily_band(mean.get(name)) for name in known)
    totals = [[mg for each in episodes for mg, _ in supplies(each).values()] for episodes in patients.values()]
    assert figures(opened, "cumulative_dose", "cumulative_dose_band") == counted(
        total_band(sum(each) / 1000 if each else None) for each in totals)  # fmt: skip
    time: Counter[tuple[str, str]] = Counter()
    at_risk: Counter[tuple[str, str]] = Counter()
    firsts: Counter[tuple[str, str]] = Counter()
    for patient, episodes in patients.items():
        onset = first_onset([row for row in effects if row["patient_id"] == patient], episodes[0].start)
        for at, *bands in doses(episodes):
            cell = (bands[0], bands[1])
            time[cell] += 1
            at_risk[cell] += onset is None or at <= onset
            firsts[cell] += at == onset
    by = ("dose_band", "cumulative_dose_band")
    assert figures(opened, "dose_time", *by) == dict(time)
    assert figures(opened, "dose_related_effects", *by, count="n_days") == dict(+at_risk)
    assert figures(opened, "dose_related_effects", *by) == dict(+firsts)
    assert sum(time.values()) == figures(opened, "patient_time")


def check_follow_up(opened: Opened, figures: Figures, patients: dict[str, list[Episode]], effects: list[Row]) -> None:
    firsts = [episodes[0] for episodes in patients.values() if episodes[0].row["episode_type"] != "POURSUITE"]
    assert figures(opened, "visits_due", "visit_status") == counted(
        status for each in firsts for status in visit_statuses(each))  # fmt: skip
    assert figures(opened, "observed_time") == sum(
        observed(each, [row for row in effects if row["patient_id"] == patient])
        for patient, episodes in patients.items() for each in episodes)  # fmt: skip


def check_prevention(opened: Opened, figures: Figures, patients: dict[str, list[Episode]]) -> None:
    standing = [steps for steps in map(cascade, patients.values()) if steps]
    assert figures(opened, "prevention_cascade", "prevention_step", "prevention_status") == counted(
        each for steps in standing for each in steps.items())  # fmt: skip
    fine = {"DONE", "NOT_YET_DUE", "NOT_APPLICABLE"}
    assert figures(opened, "prevention_cascade", "prevention_step", count="n_through").get("TEST_AFTER", 0) == sum(
        set(steps.values()) <= fine for steps in standing)  # fmt: skip
    women = [(woman, [date(row["test_date"]) for each in episodes for row in each.seen["pregnancy_tests"]])
             for episodes in patients.values() for woman in map(followed, episodes) if woman]  # fmt: skip
    assert figures(opened, "pregnancy_tests_due", "prevention_status") == counted(
        status for woman, tests in women for status in due_statuses(woman, tests))  # fmt: skip
    had = set()
    for patient, episodes in patients.items():
        rows = [row for each in episodes for row in each.seen["contraceptions"] if row["childbearing_status"] == "FSP"]
        for woman in filter(None, map(followed, episodes)):
            had |= {(patient, row["method"]) for row in rows if date(row["start_date"]) <= woman.until
                    and (not row["end_date"] or date(row["end_date"]) >= woman.since)}  # fmt: skip
    found = figures(opened, "contraception_methods", "contraception_method")
    without = sum(cascade(each) != {} for each in patients.values()) - len({patient for patient, _ in had})
    assert found.pop(None, 0) == without
    assert found == counted(method for _, method in had)


@settings.get_profile("imports")
@given(drawn=PATIENTS)
def test_every_figure_agrees_with_a_count_by_hand(
    export: Callable[..., Path], imported: Callable[..., Imported], figures: Figures, drawn: list[dict[str, Any]]
) -> None:
    check(export, imported, figures, drawn)


@pytest.mark.nightly
@settings.get_profile("many imports")
@given(drawn=PATIENTS)
def test_the_same_on_many_more_exports(
    export: Callable[..., Path], imported: Callable[..., Imported], figures: Figures, drawn: list[dict[str, Any]]
) -> None:
    check(export, imported, figures, drawn)


def check(
    export: Callable[..., Path], imported: Callable[..., Imported], figures: Figures, drawn: list[dict[str, Any]]
) -> None:
    folder = export(**exported([*drawn, COMPLETE]))
    opened = Opened(imported(folder=folder).release)
    assert sum(count["quarantined"] for count in opened.release.record["counts"]) == 0
    patients, effects = treated(folder), read(folder, "adverse_events")
    check_movements(opened, figures, patients)
    check_persistence(opened, figures, patients)
    check_doses(opened, figures, patients, effects)
    check_follow_up(opened, figures, patients, effects)
    check_prevention(opened, figures, patients)
    opened.close()

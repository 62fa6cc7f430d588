"""Uptake, conformity, centres and forms agree with a recount by hand, written from the definitions, on random rows."""

import calendar
import csv
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_schemas.programme import Programme
from pipelines.date_bases import side_by_side
from pipelines.distributions import distribution
from pipelines.importing import Imported
from pipelines.nowcasting import late_reporting
from pipelines.opened import Opened
from pipelines.selection import Selection

Row = dict[str, str]
Figures = Callable[..., Any]

CUTOFFS = ("2026-04-30", "2026-04-17")
PATIENTS = [f"p{n}" for n in range(40)]
CENTRES = ("C1", "C2", "C3", "C4")
DAYS = st.dates(dt.date(2025, 11, 1), dt.date(2026, 4, 17)).map(lambda day: day.isoformat())


def one_of(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


PEOPLE = st.lists(
    st.fixed_dictionaries({"sex": one_of("F", "M"), "birth_year": one_of("1980", "2009", "2021"),
                           "centre_id": one_of(*CENTRES[:3])}),
    min_size=len(PATIENTS), max_size=len(PATIENTS),
)  # fmt: skip
EPISODES = st.lists(
    st.fixed_dictionaries({
        "patient_id": st.sampled_from(PATIENTS),
        "episode_type": one_of("INITIATION", "INITIATION", "INITIATION", "REPRISE", "POURSUITE"),
        "treatment_start_date": DAYS, "form_signed_date": DAYS, "form_received_date": DAYS,
        "indication_code": one_of("APHTOSE", "LUPUS_CUT", "CROHN_PED", "ENL", "HORS_PROTOCOLE"),
        "form_channel": one_of("", "FAX"), "weight_kg": one_of("", "40"), "emg_baseline": one_of("", "NR", "NON_FAIT"),
        "stop_date": st.one_of(st.just(""), DAYS),
        "tried": st.dictionaries(
            one_of("TOPIQUE", "COLCHICINE", "CHLOROQUINE", "HYDROXYCHLOROQUINE", "ANTI_TNF"),
            one_of("ECHEC", "CONTRE_INDICATION", "NR"), max_size=3),
    }), min_size=40, max_size=90,
)  # fmt: skip


EMPTY = {
    "discontinuations": b"episode_id,stop_date,reason\n",
    "prior_treatments": b"episode_id,treatment_class,outcome\n",
}
"""Tables that were sent without a row."""


class Recount:
    """The figures of a drawn export, from its files, with dictionaries and dates."""

    def __init__(self, folder: Path, cutoff: str, programme: Programme) -> None:
        self.cutoff = dt.date.fromisoformat(cutoff)
        self.programme = programme
        self.centre = {row["patient_id"]: row["centre_id"] for row in self.read(folder, "patients")}
        self.people = {row["patient_id"]: row for row in self.read(folder, "patients")}
        self.episodes = self.read(folder, "initiations")
        self.stops = {row["episode_id"]: row["stop_date"] for row in self.read(folder, "discontinuations")}
        self.tried: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self.read(folder, "prior_treatments"):
            self.tried[row["episode_id"]][row["treatment_class"]] = row["outcome"]
        self.of: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.episodes, key=lambda each: (each["treatment_start_date"],
                                                           each["episode_type"] != "INITIATION",
                                                           each["episode_id"])):  # fmt: skip
            self.of[row["patient_id"]].append(row)
        self.first = {patient: rows[0] for patient, rows in self.of.items()}
        self.new = {patient: row for patient, row in self.first.items()
                    if row["episode_type"] == "INITIATION" and row["indication_code"] != "HORS_PROTOCOLE"}  # fmt: skip

    @staticmethod
    def read(folder: Path, table: str) -> list[Row]:
        path = folder / f"{table}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def month_ends(self) -> dict[str, dt.date]:
        days = [row[each] for row in self.episodes for each in ("treatment_start_date", "form_received_date")]
        year, month = int(min(days)[:4]), int(min(days)[5:7])
        found = {}
        while (year, month) <= (self.cutoff.year, self.cutoff.month):
            last = dt.date(year, month, calendar.monthrange(year, month)[1])
            found[f"{year}-{month:02}"] = min(last, self.cutoff)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return found

    def whole(self, month: str) -> bool:
        end = self.month_ends()[month]
        return end.day == calendar.monthrange(end.year, end.month)[1]

    def on_treatment(self, day: dt.date) -> int:
        n = 0
        for rows in self.of.values():
            begun = [row for row in rows if row["treatment_start_date"] <= day.isoformat()]
            stop = self.stops.get(begun[-1]["episode_id"], "") if begun else "never begun"
            n += begun != [] and (stop == "" or stop > day.isoformat())
        return n

    def verdicts(self, row: Row) -> dict[str, str]:
        """Criterion → verdict, from the words of the programme's file."""
        indication = self.programme.indication(row["indication_code"])
        found = {}
        for group in indication.prior_treatments:
            outcomes = [self.tried[row["episode_id"]].get(each) for each in group.any_of]
            met = any(outcome in ("ECHEC", "INTOLERANCE", "CONTRE_INDICATION") for outcome in outcomes)
            found["/".join(group.any_of)] = "CONFORMING" if met else "NOT_ASSESSABLE"
        if indication.age:
            age, below = int(row["age_at_start"]), indication.age.below or 1000
            found["AGE"] = "CONFORMING" if indication.age.at_least <= age < below else "NON_CONFORMING"
        return found or {"INDICATION": "CONFORMING"}

    def conformity(self) -> Counter[str]:
        worst = ("NON_CONFORMING", "NOT_ASSESSABLE", "CONFORMING")
        return Counter(min(self.verdicts(row).values(), key=worst.index) for row in self.new.values())

    def combinations(self) -> Counter[str | None]:
        order = ["TOPIQUE", "COLCHICINE", "HYDROXYCHLOROQUINE", "CHLOROQUINE", "ANTI_TNF"]
        sets = [sorted(self.tried[row["episode_id"]], key=order.index) for row in self.new.values()]
        return Counter(" + ".join(classes) or None for classes in sets)

    def received(self) -> dict[str, list[str]]:
        """Centre → the month of each of its forms."""
        found = defaultdict(list)
        for row in self.episodes:
            found[self.centre[row["patient_id"]]].append(row["form_received_date"][:7])
        return found

    def submissions(self) -> dict[str, tuple[int, int, int]]:
        """Centre → months expected, with a form, without one."""
        months = [month for month in self.month_ends() if self.whole(month)]
        found = {}
        for centre, sent in self.received().items():
            expected = [month for month in months if month > min(sent)]
            covered = [month for month in expected if month in sent]
            found[centre] = (len(expected), len(covered), len(expected) - len(covered))
        return found

    def states_of_centres(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for centre in CENTRES:
            sent = self.received().get(centre, [])
            since = [month for month in self.month_ends() if sent and month > max(sent) and self.whole(month)]
            found["NEVER" if not sent else "SILENT" if len(since) >= 3 else "SENDING"] += 1
        return found

    def delays(self) -> list[int]:
        each = [dt.date.fromisoformat(row["form_received_date"]) - dt.date.fromisoformat(row["form_signed_date"])
                for row in self.episodes]  # fmt: skip
        return [gap.days for gap in each if gap.days >= 0]

    def pairs(self) -> int:
        found = set()
        for one in self.episodes:
            for other in self.episodes:
                a, b = one["patient_id"], other["patient_id"]
                same = all(self.people[a][each] == self.people[b][each] for each in ("birth_year", "sex", "centre_id"))
                gap = dt.date.fromisoformat(one["treatment_start_date"]) - dt.date.fromisoformat(
                    other["treatment_start_date"]
                )
                if a < b and same and one["indication_code"] == other["indication_code"] and abs(gap.days) <= 7:
                    found.add((a, b))
        return len(found)

    def filled(self) -> dict[str, int]:
        fields = ("form_channel", "weight_kg", "emg_baseline")
        return {field: sum(row[field] not in ("", "NR") for row in self.episodes) for field in fields}

    def triangle(self) -> Counter[tuple[str, str]]:
        return Counter(
            (row["treatment_start_date"][:7], max(row["treatment_start_date"], row["form_received_date"])[:7])
            for row in self.new.values()
        )


def rows_of(episodes: Iterable[Mapping[str, Any]], people: list[Row]) -> dict[str, list[Row]]:
    """The tables of an export: a stop only where it does not precede the start, ages that go with the birth years."""
    tables: dict[str, list[Row]] = {"patients": [], "initiations": [], "discontinuations": [], "prior_treatments": []}
    tables["patients"] = [{"patient_id": each} | person for each, person in zip(PATIENTS, people, strict=True)]
    for n, drawn in enumerate(episodes, start=1):
        episode = {"episode_id": f"E{n}"} | {key: text for key, text in drawn.items() if isinstance(text, str)}
        stop = episode.pop("stop_date")
        tables["initiations"].append(episode)
        if stop >= episode["treatment_start_date"]:
            tables["discontinuations"].append({"episode_id": f"E{n}", "stop_date": stop})
        tables["prior_treatments"] += [{"episode_id": f"E{n}", "treatment_class": each, "outcome": outcome}
                                       for each, outcome in drawn["tried"].items()]  # fmt: skip
    return tables


def without_zeros(counted: Mapping[Any, int]) -> dict[Any, int]:
    return {key: n for key, n in counted.items() if n}


@pytest.mark.parametrize("cutoff", CUTOFFS)
@settings.get_profile("imports")
@given(episodes=EPISODES, people=PEOPLE)
def test_every_figure_agrees_with_a_recount(
    export: Callable[..., Path], imported: Callable[..., Imported], figures: Figures, thalidomide: Programme,
    cutoff: str, episodes: list[dict[str, Any]], people: list[Row],
) -> None:  # fmt: skip
    check(export, imported, figures, thalidomide, cutoff, episodes, people)


@pytest.mark.nightly
@pytest.mark.parametrize("cutoff", CUTOFFS)
@settings.get_profile("many imports")
@given(episodes=EPISODES, people=PEOPLE)
def test_the_same_on_many_more_exports(
    export: Callable[..., Path], imported: Callable[..., Imported], figures: Figures, thalidomide: Programme,
    cutoff: str, episodes: list[dict[str, Any]], people: list[Row],
) -> None:  # fmt: skip
    check(export, imported, figures, thalidomide, cutoff, episodes, people)


def check(
    export: Callable[..., Path], imported: Callable[..., Imported], figures: Figures, thalidomide: Programme,
    cutoff: str, episodes: list[dict[str, Any]], people: list[Row],
) -> None:  # fmt: skip
    tables = rows_of(episodes, people)
    folder = export(
        centres=[{"centre_id": each} for each in CENTRES],
        manifest={"cutoff_date": cutoff},
        files={f"{name}.csv": head for name, head in EMPTY.items() if not tables[name]},
        **{name: rows for name, rows in tables.items() if rows},
    )
    opened = Opened(imported(folder=folder).release, thalidomide)
    assert sum(count["quarantined"] for count in opened.release.record["counts"]) == 0
    recount = Recount(folder, cutoff, thalidomide)
    for compare in (patients, conformity, centres, late_forms):
        compare(opened, recount, figures)
    opened.close()


def patients(opened: Opened, recount: Recount, figures: Figures) -> None:
    for basis, column in {"treatment_start": "treatment_start_date", "form_signed": "form_signed_date",
                          "form_received": "form_received_date"}.items():  # fmt: skip
        by_month = side_by_side(opened, "new_patients", Selection()).frame.set_index("month")[basis]
        assert without_zeros(by_month.to_dict()) == Counter(row[column][:7] for row in recount.new.values())
    by_centre = Counter(recount.centre[patient] for patient in recount.new)
    assert figures(opened, "new_patients", "centre_id") == by_centre
    assert figures(opened, "active_centres") == len(by_centre)
    on = {month: recount.on_treatment(day) for month, day in recount.month_ends().items()}
    assert figures(opened, "on_treatment_by_month", "at_month") == without_zeros(on)
    assert figures(opened, "on_treatment") == recount.on_treatment(recount.cutoff)
    begun = Counter((row["treatment_start_date"][:7], row["episode_type"]) for row in recount.episodes)
    assert figures(opened, "episodes_begun", "start_month", "episode_type") == begun


def conformity(opened: Opened, recount: Recount, figures: Figures) -> None:
    tried: Counter[tuple[str | None, str | None]] = Counter()
    for row in recount.new.values():
        tried.update(recount.tried[row["episode_id"]].items() or [(None, None)])
    assert figures(opened, "prior_treatments", "treatment_class", "prior_outcome") == tried
    assert figures(opened, "prior_combinations", "prior_combination") == recount.combinations()
    assert figures(opened, "conformity", "conformity") == recount.conformity()
    judged = Counter(each for row in recount.new.values() for each in recount.verdicts(row).items())
    assert figures(opened, "conformity_criteria", "conformity_criterion", "conformity") == judged


def centres(opened: Opened, recount: Recount, figures: Figures) -> None:
    forms = Counter((centre, month) for centre, sent in recount.received().items() for month in sent)
    assert figures(opened, "forms", "centre_id", "form_month") == forms
    assert figures(opened, "submissions", "centre_id", "form_month", count="n_forms") == forms
    for position, count in enumerate(("n_expected", "n_covered", "n_silent")):
        by_hand = {centre: three[position] for centre, three in recount.submissions().items()}
        assert figures(opened, "submissions", "centre_id", count=count) == without_zeros(by_hand)
    assert figures(opened, "centres", "centre_status") == recount.states_of_centres()
    assert figures(opened, "probable_duplicates") == recount.pairs()
    found = figures(opened, "form_completeness", "field", count="n_filled", zeros=True)
    assert {field: found[field] for field in recount.filled()} == recount.filled()


def late_forms(opened: Opened, recount: Recount, figures: Figures) -> None:
    delays = pd.Series(recount.delays(), dtype="float64")
    found = distribution(opened, "forms", "form_delay_days", Selection()).frame.iloc[0]
    assert (found["n"], found["n_missing"]) == (len(delays), len(recount.episodes) - len(delays))
    if len(delays):
        assert (found["median"], found["p90"]) == (pytest.approx(delays.median()), pytest.approx(delays.quantile(0.9)))
    assert figures(opened, "reporting_triangle", "start_month", "known_month") == recount.triangle()
    triangle = late_reporting(opened, Selection()).triangle
    assert triangle is not None
    whole = {pair: n for pair, n in recount.triangle().items() if recount.whole(pair[1])}
    assert int(triangle.sum().sum()) == sum(whole.values())
    delayed = dict.fromkeys(triangle.columns, 0)
    for (start, known), n in whole.items():
        delayed[(pd.Period(known) - pd.Period(start)).n] += n
    assert triangle.sum().to_dict() == delayed

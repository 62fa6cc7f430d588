"""Figures agree with their line lists, and with an independent count over the rows as drawn."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.definitions import definition, names
from pipelines.importing import Imported
from pipelines.measure import line_list, measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.survival import curves

Row = dict[str, str]

PATIENTS = [f"p{n}" for n in range(40)]
DAYS = st.dates(dt.date(2025, 11, 1), dt.date(2026, 4, 30)).map(lambda day: day.isoformat())
ONSETS = st.sampled_from(
    ["", "2025", "2026", "2026-01", "2026-02", "2026-01-15", "2026-02-03", "2025-12-31", "2026-05-01"]
)


def one_of(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


EPISODES = st.lists(
    st.fixed_dictionaries({
        "patient_id": st.sampled_from(PATIENTS),
        "episode_type": one_of("INITIATION", "INITIATION", "REPRISE", "POURSUITE"),
        "treatment_start_date": DAYS,
        "indication_code": one_of("APHTOSE", "APHTOSE", "LUPUS_CUT", "ENL", "HORS_PROTOCOLE"),
        "product": one_of("BMS", "ACCORD"),
    }), min_size=30, max_size=80,
)  # fmt: skip
EFFECTS = st.lists(
    st.fixed_dictionaries({
        "case_id": one_of(*(f"k{n}" for n in range(25))),
        "patient_id": st.sampled_from(PATIENTS),
        "onset_date": ONSETS,
        "soc_label": one_of("SKIN", "NERV", "GASTR"),
        "pt_label": one_of("Prurit", "Rash", "Somnolence"),
        "severity_grade": one_of("", "1", "3"),
        "serious": one_of("0", "1", "NR"),
    }), min_size=30, max_size=80,
)  # fmt: skip


def read(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def first_episodes(folder: Path) -> dict[str, Row]:
    """By patient; on one day an initiation comes before others, then the smaller episode number."""
    found: dict[str, Row] = {}
    for row in read(folder, "initiations"):
        known = found.get(row["patient_id"])
        if known is None or precedence(row) < precedence(known):
            found[row["patient_id"]] = row
    return found


def precedence(row: Row) -> tuple[str, bool, str]:
    return row["treatment_start_date"], row["episode_type"] != "INITIATION", row["episode_id"]


def began_before(onset: str, start: str) -> bool:
    """Whether every day that the onset can mean is before the start."""
    return onset != "" and onset < start[: len(onset)]


def naive_new_patients(folder: Path) -> dict[tuple[str, str], int]:
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for row in first_episodes(folder).values():
        if row["episode_type"] == "INITIATION" and row["indication_code"] != "HORS_PROTOCOLE":
            counted[row["treatment_start_date"][:7], row["indication_code"]] += 1
    return dict(counted)


def naive_effects(folder: Path) -> dict[str, tuple[int, int, int]]:
    starts = {patient: row["treatment_start_date"] for patient, row in first_episodes(folder).items()}
    patients, cases, effects = defaultdict(set), defaultdict(set), defaultdict(set)
    for row in read(folder, "adverse_events"):
        if row["patient_id"] in starts and not began_before(row["onset_date"], starts[row["patient_id"]]):
            patients[row["soc_label"]].add(row["patient_id"])
            cases[row["soc_label"]].add(row["case_id"])
            effects[row["soc_label"]].add(row["ae_id"])
    return {soc: (len(patients[soc]), len(cases[soc]), len(effects[soc])) for soc in patients}


@settings.get_profile("imports")
@given(episodes=EPISODES, effects=EFFECTS)
def test_new_patients_and_effects_agree_with_a_count_by_hand(
    export: Callable[..., Path], imported: Callable[..., Imported], figures: Callable[..., Any],
    episodes: list[Row], effects: list[Row],
) -> None:  # fmt: skip
    patients = [{"patient_id": each} for each in PATIENTS]
    folder = export(patients=patients, initiations=episodes, adverse_events=effects)
    opened = Opened(imported(folder=folder).release)
    assert sum(count["quarantined"] for count in opened.release.record["counts"]) == 0
    assert figures(opened, "new_patients", "month", "indication_code") == naive_new_patients(folder)
    counted = {name: figures(opened, "effects", "soc_code", count=name) for name in definition("effects").counts}
    by_hand = naive_effects(folder)
    assert counted == {name: {soc: three[position] for soc, three in by_hand.items()}
                       for position, name in enumerate(("n_patients", "n_cases", "n_effects"))}  # fmt: skip
    opened.close()


def rows(number: int, **columns: list[str]) -> list[Row]:
    """Rows whose columns run through their values in unequal steps, so that many combinations occur."""
    return [{name: values[(row * step) % len(values)] for step, (name, values) in enumerate(columns.items(), start=1)}
            for row in range(number)]  # fmt: skip


CLASSES = [("TOPIQUE", "COLCHICINE"), ("CHLOROQUINE", "CORTICOIDE"), ()]
OUTCOMES = [("ECHEC", "NR"), ("CONTRE_INDICATION", "INTOLERANCE"), ("NR", "ECHEC"), ("ECHEC", "ECHEC")]
TRIED = [{"episode_id": f"E{n}", "treatment_class": each, "outcome": outcome} for n in range(1, 30)
         for each, outcome in zip(CLASSES[n % 3], OUTCOMES[n % 4], strict=False)]  # fmt: skip


@pytest.fixture(scope="module")
def varied(release: Callable[..., Opened]) -> Opened:
    """A release in which every dimension of every measure takes several values, empty ones too."""
    flags = rows(60, seriousness_death=["0"], seriousness_life_threatening=["1", "0"],
                 seriousness_hospitalisation=["1", "0", "1"], seriousness_disability=["0"],
                 seriousness_congenital_anomaly=["", "0", "0", "0", "0"], seriousness_other=["1"])  # fmt: skip
    effects = rows(60, patient_id=PATIENTS[:17], case_id=[f"k{n}" for n in range(23)], soc_label=["SKIN", "NERV"],
                   pt_label=["Prurit", "somnolence", "Neuropathie périphérique"], severity_grade=["", "1", "2", "5"],
                   onset_date=["", "2025", "2026-01-20", "2026-03"], serious=["1", "0", "NR"],
                   causality=["I0", "", "I2", "I4"], action_taken=["ARRET", "", "INCHANGE"],
                   outcome=["", "GUERISON", "NR"], received_date=["2026-06-01", "2026-09-20", "2026-10-25"],
                   submitted_date=["", "2026-10-26", "2026-10-30", "", "2026-10-27"])  # fmt: skip
    effects = [effect | (seriousness if effect["serious"] == "1" else dict.fromkeys(seriousness, ""))
               | {"case_id": f"{effect['patient_id']}-{effect['case_id'][-1]}"}
               for effect, seriousness in zip(effects, flags, strict=True)]  # fmt: skip
    return release(
        centres=rows(4, centre_id=["C1", "C2", "C3", "C4"], region_code=["11", "93", "84"],
                     centre_type=["CHU", ""]),
        patients=rows(40, patient_id=PATIENTS, sex=["F", "M", "F"], centre_id=["C1", "C2", "C3", "C1"],
                      birth_year=["1950", "1980", "2012", "2016", "1990"]),
        initiations=rows(55, patient_id=PATIENTS[:30], treatment_start_date=["2025-11-03", "2026-01-08", "2026-02-09"],
                         episode_type=["INITIATION", "INITIATION", "REPRISE", "POURSUITE"],
                         indication_code=["APHTOSE", "LUPUS_CUT", "CROHN_PED", "HORS_PROTOCOLE", "ENL"],
                         product=["BMS", "ACCORD", "CELGENE"], prescriber_specialty=["DERMATOLOGIE", "PEDIATRIE"],
                         indication_subtype=["", "BEHCET"], form_channel=["FAX", "", "PORTAIL"],
                         form_signed_date=["2026-02-01", "2025-12-04"],
                         form_received_date=["2026-02-10", "2026-04-02", "2026-01-09"], weight_kg=["", "60", "71"],
                         emg_baseline=["NR", "FAIT_NORMAL", "", "NON_FAIT"]),
        prior_treatments=TRIED,
        adverse_events=effects,
        discontinuations=rows(20, episode_id=[f"E{n}" for n in range(1, 21)], stop_date=["2026-06-01", "2026-04-20"],
                              reason=["REMISSION", "FIN_PREVUE", "DECES"]),
        visits=rows(40, episode_id=[f"E{n}" for n in range(1, 56)],
                    visit_date=["2026-02-05", "2026-03-30", "2026-08-01"]),
        dispensings=rows(50, episode_id=[f"E{n}" for n in range(1, 39)], capsules=["28", "56", "112", "500"],
                         prescription_date=["2026-02-09", "2026-03-09"], days_supplied=["28", "56"]),
        pregnancy_tests=rows(40, episode_id=[f"E{n}" for n in range(1, 32)], result=["NEG", "NEG", "POS"],
                             test_date=["2025-11-03", "2026-01-08", "2026-02-09", "2026-03-09", "2026-06-20"]),
        contraceptions=rows(25, episode_id=[f"E{n}" for n in range(1, 56, 2)], start_date=["2025-10-01", "2026-03-01"],
                            method=["IMPLANT", "OESTROPROGESTATIF", "AUCUNE", "NR"]),
        pregnancies=rows(6, patient_id=PATIENTS[:6], exposure=["PATERNELLE", "MATERNELLE", ""]),
    )  # fmt: skip


FIRST = 1
"""So many dimensions of a measure are tried each time; the others, at night."""

EVERY_BREAKDOWN = [
    pytest.param(name, dimension, marks=() if place < FIRST else pytest.mark.nightly)
    for name in names()
    for place, dimension in enumerate(definition(name).dimensions)
]


def some(frame: pd.DataFrame, dimension: str) -> list[str]:
    """The first, the last and the missing value of a table; "" stands for the missing one."""
    values = list(dict.fromkeys("" if pd.isna(value) else str(value) for value in frame[dimension]))
    return list(dict.fromkeys([values[0], values[-1], *([""] if "" in values else [])]))


def behind(opened: Opened, name: str, count: str, where: dict[str, str] | None = None) -> int:
    """The figure that a line list gives: its rows, or what they add up to."""
    counted = definition(name).counts[count]
    lines = line_list(opened, name, Selection(), where, count)
    return int(lines[counted.sum].sum()) if counted.sum and len(lines) else len(lines)


@pytest.mark.parametrize(("name", "dimension"), EVERY_BREAKDOWN)
def test_a_cell_is_its_line_list_alone_and_in_its_table(varied: Opened, name: str, dimension: str) -> None:
    table = measure(varied, name, Selection(), by=[dimension]).frame
    assert len(table) > 0
    main = definition(name).main
    for value in some(table, dimension):
        where = {dimension: value}
        number = table[table[dimension].isna() if value == "" else table[dimension].astype(str) == value][main].iloc[0]
        assert behind(varied, name, main, where) == number
        assert measure(varied, name, Selection(), by=[], where=where).single == number
        alone = measure(varied, name, Selection(), by=[dimension], where=where).frame
        assert len(alone) <= 1
        assert alone[main].max() == number if len(alone) else number == 0


@pytest.mark.parametrize("name", names())
def test_a_measure_is_its_line_list(varied: Opened, name: str) -> None:
    table = measure(varied, name, Selection(), by=[])
    assert table.single is not None
    assert table.single > 0
    for count in table.definition.counts:
        assert behind(varied, name, count) == table.frame[count].iloc[0]


SELECTIONS = st.fixed_dictionaries({}, optional={
    "from_month": one_of("2025-11", "2026-01", "2026-02"),
    "to_month": one_of("2026-01", "2026-02"),
    "indications": one_of("APHTOSE", "CROHN_PED").map(lambda code: ("ENL", code)),
    "age_groups": st.just(("18-64", "65-74")),
    "sexes": one_of("F", "M").map(lambda sex: (sex,)),
    "regions": st.just(("93", "84")),
    "products": one_of("BMS", "CELGENE").map(lambda product: (product,)),
    "date_basis": one_of("form_signed", "form_received"),
}).map(lambda fields: Selection(**fields))  # fmt: skip
FROM_LINES = {"active_centres", "centres", "forms", "submissions"}
"""Measures of centres and of forms, whose figures do not add up over patients."""


@pytest.fixture(scope="module")
def summed(varied: Opened) -> Iterator[Opened]:
    """The same release, whose figures are summed from its aggregates however few its rows."""
    opened = Opened(varied.release, varied.programme, pays_from=0)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", names())
@settings(deadline=None, derandomize=True, max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_aggregates_give_what_the_lines_give(varied: Opened, summed: Opened, name: str, data: st.DataObject) -> None:
    dimensions = st.lists(st.sampled_from(definition(name).dimensions), max_size=2, unique=True)
    by, selection = data.draw(dimensions), data.draw(SELECTIONS)
    table = measure(varied, name, Selection(), by=data.draw(dimensions)).frame
    where = {}
    if len(table):
        cell = table.iloc[data.draw(st.integers(0, len(table) - 1))]
        where = {each: "" if pd.isna(cell[each]) else str(cell[each]) for each in table.columns.intersection(
            definition(name).dimensions)}  # fmt: skip
    from_lines, from_aggregates = (measure(opened, name, selection, by, where) for opened in (varied, summed))
    pd.testing.assert_frame_equal(from_aggregates.frame, from_lines.frame)
    assert from_lines.answered_from == "lines"
    assert from_aggregates.answered_from == ("lines" if name in FROM_LINES else "aggregates")
    assert from_aggregates.statement == from_lines.statement


@pytest.mark.parametrize("name", [name for name in names() if definition(name).curve])
@settings(deadline=None, derandomize=True, max_examples=5, suppress_health_check=list(HealthCheck))
@given(selection=SELECTIONS)
def test_curves_from_aggregates_are_those_from_lines(
    varied: Opened, summed: Opened, name: str, selection: Selection
) -> None:
    from_lines, from_aggregates = (curves(opened, name, selection, by=["sex"]) for opened in (varied, summed))
    assert from_aggregates.answered_from == "aggregates"
    assert set(from_lines.curves) == set(from_aggregates.curves)
    for cell, curve in from_lines.curves.items():
        pd.testing.assert_frame_equal(curve.steps, from_aggregates.curves[cell].steps)

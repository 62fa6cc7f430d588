"""A published trial, read by configuration alone, gives its published figures from a clean and from a French export."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_schemas.programme import Programme, load
from pipelines.definitions import definition, names
from pipelines.importing import Imported, import_export
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store

EXPORTS = Path(__file__).parents[2].parent / "shared" / "real" / "cdisc-pilot"
WRITTEN = ("clean", "french")

pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason="the published study's export is not beside the repository"
)


@pytest.fixture(scope="module")
def pilot() -> Programme:
    return load("cdisc-pilot")


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory, pilot: Programme) -> dict[str, Imported]:
    return {name: import_export(EXPORTS / name, pilot, Store(tmp_path_factory.mktemp(name))) for name in WRITTEN}


@pytest.fixture(scope="module")
def releases(imports: dict[str, Imported], pilot: Programme) -> Iterator[dict[str, Opened]]:
    opened = {name: Opened(each.release, pilot) for name, each in imports.items()}
    yield opened
    for each in opened.values():
        each.close()


@pytest.fixture(params=WRITTEN)
def study(request: pytest.FixtureRequest, releases: dict[str, Opened]) -> Opened:
    return releases[request.param]


@pytest.fixture(scope="module")
def as_written() -> list[dict[str, str]]:
    """The effects of the clean export."""
    with (EXPORTS / "clean" / "adverse_events.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_patients_treated_are_as_published(study: Opened, figures: Callable[..., Any]) -> None:
    assert figures(study, "treated_patients", "indication_code") == {"ARM_PLACEBO": 86, "ARM_LOW": 84, "ARM_HIGH": 84}
    assert figures(study, "new_patients") == 254


def test_fields_that_the_study_did_not_collect_are_neither_counted_nor_empty(
    study: Opened, figures: Callable[..., Any]
) -> None:
    assert figures(study, "form_completeness") == 254
    assert figures(study, "form_completeness", "field", zeros=True) == {
        "form_channel": None, "weight_kg": 254, "care_agreement_signed": None, "emg_baseline": None,
        "vte_risk_factor": None}  # fmt: skip


def test_women_and_men_are_as_published(study: Opened, figures: Callable[..., Any]) -> None:
    assert figures(study, "treated_patients", "indication_code", "sex") == {
        ("ARM_PLACEBO", "F"): 53, ("ARM_PLACEBO", "M"): 33,
        ("ARM_LOW", "F"): 50, ("ARM_LOW", "M"): 34,
        ("ARM_HIGH", "F"): 40, ("ARM_HIGH", "M"): 44}  # fmt: skip


def test_age_groups_are_as_published(study: Opened, figures: Callable[..., Any]) -> None:
    by_age = figures(study, "treated_patients", "indication_code", "age_group")
    groups = ("0-64", "65-80", "81-plus")
    assert {arm: tuple(by_age[arm, group] for group in groups) for arm in ("ARM_PLACEBO", "ARM_LOW", "ARM_HIGH")} == {
        "ARM_PLACEBO": (14, 42, 30), "ARM_LOW": (8, 47, 29), "ARM_HIGH": (11, 55, 18)}  # fmt: skip


def test_patients_who_came_in_week_24_are_as_published(study: Opened) -> None:
    frame = study.query("""
        select p.indication_code, count(distinct p.patient_id) as n from core_treated_patients p
        join core_visits v on v.episode_id = p.episode_id where v.visit_label = 'WEEK 24' group by all""")
    assert dict(frame.itertuples(index=False)) == {"ARM_PLACEBO": 60, "ARM_LOW": 28, "ARM_HIGH": 30}


def test_every_effect_is_loaded_and_those_before_the_treatment_are_counted_apart(
    study: Opened, figures: Callable[..., Any]
) -> None:
    assert len(study.query("select ae_id from core_adverse_events")) == 1191
    by_timing = figures(study, "effects_by_timing", "timing", count="n_effects")
    assert by_timing["BEFORE_START"] == 65
    assert sum(by_timing.values()) == 1191
    assert figures(study, "effects", count="n_effects") == 1191 - 65


def test_timing_agrees_with_the_flag_of_the_study_row_by_row(study: Opened, as_written: list[dict[str, str]]) -> None:
    timing = dict(study.query("select ae_id, timing from core_effects").itertuples(index=False))
    flags = {f"{row['patient_id']}-{row['event_number']}": row["treatment_emergent"] for row in as_written}
    assert {effect: "N" if timing[effect] == "BEFORE_START" else "Y" for effect in flags} == flags
    assert len(flags) == 1191


def test_partial_onset_dates_are_kept_as_written(study: Opened, as_written: list[dict[str, str]]) -> None:
    kept = dict(
        study.query("select ae_id, onset_date from core_effects where onset_precision <> 'day'").itertuples(index=False)
    )
    written = {f"{row['patient_id']}-{row['event_number']}": row["onset_date"] for row in as_written
               if 0 < len(row["onset_date"]) < len("2012-02-01")}  # fmt: skip
    assert kept == written
    assert len(kept) == 26


def test_nothing_is_lost(imports: dict[str, Imported]) -> None:
    for name, each in imports.items():
        for count in each.counts:
            assert count.read == count.loaded + count.quarantined
        n_rows = {count.table: count.read for count in each.counts}
        del n_rows["centres"]  # a column of another table
        for table, number in n_rows.items():
            lines = (EXPORTS / name / f"{table}.csv").read_bytes().count(b"\n") - 1
            assert number == lines


def test_the_only_refused_rows_are_screening_visits_of_patients_never_treated(
    study: Opened, quarantined: Callable[[Opened], list[Any]]
) -> None:
    refused = quarantined(study)
    assert {table for table, _, _ in refused} == {"visits"}
    treated = set(study.query("select patient_id from core_treated_patients")["patient_id"])
    with (EXPORTS / "clean" / "visits.csv").open(encoding="utf-8", newline="") as lines:
        screened = {
            number for number, row in enumerate(csv.DictReader(lines), start=2) if row["patient_id"] not in treated
        }
    assert {line for _, line, _ in refused} == screened


def test_what_the_programme_does_not_collect_is_no_zero(study: Opened) -> None:
    frame = measure(study, "serious_effects", Selection()).frame.set_index("criterion")
    assert set(frame.index[frame["state"] == "not_collected"]) == {
        "LIFE_THREATENING", "DISABILITY", "CONGENITAL_ANOMALY", "OTHER"}  # fmt: skip
    assert frame.loc[frame["state"] == "not_collected", "n_effects"].isna().all()
    assert measure(study, "treated_patients", Selection(), by=["region_code"]).not_collected == ("region_code",)


def test_months_by_a_date_that_is_not_collected_are_no_zeros(study: Opened) -> None:
    table = measure(study, "new_patients", Selection(date_basis="form_signed"), by=["month"])
    assert "month" in table.not_collected or not (table.frame["n_patients"] == 0).any()


@pytest.mark.parametrize("name", names())
def test_both_exports_give_the_same_figures(releases: dict[str, Opened], name: str) -> None:
    for by in [[], definition(name).by, *([dimension] for dimension in definition(name).dimensions)]:
        one, other = (measure(releases[each], name, Selection(), by=by) for each in WRITTEN)
        pd.testing.assert_frame_equal(one.frame, other.frame)
        assert one.not_sent == other.not_sent


def test_every_table_stands_in_the_order_of_its_file(study: Opened) -> None:
    for table in [name for name in study.release.tables if "record_no" in study.columns(f"from {name} limit 0", {})]:
        numbers = list(study.query(f"select record_no from {table}")["record_no"])
        assert table == "findings" or numbers == sorted(numbers)


def test_both_exports_give_the_same_tables(releases: dict[str, Opened]) -> None:
    clean, french = (releases[name] for name in WRITTEN)
    for table in clean.release.tables:
        rows = "select * exclude (original) from quarantine" if table == "quarantine" else f"from {table}"
        pd.testing.assert_frame_equal(clean.query(rows), french.query(rows))


def test_the_dialects_found_are_those_written(imports: dict[str, Imported]) -> None:
    for name, expected in {"clean": ("utf-8", ",", "iso"), "french": ("cp1252", ";", "dmy")}.items():
        sources = {source["file"]: source for source in imports[name].release.record["sources"]}
        effects = sources["adverse_events.csv"]
        assert (effects["encoding"], effects["separator"], effects["date_order"]) == expected
        assert sources["initiations.csv"]["decimal"] == ("," if name == "french" else ".")


def test_the_same_export_gives_the_same_release_whenever_it_is_imported(
    imports: dict[str, Imported], pilot: Programme, tmp_path: Path
) -> None:
    again = import_export(EXPORTS / "clean", pilot, Store(tmp_path)).release
    assert again.name == imports["clean"].release.name
    assert again.record["hashes"] == imports["clean"].release.record["hashes"]

"""Each export holds what was received by its cut-off, in the columns of the contract."""

import datetime as dt
import hashlib
import json
from itertools import pairwise
from pathlib import Path

import pytest

from data_schemas.tables import TABLES
from sample_data.days import date, day
from sample_data.settings import CUTOFFS
from sample_data.world import World

PREFIX_OF_ADDED = ("E9", "P9")


def keys(rows: list[dict[str, str]], table: str) -> set[tuple[str, ...]]:
    return {tuple(row[column] for column in TABLES[table].key) for row in rows}


def test_there_is_one_export_a_month_for_three_years(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == list(CUTOFFS)
    assert (len(CUTOFFS), CUTOFFS[0], CUTOFFS[-1]) == (36, "2019-09-30", "2022-08-31")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_the_columns_of_the_contract(folder: Path, table: str, last: str) -> None:
    with (folder / last / f"{table}.csv").open(encoding="utf-8") as lines:
        assert lines.readline().rstrip("\n").split(",") == TABLES[table].columns


def test_the_manifest_tells_rows_and_checksums(folder: Path, read, last: str) -> None:
    manifest = json.loads((folder / last / "manifest.json").read_text(encoding="utf-8"))
    about = {key: manifest[key] for key in ("programme", "cutoff_date", "generated_at", "synthetic")}
    assert about == {
        "programme": "thalidomide", "cutoff_date": last, "generated_at": "2022-09-05T08:00:00", "synthetic": True,
    }  # fmt: skip
    assert set(manifest["files"]) == {f"{table}.csv" for table in TABLES}
    for name, told in manifest["files"].items():
        content = (folder / last / name).read_bytes()
        assert told == {"rows": len(read(last, name[:-4])), "sha256": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize("table", TABLES)
def test_a_row_stays_unless_its_patient_was_withdrawn_or_merged(read, world: World, table: str) -> None:
    patients = world.tables["patients"]
    for before, after in pairwise(CUTOFFS):
        gone = patients[(patients["gone"] > day(before)) & (patients["gone"] <= day(after))]
        pseudonyms = {f"P{number + 1:07d}" for number in gone["patient_id"]}
        owner = {row["episode_id"]: row["patient_id"] for row in read(before, "initiations")}
        lost = keys(read(before, table), table) - keys(read(after, table), table)
        rows = [row for row in read(before, table) if tuple(row[column] for column in TABLES[table].key) in lost]
        assert {row.get("patient_id") or owner[row["episode_id"]] for row in rows} <= pseudonyms


def test_some_patients_are_withdrawn_and_some_merged(read, last: str) -> None:
    ever = {row["patient_id"] for cutoff in CUTOFFS for row in read(cutoff, "patients")}
    left = ever - {row["patient_id"] for row in read(last, "patients")}
    now = {row["episode_id"]: row["patient_id"] for row in read(last, "initiations")}
    merged, withdrawn = set(), set()
    for cutoff in CUTOFFS:
        for row in read(cutoff, "initiations"):
            if row["patient_id"] in left:
                (merged if row["episode_id"] in now else withdrawn).add(row["patient_id"])
    assert len(merged) >= 3
    assert len(withdrawn) >= 3
    assert merged | withdrawn == left


@pytest.mark.parametrize(
    "column", ["treatment_start_date", "indication_code", "weight_kg", "patient_id"]
)  # fmt: skip
def test_values_are_corrected_between_exports(read, column: str) -> None:
    seen: dict[str, set[str]] = {}
    for cutoff in CUTOFFS:
        for row in read(cutoff, "initiations"):
            if not row["episode_id"].startswith("E9"):
                seen.setdefault(row["episode_id"], set()).add(row[column])
    assert sum(len(values) > 1 for values in seen.values()) >= 2


def test_forms_arrive_late(read, last: str) -> None:
    rows = [row for row in read(last, "initiations") if row["episode_type"] == "INITIATION"]
    rows = [row for row in rows if not row["episode_id"].startswith(PREFIX_OF_ADDED)]
    delays = [
        dt.date.fromisoformat(row["form_received_date"]) - dt.date.fromisoformat(row["treatment_start_date"])
        for row in rows
    ]
    assert min(delays) >= dt.timedelta(0)
    assert sum(delay > dt.timedelta(60) for delay in delays) > 0.03 * len(delays)


def test_patients_who_object_are_marked_from_some_month_on(read) -> None:
    opposed = [{row["patient_id"] for row in read(cutoff, "patients") if row["data_opposition"] == "1"}
               for cutoff in CUTOFFS]  # fmt: skip
    assert opposed[0] == set()
    assert 2 <= len(opposed[-1]) <= 8
    assert all(earlier <= later for earlier, later in pairwise(opposed))


def test_days_are_converted_both_ways() -> None:
    assert [date(day(cutoff)).isoformat() for cutoff in CUTOFFS] == list(CUTOFFS)

"""Shared fixtures: an export drawn as small text tables, and the release that importing it gives.

A test draws the columns that its sentence is about. Every other required column is filled so that the row is valid, and
the rows that drawn rows refer to are added where their table is not drawn: a patient without a drawn episode has one,
begun on 10 January 2024.

    export(initiations='''
        patient_id | episode_type
        a          | REPRISE
    ''')
"""

import csv
import hashlib
import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from data_schemas.programme import Programme, load
from data_schemas.tables import TABLES
from pipelines.importing import Imported, import_export
from pipelines.opened import Opened
from pipelines.store import Store


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser first: they are long, and at the end one process would wait for the other."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


Row = dict[str, str]
Drawn = str | Sequence[Mapping[str, str]] | None

CUTOFF = "2026-10-31"

# For tests in which every example is an import: few, large and not shrunk, which would take a hundred imports more.
settings.register_profile("imports", deadline=None, derandomize=True, max_examples=3,
                          phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
settings.register_profile("many imports", settings.get_profile("imports"), derandomize=False, max_examples=40)

# `{n}` is the number of the row, `{column}` what an earlier column of the row holds.
VALID: dict[str, Row] = {
    "centres": {"centre_id": "C{n}", "region_code": "11"},
    "patients": {"patient_id": "P{n}", "birth_year": "1980", "sex": "F", "centre_id": "C1"},
    "initiations": {
        "episode_id": "E{n}", "patient_id": "P{n}", "episode_type": "INITIATION", "treatment_start_date": "2024-01-10",
        "form_signed_date": "{treatment_start_date}", "form_received_date": "{treatment_start_date}",
        "prescriber_specialty": "DERMATOLOGIE", "indication_code": "APHTOSE", "age_at_start": "", "weight_kg": "60",
        "childbearing_status": "", "start_dose_mg_day": "100", "product": "BMS"},
    "prior_treatments": {"episode_id": "E1", "treatment_class": "COLCHICINE", "outcome": "ECHEC"},
    "discontinuations": {"episode_id": "E{n}", "stop_date": "2025-01-10", "reason": "REMISSION"},
    "visits": {"visit_id": "V{n}", "episode_id": "E1", "visit_date": "2024-06-10"},
    "dispensings": {
        "dispensing_id": "D{n}", "episode_id": "E1", "prescription_date": "2024-01-10",
        "dispensing_date": "{prescription_date}", "capsules": "56", "days_supplied": "28", "product": "BMS"},
    "pregnancy_tests": {"test_id": "T{n}", "episode_id": "E1", "test_date": "2024-01-10", "result": "NEG"},
    "contraceptions": {
        "episode_id": "E{n}", "start_date": "2024-01-01", "method": "IMPLANT", "childbearing_status": "FSP"},
    "adverse_events": {
        "ae_id": "A{n}", "case_id": "K{n}", "patient_id": "P1", "onset_date": "2026-10-01",
        "received_date": "2026-10-15", "pt_label": "Prurit", "soc_label": "SKIN", "serious": "0"},
    "pregnancies": {"pregnancy_id": "G{n}", "patient_id": "P1", "detection_date": "2024-06-10"},
    "declarations": {
        "period": "2024-01", "version": "1", "indication_code": "", "n_new_patients": "1", "sent_on": "2024-02-10",
        "cutoff_date": "2024-01-31"},
}  # fmt: skip


def _read(drawing: str) -> list[Row]:
    lines = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines() if line.strip()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def _completed(given: Mapping[str, Drawn]) -> dict[str, list[Row]]:
    """The drawn rows and those they refer to, with every required column filled."""
    rows = {name: _read(each) if isinstance(each, str) else [dict(row) for row in each]
            for name, each in given.items() if each is not None}  # fmt: skip
    for name, table in reversed(TABLES.items()):
        if name == "initiations" and name not in given:
            _start(rows)
        for position, row in enumerate(rows.get(name, []), start=1):
            _refer(rows, given, name, row, position)
        if table.required and name not in given:
            rows.setdefault(name, [{}])
    return {name: [_filled(name, row, position, rows) for position, row in enumerate(rows[name], start=1)]
            for name in TABLES if name in rows}  # fmt: skip


def _start(rows: dict[str, list[Row]]) -> None:
    """Every patient that is drawn or referred to begins one treatment."""
    episodes = rows.setdefault("initiations", [])
    episodes += [{"patient_id": row["patient_id"]} for row in rows.get("patients", []) if "patient_id" in row]
    if not episodes:
        episodes.append({})


def _refer(rows: dict[str, list[Row]], given: Mapping[str, Drawn], name: str, row: Row, position: int) -> None:
    for column, parent in TABLES[name].references.items():
        key = TABLES[parent].key[0]
        if column not in row and column in VALID[name]:
            first = next((each[key] for each in rows.get(parent, []) if key in each), None)
            row[column] = first if parent in given and first else VALID[name][column].format(n=position)
        value = row.get(column)
        if value and parent not in given and value not in {each.get(key) for each in rows.get(parent, [])}:
            rows.setdefault(parent, []).append({key: value})


def _filled(name: str, row: Row, position: int, rows: Mapping[str, list[Row]]) -> Row:
    filled = dict(row)
    for column, value in VALID[name].items():
        filled.setdefault(column, value.format(n=position, **filled))
    if name == "patients" and "birth_year" not in row:
        filled["birth_year"] = _birth_year(filled, rows)
    if name == "initiations":
        _fit(filled, row, rows)
    if name == "adverse_events" and filled["serious"] == "1" and not any("seriousness" in column for column in row):
        filled["seriousness_other"] = "1"
    return filled


def _birth_year(patient: Row, rows: Mapping[str, list[Row]]) -> str:
    for row in rows.get("initiations", []):
        if row.get("patient_id") == patient["patient_id"] and row.get("age_at_start", "").isdigit():
            return str(int(row.get("treatment_start_date", "2024")[:4]) - int(row["age_at_start"]))
    return patient["birth_year"]


def _fit(filled: Row, row: Row, rows: Mapping[str, list[Row]]) -> None:
    """Age and status that go with the patient."""
    patient = next((each for each in rows.get("patients", []) if each.get("patient_id") == filled["patient_id"]), {})
    born, start = patient.get("birth_year", "1980"), filled["treatment_start_date"][:4]
    if "age_at_start" not in row and born.isdigit() and start.isdigit():
        filled["age_at_start"] = str(int(start) - int(born))
    if "childbearing_status" not in row:
        filled["childbearing_status"] = "HOMME" if patient.get("sex") == "M" else "FSP"


def _as_csv(rows: Sequence[Row]) -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _write(folder: Path, files: Mapping[str, bytes], manifest: Mapping[str, object]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    listed = {name: {"sha256": hashlib.sha256(content).hexdigest()}
              for name, content in files.items() if name.endswith(".csv")}  # fmt: skip
    complete = {"programme": "thalidomide", "cutoff_date": CUTOFF, "files": listed} | manifest
    (folder / "manifest.json").write_text(json.dumps(complete), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def thalidomide() -> Programme:
    return load("thalidomide")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write an export and return its folder.

    Its arguments are tables, each drawn or given as rows; `None` leaves a table out. `files` replaces or adds whole
    files, `manifest` replaces or adds entries of the manifest.
    """
    numbers = itertools.count()
    place = tmp_path_factory.mktemp("exports")

    def write(files: Mapping[str, bytes] | None = None, manifest: Mapping[str, object] | None = None,
              **tables: Drawn) -> Path:  # fmt: skip
        rows = _completed(tables)
        contents = {f"{name}.csv": _as_csv(each) for name, each in rows.items()} | dict(files or {})
        return _write(place / f"export-{next(numbers)}", contents, manifest or {})

    return write


@pytest.fixture(scope="module")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Store]:
    return lambda: Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def imported(export: Callable[..., Path], new_store: Callable[[], Store], thalidomide: Programme
             ) -> Callable[..., Imported]:  # fmt: skip
    """Import a drawn export, or the one in `folder`, into a store of its own or `store`."""

    def run(folder: Path | None = None, store: Store | None = None, **drawn: Any) -> Imported:
        return import_export(folder or export(**drawn), thalidomide, store or new_store())

    return run


@pytest.fixture(scope="module")
def release(imported: Callable[..., Imported], thalidomide: Programme) -> Iterator[Callable[..., Opened]]:
    """Import a drawn export and open the release it gives."""
    opened: list[Opened] = []

    def run(**drawn: Any) -> Opened:
        opened.append(Opened(imported(**drawn).release, thalidomide))
        return opened[-1]

    yield run
    for each in opened:
        each.close()

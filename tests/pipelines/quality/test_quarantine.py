"""Rows in quarantine are listed, shown without their content, exported for correction, and released by a new import."""

import csv
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.importing import Imported
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.store import Store

Run = Callable[..., Imported]


def rtu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def months(imported: Run, new_store: Callable[[], Store]) -> tuple[Store, Release, Release]:
    """September with three refused rows and an objecting patient, October with one refused row."""
    store = new_store()
    september = imported(
        store=store,
        manifest={"cutoff_date": "2026-09-30"},
        patients="""
            patient_id | sex | data_opposition
            pat-a      | F   | 0
            pat-odd    | Z   | 0
            pat-object | F   | 1
        """,
        initiations=[{"patient_id": "pat-a"}, {"patient_id": "pat-a", "start_dose_mg_day": "9000"}],
    ).release
    october = imported(store=store, visits=[{"visit_date": "31/31/2024"}]).release
    return store, september, october


def test_the_list_counts_the_rows_of_every_release(months: tuple[Store, Release, Release]) -> None:
    store, september, october = months
    lines = rtu("quarantine", "list", "--store", store.folder, "--lang", "en").stdout.splitlines()
    assert lines[1].split()[:3] == [september.name, "3", "1"]
    assert lines[2].split()[:4] == ["*", october.name, "1", "0"]


def test_latest_is_the_release_in_service_and_any_other_is_shown_by_its_name(
    months: tuple[Store, Release, Release],
) -> None:
    store, september, _ = months
    latest = rtu("quarantine", "show", "latest", "--store", store.folder, "--lang", "en").stdout
    named = rtu("quarantine", "show", september.name, "--store", store.folder, "--lang", "en").stdout
    assert latest == rtu("quarantine", "show", "--store", store.folder, "--lang", "en").stdout
    assert "visits.csv (visits): 1 row(s) quarantined" in latest
    assert "visit_date" in latest
    assert "31/31/2024" not in latest
    assert "patients.csv (patients): 2 row(s) quarantined" in named
    assert "pat-" not in named


def test_the_exported_file_holds_place_reasons_and_text_but_nothing_of_a_patient_who_objects(
    months: tuple[Store, Release, Release], tmp_path: Path
) -> None:
    store, september, _ = months
    target = tmp_path / "refused.csv"
    said = rtu("quarantine", "export", september.name, "--out", target, "--store", store.folder, "--lang", "en")
    with target.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert said.exit_code == 0
    assert [(row["table"], row["file"], row["line"], row["reasons"]) for row in rows] == [
        ("initiations", "initiations.csv", "3", "dose_above_maximum:start_dose_mg_day"),
        ("patients", "patients.csv", "3", "unknown_code:sex"),
        ("patients", "patients.csv", "4", "data_opposition"),
    ]
    assert "9000" in rows[0]["original"]
    assert rows[0]["explanation"].startswith("start_dose_mg_day: The starting dose")
    assert "pat-odd" in rows[1]["original"]
    assert rows[2]["original"] == ""
    assert "pat-object" not in target.read_text(encoding="utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_export_that_cannot_be_written_is_refused_in_words(
    months: tuple[Store, Release, Release], tmp_path: Path, language: str
) -> None:
    (tmp_path / "there.csv").write_text("mine", encoding="utf-8")
    options = ["--store", months[0].folder, "--lang", language]
    there = rtu("quarantine", "export", "--out", tmp_path / "there.csv", *options)
    nowhere = rtu("quarantine", "export", "--out", tmp_path / "no" / "there.csv", *options)
    assert (there.exit_code, nowhere.exit_code) == (5, 5)
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "mine"
    assert "there.csv" in nowhere.stderr


def test_a_line_that_a_spreadsheet_would_run_is_made_inert(
    imported: Run, new_store: Callable[[], Store], tmp_path: Path
) -> None:
    store = new_store()
    content = b"visit_id,episode_id,visit_date\n=cmd(),E1,2024-06-10,more\nv2,E1,2024-06-10\n"
    imported(store=store, patients=[{"patient_id": "P1"}], files={"visits.csv": content})
    rtu("quarantine", "export", "--out", tmp_path / "out.csv", "--store", store.folder)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["original"][:6] for row in csv.DictReader(lines)] == ["'=cmd("]


def test_a_corrected_row_leaves_quarantine_with_the_next_import(
    imported: Run, new_store: Callable[[], Store], quarantined: Callable[[Opened], list[object]]
) -> None:
    store = new_store()
    wrong = imported(store=store, initiations=[{}, {"start_dose_mg_day": "9000"}]).release
    opened = Opened(wrong)
    assert quarantined(opened) == [("initiations", 3, ["dose_above_maximum:start_dose_mg_day"])]
    assert len(opened.query("from core_initiations")) == 1
    opened.close()
    mended = imported(store=store, initiations=[{}, {"start_dose_mg_day": "90"}])
    opened = Opened(mended.release)
    assert quarantined(opened) == []
    assert len(opened.query("from core_initiations")) == 2
    opened.close()
    assert mended.in_service
    assert "No row" in rtu("quarantine", "show", "--store", store.folder, "--lang", "en").stdout
    assert "9000" not in rtu("quarantine", "show", wrong.name, "--store", store.folder).stdout

"""`rtu diff --measure` says why a figure moved; `rtu measure --release` gives it as of any release."""

import csv
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.bridge.reasons import reasons
from pipelines.cli import main


def rtu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_bridge_names_cells_and_reasons_in_both_languages(two: Any) -> None:
    command = ("diff", two.before.name, "latest", "--measure", "new_patients", "--store", two.store.folder)
    french, english = (rtu(*command, "--by", "month,indication_code", "--lang", each).stdout for each in ("fr", "en"))
    assert "2026-09, APHTOSE : 0 → 2" in french
    assert "    +1  Fiche tardive" in french
    assert "    +1  Late form" in english
    assert "figures as published" in english
    assert not any(patient in english for patient in ("e-late", "twin-gone"))


def test_the_bridge_as_data_holds_every_cell_and_reason(two: Any) -> None:
    command = (
        "diff",
        "2026-09-30",
        "2026-10-31",
        "--measure",
        "treated_patients",
        "--by",
        "sex",
        "--store",
        two.store.folder,
    )
    rows = list(csv.DictReader(rtu(*command, "--format", "csv").stdout.splitlines()))
    assert list(rows[0]) == ["sex", "before", *reasons(), "after", "residual"]
    for row in rows:
        assert int(row["before"]) + sum(int(row[reason]) for reason in reasons()) == int(row["after"])
    assert json.loads(rtu(*command, "--format", "json").stdout)[0]["residual"] == 0


def test_the_records_of_a_bridge_are_listed_where_asked_for(two: Any) -> None:
    command = ("diff", "2026-09-30", "--measure", "new_patients", "--rows", "--lang", "en", "--store", two.store.folder)
    assert "late → 2026-09, APHTOSE: Late form" in rtu(*command).stdout
    assert "withdrawn ← 2026-08, APHTOSE: Patient or form withdrawn" in rtu(*command).stdout
    assert "key,month,indication_code,change,reason" in rtu(*command, "--format", "csv").stdout


def test_records_are_listed_with_what_stood_in_them_before_and_after(two: Any) -> None:
    said = rtu(
        "diff", "2026-09-30", "--table", "initiations", "--rows", "--lang", "en", "--store", two.store.folder
    ).stdout
    assert "e-dated, treatment_start_date: 2026-08-10 → 2026-07-10" in said
    assert "corrected: e-copy, e-nudged, e-old-name" in said
    assert "reclassified (indication, month, age group, seriousness…): e-branded, e-dated" in said


@pytest.mark.parametrize("options", [("--by", "sex"), ("--count", "n_patients"), ("--format", "csv"),
                                     ("--measure", "effects", "--table", "patients")])  # fmt: skip
def test_options_that_do_not_go_together_are_refused(two: Any, options: tuple[str, ...]) -> None:
    assert rtu("diff", two.before.name, *options, "--store", two.store.folder).exit_code == 2


@pytest.mark.parametrize("release", ["2026-09-30", "name"])
def test_a_measure_is_printed_as_of_a_release_or_its_cut_off(two: Any, release: str) -> None:
    asked = two.before.name if release == "name" else release
    command = ("measure", "treated_patients", "--total", "--format", "json", "--store", two.store.folder)
    then, now = (json.loads(rtu(*command, *more).stdout) for more in (("--release", asked), ()))
    assert (then["release"], now["release"]) == (two.before.name, two.after.name)
    assert then["cells"][0]["n_patients"] == 19
    assert now["cells"][0]["n_patients"] == 17


@pytest.mark.parametrize("day", ["2020-01-31", "2026-02-31"])
def test_a_cut_off_without_a_release_is_said(two: Any, day: str) -> None:
    answer = rtu("measure", "treated_patients", "--release", day, "--store", two.store.folder)
    assert answer.exit_code == 5
    assert "rtu releases" in answer.stderr

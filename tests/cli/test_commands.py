"""The commands: what they print, what they end with, and that no value of a patient is repeated."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*arguments: object, store: Path = tmp_path / "store") -> Result:
        return CliRunner().invoke(main, [*map(str, arguments), "--store", str(store)], catch_exceptions=False)

    return call


@pytest.fixture
def imported(run: Run, export: Callable[..., Path], tmp_path: Path) -> Opened:
    folder = export(
        patients=[
            {"patient_id": "p1", "sex": "F"},
            {"patient_id": "p2", "sex": "M"},
            {"patient_id": "p-wrong", "sex": "unheard-of"},
        ],
        initiations=[{"patient_id": "p1"}, {"patient_id": "p2"}],
    )
    assert run("import", folder, "--programme", "thalidomide").exit_code == 0
    release = Store(tmp_path / "store").current()
    assert release is not None
    return Opened(release)


def test_an_import_says_what_was_found_read_loaded_and_quarantined(run: Run, export: Callable[..., Path]) -> None:
    answer = run("import", export(), "--programme", "thalidomide", "--lang", "en")

    assert answer.exit_code == 0
    assert "patients.csv" in answer.stderr
    assert "utf-8" in answer.stderr
    assert "read    loaded  quarantined" in answer.stdout
    assert "is in service" in answer.stdout


def test_the_same_export_again_changes_nothing_and_says_so(run: Run, export: Callable[..., Path]) -> None:
    folder = export()
    run("import", folder, "--programme", "thalidomide")

    assert "rien n'a changé" in run("import", folder, "--programme", "thalidomide").stdout


def test_an_older_export_does_not_replace_the_release_in_service(run: Run, export: Callable[..., Path]) -> None:
    folder = export()
    run("import", folder, "--programme", "thalidomide", "--cutoff", "2030-01-31")
    answer = run("import", folder, "--programme", "thalidomide", "--cutoff", "2029-12-31", "--lang", "en")

    assert "a later cut-off stays in service" in answer.stdout


@pytest.mark.parametrize(("programme", "code"), [("no-such-programme", 3), ("thalidomide", 4)])
def test_each_class_of_failure_has_its_exit_code(run: Run, tmp_path: Path, programme: str, code: int) -> None:
    answer = run("import", tmp_path / "nowhere", "--programme", programme)

    assert answer.exit_code == code
    assert "Traceback" not in answer.output


def test_a_command_on_an_empty_store_says_how_to_fill_it(run: Run) -> None:
    answer = run("measure", "new_patients")

    assert answer.exit_code == 5
    assert "rtu import" in answer.stderr


def test_a_refusal_names_file_line_column_and_remedy_in_both_languages(run: Run, export: Callable[..., Path]) -> None:
    folder = export(files={"centres.csv": b"centre_id,centre_type,region\nC1,CHU,11\n"})
    french = run("import", folder, "--programme", "thalidomide")
    english = run("import", folder, "--programme", "thalidomide", "--lang", "en")

    assert "centres.csv, ligne 1 : la colonne region n'est pas attendue (la plus proche : region_code)" in french.stderr
    assert "centres.csv, line 1: column region is not expected (nearest: region_code)" in english.stderr
    assert "centres.csv, line 1: the required column region_code is missing" in english.stderr
    assert french.exit_code == english.exit_code == 4


@pytest.mark.usefixtures("imported")
def test_the_quarantine_names_lines_reasons_and_remedies_and_no_value(run: Run) -> None:
    answer = run("quarantine", "show", "latest", "--lang", "en")

    assert "patients.csv (patients): 1 row(s) quarantined" in answer.stdout
    assert "sex: The value is neither a code nor a label of the list – lines 4" in answer.stdout
    assert "Use a code of the list" in answer.stdout
    assert "unheard-of" not in answer.output
    assert "p-wrong" not in answer.output


def test_a_measure_is_printed_as_the_screen_shows_it(run: Run, imported: Opened) -> None:
    shown = measure(imported, "treated_patients", Selection(), by=["sex"]).frame
    printed = json.loads(run("measure", "treated_patients", "--by", "sex", "--format", "json").stdout)

    assert printed["release"] == imported.release.name
    assert [(cell["sex"], cell["n_patients"]) for cell in printed["cells"]] == list(
        zip(shown["sex"], shown["n_patients"], strict=True)
    )


@pytest.mark.usefixtures("imported")
def test_a_condition_keeps_one_value_and_the_lines_are_as_many_as_the_figure(run: Run) -> None:
    command = ("measure", "treated_patients", "--where", "sex=F")
    figure = run(*command, "--total", "--format", "csv").stdout.splitlines()
    lines = run(*command, "--lines", "--format", "csv").stdout.splitlines()

    assert figure[0].startswith("n_patients")
    assert len(lines) - 1 == int(figure[1].split(",")[0]) > 0


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    "arguments",
    [("no_such_measure",), ("new_patients", "--by", "shoe_size"), ("new_patients", "--where", "sex"),
     ("new_patients", "--where", "shoe_size=44"), ("new_patients", "--where", "sex=44")],
)  # fmt: skip
def test_an_unknown_measure_dimension_or_condition_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run("measure", *arguments)

    assert answer.exit_code == 6
    assert "44" not in answer.stderr

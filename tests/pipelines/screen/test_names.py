"""Names of columns and files: what announces a person is refused, and what tells one is not repeated."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from data_schemas.programme import FOLDER, Programme, load
from data_schemas.tables import TABLES
from pipelines.errors import ExportRefused
from pipelines.importing import Imported, import_export
from pipelines.messages import LANGUAGES, explain
from pipelines.screen.words import is_identifying
from pipelines.store import Store

COLUMNS = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "corpus" / "columns.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("column", COLUMNS["identifying"])
def test_a_name_that_announces_a_person_is_known(column: str) -> None:
    assert is_identifying(column)


@pytest.mark.parametrize("column", COLUMNS["harmless"])
def test_a_name_that_announces_nobody_is_let_through(column: str) -> None:
    assert not is_identifying(column)


def test_no_column_of_the_contract_announces_a_person() -> None:
    assert not [column for table in TABLES.values() for column in table.columns if is_identifying(column)]


def test_a_column_that_a_programme_maps_is_let_through_though_its_name_announces_a_person(
    tmp_path: Path, new_store: Callable[[], Store], thalidomide: Programme, export: Callable[..., Path]
) -> None:
    text = (FOLDER / "thalidomide.yml").read_text(encoding="utf-8")
    columns = {table.name: {column: column for column in table.columns} for table in TABLES.values()}
    columns["visits"]["visit_label"] = "nom_patient"
    mapping = {name: {"file": name, "columns": each} for name, each in columns.items()}
    own = tmp_path / "own.yml"
    own.write_text(f"{text}\nmapping: {json.dumps(mapping)}\n", encoding="utf-8")
    visits = b"visit_id,episode_id,visit_date,nom_patient\nV1,E1,2024-06-10,M3\n"
    folder = export(files={"visits.csv": visits})
    assert import_export(folder, load(str(own)), new_store()).is_new
    with pytest.raises(ExportRefused):
        import_export(folder, thalidomide, new_store())


FILES = {
    "DUP 1956-03-12.csv": "initials_date", "Ombrelle_Jeanne_1956-03-12.csv": "birth_date", "185057800608491.csv": "nir",
    "j.ombrelle@example.org.csv": "email", "0612345678.xlsx": "phone", "IPP80012345.csv": "file_number",
    "Mme Ombrelle.csv": "person",
}  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_a_file_named_after_a_person_is_refused_without_its_name(imported: Callable[..., Imported], file: str) -> None:
    with pytest.raises(ExportRefused) as refusal:
        imported(files={file: b"centre_id,region_code\nC1,11\n"}, manifest={"files": {}})
    problems = [(problem.key, problem.details) for problem in refusal.value.problems]
    assert ("screen.file_name", {"file": _place(problems), "rule": FILES[file]}) in problems
    for language in LANGUAGES:
        said = explain(refusal.value, language)
        assert file not in said
        assert Path(file).stem not in said


def _place(problems: list[tuple[str, dict[str, Any]]]) -> object:
    return next(details["file"] for key, details in problems if key == "screen.file_name")


def test_an_ordinary_unknown_file_keeps_its_name(imported: Callable[..., Imported]) -> None:
    with pytest.raises(ExportRefused, match=r"visits_2022-08-31\.csv"):
        imported(files={"visits_2022-08-31.csv": b"a,b\n"})


def test_a_header_that_is_a_value_is_not_repeated(imported: Callable[..., Imported]) -> None:
    header = b"centre_id,region_code,jeanne@example.org\nC1,11,x\n"
    with pytest.raises(ExportRefused) as refusal:
        imported(files={"centres.csv": header})
    assert "jeanne" not in explain(refusal.value, "fr") + str(refusal.value)

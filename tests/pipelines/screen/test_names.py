"""Names of columns and files: what announces a person is refused, and what tells one is not repeated."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_schemas.programme import load, names
from data_schemas.tables import TABLES
from pipelines.errors import ExportRefused
from pipelines.importing import Imported
from pipelines.mapping import needs
from pipelines.messages import LANGUAGES, explain
from pipelines.screen.words import is_identifying

IDENTIFYING = [
    "nom",
    "Prénom",
    "noms",
    "PRENOMS",
    "nom_patient",
    "NomDuPatient",
    "Nom-Prénom",
    "nomDeJeuneFille",
    "PatientName",
    "pt_name",
    "lastName",
    "first_name",
    "surname",
    "initiales",
    "init_pat",
    "Patient.Initials",
    "dt_nais",
    "DTNAISS",
    "date_naissance",
    "dateNaissance",
    "DDN",
    "DOB",
    "date_of_birth",
    "birthDate",
    "BRTHDTC",
    "adresse",
    "adresses",
    "adr1",
    "HomeAddress",
    "code_postal",
    "cp_patient",
    "ville",
    "téléphone",
    "tel_port",
    "tel1",
    "phones",
    "GSM",
    "mobile_phone",
    "mail",
    "e_mail",
    "EMAIL",
    "adresse_mail",
    "courriel_patient",
    "NIR",
    "n°_secu",
    "numéro_sécurité_sociale",
    "numeroSecuriteSociale",
    "ssn",
    "IPP",
    "num_ipp",
    "NIP",
    "commentaire",
    "commentaires",
    "Comment1",
    "obs",
    "remarques",
    "texte_libre",
    "free_text",
    "narrative",
    "verbatim",
]
HARMLESS = [
    "birth_year",
    "annee_naissance",
    "year_of_birth",
    "product_name",
    "nom_medicament",
    "centre_name",
    "dose_initiale",
    "beds",
    "denominateur",
    "nomenclature",
    "mobilite",
    "phenotype",
    "telaprevir",
    "mailing",
    "combination",
    "denomination",
    "nominal",
    "incomplete",
    "region_code",
    "inclusion_date",
    "screen_failure",
    "diagnostic",
    "country",
    "ratio",
]


@pytest.mark.parametrize("column", IDENTIFYING)
def test_a_name_that_announces_a_person_is_known(column: str) -> None:
    assert is_identifying(column)


@pytest.mark.parametrize("column", HARMLESS)
def test_a_name_that_announces_nobody_is_let_through(column: str) -> None:
    assert not is_identifying(column)


def test_no_column_of_the_contract_announces_a_person() -> None:
    assert not [column for table in TABLES.values() for column in table.columns if is_identifying(column)]


def test_a_column_that_a_programme_maps_is_known() -> None:
    mapped = {column for name in names() for mapping in load(name).mapping.values()
              for source in mapping.columns.values() for column in needs(source)}  # fmt: skip
    assert "visit_name" in mapped
    assert is_identifying("visit_name_of_patient")


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

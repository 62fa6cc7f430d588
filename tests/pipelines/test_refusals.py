"""Exports that cannot be used as a whole are refused with their reasons; the store stays as it was."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_schemas.errors import OperatorError
from data_schemas.programme import Programme, load
from pipelines.errors import ExportRefused, StoreError
from pipelines.importing import Imported, import_export
from pipelines.store import Store

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"
HEADER = b"centre_id,centre_type,region_code\n"
CENTRES = HEADER + b"C1,CHU,11\n"


@pytest.fixture(scope="module")
def in_service(imported: Callable[..., Imported], new_store: Callable[[], Store]) -> Store:
    """A store with a release in service."""
    store = new_store()
    imported(store=store)
    return store


def content(store: Store) -> dict[str, bytes]:
    return {
        str(path.relative_to(store.folder)): path.read_bytes() for path in store.folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def refusal(in_service: Store, thalidomide: Programme) -> Callable[..., OperatorError]:
    """Import a folder that must be refused, and see that the store is unchanged."""

    def run(folder: Path, programme: Programme | None = None) -> OperatorError:
        before = content(in_service)
        with pytest.raises(OperatorError) as refused:
            import_export(folder, programme or thalidomide, in_service)
        assert content(in_service) == before
        assert sorted(path.name for path in in_service.folder.iterdir()) == ["current", "layout", "lock", "releases"]
        return refused.value

    return run


def keys(error: OperatorError) -> set[str]:
    return {problem.key for problem in error.problems} if isinstance(error, ExportRefused) else {error.key}


def said(error: OperatorError) -> str:
    """Everything that an error can tell anyone."""
    problems = [problem.details for problem in error.problems] if isinstance(error, ExportRefused) else []
    return f"{error} {error!r} {error.args} {error.details} {problems}"


NO_TABLES = {
    "empty file": ({"centres.csv": b""}, "export.empty_file"),
    "picture": ({"centres.csv": PNG}, "export.not_a_table"),
    "workbook": ({"centres.csv": b"PK\x03\x04\x14\x00\x06\x00"}, "export.not_a_table"),
    "null byte": ({"centres.csv": CENTRES + b"C2,\x00,11\n"}, "export.not_a_table"),
    "utf-16 without its mark": ({"centres.csv": CENTRES.decode().encode("utf-16-le")}, "export.not_a_table"),
    "no known encoding": ({"centres.csv": b"\x81\x8d\x8f,a\n"}, "export.not_a_table"),
    "column without a name": ({"centres.csv": b"centre_id,,region_code\nC1,,11\n"}, "export.blank_column"),
    "repeated column": ({"centres.csv": b"centre_id,region_code,centre_id\n1,11,2\n"}, "export.repeated_column"),
    "the same in capitals": ({"centres.csv": b"centre_id,region_code,Centre_ID\n1,11,2\n"}, "export.repeated_column"),
    "missing column": ({"centres.csv": b"centre_id,centre_type\nC1,CHU\n"}, "export.missing_column"),
    "unknown column": ({"centres.csv": b"centre_id,region_code,beds\nC1,11,300\n"}, "export.unknown_column"),
    "unknown file": ({"beds.csv": b"centre_id,beds\nC1,300\n"}, "export.unknown_file"),
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_a_file_that_is_no_table_of_the_contract_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], name: str
) -> None:
    files, key = NO_TABLES[name]
    assert keys(refusal(export(files=files, manifest={"files": {}}))) == {key}


@pytest.mark.parametrize("content", [b"", PNG], ids=["empty", "picture"])
def test_a_file_that_is_there_is_not_said_to_be_missing(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], content: bytes
) -> None:
    assert "export.file_missing" not in keys(refusal(export(files={"centres.csv": content})))


@pytest.mark.parametrize("table", ["centres", "patients", "initiations"])
def test_an_export_without_a_required_table_is_refused(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], table: str
) -> None:
    folder = export(manifest={"files": {}})
    (folder / f"{table}.csv").unlink()
    assert "export.missing_table" in keys(refusal(folder))


def test_every_reason_is_given_at_once(export: Callable[..., Path], refusal: Callable[..., OperatorError]) -> None:
    folder = export(files={"centres.csv": b"centre_id,beds\nC1,300\n", "beds.csv": b"a,b\n"})
    error = refusal(folder)
    assert keys(error) == {"export.missing_column", "export.unknown_column", "export.unknown_file"}
    assert isinstance(error, ExportRefused)
    assert {"file": "centres.csv", "column": "region_code"} in [problem.details for problem in error.problems]


def test_a_folder_that_is_missing_or_empty_is_refused(tmp_path: Path, refusal: Callable[..., OperatorError]) -> None:
    assert keys(refusal(tmp_path / "missing")) == {"export.no_folder"}
    assert keys(refusal(tmp_path)) == {"export.no_file"}
    (tmp_path / "file.csv").write_text("a,b\n", encoding="utf-8")
    assert keys(refusal(tmp_path / "file.csv")) == {"export.no_folder"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"programme": "cdisc-pilot", "cutoff_date": "2026-10-31"}', "export.other_programme"),
        ('{"cutoff_date": "2026-10-31", "files": {"visits.csv": {}}}', "export.file_missing"),
        ('{"cutoff_date": "2026-10-31", "files": {"centres.csv": {"sha256": "0"}}}', "export.file_altered"),
        ("{", "export.bad_manifest"),
        ("[]", "export.bad_manifest"),
        ('{"cutoff_date": "31/10/2026"}', "export.bad_manifest"),
        ('{"cutoff_date": 7e99}', "export.bad_manifest"),
        ('{"cutoff_date": "2026-10-31", "files": []}', "export.bad_manifest"),
        ("{}", "export.no_cutoff"),
    ],
)
def test_a_manifest_that_does_not_fit_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], text: str, key: str
) -> None:
    folder = export()
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    assert key in keys(refusal(folder))


def test_a_manifest_that_counts_other_rows_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError]
) -> None:
    assert keys(refusal(export(manifest={"files": {"centres.csv": {"rows": 2}}}))) == {"export.rows_differ"}


def test_a_file_that_the_manifest_does_not_list_is_read(imported: Callable[..., Imported]) -> None:
    result = imported(manifest={"files": {}})
    assert all(count.read == count.loaded == 1 for count in result.counts)


def test_the_cut_off_comes_from_the_manifest_else_from_the_folder(
    export: Callable[..., Path], imported: Callable[..., Imported], tmp_path: Path
) -> None:
    folder = export()
    assert imported(folder=folder).release.record["cutoff_origin"] == "manifest"
    (folder / "manifest.json").unlink()
    named = Path(shutil.copytree(folder, tmp_path / "export-2026-09-30"))
    record = imported(folder=named).release.record
    assert (record["cutoff"], record["cutoff_origin"]) == ("2026-09-30", "folder")


@pytest.mark.parametrize(
    "column",
    ["nom", "Prénom", "initiales", "email", "courriel_patient", "telephone", "date_naissance", "adresse", "NIR",
     "commentaire", "numéro_sécurité_sociale"],
)  # fmt: skip
def test_a_column_named_like_a_direct_identifier_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], column: str
) -> None:
    folder = export(files={"centres.csv": f"centre_id,region_code,{column}\nC1,11,Durand-Secret\n".encode()})
    error = refusal(folder)
    assert "screen.column_name" in keys(error)
    assert "Durand-Secret" not in said(error)


IDENTIFYING = {
    "nir": "1 85 05 78 006 084 36", "nir_closed": "185057800608436", "email": "marie.durand@chu-exemple.fr",
    "phone": "06 12 34 56 78", "phone_dots": "01.23.45.67.89", "phone_abroad": "+33612345678",
}  # fmt: skip


@pytest.mark.parametrize("rule", IDENTIFYING)
def test_a_label_that_holds_a_direct_identifier_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], rule: str
) -> None:
    folder = export(adverse_events=[{"pt_label": f"Prurit {IDENTIFYING[rule]}"}])
    error = refusal(folder)
    assert keys(error) == {"screen.value"}
    assert IDENTIFYING[rule] not in said(error)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("visits", {"visit_date": IDENTIFYING["email"]}),
        ("visits", {"visit_label": IDENTIFYING["phone"], "visit_date": "soon"}),
        ("adverse_events", {"soc_label": IDENTIFYING["nir"]}),
        ("initiations", {"weight_kg": IDENTIFYING["phone"]}),
    ],
)
def test_a_refused_row_that_holds_a_direct_identifier_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], table: str, row: dict[str, str]
) -> None:
    error = refusal(export(**{table: [row]}))
    assert keys(error) == {"screen.value"}
    assert not any(value in said(error) for value in row.values() if value in IDENTIFYING.values())


def test_a_broken_line_that_holds_a_direct_identifier_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError]
) -> None:
    broken = CENTRES + f"C2,CHU,11,{IDENTIFYING['email']}\n".encode()
    error = refusal(export(files={"centres.csv": broken}))
    assert keys(error) == {"screen.line"}
    assert IDENTIFYING["email"] not in said(error)


def test_a_full_date_of_birth_in_place_of_the_year_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError]
) -> None:
    assert keys(refusal(export(patients=[{"birth_year": "12/03/1956"}]))) == {"screen.value"}


def test_a_file_without_a_header_does_not_put_its_first_row_into_the_message(
    export: Callable[..., Path], refusal: Callable[..., OperatorError]
) -> None:
    folder = export(files={"patients.csv": b"pseudo-4711,1956,F,C1\npseudo-4712,1957,F,C1\n"})
    assert "pseudo-4711" not in said(refusal(folder))


def test_two_files_of_one_table_refuse_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError]
) -> None:
    assert keys(refusal(export(files={"Centres.csv": CENTRES + b"C2,CHU,11\n"}))) == {"export.table_twice"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("visits.xlsx", "workbook.unreadable"),
        ("visits.doc", "export.other_file"),
        ("visits.csv.gz", "archive.damaged"),
        ("visits.parquet", "columnar.unreadable"),
        ("visits.xpt", "columnar.unreadable"),
    ],
)
def test_a_file_that_cannot_be_read_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], name: str, key: str
) -> None:
    assert keys(refusal(export(files={name: b"visit_id,episode_id,visit_date\n"}))) == {key}


def test_what_is_no_file_refuses_the_export(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], tmp_path: Path
) -> None:
    folder, link = export(), export()
    (folder / "visits.csv").mkdir()
    assert "visits.csv" in said(refusal(folder))
    (link / "visits.csv").symlink_to(tmp_path / "nowhere.csv")
    assert "visits.csv" in said(refusal(link))


def test_what_systems_leave_in_folders_is_no_part_of_the_export(imported: Callable[..., Imported]) -> None:
    result = imported(files={".DS_Store": b"\x00", "Thumbs.db": b"\x00"})
    assert {count.table for count in result.counts} == {"centres", "patients", "initiations"}


@pytest.mark.parametrize("value", ["False", "false", "0", "no"])
def test_an_environment_that_switches_checks_off_refuses_every_import(
    export: Callable[..., Path], refusal: Callable[..., OperatorError], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("PANDERA_VALIDATION_ENABLED", value)
    error = refusal(export())
    assert isinstance(error, StoreError)
    assert error.key == "store.validation_off"


def test_an_export_of_another_programme_is_refused(
    export: Callable[..., Path], refusal: Callable[..., OperatorError]
) -> None:
    assert "export.other_programme" in keys(refusal(export(), load("cdisc-pilot")))


def test_a_table_with_nothing_but_its_header_was_sent_and_is_empty(imported: Callable[..., Imported]) -> None:
    result = imported(files={"visits.csv": b"visit_id,episode_id,visit_date\n", "centres.csv": HEADER})
    counts: dict[str, Any] = {count.table: (count.read, count.loaded) for count in result.counts}
    assert counts["visits"] == (0, 0)
    assert "visits" not in result.not_sent
    assert counts["patients"] == (1, 0)  # its centre is not there


def test_a_record_of_a_release_is_plain_json(imported: Callable[..., Imported]) -> None:
    record = imported().release.record
    assert json.loads(json.dumps(record)) == record

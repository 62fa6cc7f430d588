"""An import that runs by itself: accepted or refused at once, followed by anyone, ended by a sentence."""

import io
import json
import os
import signal
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import background, uploads
from pipelines.background import State
from pipelines.candidates import candidates
from pipelines.errors import ExportRefused, StoreError
from pipelines.importing import Imported
from pipelines.messages import LANGUAGES, explain
from pipelines.store import Store
from pipelines.uploads import Sent

Run = Callable[..., Imported]
PATIENCE = 120


def sent(folder: Path, before: str = "") -> list[Sent]:
    return [_file(before + path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def _file(name: str, content: bytes = b"") -> Sent:
    return Sent(name, len(content), io.BytesIO(content))


def start(store: Store, files: list[Sent]) -> None:
    background.start(store, lambda folder: uploads.receive(files, folder), "thalidomide")


def ended(store: Store) -> State:
    until = time.monotonic() + PATIENCE
    while (state := background.state(store)).status == "under_way":
        assert time.monotonic() < until
        time.sleep(0.1)
    return state


def received(store: Store) -> list[Path]:
    return [path for path in (store.folder / "import").rglob("*") if "received" in path.parts]


def test_nothing_was_ever_imported(new_store: Callable[[], Store]) -> None:
    assert background.state(new_store()) == State("none")


def test_an_import_ends_as_a_candidate_with_its_steps_and_without_the_files(
    export: Callable[..., Path], new_store: Callable[[], Store]
) -> None:
    store = new_store()
    start(store, sent(export(visits=[{}, {}])))
    state = ended(store)
    assert (state.status, state.error, state.is_new) == ("ended", None, True)
    assert [each.name for each in candidates(store)] == [state.release]
    assert store.current() is None
    steps = [step for step, _ in state.steps]
    assert list(dict.fromkeys(steps)) == ["read", "file", "validate", "derive", "release"]
    assert {details["table"]: details["n_rows"] for step, details in state.steps if step == "validate"}["visits"] == 2
    assert steps.count("validate") == dict(state.steps)["read"]["n_tables"]
    assert received(store) == []
    background.forget(store)
    assert background.state(store).status == "none"
    assert len(candidates(store)) == 1


def test_a_second_import_waits_for_the_first_and_is_told_so(
    export: Callable[..., Path], new_store: Callable[[], Store]
) -> None:
    store, files = new_store(), sent(export())
    start(store, files)
    with pytest.raises(StoreError) as busy:
        start(store, sent(export()))
    background.forget(store)
    assert busy.value.key == "store.busy"
    assert ended(store).error is None


def test_a_refusal_is_told_problem_by_problem_and_leaves_the_store_as_it_was(
    export: Callable[..., Path], imported: Run, new_store: Callable[[], Store]
) -> None:
    store = new_store()
    before = imported(store=store).release.name
    header = b"centre_id,region_code,nom,zone\nC1,11,Dupontel,x\n"
    start(store, sent(export(files={"centres.csv": header, "odd.csv": b"a,b\n1,2\n"})))
    refused = ended(store).error
    assert isinstance(refused, ExportRefused)
    assert {each.key for each in refused.problems} == {
        "screen.column_name", "export.unknown_column", "export.unknown_file",
    }  # fmt: skip
    for language in LANGUAGES:
        words = explain(refused, language)
        assert "centres.csv" in words
        assert "Dupontel" not in words
    assert store.name_in_service() == before
    assert candidates(store) == received(store) == []
    assert "Dupontel" not in "".join(path.read_text() for path in (store.folder / "import").iterdir())


def test_an_import_that_was_killed_is_said_to_be_interrupted_and_the_next_one_goes_through(
    export: Callable[..., Path], new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, started = new_store(), []
    spawn = background.subprocess.Popen
    monkeypatch.setattr(background.subprocess, "Popen", lambda *a, **b: started.append(spawn(*a, **b)) or started[-1])
    start(store, sent(export()))
    assert background.state(store).status == "under_way"
    assert received(store)
    os.kill(started[0].pid, signal.SIGKILL)
    assert ended(store).status == "interrupted"
    assert received(store) == []
    start(store, sent(export()))
    assert ended(store).status == "ended"
    assert len(candidates(store)) == 1


def test_a_store_that_is_being_written_elsewhere_is_told_in_words(
    export: Callable[..., Path], new_store: Callable[[], Store]
) -> None:
    store = new_store()
    with store.writing():
        start(store, sent(export()))
        failed = ended(store).error
    assert isinstance(failed, StoreError)
    assert failed.key == "store.busy"


def test_a_defect_is_told_by_its_place_and_without_what_was_being_handled(
    export: Callable[..., Path], new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = new_store()
    monkeypatch.setattr(background, "_spawn", lambda store, _: background.run(store))

    def fail(*_: object) -> None:
        raise KeyError("Dupontel")

    monkeypatch.setattr("pipelines.importing.prepare_export", fail)
    start(store, sent(export()))
    failed = background.state(store).error
    assert failed is not None
    assert failed.key == "store.defect"
    assert failed.details["defect"] == "KeyError"
    assert "Dupontel" not in explain(failed, "en")
    assert "Dupontel" not in json.dumps([path.read_text() for path in (store.folder / "import").iterdir()])


def test_half_a_line_of_progress_is_not_read(new_store: Callable[[], Store], export: Callable[..., Path],
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    store = new_store()
    monkeypatch.setattr(background, "_spawn", lambda *_: None)
    start(store, sent(export()))
    (store.folder / "import" / "steps.jsonl").write_text('["read", {"n_files": 3}]\n["file", {"fi', encoding="utf-8")
    assert background.state(store).steps == (("read", {"n_files": 3}),)


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["patients.csv", "Manifest.json"], {"export/patients.csv", "export/Manifest.json"}),
        (["2026-10-31/patients.csv", "2026-10-31/.DS_Store"], {"export-2026-10-31/patients.csv"}),
        (["envoi du 2026-10-31.zip"], {"export-2026-10-31.zip"}),
        (["../../etc/passwd.csv"], {"export/passwd.csv"}),
        (["..\\..\\visits.csv"], {"export/visits.csv"}),
        (["vi\x00si\nts<b>.csv"], {"export/vi_si_ts_b_.csv"}),
        (["/" + "a" * 300 + ".csv"], {"export/" + "a" * 96 + ".csv"}),
    ],
)
def test_names_of_a_browser_become_names_inside_the_folder(names: list[str], written: set[str], tmp_path: Path) -> None:
    uploads.receive([_file(name, b"x") for name in names], tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == written


def test_the_content_of_an_unknown_form_is_not_written(tmp_path: Path) -> None:
    source = uploads.receive([_file("macro.exe", b"MZ"), _file("patients.csv", b"a,b")], tmp_path)
    assert {path.name: path.read_bytes() for path in source.iterdir()} == {"macro.exe": b"", "patients.csv": b"a,b"}


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ([], "upload.nothing"),
        ([_file(".DS_Store")], "upload.nothing"),
        ([_file(f"{n}.csv") for n in range(201)], "upload.too_many"),
        ([Sent("patients.csv", 2 << 30, io.BytesIO())], "upload.too_large"),
        ([_file("a.zip"), _file("patients.csv")], "upload.zip_and_files"),
        ([_file("a/patients.csv"), _file("b/visits.csv")], "upload.several_folders"),
        ([_file("patients.csv"), _file("PATIENTS.CSV")], "export.table_twice"),
    ],
)
def test_files_that_are_no_export_are_not_accepted(files: list[Sent], key: str, new_store: Callable[[], Store]) -> None:
    store = new_store()
    with pytest.raises(ExportRefused) as refused:
        start(store, files)
    assert [each.key for each in refused.value.problems] == [key]
    assert background.state(store).status == "none"
    assert received(store) == []


def test_a_zip_goes_the_same_way(export: Callable[..., Path], new_store: Callable[[], Store]) -> None:
    store, packed = new_store(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for path in export().iterdir():
            opened.write(path, f"envoi/{path.name}")
    start(store, [_file("envoi.zip", packed.getvalue())])
    assert ended(store).release == candidates(store)[0].name


def test_a_file_of_a_hundred_thousand_columns_is_one_problem_and_a_cell_of_megabytes_one_row(
    export: Callable[..., Path], imported: Run, new_store: Callable[[], Store]
) -> None:
    wide = ",".join(["centre_id", "region_code", *(f"c{n}" for n in range(100_000))])
    with pytest.raises(ExportRefused) as refused:
        imported(store=new_store(), files={"centres.csv": f"{wide}\n".encode()})
    assert [each.key for each in refused.value.problems] == ["export.too_many_columns"]
    long = b"centre_id,region_code,centre_type\nC1,11,CHU\nC2,11," + b"x" * 3_000_000 + b"\nC3,11,CHU\n"
    counts = imported(store=new_store(), folder=export(files={"centres.csv": long})).counts
    assert {each.table: (each.read, each.quarantined) for each in counts}["centres"] == (3, 1)

"""A store in an object store: every machine sees the same, and of two who write at once the later is refused."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.backups.sealed import Opener
from pipelines.candidates import candidates, publish
from pipelines.erase import erase
from pipelines.errors import ReturnError, StoreError
from pipelines.importing import Imported, prepare_export
from pipelines.lasting import lasting
from pipelines.measure import measure
from pipelines.messages import LANGUAGES, explain
from pipelines.objects.places import copy_at
from pipelines.opened import Opened
from pipelines.returns import drafts, steps
from pipelines.selection import Selection
from pipelines.store import Store
from tests.pipelines.objects.server import Server

Run = Callable[..., Imported]
Machine = Callable[[str], Store]
PATIENTS = """
    patient_id | treatment_start_date
    p-one      | 2026-09-01
    p-two      | 2026-09-02
"""


def contents(store: Store) -> dict[str, bytes]:
    """What is shared of a working copy."""
    return {str(path.relative_to(store.folder)): path.read_bytes() for path in lasting(store.folder)
            if path.is_file() and not path.name.startswith("access.")}  # fmt: skip


def figures(store: Store) -> list[object]:
    current = store.current()
    assert current is not None
    opened = Opened(current)
    try:
        return measure(opened, "new_patients", Selection(), ["indication_code"]).frame.to_numpy().tolist()
    finally:
        opened.close()


def refused(store: Store, work: Callable[[], object]) -> StoreError:
    """The error of a work after which the copy is as it was."""
    before = contents(store)
    with pytest.raises(StoreError) as failure:
        work()
    assert contents(store) == before
    assert not list(store.folder.parent.glob(".*-held"))
    assert all(store.folder.parent.name not in explain(failure.value, language) for language in LANGUAGES)
    return failure.value


@pytest.fixture
def opened_objects(server: Server, url: str, tmp_path: Path) -> Callable[[], list[bytes]]:
    """What stands in the bucket, as whoever has the key reads it."""
    key, prefix = (tmp_path / "store.key").read_bytes(), url.removeprefix("s3://bucket/")
    return lambda: [Opener(io.BytesIO(each), key).read() for each in server.objects(prefix).values()]


def test_another_machine_sees_the_same_release_and_figures(machine: Machine, imported: Run, server: Server) -> None:
    here = machine("here")
    release = imported(store=here, initiations=PATIENTS).release
    there = machine("there")
    assert there.current() is not None
    assert there.name_in_service() == release.name
    assert list(there.faults()) == [(release.name, []), ("current", []), ("journal.sqlite", [])]
    assert contents(there) == contents(here)
    assert contents(there)["layout"] == b"2\n"
    assert figures(there) == figures(here)
    server.asked.clear()
    machine("there")
    assert [path for method, path in server.asked if "/objects/" in path] == []


def test_what_is_there_already_is_not_fetched_again(machine: Machine, imported: Run, server: Server) -> None:
    first = imported(store=machine("here"), initiations=PATIENTS).release
    machine("there")
    again = imported(store=machine("here"), initiations=PATIENTS + "p-three | 2026-09-03").release
    server.asked.clear()
    there = machine("there")
    fetched = [path for method, path in server.asked if method == "GET" and "/objects/" in path]
    new = {table for table, found in again.record["hashes"].items() if found not in first.record["hashes"].values()}
    assert there.name_in_service() == again.name
    assert 0 < len(new) < len(again.tables)
    assert len(fetched) == len(new) + len(["release.json", "current"])


def test_whoever_writes_later_is_refused_in_words_and_goes_back(
    machine: Machine, imported: Run, server: Server, url: str, export: Callable[..., Path]
) -> None:
    here = machine("here")
    imported(store=here, initiations=PATIENTS)
    there = machine("there")
    objects = url.removeprefix("s3://bucket/") + "/objects"
    folder = export(initiations=PATIENTS + "p-late | 2026-09-05")

    def overtaken() -> None:
        with there.writing():
            imported(store=here, initiations=PATIENTS + "p-three | 2026-09-03")
            held = server.objects(objects)
            (there.folder / "returns").mkdir()
            (there.folder / "returns" / "2026-09-v1.json").write_text("{}", encoding="utf-8")
            assert set(server.objects(objects)) == set(held)

    error = refused(there, overtaken)
    assert error.key == "objects.overtaken"
    assert "quelqu'un d'autre a publié" in explain(error, "fr")
    assert url in explain(error, "en")
    before = set(server.objects(objects))
    assert machine("there").name_in_service() == machine("here").name_in_service()
    assert set(server.objects(objects)) == before
    assert imported(folder=folder, store=machine("there")).in_service
    assert machine("here").name_in_service() == machine("there").name_in_service()


def test_a_prepared_import_is_published_on_another_machine(
    machine: Machine, imported: Run, thalidomide: object, export: Callable[..., Path]
) -> None:
    imported(store=machine("here"), initiations=PATIENTS)
    more = export(initiations=PATIENTS + "p-three | 2026-09-03")
    waiting = prepare_export(more, thalidomide, machine("here")).release  # type: ignore[arg-type]
    there = machine("there")
    assert [each.name for each in candidates(there)] == [waiting.name]
    publish(there)
    here = machine("here")
    assert here.name_in_service() == waiting.name
    assert candidates(here) == []
    assert not waiting.folder.exists()


def test_an_erased_patient_is_in_no_object_and_in_no_copy_that_looked(
    machine: Machine, imported: Run, opened_objects: Callable[[], list[bytes]]
) -> None:
    here = machine("here")
    imported(store=here, initiations=PATIENTS)
    imported(store=here, initiations=PATIENTS + "p-three | 2026-09-03")
    there = machine("there")
    counted = here.folder / "aggregates" / str(here.name_in_service()) / "new_patients.parquet"
    counted.parent.mkdir(parents=True)
    counted.write_bytes(b"counted with the patient")
    erase(there, "p-one")
    here = machine("here")
    assert not counted.parent.exists()
    for store in (here, there):
        frames = [Opened(release).query("from core_patients") for release in store.releases()]
        assert [set(frame["patient_id"]) & {"p-one", "p-two"} for frame in frames] == [{"p-two"}, {"p-two"}]
        assert not any(b"p-one" in content for content in contents(store).values())
    assert contents(there) == contents(here)
    objects, shared = opened_objects(), set(contents(here).values())
    assert shared < set(objects)
    [manifest] = set(objects) - shared
    assert manifest.startswith(b'{"format":1,"generation":3,')
    assert len(objects) == len(shared) + 1
    assert imported(store=here, initiations=PATIENTS).release.total("loaded") < 4


def test_nothing_in_the_bucket_is_clear(
    machine: Machine, imported: Run, server: Server, url: str, tmp_path: Path
) -> None:
    here = machine("here")
    tables = imported(store=here, initiations=PATIENTS).release.tables
    erase(here, "p-one")
    secret = (here.folder / "erased.key").read_bytes()
    found = server.objects(url.removeprefix("s3://bucket/"))
    assert len(found) > len(tables)
    for name, content in found.items():
        assert content.startswith(b"RTU-BACKUP-1\n")
        for told in (b"p-two", b"PAR1", b"SQLite", str(here.name_in_service()).encode(), secret, b"core_"):
            assert told not in content
            assert told.decode("latin-1") not in name
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(each.encode() in kept for each in server.credentials)


def test_two_who_decide_at_once_do_not_undo_each_other(machine: Machine, imported: Run) -> None:
    imported(store=machine("here"), initiations=PATIENTS)
    steps.lock(machine("here"), "2026-10")
    here, there = machine("here"), machine("there")
    seen = drafts.draft(there, "2026-10")
    steps.take_over(here, "2026-10", "no export before October")
    with pytest.raises(ReturnError) as failure:
        drafts.save(there, seen.model_copy(update={"undocumented": "another reason"}), seen)
    assert failure.value.key == "return.changed_meanwhile"
    assert drafts.draft(there, "2026-10").undocumented == "no export before October"
    with pytest.raises(ReturnError, match=r"return\.changed_meanwhile"):
        drafts.drop(there, seen)


def test_large_files_go_and_come_in_pieces(machine: Machine, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.objects.bucket.SMALL", 1000)
    here, content = machine("here"), bytes(range(256)) * 50_000
    with here.writing():
        (here.folder / "ledger").mkdir()
        (here.folder / "ledger" / "large.jsonl").write_bytes(content)
    sent = {(method, "/objects/" in path) for method, path in server.asked if method == "POST"}
    assert sent == {("POST", True)}
    assert (machine("there").folder / "ledger" / "large.jsonl").read_bytes() == content


def test_an_ordinary_store_is_no_working_copy(tmp_path: Path) -> None:
    assert copy_at(tmp_path) is None

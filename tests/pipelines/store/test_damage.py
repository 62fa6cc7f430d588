"""A damaged store: every command ends with a sentence that names the file and says what to do, never a traceback."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.errors import StoreError
from pipelines.importing import Imported
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.store import Store

Harm = Callable[[Store], None]
DRAWN = {
    "patients": [{"patient_id": "pat-a"}, {"patient_id": "pat-odd", "sex": "Z"}],
    "initiations": [{"patient_id": "pat-a"}],
    "visits": [{"visit_label": f"Mois {n * 7919 % 4001}"} for n in range(400)],
}
READING = {
    "quarantine list": ["quarantine", "list"],
    "quarantine show": ["quarantine", "show"],
    "quarantine export": ["quarantine", "export", "--out", "{out}"],
    "findings": ["findings"],
    "reconcile": ["reconcile"],
    "aggregate": ["aggregate"],
    "measure": ["measure", "new_patients"],
    "diff": ["diff", "{first}"],
    "completeness": ["quality", "completeness"],
    "duplicates": ["quality", "duplicates"],
    "submissions": ["quality", "submissions"],
    "silent": ["quality", "silent"],
    "delays": ["quality", "delays"],
}
ELSEWHERE = {"dashboard", "dictionary", "publish", "discard", "upgrade", "return", "verify", "extract", "ledger",
             "journal", "backup", "restore", "key"}  # fmt: skip
"""Commands that read no figure of the release in service, or keep files beside; they have tests of their own."""
OTHERS = {
    "releases": ["releases"],
    "check": ["check"],
    "rollback": ["rollback"],
    "erase": ["erase", "--patient", "-"],
    "import": ["import", "{export}", "--programme", "thalidomide"],
}


def current(store: Store) -> Release:
    found = store.current()
    assert found is not None
    return found


def write(path: Path, content: bytes) -> None:
    """Over a file that is read-only."""
    path.unlink()
    path.write_bytes(content)


def edit(store: Store, change: Callable[[dict[str, object]], object]) -> None:
    path = current(store).folder / "release.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    change(record)
    write(path, json.dumps(record).encode())


def truncate(store: Store, table: str, share: float) -> None:
    path = current(store).folder / f"{table}.parquet"
    content = path.read_bytes()
    write(path, content[: int(len(content) * share)])


def blank_pages(store: Store, table: str) -> None:
    """Zeros where the pages are; the head and the foot of the file stay."""
    path = current(store).folder / f"{table}.parquet"
    content = path.read_bytes()
    foot = int.from_bytes(content[-8:-4], "little") + 8
    write(path, content[:4] + bytes(len(content) - foot - 4) + content[-foot:])


RECORD: dict[str, Harm] = {
    "no record": lambda store: (current(store).folder / "release.json").unlink(),
    "half a record": lambda store: write(current(store).folder / "release.json", b'{"programme": "thal'),
    "a record of bytes": lambda store: write(current(store).folder / "release.json", b"\xff\xfe\x00"),
    "a record that is a list": lambda store: write(current(store).folder / "release.json", b"[]"),
    "a record without hashes": lambda store: edit(store, lambda record: record.pop("hashes")),
    "a record with wrong counts": lambda store: edit(store, lambda record: record.update(counts=[{"table": "visits"}])),
}
TABLES: dict[str, Harm] = {
    "no table": lambda store: (current(store).folder / "core_initiations.parquet").unlink(),
    "an empty table": lambda store: truncate(store, "core_initiations", 0),
    "half a table": lambda store: truncate(store, "core_initiations", 0.5),
    "a table of zeros": lambda store: write(current(store).folder / "core_initiations.parquet", bytes(5_000)),
}


def astray(content: bytes) -> Harm:
    return lambda store: write(store.folder / "current", content)


def a_folder(store: Store) -> None:
    (store.folder / "current").unlink()
    (store.folder / "current").mkdir()


def without_its_release(store: Store) -> None:
    shutil.rmtree(current(store).folder)


POINTER: dict[str, Harm] = {
    "a release that is not there": without_its_release,
    "an empty pointer": astray(b""),
    "a pointer elsewhere": astray(b"../../etc\n"),
    "a pointer of bytes": astray(b"\xff\xfe"),
    "a pointer that is a folder": a_folder,
}


def pairs(harms: dict[str, Harm], commands: list[str]) -> list[tuple[str, str]]:
    """Every harm with one command, and every command with the first harm."""
    return [(harm, "measure") for harm in harms] + [(next(iter(harms)), each) for each in commands if each != "measure"]


@pytest.fixture(scope="module")
def filled(imported: Callable[..., Imported], new_store: Callable[[], Store]) -> Store:
    store = new_store()
    imported(store=store, manifest={"cutoff_date": "2026-09-30"}, **DRAWN)
    imported(store=store, **DRAWN)
    return store


@pytest.fixture(scope="module")
def folder(export: Callable[..., Path]) -> Path:
    """The export that is in service."""
    return export(**DRAWN)


@pytest.fixture
def store(filled: Store, tmp_path: Path) -> Store:
    shutil.copytree(filled.folder, tmp_path / "store")
    return Store(tmp_path / "store")


@pytest.fixture
def rtu(store: Store, folder: Path, tmp_path: Path) -> Callable[[list[str]], Result]:
    first = store.releases()[0].name

    def run(arguments: list[str]) -> Result:
        filled_in = [each.format(out=tmp_path / "out.csv", first=first, export=folder) for each in arguments]
        given = [*filled_in, "--store", str(store.folder), "--lang", "en"]
        answer = CliRunner().invoke(main, given, input="pat-a\n")
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        assert "pat-" not in answer.output
        return answer

    return run


Rtu = Callable[..., Result]


def test_every_command_on_a_store_is_tried() -> None:
    tried = {arguments[0] for arguments in (*READING.values(), *OTHERS.values())}
    assert tried | ELSEWHERE == set(main.commands)


@pytest.mark.parametrize(("harm", "command"), pairs(RECORD, [*READING, "releases", "check", "erase"]))
def test_a_damaged_record_is_named(store: Store, rtu: Rtu, harm: str, command: str) -> None:
    name = current(store).name
    RECORD[harm](store)
    answer = rtu((READING | OTHERS)[command])
    assert answer.exit_code == 5
    assert f"{name}/release.json" in answer.stderr
    assert "rtu rollback --to" in answer.stderr


@pytest.mark.parametrize(("harm", "command"), pairs(TABLES, [*READING, "check", "erase"]))
def test_a_damaged_table_is_named(store: Store, rtu: Rtu, harm: str, command: str) -> None:
    name = current(store).name
    TABLES[harm](store)
    answer = rtu((READING | OTHERS)[command])
    assert answer.exit_code == 5
    assert f"{name}/core_initiations.parquet" in answer.stderr
    assert "Traceback" not in answer.output


@pytest.mark.parametrize(("harm", "command"), pairs(POINTER, [*READING, *OTHERS]))
def test_a_pointer_astray_is_named_with_the_releases_that_are_there(
    store: Store, rtu: Rtu, harm: str, command: str
) -> None:
    first = store.releases()[0].name
    POINTER[harm](store)
    answer = rtu((READING | OTHERS)[command])
    assert answer.exit_code == 5
    assert "store/current names no release that is there" in answer.stderr
    assert first in answer.stderr
    assert not store.journal.erased()


@pytest.mark.parametrize("harm", list(POINTER)[:-1])
def test_a_release_that_is_named_is_put_in_service_where_the_pointer_is_astray(
    store: Store, rtu: Rtu, harm: str
) -> None:
    first = store.releases()[0].name
    POINTER[harm](store)
    answer = rtu(["rollback", "--to", first])
    assert answer.exit_code == 0
    assert current(store).name == first
    assert rtu(["check"]).exit_code == 0


@pytest.mark.parametrize("harm", ["no record", "half a record", "no table", "half a table"])
def test_the_same_export_again_mends_a_damaged_release(store: Store, rtu: Rtu, harm: str) -> None:
    name = current(store).name
    (RECORD | TABLES)[harm](store)
    answer = rtu(OTHERS["import"])
    assert answer.exit_code == 0
    assert f"Release {name} is in service" in answer.stdout
    assert rtu(["check"]).exit_code == 0
    assert {path.name for path in store.folder.iterdir()} == {"access.sqlite", "current", "layout", "lock", "releases"}


@pytest.mark.parametrize("harm", ["no record", "half a table"])
def test_a_damaged_release_is_not_gone_back_to(store: Store, harm: str) -> None:
    name, first = current(store).name, store.releases()[0].name
    (RECORD | TABLES)[harm](store)
    store.point_to(store.release(first))
    with pytest.raises(StoreError, match=r"damaged\."):
        store.roll_back(name)
    assert current(store).name == first


def test_pages_that_cannot_be_read_are_named_when_they_are_asked_for(store: Store) -> None:
    opened = Opened(current(store))
    blank_pages(store, "core_visits")
    with pytest.raises(StoreError, match=r"damaged\.changed .* file=core_visits\.parquet"):
        opened.query("select visit_label from core_visits")
    opened.close()


def test_a_wrong_question_to_a_whole_release_is_no_damage(store: Store) -> None:
    opened = Opened(current(store))
    with pytest.raises(Exception, match="no_such_column"):
        opened.query("select no_such_column from core_visits")
    opened.close()


JOURNALS = {"not a database": b"not a database, whatever its name says" * 9, "empty": b""}


@pytest.mark.parametrize("harm", JOURNALS)
@pytest.mark.parametrize("command", ["releases", "check", "erase", "import", "findings"])
def test_a_damaged_journal_is_named(store: Store, rtu: Rtu, harm: str, command: str) -> None:
    store.journal.erase([("patient_id", "pat-gone")])
    write(store.folder / "journal.sqlite", JOURNALS[harm])
    answer = rtu((READING | OTHERS)[command])
    assert answer.exit_code == 5
    assert "journal.sqlite" in answer.stderr
    assert rtu(["measure", "new_patients"]).exit_code == 0


def test_a_journal_lost_after_an_erasure_refuses_the_import_that_would_bring_the_patient_back(
    store: Store, imported: Callable[..., Imported]
) -> None:
    store.journal.erase([("patient_id", "pat-gone")])
    (store.folder / "journal.sqlite").unlink()
    with pytest.raises(StoreError, match=r"store\.journal_lost"):
        imported(store=store)
    with pytest.raises(StoreError, match=r"store\.journal_lost"):
        store.journal.check()


def test_a_cut_key_is_a_lost_key(store: Store) -> None:
    store.journal.erase([("patient_id", "pat-gone")])
    write(store.folder / "erased.key", b"short")
    with pytest.raises(StoreError, match=r"store\.key_lost"):
        store.journal.erased()
    with pytest.raises(StoreError, match=r"store\.key_lost"):
        store.journal.erase([("patient_id", "pat-other")])


def test_a_whole_store_is_said_to_be_whole(store: Store, rtu: Rtu) -> None:
    answer = rtu(["check"])
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[:2] == [f"{release.name}: whole" for release in store.releases()]
    assert "(2 release(s))" in answer.stdout


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    write(path, bytes(content))


def test_one_bit_in_any_file_of_any_release_is_found_and_named(store: Store) -> None:
    for release in store.releases():
        for path in sorted(release.folder.glob("*.parquet")):
            whole = path.read_bytes()
            flip(path)
            (fault,) = store.release(release.name).faults()
            assert (fault.key, fault.details["file"]) == ("damaged.changed", path.name)
            write(path, whole)
        assert store.release(release.name).faults() == []


@pytest.mark.parametrize("part", ["cutoff", "programme_sha256", "synthetic", "not_sent"])
def test_a_record_that_was_edited_no_longer_fits_the_name(store: Store, part: str) -> None:
    other = {"cutoff": "2026-10-30", "programme_sha256": "0" * 64, "synthetic": True, "not_sent": []}[part]
    edit(store, lambda record: record.update({part: other}))
    (fault,) = current(store).faults()
    assert (fault.key, fault.details["file"]) == ("damaged.changed", "release.json")


def test_a_file_that_does_not_belong_there_is_named(store: Store, rtu: Rtu) -> None:
    (current(store).folder / "copy.parquet").write_bytes(b"x")
    answer = rtu(["check"])
    assert answer.exit_code == 5
    assert "copy.parquet: this file does not belong" in answer.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_without_permission_is_named(store: Store, rtu: Rtu) -> None:
    (current(store).folder / "core_visits.parquet").chmod(0)
    assert "does not let this file be read" in rtu(["check"]).stderr


def test_a_disk_that_does_not_answer_is_told_as_such(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pipelines.release.sha256", fail)
    assert {fault.key for fault in current(store).faults()} == {"damaged.unreadable"}

"""A store in one encrypted file and back: whole and the same, or a refusal in words and nothing left behind."""

import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines import signing
from pipelines.access import keys
from pipelines.access.settings import asked
from pipelines.backups.archive import restore
from pipelines.backups.sealed import MAGIC, PIECE, PROOF, SALT, TAG, Opener, Sealer
from pipelines.cli import main
from pipelines.errors import BackupError
from pipelines.importing import Imported
from pipelines.store import Store

BEGINS = len(MAGIC) + SALT + PROOF
KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
ROW = "P-PSEUDONYM-1"


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, key)
    for start in range(0, len(content), 700_001):
        sealer.write(content[start : start + 700_001])
    sealer.close()
    return out.getvalue()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5])
def test_a_stream_comes_back_as_it_was(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    assert Opener(io.BytesIO(sealed(content[:size])), KEY).read() == content[:size]


def test_the_same_content_is_never_the_same_file() -> None:
    assert sealed(b"a" * 100)[len(MAGIC) :] != sealed(b"a" * 100)[len(MAGIC) :]


PIECES = sealed(bytes(PIECE) + b"b" * PIECE + b"c")
FIRST, SECOND = BEGINS, BEGINS + PIECE + TAG
LAST = SECOND + PIECE + TAG


@pytest.mark.parametrize(("harmed", "key"), [
    (bytes([PIECES[0] ^ 1]) + PIECES[1:], "backup.not_one"),
    (PIECES[: BEGINS - 1], "backup.not_one"),
    (b"", "backup.not_one"),
    (PIECES[: len(MAGIC)] + bytes([PIECES[len(MAGIC)] ^ 1]) + PIECES[len(MAGIC) + 1 :], "backup.wrong_key"),
    (PIECES[:FIRST] + bytes([PIECES[FIRST] ^ 1]) + PIECES[FIRST + 1 :], "backup.damaged"),
    (PIECES[:-1] + bytes([PIECES[-1] ^ 128]), "backup.damaged"),
    (PIECES[:LAST], "backup.damaged"),
    (PIECES[:SECOND], "backup.damaged"),
    (PIECES[:-1], "backup.damaged"),
    (PIECES + b"x", "backup.damaged"),
    (PIECES[:FIRST] + PIECES[SECOND:LAST] + PIECES[FIRST:SECOND] + PIECES[LAST:], "backup.damaged"),
    (PIECES[:FIRST] + PIECES[SECOND:], "backup.damaged"),
    (PIECES + PIECES[LAST:], "backup.damaged"),
], ids=["another kind", "no more than its head", "empty", "salt", "first piece", "last byte", "without its last piece",
        "without two pieces", "last byte cut off", "a byte more", "two pieces swapped", "a piece left out",
        "last piece twice"])  # fmt: skip
def test_whatever_was_changed_cut_moved_or_added_is_refused(harmed: bytes, key: str) -> None:
    with pytest.raises(BackupError) as refusal:
        Opener(io.BytesIO(harmed), KEY).read()
    assert refusal.value.key == key


def test_no_byte_of_a_piece_is_given_before_it_is_checked() -> None:
    opener = Opener(io.BytesIO(PIECES[:FIRST] + bytes([PIECES[FIRST] ^ 1]) + PIECES[FIRST + 1 :]), KEY)
    with pytest.raises(BackupError):
        opener.read(1)


def test_another_key_is_said_to_be_one() -> None:
    with pytest.raises(BackupError, match=r"backup\.wrong_key"):
        Opener(io.BytesIO(PIECES), OTHER)


@pytest.mark.parametrize(("name", "kind"), [
    ("../beside", tarfile.REGTYPE), ("/tmp/rtu-beside", tarfile.REGTYPE), ("link", tarfile.SYMTYPE),  # noqa: S108
    ("link", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)])  # fmt: skip
def test_a_member_that_is_no_file_inside_the_store_is_refused(name: str, kind: bytes, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for each, content in (("backup.json", b'{"made_at": "2026-01-01", "head": [1, ""]}'), (name, b"")):
            member = tarfile.TarInfo(each)
            member.size, member.linkname = len(content), "/etc/hostname"
            member.type = kind if each == name else tarfile.REGTYPE
            tar.addfile(member, io.BytesIO(content))
    made = tmp_path / "made"
    made.write_bytes(sealed(packed.getvalue()))
    with pytest.raises(BackupError, match=r"backup\.not_one"):
        restore(made, KEY, tmp_path / "there")
    assert [path.name for path in tmp_path.iterdir()] == ["made"]
    assert not (tmp_path / name).exists()


@pytest.fixture
def rtu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Runs a command with settings of this test."""
    folder = tmp_path / "settings"
    keys.make(folder / "journal.key")
    (folder / "access.yml").write_text("people: []", encoding="utf-8")
    keys.make(tmp_path / "backup.key")
    monkeypatch.setenv("RTU_SETTINGS", str(folder))
    monkeypatch.delenv(signing.VARIABLE, raising=False)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments])

    return run


@pytest.fixture
def store(export: Callable[..., Path], rtu: Callable[..., Result], tmp_path: Path,
          monkeypatch: pytest.MonkeyPatch) -> Store:  # fmt: skip
    """A store with a release, a return that is being prepared, a ledger, and lines in both journals."""
    signing.make_key(tmp_path / "signing.pem")
    monkeypatch.setenv(signing.VARIABLE, str(tmp_path / "signing.pem"))
    folder = export(patients=[{"patient_id": ROW}], manifest={"synthetic": True})
    place = tmp_path / "store"
    for command in (("import", folder, "--programme", "thalidomide"), ("rollback",),
                    ("return", "lock", "2026-10")):  # fmt: skip
        rtu(*command, "--store", place)
    found = Store(place)
    assert (found.folder / "returns" / "2026-10-v1.json").is_file()
    assert list((found.folder / "ledger").glob("*.jsonl"))
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the databases, the locks and what passes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and ".sqlite" not in path.name and path.name != "lock"
            and "aggregates" not in path.parts}  # fmt: skip


def test_a_store_comes_back_and_every_check_holds(store: Store, rtu: Callable[..., Result], tmp_path: Path) -> None:
    file, key = tmp_path / "store.backup", tmp_path / "backup.key"
    made = rtu("backup", "--out", file, "--key", key, "--store", store.folder)
    assert made.exit_code == 0, made.output
    assert file.stat().st_mode & 0o077 == 0
    assert ROW.encode() not in file.read_bytes()
    assert b"release.json" not in file.read_bytes()
    before, lines = contents(store.folder), asked().journal(store.folder).lines()
    assert lines[-1].fields["kind"] == "backup"
    rtu("return", "discard", "2026-10", "--store", store.folder)
    shutil.rmtree(store.folder)

    restored = rtu("restore", file, "--to", store.folder, "--key", key)
    assert restored.exit_code == 0, restored.output
    assert contents(store.folder) == before
    for command in (("check",), ("journal", "verify"), ("ledger", "verify"), ("return", "status", "2026-10")):
        found = rtu(*command, "--store", store.folder)
        assert found.exit_code == 0, (command, found.output)
    after = asked().journal(store.folder).lines()
    assert after[: len(lines)] == lines
    assert after[-1].fields["kind"] == "restore"
    assert after[-1].fields["upto"] == len(lines) + 1
    assert Store(store.folder).current() == store.current()
    assert not [each.name for each in tmp_path.iterdir() if each.name.startswith(".store")]


def test_a_wrong_key_and_a_flipped_byte_are_refused_in_words_and_leave_nothing(
    store: Store, rtu: Callable[..., Result], tmp_path: Path
) -> None:
    file, target = tmp_path / "store.backup", tmp_path / "again"
    rtu("backup", "--out", file, "--key", tmp_path / "backup.key", "--store", store.folder)
    keys.make(tmp_path / "other.key")
    wrong = rtu("restore", file, "--to", target, "--key", tmp_path / "other.key")
    harmed = bytearray(file.read_bytes())
    harmed[-100] ^= 1
    (tmp_path / "harmed.backup").write_bytes(harmed)
    flipped = rtu("restore", tmp_path / "harmed.backup", "--to", target, "--key", tmp_path / "backup.key")
    for found, word in ((wrong, "autre clé"), (flipped, "n'est pas ce qui a été écrit")):
        assert found.exit_code == BackupError.exit_code
        assert word in found.output
        assert "Traceback" not in found.output
    assert not [each for each in tmp_path.iterdir() if "again" in each.name]


def test_a_backup_goes_over_to_a_new_key(store: Store, rtu: Callable[..., Result], tmp_path: Path) -> None:
    file, again = tmp_path / "store.backup", tmp_path / "rekeyed.backup"
    rtu("backup", "--out", file, "--key", tmp_path / "backup.key", "--store", store.folder)
    rtu("backup", "key", tmp_path / "new.key")
    turned = rtu("backup", "rekey", file, "--key", tmp_path / "backup.key", "--new-key", tmp_path / "new.key",
                 "--out", again)  # fmt: skip
    assert turned.exit_code == 0, turned.output
    old = rtu("restore", again, "--to", tmp_path / "a", "--key", tmp_path / "backup.key")
    assert old.exit_code == BackupError.exit_code
    assert rtu("restore", again, "--to", tmp_path / "b", "--key", tmp_path / "new.key").exit_code == 0
    assert contents(tmp_path / "b") == contents(store.folder)


def test_nothing_is_replaced_and_no_key_lies_in_the_store(
    imported: Callable[..., Imported], rtu: Callable[..., Result], tmp_path: Path
) -> None:
    place = imported(manifest={"synthetic": True}).release.folder.parent.parent
    keys.make(place / "backup.key")
    inside = rtu("backup", "--out", tmp_path / "x", "--key", place / "backup.key", "--store", place)
    (place / "backup.key").unlink()
    (tmp_path / "there").write_bytes(b"kept")
    there = rtu("backup", "--out", tmp_path / "there", "--key", tmp_path / "backup.key", "--store", place)
    within = rtu("backup", "--out", place / "y", "--key", tmp_path / "backup.key", "--store", place)
    open_key = tmp_path / "open.key"
    shutil.copy(tmp_path / "backup.key", open_key)
    open_key.chmod(0o644)
    opened = rtu("backup", "--out", tmp_path / "z", "--key", open_key, "--store", place)
    assert {each.exit_code for each in (inside, there, within, opened)} == {BackupError.exit_code}
    assert (tmp_path / "there").read_bytes() == b"kept"
    assert not any((tmp_path / name).exists() for name in ("x", "z"))
    assert not (place / "y").exists()

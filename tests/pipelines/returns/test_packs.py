"""A sealed pack is whole or says which file is not: every file of it, folder or zip, with no store and no network."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipelines import packed, sealing, signing
from pipelines.errors import PackError, SigningError
from pipelines.returns import packing, packs
from pipelines.store import Store

FILES = ("2026-10-v1.csv", "2026-10-v1.en.pdf", "2026-10-v1.en.xlsx", "2026-10-v1.fr.pdf", "2026-10-v1.fr.xlsx",
         "manifest.json", "measure.sql", "programme.yml", "seal.json", "signatures.json", "statement.json")  # fmt: skip


def faults(files: Any, expected: str | None = None) -> list[tuple[str, object]]:
    return [(each.key, each.details.get("file")) for each in sealing.verify(packed.packed(files), expected).faults]


def refused(run: Callable[[], object]) -> tuple[str, object]:
    with pytest.raises((PackError, SigningError)) as error:
        run()
    return error.value.key, error.value.details.get("file")


@pytest.fixture
def files(october: Store) -> dict[str, bytes]:
    return dict(packs.pack(october, "2026-10-v1").contents)


def test_a_pack_holds_what_is_announced_and_is_whole(files: dict[str, bytes], key: Ed25519PrivateKey) -> None:
    assert tuple(sorted(files)) == FILES
    assert faults(files, signing.public_half(key)) == []
    assert sealing.verify(packed.packed(files), signing.public_half(key)).known is True
    assert sealing.verify(packed.packed(files)).known is None


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found_and_its_file_is_named(files: dict[str, bytes], name: str) -> None:
    content = files[name]
    for place in sorted({0, len(content) // 3, len(content) // 2, len(content) - 1}):
        for other in (content[place] ^ 1, content[place] ^ 0x20):
            changed = content[:place] + bytes([other]) + content[place + 1 :]
            assert faults(files | {name: changed}) == [("pack.changed", name)], place
    assert faults(files | {name: content + b"\n"}) == [("pack.changed", name)]
    assert faults(files | {name: b""}) == [("pack.changed", name)]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_is_named(files: dict[str, bytes], name: str) -> None:
    assert ("pack.missing", name) in faults({each: content for each, content in files.items() if each != name})


def test_a_file_that_is_added_is_named(files: dict[str, bytes]) -> None:
    assert faults(files | {"other.pdf": b"x"}) == [("pack.unlisted", "other.pdf")]


def test_a_pack_sealed_anew_by_another_is_whole_and_not_his(files: dict[str, bytes], key: Ed25519PrivateKey) -> None:
    bare = {name: content for name, content in files.items() if name not in {"manifest.json", "seal.json"}}
    bare["2026-10-v1.csv"] = b"other"
    rests_on = {each: value for each, value in json.loads(files["manifest.json"]).items() if each != "files"}
    forged = bare | sealing.sealed(packed.packed(bare).hashes, rests_on, Ed25519PrivateKey.generate())
    assert faults(forged) == []
    assert faults(forged, signing.public_half(key)) == [("pack.other_key", None)]
    unsigned = bare | sealing.sealed(packed.packed(bare).hashes, rests_on, None)
    assert ("pack.changed", "seal.json") in faults(unsigned)


def test_a_seal_that_is_whole_for_another_manifest_is_not_that_of_this_one(
    files: dict[str, bytes], october: Store
) -> None:
    other = packs.pack(october, "2026-09-v1").contents
    assert faults(files | {"seal.json": other["seal.json"]}) == [("pack.changed", "manifest.json")]
    assert faults(files | {"statement.json": other["statement.json"]}) == [("pack.changed", "statement.json")]


def test_a_pack_in_one_file_says_the_same_and_is_always_the_same(files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "2026-10-v1.zip"
    path.write_bytes(packed.zipped(files))
    assert packed.contents(path) == files
    assert packed.zipped(dict(reversed(files.items()))) == path.read_bytes()
    place = path.read_bytes().index(files["measure.sql"][:40]) + 10
    content = path.read_bytes()
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert refused(lambda: packed.contents(path)) == ("pack.changed", "measure.sql")


def test_what_is_no_pack_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "note.zip").write_text("no zip", encoding="utf-8")
    assert refused(lambda: packed.contents(tmp_path / "note.zip")) == ("pack.no_pack", "note.zip")
    assert refused(lambda: packed.contents(tmp_path / "absent")) == ("pack.no_pack", "absent")
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as archive:
        archive.writestr("a", "0" * 100)
    monkeypatch.setattr(packed, "LARGEST", 99)
    assert refused(lambda: packed.contents(tmp_path / "large.zip")) == ("pack.no_pack", "large.zip")
    assert faults({}) == [("pack.missing", "manifest.json"), ("pack.missing", "seal.json")]


def test_the_key_stays_with_its_owner_and_outside_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, path = tmp_path / "store", tmp_path / "key.pem"
    store.mkdir()
    monkeypatch.delenv(signing.VARIABLE, raising=False)
    assert refused(lambda: signing.load_key(None, store))[0] == "signing.no_key"
    assert refused(lambda: signing.make_key(store / "key.pem", store))[0] == "signing.key_in_store"
    public = signing.make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert refused(lambda: signing.make_key(path))[0] == "signing.key_exists"
    monkeypatch.setenv(signing.VARIABLE, str(path))
    assert signing.public_half(signing.load_key(None, store)) == public
    assert signing.public_key(tmp_path / "key.pem.pub") == public
    assert refused(lambda: signing.public_key(path))[0] == "signing.no_public_key"
    shutil.copy(path, store / "key.pem")
    assert refused(lambda: signing.load_key(store / "key.pem", store))[0] == "signing.key_in_store"
    path.chmod(0o640)
    assert refused(lambda: signing.load_key(path, store))[0] == "signing.key_open"
    path.chmod(0o600)
    path.write_text("no key", encoding="utf-8")
    assert refused(lambda: signing.load_key(path, store))[0] == "signing.key_unreadable"


def test_another_version_of_the_software_does_not_keep_a_return_from_being_made_again(
    october: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = packs.pack(october, "2026-10-v1")
    monkeypatch.setattr("pipelines.returns.making.version", lambda _: "9.9.9")
    monkeypatch.setattr("pipelines.returns.packing.version", lambda name: f"{name}-9")
    assert packing.rebuilt(october, pack).items() <= pack.contents.items()
    assert {each.split()[0] for each in packing.changed(pack)} == set(packing.LIBRARIES)

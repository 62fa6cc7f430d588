"""Whatever fails or stops, and whenever: the bucket is before or after, the copy goes back, the operator is told."""

import itertools
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import StoreError
from pipelines.importing import Imported
from pipelines.messages import LANGUAGES, explain
from pipelines.objects import bucket as buckets
from pipelines.objects.places import copy_at, folder_of
from pipelines.objects.tree import Tree
from pipelines.store import Store
from tests.pipelines.objects.server import Server

Run = Callable[..., Imported]
Machine = Callable[[str], Store]
IMPORT = """
import sys
from pipelines.cli import main
main(["import", sys.argv[1], "--programme", "thalidomide", "--store", sys.argv[2], "--lang", "en"])
"""


def objects_of(server: Server, url: str) -> set[str]:
    return set(server.objects(url.removeprefix("s3://bucket/") + "/"))


def follow(store: Store) -> None:
    copy = copy_at(store.folder)
    assert copy
    copy.follow()


def key_of(work: Callable[[], object], server: Server | None = None) -> str:
    """The key of the error, whose words hold no credential, also not in what it was raised from."""
    with pytest.raises(StoreError) as failure:
        work()
    told = [explain(failure.value, language) for language in LANGUAGES]
    if server:
        assert not any(each in text for each in server.credentials for text in told)
        assert failure.value.__suppress_context__ or failure.value.__context__ is None
    return failure.value.key


def test_a_server_that_is_away_in_the_middle_leaves_bucket_and_copy_as_before(
    machine: Machine, imported: Run, export: Callable[..., Path], server: Server, url: str
) -> None:
    here = machine("here")
    before, folder = imported(store=here).release.name, export(initiations=[{}, {}])
    known = objects_of(server, url)
    for refuses in (lambda method, path: method == "PUT" and "/objects/" in path,
                    lambda method, path: method == "PUT" and path.endswith("/current"),
                    lambda method, _: method == "PUT"):  # fmt: skip
        server.refuse = refuses
        assert key_of(lambda: imported(store=here, folder=folder), server) == "objects.unreachable"
        assert [each.name for each in here.releases()] == [before]
        assert here.name_in_service() == before
        assert here.releases()[0].faults() == []
        server.refuse = lambda *_: False
        assert objects_of(server, url) == known
    assert imported(store=here, folder=folder).in_service


def test_a_server_that_is_away_at_the_start_is_told_and_what_is_there_stays(
    machine: Machine, imported: Run, server: Server, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = machine("here")
    name = imported(store=here).release.name
    killed = Tree(here.folder)
    killed.hold(killed.known().manifest)
    (here.folder / "half-done").write_text("another\n", encoding="utf-8")
    (here.folder / "half-done").replace(here.folder / "current")
    server.stop()
    try:
        assert key_of(lambda: follow(here), server) == "objects.unreachable"
        assert here.name_in_service() == name
        assert key_of(lambda: here.roll_back(name), server) == "objects.unreachable"
        monkeypatch.setenv("RTU_CACHE", str(tmp_path / "new"))
        assert key_of(lambda: follow(Store(folder_of(url, "commands"))), server) == "objects.unreachable"
    finally:
        server.start()
    follow(here)
    assert here.name_in_service() == name


def test_an_answer_that_is_lost_is_looked_for(machine: Machine, imported: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has written, and says so to nobody."""
    here = machine("here")
    import obstore  # noqa: PLC0415

    put = obstore.put

    def lose(store: object, name: str, content: object, **options: object) -> object:
        done = put(store, name, content, **options)  # type: ignore[arg-type]
        if name == "current":
            raise obstore.exceptions.PreconditionError("412")
        return done

    monkeypatch.setattr(obstore, "put", lose)
    name = imported(store=here).release.name
    monkeypatch.setattr(obstore, "put", put)
    assert machine("there").name_in_service() == name


def test_whether_it_was_published_is_not_guessed(
    machine: Machine, imported: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = machine("here")
    import obstore  # noqa: PLC0415

    put = obstore.put

    def lose(store: object, name: str, content: object, **options: object) -> object:
        done = put(store, name, content, **options)  # type: ignore[arg-type]
        if name == "current":
            server.refuse = lambda *_: True
            raise obstore.exceptions.GenericError("lost")
        return done

    monkeypatch.setattr(obstore, "put", lose)
    assert key_of(lambda: imported(store=here), server) == "objects.unconfirmed"
    assert here.releases() == []
    server.refuse = lambda *_: False
    follow(here)
    assert len(here.releases()) == 1
    assert here.releases()[0].faults() == []


def test_what_could_not_be_removed_is_told_and_removed_by_an_upgrade(
    machine: Machine, imported: Run, server: Server, url: str
) -> None:
    here = machine("here")
    imported(store=here)
    server.refuse = lambda method, _: method == "POST"
    assert key_of(lambda: imported(store=here, initiations=[{}, {}]), server) == "objects.left"
    server.refuse = lambda *_: False
    assert machine("there").name_in_service() == here.name_in_service()
    left = objects_of(server, url)
    before = set(Tree(here.folder).there())
    here.upgrade()
    assert set(Tree(here.folder).there()) == before
    assert left - objects_of(server, url)
    assert contents_count(here) == len(objects_of(server, url)) - 1


def contents_count(store: Store) -> int:
    """Different files that are shared."""
    return len(set(Tree(store.folder).there().values()))


def test_a_damaged_or_missing_object_is_refused_by_name(
    machine: Machine, imported: Run, server: Server, url: str
) -> None:
    first = imported(store=machine("here")).release.name
    there = machine("there")
    imported(store=machine("here"), initiations=[{}, {}])
    before = server.objects(url.removeprefix("s3://bucket/") + "/")
    damaged = max((each for each in before if "/objects/" in each), key=lambda each: len(before[each]))
    for content, key in ((before[damaged][:-9] + bytes(9), "objects.damaged"), (b"", "objects.damaged"),
                         (None, "objects.missing")):  # fmt: skip
        if content is None:
            server.delete(damaged)
        else:
            server.put(damaged, content)
        with pytest.raises(StoreError) as failure:
            machine("new")
        assert failure.value.key == key
        assert "store: releases/2026" in explain(failure.value, "en")
        assert there.name_in_service() == first
    swapped = next(each for each in before if each not in {damaged} and "/objects/" in each)
    server.put(damaged, before[swapped])
    assert key_of(lambda: machine("newer"), server) == "objects.damaged"
    server.put(damaged, before[damaged])
    assert machine("new").name_in_service() != first


def test_a_manifest_that_is_gone_altered_or_of_another_key_is_told(
    machine: Machine, imported: Run, server: Server, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = machine("here")
    name = imported(store=here).release.name
    manifest = url.removeprefix("s3://bucket/") + "/current"
    content = server.objects(manifest)[manifest]
    server.put(manifest, content[:-1] + bytes([content[-1] ^ 1]))
    assert key_of(lambda: follow(here), server) == "objects.manifest"
    server.put(manifest, b"{}")
    assert key_of(lambda: follow(here), server) == "objects.manifest"
    server.delete(manifest)
    assert key_of(lambda: follow(here), server) == "objects.gone"
    assert key_of(lambda: imported(store=here), server) == "objects.gone"
    server.put(manifest, content)
    shutil.copy(tmp_path / "store.key", tmp_path / "other.key")
    (tmp_path / "other.key").write_bytes(bytes(range(32)))
    monkeypatch.setenv("RTU_STORE_KEY", str(tmp_path / "other.key"))
    assert key_of(lambda: follow(here), server) == "objects.other_key"
    assert here.name_in_service() == name


def killing(process: subprocess.Popen[bytes], left: int) -> Callable[[str, str], bool]:
    """What kills a process at one of its requests, before it is answered."""
    asked = itertools.count(1)

    def look(*_: str) -> bool:
        if next(asked) == left:
            process.kill()
        return False

    return look


@pytest.mark.parametrize("tries", [3, pytest.param(100, marks=pytest.mark.nightly)])
def test_a_writer_that_is_killed_leaves_the_bucket_before_or_after(
    tries: int,
    machine: Machine,
    imported: Run,
    server: Server,
    url: str,
    export: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed at the n-th request, and while it answers: every instant at which the bucket changes is one of them."""
    known, drawn = {imported(store=machine("writer")).release.name}, random.Random(4)  # noqa: S311 - instants
    for number in range(tries):
        folder = export(visits=[{"visit_label": f"Visite {number}"}])
        monkeypatch.setenv("RTU_CACHE", str(tmp_path / "writer"))
        running = subprocess.Popen([sys.executable, "-c", IMPORT, str(folder), url], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)  # fmt: skip
        server.refuse = killing(running, drawn.randrange(2, 40))
        running.wait()
        server.refuse = lambda *_: False
        reader = machine(f"reader-{number % 2}")
        releases = reader.releases()
        assert all(release.faults() == [] for release in releases)
        assert known <= {release.name for release in releases}
        assert len(releases) <= len(known) + 1
        assert reader.name_in_service() in {release.name for release in releases}
        known = {release.name for release in releases}
    writer = machine("writer")
    assert imported(store=writer, folder=folder).in_service
    assert {release.name for release in writer.releases()} >= known
    assert len(objects_of(server, url)) == contents_count(writer) + 1


@pytest.mark.parametrize(("endpoint", "key"), [
    ("http://objects.example:9000", "objects.not_encrypted"), ("http://10.0.0.1", "objects.not_encrypted"),
    ("http://127.0.0.1:9", "objects.unreachable"), ("http://localhost:9", "objects.unreachable"),
])  # fmt: skip
def test_only_this_machine_is_asked_without_encryption(
    endpoint: str, key: str, machine: Machine, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.__class__, "address", endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert key_of(lambda: machine("here"), server) == key


def test_plain_lines_are_used_where_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    assert buckets._may_be_plain("http://objects.example:9000")
    assert not buckets._may_be_plain("https://objects.example")


def test_a_key_that_cannot_be_used_is_told(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "store.key"
    monkeypatch.delenv("RTU_STORE_KEY")
    assert key_of(lambda: machine("here")) == "objects.no_key"
    monkeypatch.setenv("RTU_STORE_KEY", str(tmp_path / "none.key"))
    assert key_of(lambda: machine("here")) == "objects.key_missing"
    monkeypatch.setenv("RTU_STORE_KEY", str(key))
    key.chmod(0o644)
    assert key_of(lambda: machine("here")) == "objects.key_open"
    key.chmod(0o600)
    key.write_bytes(bytes(32))
    assert key_of(lambda: machine("here")) == "objects.key_weak"


def test_what_is_not_installed_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    assert key_of(lambda: machine("here")) == "objects.no_library"


@pytest.mark.parametrize("url", ["s3://", "s3://b", "s3://bucket/../x", "s3://user:" + "word@bucket/x", "s3://bucket//x",
                                 "s3://bucket/.x", "s3://Bucket/x"])  # fmt: skip
def test_what_is_no_address_is_told(url: str, server: Server) -> None:
    assert key_of(lambda: folder_of(url, "commands"), server) == "objects.address"


def test_a_missing_bucket_is_told(server: Server) -> None:
    assert key_of(lambda: follow(Store(folder_of("s3://nowhere/store", "commands"))), server) == "objects.no_bucket"


def test_a_copy_is_for_its_owner_only(machine: Machine, imported: Run) -> None:
    here = machine("here")
    imported(store=here)
    parent = here.folder.parent
    assert [oct(each.stat().st_mode & 0o777) for each in (parent, parent.parent)] == ["0o700", "0o700"]
    parent.chmod(0o755)
    assert key_of(lambda: machine("here")) == "objects.cache_open"


def test_a_copy_that_another_command_works_on_is_left_to_it(
    machine: Machine, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = machine("here")
    imported(store=here)
    monkeypatch.setattr("pipelines.objects.copies.PATIENCE", 1)
    with here.writing():
        assert key_of(lambda: follow(here)) == "objects.in_use"
        copy = copy_at(here.folder)
        assert copy
        copy.look()

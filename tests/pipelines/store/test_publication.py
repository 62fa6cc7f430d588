"""Publication: whatever fails or stops, and whenever, the store is valid, and the operator is told what to do."""

import builtins
import contextlib
import errno
import io
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import StoreError
from pipelines.importing import Imported
from pipelines.messages import LANGUAGES, explain
from pipelines.store import Store

Run = Callable[..., Imported]
LITTER_FREE = ["current", "layout", "lock", "releases"]

IMPORT = """
import resource, sys
from pathlib import Path
from pipelines.cli import main
if len(sys.argv) > 3:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
main(["import", sys.argv[1], "--programme", "thalidomide", "--store", sys.argv[2], "--lang", "en"])
"""

HOLD = """
import sys
from pathlib import Path
from pipelines.store import Store
with Store(Path(sys.argv[1])).writing():
    print("held", flush=True)
    sys.stdin.readline()
"""

READ = """
import json, sys
from pathlib import Path
from data_schemas.programme import load
from pipelines.opened import Opened
from pipelines.store import Store
store, programme = Store(Path(sys.argv[1])), load("thalidomide")
COUNTS = "select (select count(*) from core_patients) as p, (select count(*) from core_initiations) as i"
def counts(opened):
    return [int(n) for n in opened.query(COUNTS).iloc[0]]
held = Opened(store.current(), programme)
first, seen, errors, mixed, loops = counts(held), [], [], 0, 0
print("ready", flush=True)
stop = Path(sys.argv[2])
while not stop.exists() or not seen or seen[-1] != store.current().name:
    try:
        opened = Opened(store.current(), programme)
        (patients, episodes), again = counts(opened), counts(opened)
        expected = {each["table"]: each["loaded"] for each in opened.release.record["counts"]}
        mixed += not patients == episodes == expected["patients"] == expected["initiations"] == again[0]
        mixed += counts(held) != first
        seen += [] if seen[-1:] == [opened.release.name] else [opened.release.name]
        opened.close()
        loops += 1
    except Exception as error:
        errors.append(repr(error))
print(json.dumps({"seen": seen, "errors": errors, "mixed": mixed, "loops": loops}))
"""


def process(script: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def in_service(store: Store) -> str:
    current = store.current()
    assert current is not None
    return current.name


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def begin_again(store: Store, name: str) -> None:
    """Only the release of this name, in service."""
    (store.folder / "current").write_text(name + "\n", encoding="utf-8")
    for release in store.releases():
        if release.name != name:
            shutil.rmtree(release.folder)


class Faults:
    """Lets the n-th write below a folder fail, and counts the writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder, self.number, self.fails_at, self.error = str(folder), 0, 0, 0
        for module, name in [(os, "mkdir"), (os, "rename"), (os, "replace"), (os, "chmod"), (os, "fsync")]:
            monkeypatch.setattr(module, name, self._failing(getattr(module, name)))
        monkeypatch.setattr(io, "open", self._opening(io.open))
        monkeypatch.setattr(builtins, "open", self._opening(builtins.open))

    @contextlib.contextmanager
    def at(self, number: int, error: int) -> Iterator[None]:
        self.number, self.fails_at, self.error = 0, number, error
        yield
        self.fails_at = 0

    def _count(self) -> None:
        self.number += 1
        if self.number == self.fails_at:
            raise OSError(self.error, os.strerror(self.error))

    def _failing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            if self.fails_at and (isinstance(given[0], int) or str(given[0]).startswith(self.folder)):
                self._count()
            return call(*given, **named)

        return run

    def _opening(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
            if self.fails_at and str(file).startswith(self.folder) and set(mode) & set("wax+"):
                self._count()
            return call(file, mode, *given, **named)

        return run


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_a_write_that_fails_leaves_a_valid_store_and_says_what_to_do(
    error: int, export: Callable[..., Path], imported: Run, new_store: Callable[[], Store],
    is_whole: Callable[..., bool], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    store, folder = new_store(), export(initiations=[{}, {}])
    before, told, step = imported(store=store).release.name, set[str](), 4 if error == errno.ENOSPC else 9
    faults, keys, number = Faults(monkeypatch, store.folder), [], 1
    while True:
        begin_again(store, before)
        with faults.at(number, error), contextlib.suppress(StoreError):
            try:
                done = imported(store=store, folder=folder)
            except StoreError as failure:
                keys.append(failure.key)
                told.update(explain(failure, language) for language in LANGUAGES)
                raise
        if faults.number < number:
            break
        assert in_service(store) in {release.name for release in store.releases()}
        assert all(is_whole(release) for release in store.releases())
        assert [name for name in names(store.folder) if name.startswith("tmp-")] == []
        number += step
    expected = {errno.ENOSPC: "store.full", errno.EACCES: "store.forbidden", errno.EIO: "store.cannot_write"}[error]
    assert len(keys) > 3
    assert set(keys) == {expected}
    assert all(store.folder.name in words for words in told)
    assert in_service(store) == done.release.name
    assert names(store.folder) == LITTER_FREE


@pytest.mark.parametrize("limit", [64, 512, 2_000])
def test_a_file_that_may_not_grow_is_told_like_a_full_disk_without_a_traceback(
    limit: int,
    export: Callable[..., Path],
    imported: Run,
    new_store: Callable[[], Store],
    is_whole: Callable[..., bool],
) -> None:
    store = new_store()
    before = imported(store=store).release.name
    folder = export(visits=[{"visit_label": f"Visite {n * 7919 % 4001}"} for n in range(400)])
    ended = process(IMPORT, folder, store.folder, limit)
    _, said = ended.communicate(timeout=120)
    assert ended.returncode == 10, said  # the journal comes first, and has no room either
    assert "that the disk is not full" in said
    assert "Traceback" not in said
    assert in_service(store) == before
    assert all(is_whole(release) for release in store.releases())
    assert set(names(store.folder)) - {"access.sqlite"} == set(LITTER_FREE)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB, where mounting one is possible."""
    place, mount = tmp_path / "disk", shutil.which("mount")
    place.mkdir()
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if mount is None or os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_in_words_and_once_there_is_room_the_import_goes_through(
    small_disk: Path, export: Callable[..., Path], imported: Run, is_whole: Callable[..., bool]
) -> None:
    store = Store(small_disk / "store")
    before = imported(store=store).release.name
    filler = small_disk / "filler"
    free = shutil.disk_usage(small_disk).free
    for left in (0, 8_192, 24_576):
        filler.write_bytes(b"x" * (free - left))
        with pytest.raises(StoreError, match=r"store\.full"):
            imported(store=store, folder=export(visits=[{}, {}]))
        filler.unlink()
        assert in_service(store) == before
        assert all(is_whole(release) for release in store.releases())
        assert names(store.folder) == LITTER_FREE
    assert imported(store=store, folder=export(visits=[{}, {}])).in_service


def test_an_export_that_cannot_be_read_to_its_end_is_not_called_a_full_store(
    export: Callable[..., Path], imported: Run, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = export(), new_store()

    def vanish(*_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder / "patients.csv"))

    monkeypatch.setattr("pipelines.read.land", vanish)
    with pytest.raises(Exception, match=r"export\.unreadable file=patients\.csv"):
        imported(store=store, folder=folder)


@pytest.mark.parametrize("tries", [10, pytest.param(200, marks=pytest.mark.nightly)])
def test_killed_at_any_instant_the_store_is_before_or_after(
    export: Callable[..., Path], imported: Run, new_store: Callable[[], Store], killed: Callable[..., bool],
    is_whole: Callable[..., bool], tries: int,
) -> None:  # fmt: skip
    store, chance = new_store(), random.Random(7)  # noqa: S311 - instants, not secrets
    before = imported(store=store).release.name
    folder = export(visits=[{"episode_id": "E1"} for _ in range(500)], initiations=[{}, {}])
    reference, began = new_store(), time.perf_counter()
    after = imported(folder=folder, store=reference).release.name
    lasts, n_killed = time.perf_counter() - began, 0
    for _ in range(tries):
        n_killed += killed(store=store.folder, folder=folder, delay=chance.uniform(0, lasts))
        assert in_service(store) in (before, after)
        assert all(is_whole(release) for release in store.releases())
        begin_again(store, before)
    assert n_killed > tries / 4
    assert imported(folder=folder, store=store).release.name == after
    assert names(store.folder) == LITTER_FREE


def test_an_import_beside_another_process_is_refused_in_words(
    export: Callable[..., Path], imported: Run, new_store: Callable[[], Store]
) -> None:
    store = new_store()
    before = imported(store=store).release.name
    holder = process(HOLD, store.folder)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    folder = export(initiations=[{}, {}])
    second = process(IMPORT, folder, store.folder)
    _, said = second.communicate(timeout=120)
    assert second.returncode == 5
    assert "another import is under way" in said
    assert "Traceback" not in said
    assert in_service(store) == before
    holder.communicate("\n", timeout=120)
    assert imported(store=store, folder=folder).in_service


def test_a_reader_goes_on_during_eight_publications_and_never_mixes_two_releases(
    imported: Run, new_store: Callable[[], Store], tmp_path: Path
) -> None:
    store = new_store()
    published = [imported(store=store).release.name]
    reader = process(READ, store.folder, tmp_path / "stop")
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    published += [imported(store=store, initiations=[{} for _ in range(n)]).release.name for n in range(2, 10)]
    (tmp_path / "stop").touch()
    answer, said = reader.communicate(timeout=120)
    found = json.loads(answer)
    assert said == ""
    assert (found["errors"], found["mixed"]) == ([], 0)
    assert found["loops"] >= len(found["seen"]) > 1
    assert found["seen"] == [name for name in published if name in found["seen"]]
    assert found["seen"][-1] == published[-1]

"""The folder of a working copy: what stands in it, and how it is brought to what is wanted. Knows no server.

What is brought, published or taken back is told from what is there by hashes; of a file that is never written to, size,
time and number say that it is the same. Whoever changes the folder holds its lock.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pipelines.access.journal import FILE as ACCESS
from pipelines.durable import sha256
from pipelines.journal import FILE as JOURNAL
from pipelines.journal import KEY
from pipelines.lasting import lasting
from pipelines.objects.manifest import File, Manifest
from pipelines.objects.places import beside, put_beside
from pipelines.release import AGGREGATES, RELEASES
from pipelines.store import CURRENT

STATE, HELD = "state.json", "held"
IMMUTABLE, WRITTEN_TO = ".parquet", ".sqlite"
"""How files end that are never written to, only replaced, and those that are written to in their place."""

GROUP = 2
"""Parts of a path that name a folder which appears as a whole, such as `releases/<name>`."""

AT_ONCE = 8
Stat = tuple[int, int, int]
Fetch = Callable[[File, str, Path], None]
"""Brings a file, by what it is known again and its place in the store, to a path."""
T = TypeVar("T")


@dataclass(frozen=True)
class Known:
    """What a working copy was last brought to.

    Attributes:
        version: which `current` it was; none before the first publication.
        stats: size, time and number of each immutable file.
        left: whether objects that belong to no file are known to be there still.
    """

    version: str | None = None
    manifest: Manifest = field(default_factory=Manifest)
    stats: Mapping[str, Stat] = field(default_factory=dict)
    left: bool = False


class Tree:
    """The folder, and beside it what it was last brought to and what is put aside."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._held = folder, beside(folder, HELD)

    def known(self) -> Known:
        """What it was last brought to."""
        try:
            said: dict[str, Any] = json.loads(beside(self.folder, STATE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Known()
        stats = {path: (size, at, number) for path, (size, at, number) in said["stats"].items()}
        return Known(said["version"], Manifest.model_validate(said["manifest"]), stats, said["left"])

    def note(self, found: Known) -> Known:
        """Remember what it was brought to."""
        stats = {path: _stat(self.folder / path) for path in found.manifest.files if path.endswith(IMMUTABLE)}
        put_beside(self.folder, STATE, {"version": found.version, "manifest": found.manifest.model_dump(),
                                        "stats": stats, "left": found.left})  # fmt: skip
        return replace(found, stats=stats)

    def there(self) -> dict[str, str]:
        """The files that are shared, by their paths, with their SHA-256."""
        known, found = self.known(), dict[str, str]()
        for path in lasting(self.folder):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and not name.startswith(ACCESS):
                same = known.stats.get(name) == _stat(path)
                found[name] = known.manifest.files[name].sha256 if same else sha256(path)
        return found

    def bring(self, wanted: Known, fetch: Fetch) -> Known:
        """Let the folder hold what is wanted and nothing else; whoever reads meanwhile reads the one or the other."""
        for passing in (*self.folder.glob("tmp-*"), *self.folder.glob(f"{JOURNAL}-*")):
            shutil.rmtree(passing) if passing.is_dir() else passing.unlink()
        there, files = self.there(), wanted.manifest.files
        missing = {path: file for path, file in files.items() if there.get(path) != file.sha256}
        with tempfile.TemporaryDirectory(prefix="tmp-", dir=self.folder) as scratch:
            self._stage(missing, there, fetch, Path(scratch))
            self._place(missing, Path(scratch))
        self._remove(path for path in there if path not in files)
        return self.note(wanted)

    def hold(self, files: Manifest) -> None:
        """Put each file aside, by its hash, until `let_go`."""
        self._held.mkdir(mode=0o700)
        for path, file in files.files.items():
            if not (self._held / file.sha256).exists():
                _put_aside(self.folder / path, self._held / file.sha256, path)

    def let_go(self) -> None:
        """Keep nothing aside any more."""
        shutil.rmtree(self._held, ignore_errors=True)

    def clear(self) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        beside(self.folder, STATE).unlink(missing_ok=True)
        self.let_go()

    def _stage(self, missing: Mapping[str, File], there: Mapping[str, str], fetch: Fetch, scratch: Path) -> None:
        """Each missing file at its place below `scratch`: at hand under another name, put aside, or fetched."""
        at_hand = {sha256: self.folder / path for path, sha256 in there.items() if path.endswith(IMMUTABLE)}

        def stage(path: str, file: File) -> None:
            target = scratch / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if file.sha256 in at_hand:
                os.link(at_hand[file.sha256], target)
            elif (self._held / file.sha256).exists():
                _put_aside(self._held / file.sha256, target, path)
            else:
                fetch(file, path, target)
            target.chmod(file.mode)

        all_at_once(lambda item: stage(*item), missing.items())

    def _place(self, missing: Mapping[str, File], scratch: Path) -> None:
        """Folders that are new come whole; then files, the pointer last, and a key after the journal it belongs to."""
        grouped, single = _grouped(missing)
        for group in grouped:
            if (self.folder / group).exists():
                single += grouped[group]
            else:
                (self.folder / group).parent.mkdir(exist_ok=True)
                (scratch / group).rename(self.folder / group)
        for path in sorted(single, key=lambda path: (path == CURRENT, path == KEY, path)):
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (scratch / path).replace(self.folder / path)

    def _remove(self, gone: Iterable[str]) -> None:
        """Remove files, what was counted of releases that are gone, and every folder that is empty then.

        An empty store is told by having no folder.
        """
        for path in gone:
            (self.folder / path).unlink()
        for folder in [path for path in lasting(self.folder) if path.is_dir()][::-1]:
            if not any(folder.iterdir()):
                folder.rmdir()
        for counted in self.folder.glob(f"{AGGREGATES}/*"):
            if not (self.folder / RELEASES / counted.name).is_dir():
                shutil.rmtree(counted, ignore_errors=True)


def all_at_once(do: Callable[[T], None], each: Iterable[T]) -> None:
    """Do something with each, several at a time; the first that fails is told once none is under way any more."""
    with ThreadPoolExecutor(AT_ONCE) as several:
        for done in [several.submit(do, one) for one in each]:
            done.result()


def _grouped(paths: Iterable[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The paths by the folder that appears as a whole, and those that stand alone."""
    grouped, single = dict[str, list[str]](), list[str]()
    for path in paths:
        parts = path.split("/")
        if len(parts) > GROUP:
            grouped.setdefault("/".join(parts[:GROUP]), []).append(path)
        else:
            single.append(path)
    return grouped, single


def _put_aside(source: Path, target: Path, path: str) -> None:
    """A second name for a file that is only ever replaced, a second file for one that is written to."""
    if path.endswith(WRITTEN_TO):
        shutil.copy2(source, target)
    else:
        os.link(source, target)


def _stat(path: Path) -> Stat:
    state = path.stat()
    return state.st_size, state.st_mtime_ns, state.st_ino

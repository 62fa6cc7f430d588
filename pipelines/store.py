"""The store: immutable releases, and a pointer to the one in service.

    store/
      releases/<cut-off>-<short hash>/   Parquet files and release.json
      candidates/                        complete, and not published yet (`candidates.py`)
      current                            name of the release in service
      journal.sqlite                     rollbacks, erasures, decisions on candidates (`journal.py`)
      lock                               held while something is being published

A release is written under a temporary name, synced, renamed, and only then pointed to: whenever the machine stops, the
store is either before or after. A name is never used again for other content.
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from pipelines.errors import StoreError
from pipelines.journal import Entry, Journal

CURRENT, RELEASES, CANDIDATES, RECORD = "current", "releases", "candidates", "release.json"
IDENTITY = ("programme_sha256", "cutoff", "synthetic", "not_sent")
"""What the name of a release derives from, beside the content of its tables."""
NAME = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{10}$")


@dataclass(frozen=True)
class Release:
    """One immutable state of the data at a cut-off."""

    folder: Path

    @property
    def name(self) -> str:
        """`<cut-off>-<short hash>`."""
        return self.folder.name

    @cached_property
    def record(self) -> dict[str, Any]:
        """What `release.json` says: programme, cut-off, sources, counts, hashes."""
        record: dict[str, Any] = json.loads((self.folder / RECORD).read_text(encoding="utf-8"))
        return record

    @property
    def is_candidate(self) -> bool:
        """Whether it waits to be published."""
        return self.folder.parent.name == CANDIDATES

    @property
    def cutoff(self) -> dt.date:
        """The day at which the data were stopped."""
        return dt.date.fromisoformat(self.record["cutoff"])

    @property
    def synthetic(self) -> bool:
        """Whether the export said that its data are made up."""
        return bool(self.record["synthetic"])

    @property
    def tables(self) -> list[str]:
        """The tables of the release, by the names of their Parquet files."""
        return list(self.record["hashes"])

    def total(self, count: str) -> int:
        """Sum of a count (`read`, `loaded`, `quarantined`, `warned`) over the tables."""
        return sum(int(each[count]) for each in self.record["counts"])

    def was_sent(self, table: str) -> bool:
        """Whether the export held a table of the contract; if not, its figures are not zero but unknown."""
        return table not in self.record["not_sent"]


class Store:
    """The releases under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.journal = Journal(self.folder)

    def create(self) -> None:
        """Make the folders that are missing.

        Raises:
            StoreError: the folder cannot be written.
        """
        try:
            (self.folder / RELEASES).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError.cannot_write(self.folder.name, error) from None

    def releases(self) -> list[Release]:
        """All releases, the oldest cut-off first."""
        folder = self.folder / RELEASES
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return [Release(path) for path in found if NAME.match(path.name)]

    def release(self, name: str) -> Release:
        """A release by its name, or by one it had before a patient was erased.

        Raises:
            StoreError: there is none of this name.
        """
        if NAME.match(name) and not self._has(name):
            name = self.journal.today(name)
        folder = self.folder / RELEASES / name
        if not NAME.match(name) or not folder.is_dir():
            raise StoreError("store.no_such_release")
        return Release(folder)

    def current(self) -> Release | None:
        """The release in service, or none when nothing was imported yet."""
        pointer = self.folder / CURRENT
        return self.release(pointer.read_text(encoding="utf-8").strip()) if pointer.is_file() else None

    def previous(self, release: Release) -> Release | None:
        """The release that was in service when this one was imported, by the name it has today."""
        name = release.record["previous"]
        if name is None or not self._has(today := self.journal.today(name)) or today == release.name:
            return None
        return self.release(today)

    def compared_with(self, release: Release) -> Release | None:
        """The release that findings are compared with: the one before, of an earlier or the same cut-off.

        The one before a candidate is the one in service. Where the one before is of a later cut-off, the nearest of an
        earlier cut-off.
        """
        previous = self.current() if release.is_candidate else self.previous(release)
        if previous is not None and previous.cutoff <= release.cutoff:
            return previous
        earlier = [each for each in self.releases() if each.cutoff < release.cutoff]
        return max(earlier, key=lambda each: (each.cutoff, each.record["imported_at"]), default=None)

    def _has(self, name: str) -> bool:
        return (self.folder / RELEASES / name).is_dir()

    def roll_back(self, name: str | None = None) -> tuple[Release, Release]:
        """Put an earlier release back in service: the previous one, or the one named.

        A later import of the same content puts the release that is left back in service.

        Returns:
            The release that was in service, and the one that is now.

        Raises:
            StoreError: there is nothing to go back to, or it is in service already.
        """
        with self.writing():
            before = self.current()
            if before is None:
                raise StoreError("store.no_release", store=self.folder.name)
            after = self.release(name) if name else self.previous(before)
            if after is None:
                raise StoreError("rollback.no_previous", release=before.name)
            if after.name == before.name:
                raise StoreError("rollback.in_service", release=before.name)
            self.journal.add([Entry("rollback", before.name, after.name, None)])
            self.point_to(after)
        return before, after

    @contextlib.contextmanager
    def writing(self) -> Iterator[Path]:
        """A scratch folder inside the store, for one writer at a time; removed at the end, whatever happened.

        Raises:
            StoreError: another import is under way, or the store cannot be written.
        """
        self.create()
        try:
            with (self.folder / "lock").open("w") as lock, self._scratch(lock) as scratch:
                yield scratch
        except OSError as error:
            raise StoreError.cannot_write(self.folder.name, error) from None

    @contextlib.contextmanager
    def _scratch(self, lock: IO[str]) -> Iterator[Path]:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("store.busy", store=self.folder.name) from None
        for left_over in self.folder.glob("tmp-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix="tmp-", dir=self.folder))
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def publish(self, built: Path, record: dict[str, Any]) -> tuple[Release, bool]:
        """Turn a folder of Parquet files into the release in service.

        Args:
            built: folder on the same file system, which becomes the release.
            record: what `release.json` will say, without names and hashes of the tables.

        Returns:
            The release, and whether it is new: the same content is never published twice. It comes into service
            unless one of a later cut-off is in service.
        """
        release, is_new = self.keep(built, record | {"previous": self.name_in_service()})
        self.enter(release)
        return release, is_new

    def keep(self, built: Path, record: dict[str, Any], among: str = RELEASES) -> tuple[Release, bool]:
        """The same, without putting it in service; the record says which release came before."""
        hashes = {path.stem: _sha256(path) for path in sorted(built.glob("*.parquet"))}
        identity = json.dumps([record[part] for part in IDENTITY] + [hashes], sort_keys=True)
        name = f"{record['cutoff']}-{hashlib.sha256(identity.encode()).hexdigest()[:10]}"
        target = self.folder / among / name
        is_new = not target.exists()
        if is_new:
            write_record(built, record | {"release": name, "hashes": hashes})
            for path in built.iterdir():
                path.chmod(0o440)
                sync(path)
            sync(built)
            move(built, target)
        return Release(target), is_new

    def remove(self, release: Release, scratch: Path) -> None:
        """Remove a release or a candidate that is not in service; it is whole until it is gone."""
        release.folder.rename(scratch / release.name)
        sync(release.folder.parent)
        shutil.rmtree(scratch / release.name)

    def enter(self, release: Release) -> bool:
        """Put a release in service unless one of a later cut-off is; says whether it is in service now."""
        current = self.current()
        enters = current is None or current.cutoff <= release.cutoff
        if enters:
            self.point_to(release)
        return enters

    def name_in_service(self) -> str | None:
        """The name of the release in service."""
        current = self.current()
        return current.name if current else None

    def point_to(self, release: Release) -> None:
        """Put a release in service."""
        temporary = self.folder / f"{CURRENT}.tmp"
        temporary.write_text(release.name + "\n", encoding="utf-8")
        sync(temporary)
        temporary.replace(self.folder / CURRENT)
        sync(self.folder)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_record(folder: Path, record: dict[str, Any]) -> Path:
    """Write `release.json` into a folder."""
    path = folder / RECORD
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def move(folder: Path, target: Path) -> None:
    """Give a complete folder its place in the store, for good."""
    folder.rename(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

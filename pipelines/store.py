"""The store: immutable releases, and a pointer to the one in service.

    store/
      releases/<cut-off>-<short hash>/   Parquet files and release.json
      candidates/                        complete, and not published yet (`candidates.py`)
      aggregates/<release>/              what was counted of a release, to be quick; may be deleted (`aggregates.py`)
      spill/                             encrypted, what the engine finds no room for while it reads; its owner's only
      layout                             number of the layout (`layout.py`)
      current                            name of the release in service
      journal.sqlite                     rollbacks, erasures, decisions on candidates (`journal.py`)
      lock                               held while something is being published

A release is written under a temporary name, synced, renamed, and only then pointed to: whenever the machine stops, the
store is either before or after. A name is never used again for other content. Who changes anything of this does so
within `Store.writing`; a store in an object store is worked on in a folder like this one (`pipelines.objects`).
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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ValidationError

from pipelines import layout
from pipelines.errors import StoreError
from pipelines.journal import FILE as JOURNAL
from pipelines.journal import Entry, Journal
from pipelines.objects.places import copy_at

CURRENT, RELEASES, CANDIDATES, AGGREGATES, SPILL = "current", "releases", "candidates", "aggregates", "spill"
LOCK = "lock"
RECORD = "release.json"
IDENTITY = ("programme_sha256", "cutoff", "synthetic", "not_sent")
"""What the name of a release derives from, beside the content of its tables."""
BESIDE = (CURRENT, JOURNAL)
"""What stands beside the releases and is looked at with them."""
NAME = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{10}$")


class _Count(BaseModel):
    table: str
    read: int
    loaded: int
    quarantined: int
    warned: int


class _Record(BaseModel):
    """What every `release.json` holds, beside what only some do."""

    programme: str
    programme_sha256: str
    cutoff: dt.date
    synthetic: bool
    imported_at: str
    previous: str | None
    not_sent: list[str]
    counts: list[_Count]
    hashes: dict[str, str]


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
        """What `release.json` says: programme, cut-off, sources, counts, hashes.

        Raises:
            StoreError: it is missing or damaged.
        """
        try:
            record: dict[str, Any] = json.loads((self.folder / RECORD).read_text(encoding="utf-8"))
            _Record.model_validate(record)
        except OSError as error:
            raise self._unread(RECORD, error) from None
        except (ValueError, ValidationError):
            raise StoreError("damaged.changed", release=self.name, file=RECORD) from None
        return record

    @property
    def is_candidate(self) -> bool:
        """Whether it waits to be published."""
        return self.folder.parent.name == CANDIDATES

    @property
    def aggregates(self) -> Path:
        """The folder in which figures that were counted beforehand are kept."""
        return self.folder.parent.parent / AGGREGATES / self.name

    @property
    def spill(self) -> Path | None:
        """The folder for what readers find no room for in memory; none where the store cannot be written."""
        folder = self.folder.parent.parent / SPILL
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            return None
        return folder

    @property
    def cutoff(self) -> dt.date:
        """The day at which the data were stopped, with which the name begins."""
        return dt.date.fromisoformat(self.name[:10])

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

    def faults(self) -> list[StoreError]:
        """What is wrong with the files, by their content against the record and the name; nothing if all are whole."""
        if not self.folder.is_dir():
            return [StoreError("store.no_such_release")]
        try:
            record = self.record
        except StoreError as error:
            return [error]
        found = [fault for table in self.tables if (fault := self._fault(f"{table}.parquet", record["hashes"][table]))]
        known = {RECORD, *(f"{table}.parquet" for table in self.tables)}
        found += [StoreError("damaged.unlisted", release=self.name, file=path.name)
                  for path in sorted(self.folder.iterdir()) if path.name not in known]  # fmt: skip
        if _name(record, record["hashes"]) != self.name:
            found.append(StoreError("damaged.changed", release=self.name, file=RECORD))
        return found

    def _fault(self, file: str, expected: str) -> StoreError | None:
        try:
            same = _sha256(self.folder / file) == expected
        except OSError as error:
            return self._unread(file, error)
        return None if same else StoreError("damaged.changed", release=self.name, file=file)

    def _unread(self, file: str, error: OSError) -> StoreError:
        missing = isinstance(error, FileNotFoundError)
        return StoreError("damaged.missing" if missing else "damaged.unreadable", release=self.name, file=file)


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
            self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            layout.require(self.folder)
            if not (self.folder / RELEASES).is_dir():
                layout.say_latest(self.folder)
            (self.folder / RELEASES).mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError.cannot_write(self.folder.name, error) from None

    def releases(self) -> list[Release]:
        """All releases, the oldest cut-off first."""
        layout.require(self.folder)
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
        """The release in service, or none when nothing was imported yet.

        Raises:
            StoreError: the pointer names no release that is there.
        """
        layout.require(self.folder)
        pointer = self.folder / CURRENT
        if not os.path.lexists(pointer):
            return None
        try:
            return self.release(pointer.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError):
            raise self._astray() from None
        except StoreError as error:
            raise (self._astray() if error.key == "store.no_such_release" else error) from None

    def _astray(self) -> StoreError:
        names = ", ".join(release.name for release in self.releases())
        return StoreError("store.pointer", store=self.folder.name, file=CURRENT, known=names or "–")

    def faults(self) -> Iterator[tuple[str, list[StoreError]]]:
        """What is wrong with each release, the pointer and the journal, one after the other, by its name."""
        for release in self.releases():
            yield release.name, release.faults()
        for name, look in ((CURRENT, self.current), (JOURNAL, self.journal.check)):
            try:
                look()
            except StoreError as error:
                yield name, [error]
            else:
                yield name, []

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

    def as_of(self, cutoff: dt.date) -> Release | None:
        """The release of a cut-off; of several, the one imported last."""
        return self._last_imported([each for each in self.releases() if each.cutoff == cutoff])

    def declared_from(self, cutoff: dt.date, sent_on: dt.date, recount: Release) -> Release | None:
        """The release that a figure sent on a day rests on: of its cut-off, the last one imported by then.

        Where all were imported later, the last of them; none where the store holds none of the programme.
        """
        same = [each for each in self.releases()
                if each.cutoff == cutoff and each.record["programme"] == recount.record["programme"]]  # fmt: skip
        by_then = [each for each in same if dt.date.fromisoformat(each.record["imported_at"][:10]) <= sent_on]
        return self._last_imported(by_then or same)

    @staticmethod
    def _last_imported(found: Sequence[Release]) -> Release | None:
        return max(found, key=lambda each: (each.record["imported_at"], each.name), default=None)

    def _has(self, name: str) -> bool:
        return (self.folder / RELEASES / name).is_dir()

    def roll_back(self, name: str | None = None) -> tuple[Release | None, Release]:
        """Put an earlier release back in service: the previous one, or the one named.

        A later import of the same content puts the release that is left back in service.

        Returns:
            The release that was in service, if the pointer named one, and the one that is now.

        Raises:
            StoreError: there is nothing to go back to, or it is in service already, or it is damaged.
        """
        with self.writing():
            before, after = self._before(name), self._after(name)
            if before and after.name == before.name:
                raise StoreError("rollback.in_service", release=before.name)
            if faults := after.faults():
                raise faults[0]
            self.journal.add([Entry("rollback", before.name if before else None, after.name, None)])
            self.point_to(after)
        return before, after

    def _before(self, name: str | None) -> Release | None:
        """The release in service; where one to go to is named, it does not matter that the pointer is astray."""
        try:
            return self.current()
        except StoreError:
            if name is None:
                raise
            return None

    def _after(self, name: str | None) -> Release:
        if name:
            return self.release(name)
        before = self.current()
        if before is None:
            raise StoreError("store.no_release", store=self.folder.name)
        after = self.previous(before)
        if after is None:
            raise StoreError("rollback.no_previous", release=before.name)
        return after

    @contextlib.contextmanager
    def writing(self) -> Iterator[Path]:
        """A scratch folder inside the store, for one writer at a time; removed at the end, whatever happened.

        Of a store in an object store, what was done stands there at the end, or the store is as before.

        Raises:
            StoreError: another import is under way, or the store cannot be written.
        """
        self.create()
        try:
            with (self.folder / LOCK).open("w") as lock:
                self._take(lock)
                with self._published(), self._scratch() as scratch:
                    yield scratch
        except OSError as error:
            raise StoreError.cannot_write(self.folder.name, error) from None

    def _take(self, lock: IO[str]) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("store.busy", store=self.folder.name) from None

    @contextlib.contextmanager
    def _published(self) -> Iterator[None]:
        """A working copy begins with what is published, and is published at the end."""
        copy = copy_at(self.folder)
        if copy is None:
            yield
            return
        with copy.publishing():
            self.create()
            yield

    @contextlib.contextmanager
    def _scratch(self) -> Iterator[Path]:
        self._sweep()
        scratch = Path(tempfile.mkdtemp(prefix="tmp-", dir=self.folder))
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what an earlier writer left half done, and the aggregates of what is no longer in the store."""
        gone = [each for each in self.folder.glob(f"{AGGREGATES}/*")
                if not any((self.folder / kind / each.name).is_dir() for kind in (RELEASES, CANDIDATES))]  # fmt: skip
        for left_over in [*self.folder.glob("tmp-*"), *self.folder.glob(f"{AGGREGATES}/*/tmp-*"), *gone]:
            if left_over.is_dir():
                shutil.rmtree(left_over, ignore_errors=True)
            else:
                left_over.unlink(missing_ok=True)

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
        """The same, without putting it in service; the record says which release came before.

        A damaged release of the same content is mended by this one.
        """
        hashes = {path.stem: _sha256(path) for path in sorted(built.glob("*.parquet"))}
        name = _name(record, hashes)
        target = self.folder / among / name
        if damaged := target.exists() and bool(Release(target).faults()):
            target.rename(built.with_name("damaged"))
        is_new = damaged or not target.exists()
        if is_new:
            write_record(built, record | {"release": name, "hashes": hashes})
            for path in built.iterdir():
                path.chmod(0o440)
                sync(path)
            sync(built)
            move(built, target)
        return Release(target), is_new

    def upgrade(self) -> tuple[int, int]:
        """Bring the store to the latest layout, once every release is whole; says from which to which.

        Raises:
            StoreError: a release is damaged, or a later version made the store.
        """
        before = layout.number(self.folder)
        with self.writing():
            for _, faults in self.faults():
                if faults:
                    raise faults[0]
            layout.say_latest(self.folder)
        return before, layout.LATEST

    def remove(self, release: Release, scratch: Path) -> None:
        """Remove a release or a candidate that is not in service, and its aggregates; it is whole until it is gone."""
        release.folder.rename(scratch / release.name)
        shutil.rmtree(release.aggregates, ignore_errors=True)
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


def _name(record: dict[str, Any], hashes: dict[str, str]) -> str:
    identity = json.dumps([record[part] for part in IDENTITY] + [hashes], sort_keys=True)
    return f"{record['cutoff']}-{hashlib.sha256(identity.encode()).hexdigest()[:10]}"


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

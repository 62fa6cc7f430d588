"""The store: immutable releases, and a pointer to the one in service.

    store/
      releases/<cut-off>-<short hash>/   Parquet files and release.json
      candidates/                        complete, and not published yet (`candidates.py`)
      aggregates/<release>/              what was counted of a release, to be quick; may be deleted (`aggregates.py`)
      sign-ins/                          who is signed in, for every process on the store (`access/sessions.py`)
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
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from pipelines import layout
from pipelines.durable import move, sha256, sync
from pipelines.errors import StoreError
from pipelines.journal import FILE as JOURNAL
from pipelines.journal import Entry, Journal
from pipelines.objects.places import copy_at
from pipelines.release import AGGREGATES, CANDIDATES, NAME, RELEASES, Release, name_of, write_record

CURRENT, LOCK = "current", "lock"
BESIDE = (CURRENT, JOURNAL)
"""What stands beside the releases and is looked at with them."""


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
        hashes = {path.stem: sha256(path) for path in sorted(built.glob("*.parquet"))}
        name = name_of(record, hashes)
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

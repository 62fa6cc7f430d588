"""A working copy: an ordinary store in a folder, which follows the one in the object store and is published to it.

Before the work a second name for each file is put aside, so that the copy can go back to what is published without a
server; after it the objects that are new are sent, and `current` is replaced on the condition that it is what the work
began with. A process that was killed leaves the copy to the next who looks, who brings it to what is published.
"""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import StoreError
from pipelines.objects import manifest
from pipelines.objects.bucket import Bucket, VanishedError
from pipelines.objects.manifest import File, Manifest
from pipelines.objects.places import Address
from pipelines.objects.tree import Known, Tree, all_at_once
from pipelines.store import LOCK

TRIES = 3
"""How often a copy is begun anew because what was to be fetched was replaced meanwhile."""

PATIENCE = 100
"""Tries to get the lock, 50 ms apart."""


class Copy:
    """The working copy in a folder."""

    def __init__(self, folder: Path, address: Address) -> None:
        self.folder, self.address = folder, address
        self._tree = Tree(folder)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever fetched into it."""
        return self._tree.known().version is None

    def follow(self) -> None:
        """Bring the copy to what is published.

        Raises:
            StoreError: the object store cannot be read, an object is damaged, or somebody works in this copy.
        """
        with self._locked():
            self._follow(self._bucket())

    def look(self) -> None:
        """The same where something new is published, in one small question otherwise; not while somebody works here.

        Raises:
            StoreError: the object store cannot be read, or an object is damaged.
        """
        version = self._tree.known().version
        if version is None or self._bucket().version() != version:
            try:
                self.follow()
            except StoreError as error:
                if error.key != "objects.in_use":
                    raise

    @contextlib.contextmanager
    def publishing(self) -> Iterator[None]:
        """What is done to the copy meanwhile is published at the end, whole or not at all; for who holds the lock.

        Raises:
            StoreError: the object store cannot be read or written, or somebody else has published meanwhile; then the
                copy is as before. Or all is published, and what it replaces could not be removed from the bucket.
        """
        bucket = self._bucket()
        before = self._follow(bucket)
        try:
            self._tree.hold(before.manifest)
            yield
            after = self._send(bucket, before)
        except BaseException:
            self._go_back(bucket, before)
            raise
        self._tree.let_go()
        if after.left:
            raise StoreError("objects.left", store=str(self.address))

    def make_way(self) -> None:
        """Leave nothing of the copy, for a store that is restored where the bucket holds none.

        Raises:
            StoreError: it holds one, or cannot be read.
        """
        if self._bucket().version() is not None:
            raise StoreError("objects.there_already", store=str(self.address))
        self._tree.clear()

    def begin(self) -> None:
        """Publish what stands in the folder as the first that the bucket holds.

        Raises:
            StoreError: it holds a store already, or cannot be written.
        """
        with self._locked():
            self._send(self._bucket(), Known())

    def _bucket(self) -> Bucket:
        return Bucket(self.address, self.folder)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            with (self.folder / LOCK).open("w") as lock:
                if not _taken(lock.fileno()):
                    raise StoreError("objects.in_use", store=str(self.address))
                yield
        except OSError as error:
            raise StoreError.cannot_write(self.folder.name, error) from None

    def _follow(self, bucket: Bucket) -> Known:
        """Bring the copy to what is published; at least back to what was, where that cannot be read."""
        for _ in range(TRIES):
            known = self._tree.known()
            try:
                published = self._published(bucket, known)
            except StoreError:
                self._go_back(bucket, known)
                raise
            try:
                found = self._tree.bring(published, bucket.fetch)
            except VanishedError as error:
                gone = error
            else:
                self._tree.let_go()
                return found
        raise StoreError("objects.missing", store=str(self.address), file=gone.path)

    def _published(self, bucket: Bucket, known: Known) -> Known:
        found = bucket.current()
        if found is None:
            if known.version is not None:
                raise StoreError("objects.gone", store=str(self.address))
            return known
        version, content = found
        return Known(version, manifest.read(content, str(self.address)), known.stats, known.left)

    def _go_back(self, bucket: Bucket, before: Known) -> None:
        """Bring the copy back, as a rule from what was put aside; where that fails, whoever looks next does it."""
        with contextlib.suppress(StoreError, OSError, VanishedError):
            self._tree.bring(before, bucket.fetch)
            self._tree.let_go()

    def _send(self, bucket: Bucket, before: Known) -> Known:
        """Publish what the copy holds, unless it is what was published."""
        there = self._tree.there()
        states = {path: (self.folder / path).stat() for path in there}
        files = {path: File(name="", sha256=sha256, size=states[path].st_size, mode=states[path].st_mode & 0o777)
                 for path, sha256 in there.items()}  # fmt: skip
        if not before.left and _nameless(files) == _nameless(before.manifest.files):
            return before
        names = {file.sha256: file.name for file in before.manifest.files.values()}
        new = {file.sha256: self.folder / path for path, file in files.items() if file.sha256 not in names}
        sent = dict[str, str]()

        def send(sha256: str, path: Path) -> None:
            sent[sha256] = bucket.put(path)

        try:
            all_at_once(lambda item: send(*item), new.items())
            named = {
                path: file.model_copy(update={"name": (names | sent)[file.sha256]}) for path, file in files.items()
            }
            wanted = Manifest(generation=before.manifest.generation + 1, files=named)
            listed = bucket.names()
            version = bucket.replace(wanted.model_dump_json().encode(), before.version)
        except BaseException as failure:
            if not (isinstance(failure, StoreError) and failure.key == "objects.unconfirmed"):
                _removed(bucket, frozenset(sent.values()))
            raise
        return self._tree.note(Known(version, wanted, before.stats, not _removed(bucket, listed - wanted.names)))


def _nameless(files: dict[str, File]) -> dict[str, File]:
    """Files without the names of their objects."""
    return {path: file.model_copy(update={"name": ""}) for path, file in files.items()}


def _removed(bucket: Bucket, names: frozenset[str]) -> bool:
    """Remove objects that nothing needs; says whether they are gone.

    Those that a publication replaces were listed before it: whoever sent one of them began with what `current` was
    then, and was killed or will be refused.
    """
    try:
        if names:
            bucket.remove(names)
    except StoreError:
        return False
    return True


def _taken(lock: int) -> bool:
    """Whether the lock is ours, after some waiting for others who follow."""
    for _ in range(PATIENCE):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.05)
    return False

"""The bucket: sealed objects go in and come out whole, and `current` is replaced on a condition.

The only module that knows the library and its errors; what they say stays here, as they quote addresses and answers.
"""

import contextlib
import hashlib
import io
import ipaddress
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlparse

from pipelines.access import keys
from pipelines.access.errors import AccessError
from pipelines.backups.sealed import PIECE, Opener, Sealer
from pipelines.errors import BackupError, StoreError
from pipelines.objects.manifest import File
from pipelines.objects.places import Address, endpoint

CURRENT, OBJECTS = "current", "objects"
KEY = "RTU_STORE_KEY"
SMALL, AHEAD = 4 << 20, 8 << 20
"""Bytes of a file up to which it goes in one piece, and bytes that are asked for at once of a larger one."""

NO_BUCKET = "NoSuchBucket"
"""What servers answer where the whole bucket is missing, and not only what was asked for."""

_WORDS = {"access.key_missing": "objects.key_missing", "access.key_open": "objects.key_open",
          "access.key_weak": "objects.key_weak", "access.key_in_store": "objects.key_in_store"}  # fmt: skip


class VanishedError(Exception):
    """The object of a file is not there: whoever published since has removed it, or somebody else has."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Bucket:
    """One prefix of a bucket, with the key that its objects are sealed with.

    Raises:
        StoreError: the library is not installed, the key cannot be used, or the line would not be encrypted.
    """

    def __init__(self, address: Address, folder: Path) -> None:
        self._said, self._key, server = str(address), store_key(folder), endpoint()
        try:
            import obstore  # noqa: PLC0415 - an extra, only needed here
            from obstore import exceptions  # noqa: PLC0415
            from obstore.store import S3Store  # noqa: PLC0415
        except ModuleNotFoundError:
            raise StoreError("objects.no_library") from None
        self._library, self._errors = obstore, exceptions
        with self._in_words():
            self._store = S3Store(
                address.bucket, prefix=address.prefix or None, config={"endpoint": server} if server else None,
                client_options={"allow_http": _may_be_plain(server), "connect_timeout": "5s", "read_timeout": "30s",
                                "timeout": "10m"},
                retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=60)},
            )  # fmt: skip

    def version(self) -> str | None:
        """Which `current` it is, without what it says; none where there is none."""
        with self._in_words(), contextlib.suppress(FileNotFoundError):
            return self._library.head(self._store, CURRENT)["e_tag"]
        return None

    def current(self) -> tuple[str, bytes] | None:
        """Which `current` it is, and what it says; none where there is none.

        Raises:
            StoreError: it is sealed with another key, or not what was written.
        """
        found = self._current()
        if found is None:
            return None
        version, sealed = found
        try:
            return version, Opener(io.BytesIO(sealed), self._key).read()
        except BackupError as error:
            other = error.key == "backup.wrong_key"
            raise StoreError("objects.other_key" if other else "objects.manifest", store=self._said) from None

    def replace(self, content: bytes, before: str | None) -> str:
        """Replace `current`, if it is the one it was; says which it is now.

        Args:
            before: which it was; none where there was none.

        Raises:
            StoreError: it is another one by now; or whether it was replaced is not known.
        """
        out = io.BytesIO()
        sealer = Sealer(out, self._key)
        sealer.write(content)
        sealer.close()
        try:
            with self._in_words(), self._sending():
                done = self._library.put(self._store, CURRENT, out.getvalue(), use_multipart=False,
                                         mode={"e_tag": before} if before else "create")  # fmt: skip
            return str(done["e_tag"])
        except StoreError as failure:
            return self._replaced_after_all(out.getvalue(), failure)

    def _replaced_after_all(self, sealed: bytes, failure: StoreError) -> str:
        """An answer that was lost looks like a failure, and the request that follows it like one that was overtaken."""
        try:
            found = self._current()
        except StoreError:
            raise StoreError("objects.unconfirmed", store=self._said) from None
        if found is not None and found[1] == sealed:
            return found[0]
        raise failure

    def put(self, path: Path) -> str:
        """Send a file as a new object; says its name."""
        name, pieces = secrets.token_hex(16), _sealed(path, self._key)
        content = b"".join(pieces) if path.stat().st_size <= SMALL else pieces
        with self._in_words(), self._sending():
            self._library.put(self._store, f"{OBJECTS}/{name}", content)
        return name

    def fetch(self, file: File, path: str, target: Path) -> None:
        """Bring a file into a new one, for its owner only.

        Args:
            path: where in the store it belongs, for the message.

        Raises:
            VanishedError: its object is not there.
            StoreError: its object is damaged.
        """
        found = hashlib.sha256()
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out, self._in_words():
                opener = Opener(self._stream(file, path), self._key)
                while piece := opener.read(PIECE):
                    found.update(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
        except BackupError:
            raise StoreError("objects.damaged", store=self._said, file=path, object=file.name) from None
        if found.hexdigest() != file.sha256:
            raise StoreError("objects.damaged", store=self._said, file=path, object=file.name)

    def names(self) -> frozenset[str]:
        """The objects that are there."""
        with self._in_words():
            return frozenset(each["path"].rpartition("/")[2]
                             for page in self._library.list(self._store, OBJECTS) for each in page)  # fmt: skip

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects for good, as far as the bucket keeps no versions."""
        with self._in_words():
            self._library.delete(self._store, [f"{OBJECTS}/{name}" for name in sorted(names)])

    def _current(self) -> tuple[str, bytes] | None:
        try:
            with self._in_words():
                found = self._library.get(self._store, CURRENT)
                return str(found.meta["e_tag"]), bytes(found.bytes())
        except FileNotFoundError as error:
            if NO_BUCKET in str(error):
                raise StoreError("objects.no_bucket", store=self._said) from None
            return None

    def _stream(self, file: File, path: str) -> IO[bytes]:
        name = f"{OBJECTS}/{file.name}"
        try:
            if file.size <= SMALL:
                return io.BytesIO(self._library.get(self._store, name).bytes())
            return cast("IO[bytes]", _Ahead(self._library.open_reader(self._store, name, buffer_size=AHEAD)))
        except FileNotFoundError:
            raise VanishedError(path) from None

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        known = self._errors
        try:
            yield
        except (known.AlreadyExistsError, known.PreconditionError):
            raise StoreError("objects.overtaken", store=self._said) from None
        except (known.PermissionDeniedError, known.UnauthenticatedError):
            raise StoreError("objects.denied", store=self._said) from None
        except (known.BaseError, ValueError):
            raise StoreError("objects.unreachable", store=self._said) from None

    @contextlib.contextmanager
    def _sending(self) -> Iterator[None]:
        """What is sent has no place only where there is no bucket."""
        try:
            yield
        except FileNotFoundError:
            raise StoreError("objects.no_bucket", store=self._said) from None


class _Ahead:
    """A reader that gives as many bytes as it is asked for, as files do; the library's gives fewer now and then."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def read(self, n: int) -> bytes:
        """The next bytes, fewer only at the end."""
        found = bytearray()
        while len(found) < n and (more := bytes(self._reader.read(n - len(found)))):
            found += more
        return bytes(found)


def store_key(folder: Path) -> bytes:
    """The key of stores in an object store, in the file that the variable names.

    Raises:
        StoreError: there is none, or it is weak, open to others, or in the working copy.
    """
    if not (named := os.environ.get(KEY)):
        raise StoreError("objects.no_key", variable=KEY)
    try:
        return keys.read(Path(named), folder)
    except AccessError as error:
        raise StoreError(_WORDS[error.key], **error.details) from None


def _may_be_plain(server: str) -> bool:
    """Whether the line to the server is not encrypted, as on this machine or where it was said to be allowed.

    Raises:
        StoreError: it would not be encrypted, and nobody said that it may.
    """
    parts = urlparse(server)
    if parts.scheme != "http":
        return False
    if os.environ.get("AWS_ALLOW_HTTP", "").strip().lower() != "true" and not _is_local(parts.hostname or ""):
        raise StoreError("objects.not_encrypted", variable="AWS_ALLOW_HTTP")
    return True


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sealed(path: Path, key: bytes) -> Iterator[bytes]:
    """The content of a file, sealed, piece by piece."""
    out = io.BytesIO()
    sealer = Sealer(out, key)
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            sealer.write(piece)
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    sealer.close()
    yield out.getvalue()

"""A whole store in one encrypted file, and back: releases, candidates, returns, ledger, both journals, who was erased.

Left out is what does not last (`pipelines.lasting`). Keys that lie outside the store are not in it: that of the journal
of access, that which signs, that of the back-up. A journal of access in PostgreSQL is backed up with its server.
"""

import contextlib
import datetime as dt
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from pydantic import BaseModel

from pipelines.access import keys
from pipelines.access.chain import Head
from pipelines.access.errors import AccessError
from pipelines.backups.sealed import PIECE, Opener, Sealer
from pipelines.durable import sync
from pipelines.errors import BackupError, StoreError
from pipelines.lasting import lasting
from pipelines.store import Store

CONTENTS = "backup.json"
VARIABLE = "RTU_BACKUP_KEY"
_WORDS = {"access.key_missing": "backup.key_missing", "access.key_open": "backup.key_open",
          "access.key_weak": "backup.key_weak", "access.key_in_store": "backup.key_in_store"}  # fmt: skip


class Contents(BaseModel):
    """What a back-up says of itself, in its first member.

    Attributes:
        made_at: when, in UTC.
        head: number and seal of the last line of the journal of access that is surely in it.
    """

    made_at: str
    head: tuple[int, str]


def load_key(path: Path | None, store: Path | None = None) -> bytes:
    """The key of back-ups: 32 drawn bytes in a file of its owner's, outside the store.

    Raises:
        BackupError: there is none, or it is weak, open to others, or in the store.
    """
    named = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is None:
        raise BackupError("backup.no_key", variable=VARIABLE)
    try:
        return keys.read(named, store)
    except AccessError as error:
        raise BackupError(_WORDS[error.key], **error.details) from None


def back_up(store: Store, out: Path, key: bytes, head: Head) -> int:
    """Write a store into one encrypted file, while nobody else writes to it.

    Args:
        head: the last line of the journal of access, read before.

    Returns:
        The number of files in it.

    Raises:
        BackupError: the file is there already or would lie in the store.
        StoreError: somebody writes to the store, or a file cannot be read or written.
    """
    if not store.folder.is_dir():
        raise StoreError("store.no_release", store=store.folder.name)
    if out.resolve().is_relative_to(store.folder):
        raise BackupError("backup.in_store", file=out.name)
    said = Contents(made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), head=(head.seq, head.seal))
    with store.writing() as scratch, _written(out) as stream:
        sealer, n = Sealer(stream, key), 0
        with tarfile.open(fileobj=cast("IO[bytes]", sealer), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            content = said.model_dump_json().encode()
            first = tarfile.TarInfo(CONTENTS)
            first.size = len(content)
            tar.addfile(first, io.BytesIO(content))
            for path in lasting(store.folder):
                tar.add(_still(path, scratch), str(path.relative_to(store.folder)), recursive=False, filter=_nameless)
                n += path.is_file()
        sealer.close()
    return n


def restore(file: Path, key: bytes, to: Path) -> tuple[Contents, int]:
    """Bring a store back into a folder that is not there yet: whole, or not at all.

    Returns:
        What the back-up says of itself, and the number of files.

    Raises:
        BackupError: the folder is there, or the file is no back-up, of another key, or not what was written.
    """
    if os.path.lexists(to):
        raise BackupError("backup.target_exists", folder=to.name)
    try:
        temporary = Path(tempfile.mkdtemp(prefix=f".{to.name}-", dir=to.resolve().parent))
    except OSError as error:
        raise StoreError.cannot_write(to.name, error) from None
    try:
        with _read(file) as stream:
            said, n = _unpack(Opener(stream, key), temporary)
        sync(temporary)
        temporary.rename(to)
    except OSError as error:
        raise StoreError.cannot_write(to.name, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return said, n


def rekey(file: Path, key: bytes, out: Path, new_key: bytes) -> None:
    """Write a back-up anew under another key; nothing of it stands unencrypted on a disk.

    Raises:
        BackupError: it is no back-up, of another key, or not what was written; then nothing is left.
    """
    with _read(file) as stream, _written(out) as written:
        opener, sealer = Opener(stream, key), Sealer(written, new_key)
        while piece := opener.read(PIECE):
            sealer.write(piece)
        sealer.close()


def _unpack(opener: Opener, folder: Path) -> tuple[Contents, int]:
    """Every member into a folder; read to the last byte, without which the end is not known to be the end."""
    n, said = 0, None
    with tarfile.open(fileobj=cast("IO[bytes]", opener), mode="r|") as tar:
        for member in tar:
            if said is None:
                content = tar.extractfile(member)
                said = Contents.model_validate(json.loads(content.read() if content else b"{}"))
                continue
            if _put(tar, member, folder):
                n += 1
    opener.read()
    if said is None:
        raise BackupError("backup.not_one")
    return said, n


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> bool:
    """Write a member that is a file or a folder inside `folder`; whether it is a file.

    Raises:
        BackupError: it is neither, or would stand elsewhere: a back-up of ours holds no such member.
    """
    target = folder / member.name
    if ".." in target.parts or not target.is_relative_to(folder) or not (member.isfile() or member.isdir()):
        raise BackupError("backup.not_one")
    if member.isdir():
        target.mkdir(exist_ok=True)
        target.chmod(member.mode & 0o750 | 0o700)
        return False
    content = tar.extractfile(member)
    with target.open("xb") as written:
        shutil.copyfileobj(cast("IO[bytes]", content), written)
    target.chmod(member.mode & 0o740)
    return True


def _still(path: Path, scratch: Path) -> Path:
    """A file that nobody changes meanwhile: of a database, a snapshot, because readers go on writing into journals."""
    if path.suffix != ".sqlite":
        return path
    copy = scratch / path.name
    with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    copy.chmod(path.stat().st_mode)
    return copy


def _nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of this machine's accounts."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


@contextlib.contextmanager
def _written(out: Path) -> Iterator[IO[bytes]]:
    """A new file of its owner's only, which takes its name once it is whole and on the disk.

    Raises:
        BackupError: it is there already.
    """
    if os.path.lexists(out):
        raise BackupError("backup.file_exists", file=out.name)
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.link(temporary, out)
    except FileExistsError:
        raise BackupError("backup.file_exists", file=out.name) from None
    except (OSError, sqlite3.Error) as error:
        fault = error if isinstance(error, OSError) else OSError()
        raise StoreError.cannot_write(out.name, fault) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _read(file: Path) -> Iterator[IO[bytes]]:
    try:
        stream = file.open("rb")
    except OSError:
        raise BackupError("backup.unreadable", file=file.name) from None
    with stream:
        yield stream

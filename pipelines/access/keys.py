"""The key of the journal, and beside it the head: what was written last. Both lie outside the store, for the owner."""

import contextlib
import fcntl
import os
import secrets
import stat
from pathlib import Path

from pipelines.access.chain import Head
from pipelines.access.errors import AccessError

BYTES, DISTINCT = 32, 12
"""Least length of a key, and how many different bytes one of that length has at the least when it is drawn."""


def is_weak(key: bytes) -> bool:
    """Whether a key is short or was plainly not drawn."""
    return len(key) < BYTES or len(set(key)) < DISTINCT


def make(path: Path) -> None:
    """Draw a key, which is there as a whole or not at all; one that is there is never replaced.

    Raises:
        AccessError: it cannot be written.
    """
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    except OSError:
        raise AccessError("access.journal_fails") from None
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path, store: Path | None) -> bytes:
    """The key, which must not lie in the store.

    Raises:
        AccessError: it is missing, weak, in the store, or others may read it.
    """
    if store is not None and path.resolve().is_relative_to(store.resolve()):
        raise AccessError("access.key_in_store", file=path.name)
    try:
        state, key = path.stat(), path.read_bytes()
    except OSError:
        raise AccessError("access.key_missing", file=path.name) from None
    if is_open(state):
        raise AccessError("access.key_open", file=path.name)
    if is_weak(key):
        raise AccessError("access.key_weak", file=path.name, n=BYTES)
    return key


def is_open(state: os.stat_result) -> bool:
    """Whether others than the owner have any right on a file, or it is not ours."""
    return bool(state.st_mode & (stat.S_IRWXG | stat.S_IRWXO)) or state.st_uid not in (os.getuid(), 0)


def head(key_path: Path) -> Head:
    """What was written last; nothing where nothing was.

    Raises:
        AccessError: it cannot be read.
    """
    try:
        seq, seal = _head_path(key_path).read_text(encoding="ascii").split()
        return Head(int(seq), seal)
    except FileNotFoundError:
        return Head()
    except (OSError, ValueError):
        raise AccessError("access.head_unreadable", file=_head_path(key_path).name) from None


def move_head(key_path: Path, to: Head, back: bool = False) -> None:
    """Note what was written last; a process that was overtaken does not move it back.

    Args:
        back: go back, to the end of a journal that was restored.
    """
    path = _head_path(key_path)
    try:
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if head(key_path).seq >= to.seq and not back:
                return
            temporary = path.with_suffix(".tmp")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(f"{to.seq} {to.seal}\n")
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
    except OSError:
        raise AccessError("access.journal_fails") from None


def _head_path(key_path: Path) -> Path:
    return key_path.with_suffix(".head")

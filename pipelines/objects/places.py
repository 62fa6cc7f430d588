"""Where a store in an object store is worked on: from `s3://bucket/prefix` to the folder of a working copy, and back.

    CACHE/<digest of the address>/<commands|dashboard>/
      <last part of the prefix>/    the working copy
      .<the same>-origin.json       of what it is one
      .<the same>-state.json        what it was last brought to (`copies.py`)

A folder with such a file beside it is a working copy for whoever opens it, as a process that goes on with an import.
The commands and the dashboard have one each: what a command has not published yet stands on no screen.
"""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipelines.access.keys import is_open
from pipelines.errors import StoreError

if TYPE_CHECKING:
    from pipelines.objects.copies import Copy  # loads what seals, which only such a store needs

STORE_VARIABLE, CACHE = "RTU_STORE", "RTU_CACHE"
"""The variables that name the store, and where working copies lie."""

SCHEME = "s3://"
ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*)/?")

Use = Literal["commands", "dashboard"]


class Address(NamedTuple):
    """Where in an object store a store lies; the prefix is empty or has no slash at either end."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"{SCHEME}{'/'.join(part for part in self if part)}"


def is_address(place: str) -> bool:
    """Whether a place is one in an object store, and no folder."""
    return place.startswith(SCHEME)


def address(url: str) -> Address:
    """The parts of an address.

    Raises:
        StoreError: it is none.
    """
    found = ADDRESS.fullmatch(url)
    if found is None:
        raise StoreError("objects.address")
    return Address(found[1], found[2].strip("/"))


def endpoint() -> str:
    """The server that the environment names, as other tools for S3 read it; empty for Amazon's own."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""


def folder_of(url: str, use: Use) -> Path:
    """The folder of the working copy, noted as one; nothing is fetched.

    Raises:
        StoreError: it is no address, or others could read the folder.
    """
    asked = address(url)
    digest = hashlib.sha256(f"{endpoint()}\n{asked}".encode()).hexdigest()[:16]
    folder = cache().resolve() / digest / use / (asked.prefix.rpartition("/")[2] or asked.bucket)
    try:
        for parent in (folder.parent.parent.parent, folder.parent.parent, folder.parent):
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_open(folder.parent.stat()):
            raise StoreError("objects.cache_open", folder=folder.parent)
        if not beside(folder, "origin.json").exists():
            put_beside(folder, "origin.json", {"url": str(asked)})
    except OSError as error:
        raise StoreError.cannot_write(folder.name, error) from None
    return folder


def cache() -> Path:
    """Where working copies lie: what the variable names, else a folder among the user's caches."""
    named, usual = os.environ.get(CACHE), os.environ.get("XDG_CACHE_HOME")
    return Path(named) if named else (Path(usual) if usual else Path.home() / ".cache") / "rtu"


def copy_at(folder: Path) -> "Copy | None":
    """The working copy in a folder; none for an ordinary store."""
    there = folder.resolve()
    origin = beside(there, "origin.json")
    if not origin.exists():
        return None
    from pipelines.objects.copies import Copy  # noqa: PLC0415 - only where a store lies in an object store

    return Copy(there, address(json.loads(origin.read_text(encoding="utf-8"))["url"]))


def named(folder: Path) -> str:
    """How the operator names a store: by its address, or as the folder was given."""
    copy = copy_at(folder)
    return str(copy.address) if copy else str(folder)


def beside(folder: Path, what: str) -> Path:
    """What belongs to a working copy and is not in it."""
    return folder.with_name(f".{folder.name}-{what}")


def put_beside(folder: Path, what: str, content: object) -> None:
    """Replace a file of that kind, for the owner only."""
    path = beside(folder, what)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)

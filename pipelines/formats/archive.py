"""Archives, zip and gzip: looked through before anything is read from them, never unpacked onto a disk.

A size that an archive announces is checked first; what really comes out is counted as well.
"""

import gzip
import lzma
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from pipelines.errors import ExportRefused, Problem
from pipelines.formats.opening import BLOCK, Memory, Openable, Packed

MOST_MEMBERS = 200
MOST_BYTES = 4 << 30
"""All that is unpacked of one export or one file."""

MOST_IN_MEMORY = 512 << 20
"""A workbook, Parquet or SAS file inside an archive, which cannot be read from one end to the other."""

DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, NotImplementedError,
           RuntimeError, ValueError, LookupError)  # fmt: skip
LITTER = ("thumbs.db", "desktop.ini", "__macosx")


class _TooLargeError(Exception):
    """More comes out than the limit allows."""


def is_litter(name: str) -> bool:
    """What operating systems leave in folders and archives."""
    return any((part.startswith(".") and part != "..") or part.lower() in LITTER for part in name.split("/"))


def members(archive: Path) -> list[Packed]:
    """The files of a zip, which lie in one folder of it.

    Raises:
        ExportRefused: not a zip, damaged, encrypted, too large, or a member that is not a plain file with its own name.
    """
    with _refusing(archive.name, MOST_BYTES), zipfile.ZipFile(archive) as opened:
        found = [each for each in opened.infolist() if not each.is_dir() and not is_litter(each.filename)]
        _check_size(archive.name, opened.infolist())
        if problems := _problems(archive.name, found):
            raise ExportRefused(problems)
        _look_through(opened, found)
    return [Packed(_base(member), partial(_member, archive, member.filename)) for member in found]


def _member(archive: Path, name: str) -> IO[bytes]:
    with zipfile.ZipFile(archive) as opened:  # the file below stays open for as long as the member is
        return opened.open(name)


def measure(name: str, archive: Path) -> None:
    """Look through a zip that another program will unpack.

    Raises:
        ExportRefused: not a zip, damaged, or more comes out than the limit allows.
    """
    with _refusing(name, MOST_BYTES), zipfile.ZipFile(archive) as opened:
        _check_size(name, opened.infolist())
        _look_through(opened, opened.infolist())


def gunzipped(packed: Openable) -> Packed:
    """What a gzip file holds.

    Raises:
        ExportRefused: not a gzip file, damaged, or too large.
    """
    unpacked = Packed(packed.name, partial(_gunzip, packed))
    with _refusing(packed.name, MOST_BYTES), unpacked.open("rb") as stream:
        _copy(stream, None, MOST_BYTES)
    return unpacked


def _gunzip(packed: Openable) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(packed if isinstance(packed, Path) else packed.open("rb")))


def in_memory(file: Openable, memory: Memory) -> Path:
    """Where a file can be read at any place of it: its own, or for a member of an archive a copy in memory.

    Raises:
        ExportRefused: larger than may stand in memory.
    """
    if isinstance(file, Path):
        return file
    place = memory(file.name)
    with _refusing(file.name, MOST_IN_MEMORY), file.open("rb") as packed, place.open("wb") as written:
        _copy(packed, written, MOST_IN_MEMORY)
    return place


@contextmanager
def _refusing(name: str, most: int) -> Iterator[None]:
    try:
        yield
    except _TooLargeError:
        raise ExportRefused([Problem("archive.too_large", {"file": name, "most": most >> 20})]) from None
    except DAMAGED:
        raise ExportRefused([Problem("archive.damaged", {"file": name})]) from None


def _look_through(opened: zipfile.ZipFile, found: Sequence[zipfile.ZipInfo]) -> None:
    left = MOST_BYTES
    for member in found:
        with opened.open(member) as packed:
            left -= _copy(packed, None, left)


def _check_size(name: str, members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise ExportRefused([Problem("archive.too_many", {"file": name, "n": len(members), "most": MOST_MEMBERS})])
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise _TooLargeError


def _copy(packed: IO[bytes], written: IO[bytes] | None, most: int) -> int:
    size = 0
    while block := packed.read(BLOCK):
        size += len(block)
        if size > most:
            raise _TooLargeError
        if written:
            written.write(block)
    return size


def _problems(archive: str, members: Sequence[zipfile.ZipInfo]) -> list[Problem]:
    found = []
    names = Counter(_base(member).lower() for member in members)
    folders = {PurePosixPath(member.filename).parent for member in members}
    for member in members:
        details: dict[str, object] = {"file": archive, "member": _shown(member.orig_filename)}
        if _escapes(member.orig_filename):
            found.append(Problem("archive.escapes", details))
        elif member.flag_bits & 1:
            found.append(Problem("archive.encrypted", details))
        elif not _is_plain(member):
            found.append(Problem("archive.no_plain_file", details))
        elif names[_base(member).lower()] > 1:
            found.append(Problem("archive.twice", details))
    if not found and len(folders) > 1:
        found.append(Problem("archive.several_folders", {"file": archive}))
    return found


def _base(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).name


def _escapes(name: str) -> bool:
    """A name that could lead out of the folder, on any system."""
    return name.startswith("/") or ".." in name.split("/") or any(mark in name for mark in ("\\", ":", "\x00"))


def _is_plain(member: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(member.external_attr >> 16)
    return kind in (0, stat.S_IFREG)


def _shown(name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in name)[:100]

"""Unpacking: zip and gzip, never outside the folder given, never more than the limits.

A size that an archive announces is checked first; what really comes out is counted as well.
"""

import gzip
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from pipelines.errors import ExportRefused, Problem

MOST_MEMBERS = 200
MOST_BYTES = 4 << 30
"""All that is unpacked of one export or one file."""

BLOCK = 1 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
LITTER = ("thumbs.db", "desktop.ini", "__macosx")


class _TooLargeError(Exception):
    """More comes out than the limit allows."""


def is_litter(name: str) -> bool:
    """What operating systems leave in folders and archives."""
    return any((part.startswith(".") and part != "..") or part.lower() in LITTER for part in name.split("/"))


def unpack(archive: Path, into: Path) -> None:
    """Unpack the files of a zip, which lie in one folder of it, side by side into an empty folder.

    Raises:
        ExportRefused: not a zip, damaged, encrypted, too large, or a member that is not a plain file with its own name.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            _check_size(archive.name, opened.infolist())
            members = [each for each in opened.infolist() if not each.is_dir() and not is_litter(each.filename)]
            if problems := _problems(archive.name, members):
                raise ExportRefused(problems)
            left = MOST_BYTES
            for member in members:
                with opened.open(member) as packed, (into / _base(member)).open("xb") as written:
                    left -= _copy(packed, written, left)
    except _TooLargeError:
        raise ExportRefused([Problem("archive.too_large", {"file": archive.name, "most": _megabytes()})]) from None
    except DAMAGED:
        raise ExportRefused([Problem("archive.damaged", {"file": archive.name})]) from None


def measure(archive: Path) -> None:
    """Look through a zip that another program will unpack.

    Raises:
        ExportRefused: not a zip, damaged, or more comes out than the limit allows.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            _check_size(archive.name, opened.infolist())
            left = MOST_BYTES
            for member in opened.infolist():
                with opened.open(member) as packed:
                    left -= _copy(packed, None, left)
    except _TooLargeError:
        raise ExportRefused([Problem("archive.too_large", {"file": archive.name, "most": _megabytes()})]) from None
    except DAMAGED:
        raise ExportRefused([Problem("archive.damaged", {"file": archive.name})]) from None


def gunzip(packed: Path, into: Path) -> None:
    """Unpack a gzip file.

    Raises:
        ExportRefused: not a gzip file, damaged, or too large.
    """
    try:
        with gzip.open(packed) as stream, into.open("xb") as written:
            _copy(stream, written, MOST_BYTES)
    except _TooLargeError:
        raise ExportRefused([Problem("archive.too_large", {"file": packed.name, "most": _megabytes()})]) from None
    except DAMAGED:
        raise ExportRefused([Problem("archive.damaged", {"file": packed.name})]) from None


def _megabytes() -> int:
    return MOST_BYTES >> 20


def _check_size(name: str, members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise ExportRefused([Problem("archive.too_many", {"file": name, "n": len(members), "most": MOST_MEMBERS})])
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise _TooLargeError


def _copy(packed: IO[bytes] | gzip.GzipFile, written: IO[bytes] | None, most: int) -> int:
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

"""Packs: files with their manifest and seal, in a folder or one `.zip`, read without holding large files in memory."""

import contextlib
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipelines.errors import PackError

MANIFEST, SEAL = "manifest.json", "seal.json"
LARGEST = 50_000_000
"""Bytes of what is read into memory; a larger pack, manifest or seal is none of ours."""
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a `.zip`, so that the same pack has the same bytes."""


@dataclass(frozen=True)
class Packed:
    """A pack as it was found.

    Attributes:
        hashes: file → SHA-256, manifest and seal included.
        manifest, seal: their bytes; none where they are missing.
    """

    hashes: Mapping[str, str]
    manifest: bytes | None
    seal: bytes | None


def packed(files: Mapping[str, bytes]) -> Packed:
    """A pack whose files are in memory."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return Packed(hashes, files.get(MANIFEST), files.get(SEAL))


def found(path: Path) -> Packed:
    """A pack on disk, its files read piece by piece.

    Raises:
        PackError: it is neither a folder nor a zip, or cannot be read.
    """
    hashes, kept = dict[str, str](), dict[str, bytes]()
    with _in_words(path):
        for name, stream in _files(path):
            if name in hashes:
                raise PackError("pack.changed", file=name)
            if name in (MANIFEST, SEAL):
                kept[name] = stream.read(LARGEST)
                hashes[name] = hashlib.sha256(kept[name]).hexdigest()
            else:
                hashes[name] = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    return Packed(hashes, kept.get(MANIFEST), kept.get(SEAL))


def contents(path: Path) -> dict[str, bytes]:
    """The files of a pack, which is a folder or a zip of one.

    Raises:
        PackError: it is neither, cannot be read, or is too large.
    """
    read, left = dict[str, bytes](), LARGEST
    with _in_words(path):
        for name, stream in _files(path):
            read[name] = stream.read(left + 1)
            left -= len(read[name])
            if left < 0:
                raise PackError("pack.no_pack", file=path.name)
    return read


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A pack as one file, always the same bytes for the same pack."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, MOMENT), files[name])
    return stream.getvalue()


def _files(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The files of a pack, one open after the other."""
    if path.is_dir():
        for each in sorted(path.iterdir()):
            with each.open("rb") as stream:
                yield each.name, stream
        return
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as stream:
                yield member.filename, stream


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except zipfile.BadZipFile as error:
        member = str(error).partition("'")[2].rpartition("'")[0]
        raise PackError("pack.changed" if member else "pack.no_pack", file=member or path.name) from None
    except (OSError, NotImplementedError, RuntimeError, zlib.error):
        raise PackError("pack.no_pack", file=path.name) from None

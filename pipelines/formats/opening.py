"""Opening what was sent without a copy on a disk: archives are unpacked as they are read, other encodings go to the
engine through a pipe, and what needs a place of its own gets one in memory.

Nothing of an export may stand on a disk before it has been searched for direct identifiers.
"""

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, overload

BLOCK = 1 << 20

Memory = Callable[[str], Path]
"""Makes a new, empty file in memory; its name is only for who looks at the process."""


@dataclass(frozen=True)
class Packed:
    """A file in an archive; each opening unpacks it anew, from its beginning.

    Attributes:
        name: of the file once unpacked.
        unpack: opens its bytes.
    """

    name: str
    unpack: Callable[[], IO[bytes]]

    @overload
    def open(self, mode: Literal["rb"]) -> IO[bytes]: ...
    @overload
    def open(self, *, encoding: str, newline: str | None = None) -> IO[str]: ...
    def open(self, mode: str = "r", *, encoding: str | None = None, newline: str | None = None) -> IO[Any]:
        """Open like a path does, as bytes (`rb`) or as text."""
        stream = self.unpack()
        return stream if mode == "rb" else io.TextIOWrapper(stream, encoding, newline=newline)


Openable = Path | Packed
"""A file of the export: in its folder, or in an archive."""


@contextmanager
def recoded(file: Openable, encoding: str) -> Iterator[Callable[[int], bytes]]:
    """Reads the bytes of a text file, brought from another encoding to UTF-8, about so many at a time."""
    with file.open(encoding=encoding, newline="") as text:
        yield lambda size: text.read(size).encode()


class _OneLineEnd(io.RawIOBase):
    """Bytes of a text whose lines all end in a line feed; a carriage return alone becomes a vertical tab."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._stream.read(len(buffer) - 1)
        block = self._held + read
        self._held = b"\r" if read and block.endswith(b"\r") else b""  # until it is seen what follows
        if read and block == self._held:
            return self.readinto(buffer)
        found = block[: len(block) - len(self._held)].replace(b"\r\n", b"\n").replace(b"\r", b"\v")
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        self._stream.close()
        super().close()


def one_line_end(file: Openable) -> IO[bytes]:
    """The bytes of a file in an encoding above ASCII, with one kind of line end.

    A carriage return within a cell would end the row for every reader; as a vertical tab it stays in the cell, which is
    then refused for its control character.
    """
    return io.BufferedReader(_OneLineEnd(file.open("rb")), BLOCK)


@contextmanager
def memory() -> Iterator[Memory]:
    """Files in memory for as long as the context lasts: they have no name on a disk, and end with the process."""
    with ExitStack() as opened:

        def new(name: str) -> Path:
            descriptor = os.memfd_create(name)
            opened.callback(os.close, descriptor)
            return Path(f"/proc/self/fd/{descriptor}")

        yield new


@contextmanager
def piped(file: Openable, encoding: str, newline: str | None) -> Iterator[Path]:
    """Where the engine can read a text file once, from its beginning to its end, in UTF-8."""
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def feed() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe, file.open(encoding=encoding, newline=newline) as text:
                while block := text.read(BLOCK):
                    pipe.write(block.encode())
        except BrokenPipeError:
            return  # the engine stopped reading, and says why
        except Exception as error:
            failed.append(error)

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    try:
        yield Path(f"/proc/self/fd/{reading}")
    finally:
        os.close(reading)
        feeder.join()
    if failed:
        raise failed[0]

"""What a delimited text file is written in: encoding, separator, header, date order, decimal mark.

Nothing is guessed silently: what was found is kept with the release and said to the operator.
"""

import codecs
import csv
import hashlib
import io
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

BLOCK = 1 << 20
csv.field_size_limit(1 << 30)  # a quote that is not closed makes one field of the rest of the file
SAMPLE_ROWS = 3_000
SEPARATORS = ";,\t|"
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?$")
FRENCH_DATE = re.compile(r"([0-9]{1,2}/)?[0-9]{1,2}/[0-9]{4}$")

SPECIAL_SPACES = (b"\xa0", b"\x89", b"\xaf")
"""Bytes without which no text, in UTF-8 or cp1252, holds a non-breaking or thin space."""

DateOrder = Literal["iso", "dmy", "none"]


@dataclass(frozen=True)
class Dialect:
    """How to read a file.

    Attributes:
        encoding: `utf-8`, `utf-8-sig` or `cp1252`.
        header: column names as written, without surrounding spaces.
        first_line: number of the header's line in the file, from 1.
        special_spaces: whether non-breaking or thin spaces occur anywhere in the file.
        date_order: `iso` for yyyy-mm-dd, `dmy` for dd/mm/yyyy, `none` where no date was seen.
    """

    encoding: str
    separator: str
    header: tuple[str, ...]
    first_line: int = 1
    special_spaces: bool = True
    date_order: DateOrder = "none"
    decimal: str = "."


@dataclass(frozen=True)
class Content:
    """What one pass over the bytes of a file tells."""

    sha256: str
    encoding: str | None
    size: int
    n_lines: int
    special_spaces: bool
    mixed_line_ends: bool


def examine(path: Path) -> Content:
    """Hash the file and find its encoding; `None` when it is not text (a null byte, or bytes of no known encoding)."""
    digest, size = hashlib.sha256(), 0
    special_spaces, ends = False, {b"\r\n": 0, b"\r": 0, b"\n": 0}
    candidates = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp1252")}
    start = last = b""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            start = start or block[:4]
            digest.update(block)
            size += len(block)
            for end in ends:
                ends[end] += block.count(end)
            ends[b"\r\n"] += last == b"\r" and block.startswith(b"\n")
            last = block[-1:]
            special_spaces = special_spaces or any(mark in block for mark in SPECIAL_SPACES)
            if b"\x00" in block:
                candidates = {}
            candidates = {name: decoder for name, decoder in candidates.items() if _decodes(decoder, block)}
    if "utf-8" in candidates and not _decodes(candidates["utf-8"], b"", final=True):
        del candidates["utf-8"]
    encoding = next(iter(candidates), None)
    if encoding == "utf-8" and start.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    together = ends[b"\r\n"]
    kinds = [together, ends[b"\r"] - together, ends[b"\n"] - together]
    n_lines = sum(kinds) + (last not in (b"", b"\n", b"\r"))
    return Content(digest.hexdigest(), encoding, size, n_lines, special_spaces, sum(map(bool, kinds)) > 1)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def find_header(path: Path, encoding: str) -> Dialect | None:
    """The separator and header of a file; `None` if its first line is not a header of two columns or more."""
    with path.open(encoding=encoding, newline="") as stream:
        first = stream.readline()
        first_line, separator = 1, ""
        if first.lower().startswith("sep="):
            separator, first_line, first = first[4:5], 2, stream.readline()
    separator = separator or max(SEPARATORS, key=first.count)
    header = next(csv.reader(io.StringIO(first), delimiter=separator), [])
    if len(header) < 2 or not all(column.strip() for column in header):  # noqa: PLR2004
        return None
    return Dialect(encoding, separator, tuple(column.strip() for column in header), first_line)


def sample(path: Path, dialect: Dialect) -> dict[str, list[str]]:
    """Some values of each column, as written, from the beginning of the file."""
    with path.open(encoding=dialect.encoding, newline="") as stream:
        for _ in range(dialect.first_line):
            stream.readline()
        rows = itertools.islice(csv.reader(stream, delimiter=dialect.separator), SAMPLE_ROWS)
        columns = list(itertools.zip_longest(*rows, fillvalue=""))
    return {column: [value.strip() for value in values if value.strip()]
            for column, values in zip(dialect.header, columns, strict=False)}  # fmt: skip


def date_order(values: Iterable[str]) -> DateOrder:
    """The order in which most dates of the values are written."""
    found = Counter("iso" if ISO_DATE.match(value) else "dmy" if FRENCH_DATE.match(value) else "" for value in values)
    if not found["dmy"] and not found["iso"]:
        return "none"
    return "dmy" if found["dmy"] > found["iso"] else "iso"


def decimal_mark(values: Iterable[str], separator: str) -> str:
    """The decimal mark of most numbers of the values; without any, the one that goes with the separator."""
    found = Counter(mark for value in values for mark in ",." if mark in value)
    if not found:
        return "," if separator == ";" else "."
    return found.most_common(1)[0][0]


def physical_lines(path: Path, dialect: Dialect, good: Iterable[int], broken: Collection[int]) -> dict[int, int]:
    """Where rows stand in the file.

    Args:
        good: numbers of rows among those that were read, from 1.
        broken: numbers of records, from 1 after the header and counting blank lines, that could not be read.

    Returns:
        Number of a good row → line of the file on which it begins; a broken record under minus its number.
    """
    wanted, found, n_good, begins = set(good), {}, 0, dialect.first_line
    with path.open(encoding=dialect.encoding, newline="") as stream:
        for _ in range(dialect.first_line):
            stream.readline()
        reader = csv.reader(stream, delimiter=dialect.separator)
        for number, fields in enumerate(reader, start=1):
            if number in broken:
                found[-number] = begins + 1
            elif fields:
                n_good += 1
                if n_good in wanted:
                    found[n_good] = begins + 1
            begins = dialect.first_line + reader.line_num
    return found

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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import IO, Any, Literal

from pipelines.formats import charset
from pipelines.formats.charset import Confidence
from pipelines.formats.opening import BLOCK, Openable, recoded

csv.field_size_limit(1 << 30)  # a quote that is not closed makes one field of the rest of the file
SAMPLE_ROWS = 3_000
HEADER_WITHIN = 20
"""The header stands on one of the first lines."""

KNOWN_COLUMNS = 2
SEPARATORS = ";,\t|"
SEPARATOR_NAMES = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?$")
FRENCH_DATE = re.compile(r"([0-9]{1,2}([/.-])[0-9]{1,2}\2|[0-9]{1,2}[/.-])[0-9]{4}$")

SPECIAL_SPACES = (b"\xa0", b"\x89", b"\xaf")
"""Bytes without which no text, in UTF-8 or cp1252, holds a non-breaking or thin space."""

ERRORS = (b"#N", b"#R", b"#V", b"#D", b"##")
"""How errors of a spreadsheet begin, and what it shows of a number in too narrow a column."""

SCIENTIFIC = (b"E+", b"e+")

DateOrder = Literal["iso", "dmy", "mdy", "none"]


@dataclass(frozen=True)
class Finding:
    """How sure something found out about a file is, and the counts that it rests on."""

    confidence: Confidence = "certain"
    evidence: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Dialect:
    """How to read a file.

    Attributes:
        encoding: as Python names it.
        header: column names as written, without surrounding spaces.
        first_line: number of the header's line in the file, from 1; 0 for a form that has no lines.
        special_spaces: whether non-breaking or thin spaces occur anywhere in the file.
        padded: whether a cell may begin or end with a space.
        date_order: `iso` for yyyy-mm-dd, `dmy` for dd/mm/yyyy, `mdy` for mm/dd/yyyy, `none` where no date was seen.
        date_marks: whether days or months are also parted by points or dashes.
        n_above: lines above the header that are a title.
        n_trailing: columns without a name after the last one: lines end in separators.
        findings: by what was found: `encoding`, `separator`, `date_order`, `decimal`.
    """

    encoding: str
    separator: str
    header: tuple[str, ...]
    first_line: int = 1
    special_spaces: bool = True
    padded: bool = True
    date_order: DateOrder = "none"
    date_marks: bool = False
    decimal: str = "."
    quote: str = '"'
    n_trailing: int = 0
    n_above: int = 0
    findings: Mapping[str, Finding] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """What one pass over the bytes of a file tells.

    Attributes:
        spreadsheet_errors: whether a cell may hold an error of a spreadsheet, as `#N/A`.
        scientific: whether a number may be written as `1,23E+05`.
        n_records: rows that the file says it holds; `None` for text.
        n_stray_returns: carriage returns alone in a file most of whose lines end otherwise: they stand within cells.
    """

    sha256: str
    encoding: str | None
    size: int
    n_lines: int
    special_spaces: bool
    mixed_line_ends: bool
    spreadsheet_errors: bool = True
    scientific: bool = True
    n_records: int | None = None
    n_stray_returns: int = 0
    encoding_found: Finding = Finding()


def examine(path: Openable, encoded: str | None = None) -> Content:
    """Hash the file and find its encoding; `None` when it is not text (a null byte, or bytes of no known encoding).

    Args:
        encoded: the encoding, where it is known and no superset of ASCII; the text is then looked at in UTF-8.
    """
    digest, size, seen, is_utf8, has_null = hashlib.sha256(), 0, set[bytes](), True, False
    ends = {b"\r\n": 0, b"\r": 0, b"\n": 0}
    utf8 = codecs.getincrementaldecoder("utf-8")()
    start, last = b"", b""
    with _bytes(path, encoded) as read:
        while block := read(BLOCK):
            start = start or block[:4]
            digest.update(block)
            size += len(block)
            ends[b"\n"] += block.count(b"\n")
            if b"\r" in block:  # a look costs a tenth of a count, and most files have none
                ends[b"\r"] += block.count(b"\r")
                ends[b"\r\n"] += block.count(b"\r\n")
            ends[b"\r\n"] += last.endswith(b"\r") and block.startswith(b"\n")
            _look_for_marks(seen, block, last + block[:2])
            last = block[-2:]
            is_utf8 = is_utf8 and _decodes(utf8, block)
            has_null = has_null or b"\x00" in block
    is_utf8 = is_utf8 and _decodes(utf8, b"", final=True)
    encoding, found = (None, Finding()) if has_null else _encoding(path, is_utf8, start)
    together = ends[b"\r\n"]
    kinds = [together, ends[b"\r"] - together, ends[b"\n"] - together]
    return Content(
        digest.hexdigest(), encoding, size, sum(kinds) + (last[-1:] not in (b"", b"\n", b"\r")),
        special_spaces=bool(seen.intersection(SPECIAL_SPACES)) or encoding in ("mac-roman", "cp850"),
        mixed_line_ends=sum(map(bool, kinds)) > 1, spreadsheet_errors=bool(seen.intersection(ERRORS)),
        scientific=bool(seen.intersection(SCIENTIFIC)), encoding_found=found,
        n_stray_returns=kinds[1] if kinds[1] < kinds[0] + kinds[2] else 0,
    )  # fmt: skip


@contextmanager
def _bytes(path: Openable, encoded: str | None) -> Iterator[Callable[[int], bytes]]:
    if encoded:
        with recoded(path, encoded) as read:
            yield read
    else:
        with path.open("rb") as stream:
            yield stream.read


def _look_for_marks(seen: set[bytes], block: bytes, seam: bytes) -> None:
    """Add the marks that occur in a block, or where it follows the one before; single bytes first, which is fast."""
    seen.update(mark for mark in SPECIAL_SPACES if mark not in seen and mark in block)
    for gate, marks in ((b"#", ERRORS), (b"+", SCIENTIFIC)):
        if gate in block or gate in seam:
            seen.update(mark for mark in marks if mark in block or mark in seam)


def _encoding(path: Openable, is_utf8: bool, start: bytes) -> tuple[str | None, Finding]:
    if is_utf8:
        return ("utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"), Finding()
    guessed = charset.guess(path)
    if guessed is None:
        return None, Finding()
    counts = {"characters": guessed.n_characters, "odd_characters": guessed.n_odd}
    return guessed.encoding, Finding(guessed.confidence, counts)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    if block.isascii() and not decoder.getstate()[0]:  # no character of several bytes is left open
        return True
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def find_header(path: Openable, encoding: str, known: Collection[str] = ()) -> Dialect | None:
    """The separator and header of a file; `None` if the line is not a header of two columns or more.

    The header is the first line, or below a title the first one with two known columns. A column without a name keeps
    an empty one, but for those at the end of the line.
    """
    with path.open(encoding=encoding, newline="") as stream:
        lines = [stream.readline() for _ in range(HEADER_WITHIN + 1)]
    separator = ""
    if named := lines[0].lower().lstrip('"').startswith("sep="):
        separator = lines.pop(0).lstrip('"')[4:5]
    found = [_header(line, separator) for line in lines]
    for place, header in enumerate(found):
        if header and len({column.lower() for column in header.header}.intersection(known)) >= KNOWN_COLUMNS:
            above: list[list[str]] = [
                next(_rows(io.StringIO(line), header.separator, header.quote), []) for line in lines[:place]
            ]
            if all(is_title(cells, len(header.header)) for cells in above):
                return replace(header, encoding=encoding, first_line=place + 1 + named, n_above=place)
            break
    return replace(found[0], encoding=encoding, first_line=1 + named) if found[0] else None


def is_title(cells: Iterable[str | None], n_columns: int) -> bool:
    """Whether a line above a header has so few cells that it is no row."""
    return sum(bool((cell or "").strip()) for cell in cells) <= max(1, n_columns // 2)


def _header(first: str, separator: str) -> Dialect | None:
    counts = {each: first.count(each) for each in SEPARATORS}
    found = Finding("certain" if separator or sum(map(bool, counts.values())) == 1 else "likely",
                    {SEPARATOR_NAMES[each]: n for each, n in counts.items() if n})  # fmt: skip
    separator = separator or max(SEPARATORS, key=first.count)
    quote = "'" if re.fullmatch(rf"('[^']*'{re.escape(separator)})+'[^']*'\s*", first) else '"'
    header = [column.strip() for column in next(_rows(io.StringIO(first), separator, quote), [])]
    n_all = len(header)
    while header and not header[-1]:
        header.pop()
    if sum(map(bool, header)) < 2:  # noqa: PLR2004
        return None
    return Dialect("", separator, tuple(header), quote=quote, n_trailing=n_all - len(header),
                   findings={"separator": found})  # fmt: skip


def _rows(stream: IO[str], separator: str, quote: str) -> Any:
    return csv.reader(stream, delimiter=separator, quotechar=quote)


def sample(path: Openable, dialect: Dialect) -> dict[str, list[str]]:
    """Some values of each column, as written, from the beginning of the file."""
    with path.open(encoding=dialect.encoding, newline="") as stream:
        for _ in range(dialect.first_line):
            stream.readline()
        rows = itertools.islice(_rows(stream, dialect.separator, dialect.quote), SAMPLE_ROWS)
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
    found = Counter(max(",.", key=value.rfind) for value in values if "," in value or "." in value)
    if not found:
        return "," if separator == ";" else "."
    return found.most_common(1)[0][0]


def physical_lines(path: Openable, dialect: Dialect, good: Iterable[int], broken: Collection[int]) -> dict[int, int]:
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
        reader = _rows(stream, dialect.separator, dialect.quote)
        for number, fields in enumerate(reader, start=1):
            if number in broken:
                found[-number] = begins + 1
            elif fields:
                n_good += 1
                if n_good in wanted:
                    found[n_good] = begins + 1
            begins = dialect.first_line + reader.line_num
    return found


def count_records(path: Openable, dialect: Dialect) -> int:
    """Records after the header, blank lines left out, as a second reader finds them."""
    with path.open(encoding=dialect.encoding, newline="") as stream:
        for _ in range(dialect.first_line):
            stream.readline()
        return sum(1 for fields in _rows(stream, dialect.separator, dialect.quote) if fields)

"""Text files: the encoding and header of a `.csv`, `.tsv` or `.txt`, unpacked and brought to UTF-8 where needed."""

import codecs
import hashlib
from dataclasses import replace
from pathlib import Path

from pipelines import dialect
from pipelines.dialect import BLOCK, Content
from pipelines.errors import ExportRefused, Problem
from pipelines.formats import archive
from pipelines.formats.readable import Readable, stem_of

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(path: Path, scratch: Path) -> Readable:
    """A text file, with its encoding and header.

    Raises:
        ExportRefused: empty, no text, no header, a column without a name, or an archive that cannot be unpacked.
    """
    text, content = _text(path, scratch)
    header = dialect.find_header(text, content.encoding) if content.encoding else None
    if content.size == 0:
        raise ExportRefused([Problem("export.empty_file", {"file": path.name})])
    if header is None:
        raise ExportRefused([Problem("export.not_a_table", {"file": path.name})])
    if "" in header.header:
        place = header.header.index("") + 1
        raise ExportRefused([Problem("export.blank_column", {"file": path.name, "place": place})])
    counts = sorted(header.findings["separator"].evidence.items(), key=lambda each: -each[1])
    if header.first_line == 1 and len(counts) > 1 and counts[0][1] == counts[1][1]:
        separators = ", ".join(name for name, _ in counts)
        raise ExportRefused([Problem("export.separator_unclear", {"file": path.name, "separators": separators})])
    columns = tuple(column.lower() for column in header.header)
    findings = {"encoding": content.encoding_found} | dict(header.findings)
    complete = replace(header, header=columns, special_spaces=content.special_spaces, findings=findings)
    if text != path:
        told = "utf-16" if text.name.endswith(".utf-16.csv") else content.encoding
        content = replace(content, sha256=_sha256(path), encoding=told)
    return Readable(text, "csv", content, complete)


def _text(path: Path, scratch: Path) -> tuple[Path, Content]:
    """The file or, unpacked and in UTF-8, its copy; what the copy was made from stays the encoding that is told."""
    text = path
    if path.name.lower().endswith(".gz"):
        text = scratch / f"{stem_of(path.name)}.unpacked.csv"
        archive.gunzip(path, text)
    with text.open("rb") as stream:
        if stream.read(2) not in UTF_16:
            return text, dialect.examine(text)
    copy = scratch / f"{stem_of(path.name)}.utf-16.csv"
    try:
        with text.open(encoding="utf-16", newline="") as read, copy.open("w", encoding="utf-8", newline="") as written:
            while block := read.read(BLOCK):
                written.write(block)
    except UnicodeError:
        raise ExportRefused([Problem("export.not_a_table", {"file": path.name})]) from None
    return copy, dialect.examine(copy)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

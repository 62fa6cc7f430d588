"""Text files: the encoding and header of a `.csv`, `.tsv` or `.txt`, unpacked as it is read."""

import codecs
import hashlib
from dataclasses import replace
from functools import partial

from pipelines import dialect
from pipelines.dialect import Content
from pipelines.errors import ExportRefused, Problem
from pipelines.formats import archive
from pipelines.formats.opening import Openable, Packed, one_line_end
from pipelines.formats.readable import Kinds, Readable

UTF_16 = "utf-16"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(file: Openable, kinds: Kinds) -> Readable:
    """A text file, with its encoding and header.

    Raises:
        ExportRefused: empty, no text, no header, a column without a name, or an archive that cannot be unpacked.
    """
    unpacked, encoding, content = _text(file)
    header = dialect.find_header(unpacked, encoding, kinds) if encoding else None
    if content.size == 0:
        raise ExportRefused([Problem("export.empty_file", {"file": file.name})])
    if header is None:
        raise ExportRefused([Problem("export.not_a_table", {"file": file.name})])
    if "" in header.header:
        place = header.header.index("") + 1
        raise ExportRefused([Problem("export.blank_column", {"file": file.name, "place": place})])
    counts = sorted(header.findings["separator"].evidence.items(), key=lambda each: -each[1])
    if header.first_line == 1 + header.n_above and len(counts) > 1 and counts[0][1] == counts[1][1]:
        separators = ", ".join(name for name, _ in counts)
        raise ExportRefused([Problem("export.separator_unclear", {"file": file.name, "separators": separators})])
    columns = tuple(column.lower() for column in header.header)
    findings = {"encoding": content.encoding_found} | dict(header.findings)
    complete = replace(header, header=columns, special_spaces=content.special_spaces, findings=findings)
    if content.n_stray_returns and encoding != UTF_16:
        content = replace(content, mixed_line_ends=False, n_lines=content.n_lines - content.n_stray_returns)
    if unpacked is not file or encoding == UTF_16:
        content = replace(content, sha256=_sha256(file), encoding=encoding)
    return Readable(unpacked, "csv", content, complete)


def _text(file: Openable) -> tuple[Openable, str | None, Content]:
    """The file unpacked, its encoding, and what its bytes, brought to UTF-8 from UTF-16, tell."""
    unpacked = archive.gunzipped(file) if file.name.lower().endswith(".gz") else file
    with unpacked.open("rb") as stream:
        if stream.read(2) not in UTF_16_MARKS:
            content = dialect.examine(unpacked)
            return _without_stray_returns(unpacked, content), content.encoding, content
    try:
        content = dialect.examine(unpacked, UTF_16)
    except UnicodeError:
        raise ExportRefused([Problem("export.not_a_table", {"file": file.name})]) from None
    return unpacked, UTF_16 if content.encoding else None, content


def _without_stray_returns(file: Openable, content: Content) -> Openable:
    return Packed(file.name, partial(one_line_end, file)) if content.n_stray_returns else file


def _sha256(file: Openable) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type] # reads into a buffer

"""Workbooks: one sheet as text, with the row of the sheet on which each row stood.

The header may stand below a title. Dates and numbers come as a spreadsheet keeps them; `cells.py` says what they mean.
"""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fastexcel
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.dialect import HEADER_WITHIN, KNOWN_COLUMNS, Content, Dialect, is_title
from pipelines.durable import sha256
from pipelines.errors import ExportRefused, Problem
from pipelines.formats import archive, cells
from pipelines.formats.opening import Memory
from pipelines.formats.readable import LINE, Kinds, Readable, stem_of

OLD = b"\xd0\xcf\x11\xe0"
"""How a workbook begins that is of an older form or protected by a password."""

ERRORS = {"NA": "#N/A", "Div0": "#DIV/0!", "Ref": "#REF!", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!",
          "Value": "#VALUE!"}  # fmt: skip
ERROR = re.compile(r"Error\((\w+)\)")


def read(name: str, path: Path, kinds: Kinds, memory: Memory) -> Readable:
    """The sheet of a workbook that is the table.

    Args:
        name: of the file as it was sent.
        path: where it can be read.

    Raises:
        ExportRefused: no workbook, too large, no such sheet, no header, or a column without a name.
    """
    _check(name, path)
    try:
        rows = _sheet(name, path)
    except fastexcel.FastExcelError:
        raise ExportRefused([Problem("workbook.unreadable", {"file": name})]) from None
    header_at = _header_at(rows, kinds)
    if header_at is None:
        raise ExportRefused([Problem("workbook.no_header", {"file": name, "most": HEADER_WITHIN})])
    header = _header(name, [column[header_at] for column in rows], rows, header_at)
    lines = [n for n in range(header_at + 1, len(rows[0])) if any((column[n] or "").strip() for column in rows)]
    table = pa.table(
        {title: pa.array([column[n] for n in lines], pa.string()) for title, column in zip(header, rows, strict=False)}
        | {LINE: pa.array([n + 1 for n in lines], pa.int64())}
    )
    converted = memory(name)
    pq.write_table(table, converted)
    first_line = header_at + 1
    last_line = lines[-1] + 1 if lines else first_line
    content = Content(sha256(path), "xlsx", path.stat().st_size, last_line, True, False, n_records=len(lines))
    expressions = cells.expressions(header, kinds, counts_from_1904=_counts_from_1904(path))
    return Readable(
        converted,
        "xlsx",
        content,
        Dialect("", "", tuple(header), first_line, n_above=header_at),
        expressions,
        has_lines=True,
    )


def _check(name: str, path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise ExportRefused([Problem("export.empty_file", {"file": name})])
    if start == OLD:
        raise ExportRefused([Problem("workbook.old_or_protected", {"file": name})])
    if not start.startswith(b"PK"):
        raise ExportRefused([Problem("workbook.unreadable", {"file": name})])
    archive.measure(name, path)


def _sheet(name: str, path: Path) -> list[list[str | None]]:
    """The columns of the sheet that is named like the table, or that is the only one."""
    workbook = fastexcel.read_excel(path)
    names = workbook.sheet_names
    like_table = [title for title in names if title.strip().lower() == stem_of(name)]
    if len(names) != 1 and len(like_table) != 1:
        details: dict[str, object] = {"file": name, "table": stem_of(name), "sheets": ", ".join(names)}
        raise ExportRefused([Problem("workbook.which_sheet", details)])
    sheet = workbook.load_sheet((like_table or names)[0], header_row=None, skip_rows=0, dtypes="string")
    if not sheet.width or not sheet.height:
        raise ExportRefused([Problem("export.empty_file", {"file": name})])
    batch, errors = sheet.to_arrow_with_errors()
    columns: list[list[str | None]] = [column.to_pylist() for column in batch.columns]
    for error in errors.errors if errors else []:
        row, column = error.position
        columns[column][row] = _error(error.detail)
    return columns


def _error(detail: str) -> str:
    found = ERROR.search(detail)
    return ERRORS.get(found[1] if found else "", "#VALUE!")


def _header_at(rows: Sequence[Sequence[str | None]], kinds: Kinds) -> int | None:
    """The first row with two known columns or more, if there is nothing but a title above it."""
    for n in range(min(HEADER_WITHIN, len(rows[0]))):
        names = {(column[n] or "").strip().lower() for column in rows}
        if len(names & kinds.keys()) >= KNOWN_COLUMNS:
            above = ([column[place] for column in rows] for place in range(n))
            return n if all(is_title(cells, len(names - {""})) for cells in above) else None
    return None


def _header(file: str, names: Sequence[str | None], rows: list[list[str | None]], header_at: int) -> list[str]:
    """The names of the columns; columns that are empty from the header down are left out of `rows`."""
    header, kept = [], []
    for place, name in enumerate(names):
        if written := (name or "").strip().lower():
            header.append(written)
            kept.append(rows[place])
        elif any((cell or "").strip() for cell in rows[place][header_at + 1 :]):
            raise ExportRefused([Problem("export.blank_column", {"file": file, "place": place + 1})])
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        raise ExportRefused([Problem("export.repeated_column", {"file": file, "column": name}) for name in repeated])
    rows[:] = kept
    return header


def _counts_from_1904(path: Path) -> bool:
    """Whether day 0 of the workbook is 1 January 1904, as in old Macintosh workbooks."""
    with zipfile.ZipFile(path) as opened:
        properties: Any = opened.read("xl/workbook.xml") if "xl/workbook.xml" in opened.namelist() else b""
    return re.search(rb"date1904=\"(1|true)\"", properties) is not None

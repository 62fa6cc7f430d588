"""The same rows in each form: CSV for French Excel or for machines, a workbook, Parquet. None holds all rows in memory.

| form | separator | decimals | text | empty cell | types |
|---|---|---|---|---|---|
| csv-fr | `;`, byte order mark, CRLF | comma | no formula (`inert`) | empty; empty text is `""` | by the dictionary |
| csv | `,`, LF | point | no formula (`inert`) | empty; empty text is `""` | by the dictionary |
| xlsx | | number | as it is, never a formula | empty | number, day, text |
| parquet | | number | as it is | null | integer, double, day, text |
"""

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from pyarrow import csv, parquet

from pipelines.errors import ExtractError
from pipelines.extracts.request import Form
from pipelines.inert import PATTERN

TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(), "integer": pa.int64(), "decimal": pa.float64(), "day": pa.date32()}  # fmt: skip
MARK = b"\xef\xbb\xbf"
CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - xlsxwriter writes it as it is; the extract's time is in its manifest
MOST_ROWS = 1_048_576
"""Rows of a worksheet, its head included."""
WIDTH, WIDE = 18, 60
Sheets = Mapping[str, Sequence[Sequence[str]]]


class Sink(Protocol):
    """Where a file is written."""

    def write(self, piece: bytes, /) -> int:
        """Write a piece; returns its length."""


def schema(kinds: Mapping[str, str]) -> pa.Schema:
    """Column → kind as the types of the file."""
    return pa.schema([(name, TYPES[kind]) for name, kind in kinds.items()])


def write(form: Form, kinds: Mapping[str, str], batches: Iterable[pa.RecordBatch], sink: Sink, sheets: Sheets
          ) -> int:  # fmt: skip
    """Write the rows; returns how many.

    Args:
        kinds: column → `text`, `integer`, `decimal` or `day`.
        sheets: name → rows of text that stand before and after the data in a workbook; the empty one is the data.

    Raises:
        ExtractError: a worksheet has no room for them.
    """
    target = schema(kinds)
    typed = (_typed(batch, target) for batch in batches)
    if form == "xlsx":
        return _workbook(target, typed, sink, sheets)
    if form == "parquet":
        return _parquet(target, typed, sink)
    return _csv(target, typed, sink, french=form == "csv-fr")


def _typed(batch: pa.RecordBatch, target: pa.Schema) -> pa.RecordBatch:
    columns = [each.cast(field.type) for each, field in zip(batch.columns, target, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=target)


def _csv(target: pa.Schema, batches: Iterable[pa.RecordBatch], sink: Sink, french: bool) -> int:
    as_text = {pa.string(), *({pa.float64()} if french else ())}
    written = pa.schema([(each.name, pa.string() if each.type in as_text else each.type) for each in target])
    options = csv.WriteOptions(delimiter=";" if french else ",", eol="\r\n" if french else "\n")
    n_rows = 0
    if french:
        sink.write(MARK)
    with csv.CSVWriter(pa.PythonFile(_Kept(sink), "w"), written, write_options=options) as writer:
        for batch in batches:
            n_rows += batch.num_rows
            cells = [_cell(each, french) for each in batch.columns]
            writer.write_batch(pa.RecordBatch.from_arrays(cells, schema=written))
    return n_rows


def _cell(column: pa.Array, french: bool) -> pa.Array:
    if column.type == pa.string():
        return pc.replace_substring_regex(column, PATTERN, r"'\1")
    if french and column.type == pa.float64():
        return pc.replace_substring(column.cast(pa.string()), ".", ",")
    return column


def _parquet(target: pa.Schema, batches: Iterable[pa.RecordBatch], sink: Sink) -> int:
    n_rows = 0
    with parquet.ParquetWriter(pa.PythonFile(_Kept(sink), "w"), target, compression="zstd") as writer:
        for batch in batches:
            n_rows += batch.num_rows
            writer.write_batch(batch)
    return n_rows


class _Kept:
    """A stream that its writer does not close."""

    closed = False

    def __init__(self, sink: Sink) -> None:
        self._sink, self._place = sink, 0

    def write(self, piece: Any) -> int:
        self._place += self._sink.write(piece)
        return len(piece)

    def tell(self) -> int:
        return self._place

    def flush(self) -> None:
        """Leave it to the stream."""

    def close(self) -> None:
        """Leave it open."""


def _workbook(target: pa.Schema, batches: Iterable[pa.RecordBatch], sink: Sink, sheets: Sheets) -> int:
    n_rows = 0
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "book.xlsx"
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": scratch,
                                               "default_date_format": "yyyy-mm-dd"})  # fmt: skip
        book.set_properties({"created": CREATED})
        head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            if lines:
                _lines(sheet, lines, head)
            else:
                n_rows = _data(sheet, target, batches, head, day)
        book.close()
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, sink)
    return n_rows


def _lines(sheet: Any, lines: Sequence[Sequence[str]], head: Any) -> None:
    sheet.set_column(0, len(lines[0]), WIDTH)
    sheet.set_column(len(lines[0]) - 1, len(lines[0]) - 1, WIDE)
    for place, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(place, column, text, head if place == 0 else None)


def _data(sheet: Any, target: pa.Schema, batches: Iterable[pa.RecordBatch], head: Any, day: Any) -> int:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(target), WIDTH)
    for column, name in enumerate(target.names):
        sheet.write_string(0, column, name, head)
    writers = [{pa.string(): sheet.write_string, pa.date32(): sheet.write_datetime}.get(each.type, sheet.write_number)
               for each in target]  # fmt: skip
    formats = [day if each.type == pa.date32() else None for each in target]
    row = 0
    for batch in batches:
        if row + batch.num_rows >= MOST_ROWS:
            raise ExtractError("extract.too_long", most=MOST_ROWS - 1)
        columns = [each.to_pylist() for each in batch.columns]
        for values in zip(*columns, strict=True):
            row += 1
            for column, value in enumerate(values):
                if value is not None:
                    writers[column](row, column, value, formats[column])
    return row

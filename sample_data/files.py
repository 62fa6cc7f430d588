"""Writes the export of a cut-off: one CSV file per table, and a manifest with the checksums."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_schemas.tables import TABLES
from sample_data import render, wrong
from sample_data.as_of import shown
from sample_data.days import Bools, Ints, day
from sample_data.dialects import Dialect
from sample_data.world import World

ROWS_AT_ONCE = 250_000
GENERATED_AFTER = dt.timedelta(days=5, hours=8)


def write_export(world: World, cutoff: str, out: Path, dialect: Dialect) -> Path:
    """Writes `out/<cutoff>/` and returns it."""
    folder = out / cutoff
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{table}.csv": _write_table(world, table, cutoff, folder, dialect) for table in TABLES}
    manifest = {
        "programme": "thalidomide",
        "cutoff_date": cutoff,
        "generated_at": (dt.datetime.fromisoformat(cutoff) + GENERATED_AFTER).isoformat(),
        "synthetic": True,
        "files": files,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
    return folder


def _write_table(world: World, table: str, cutoff: str, folder: Path, dialect: Dialect) -> dict[str, int | str]:
    frame = shown(world, table, day(cutoff))
    spoilt = [one for one in world.spoilt if one.defect.table == table]
    rows, cells = wrong.laid_out(spoilt, frame, world.tables, dialect)
    checksum = hashlib.sha256()
    with (folder / f"{table}.csv").open("wb") as file:
        for part in _parts(table, frame, rows, cells, dialect):
            file.write(part)
            checksum.update(part)
    return {"rows": len(rows), "sha256": checksum.hexdigest()}


def _parts(table: str, frame: pd.DataFrame, rows: Ints, cells: list[wrong.Cell], dialect: Dialect) -> Iterator[bytes]:
    """The bytes of a file, some hundred thousand lines at a time."""
    header = dialect.separator.join(TABLES[table].columns) + dialect.line_end
    yield header.encode(dialect.encoding)
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        part = frame.iloc[rows[begin : begin + ROWS_AT_ONCE]]
        columns = render.columns(table, part, dialect)
        if "wrong" in part:
            _scatter(columns, part["wrong"].to_numpy(), dialect)
        for cell in cells:
            if begin <= cell.line < begin + ROWS_AT_ONCE:
                here = np.arange(begin, begin + len(part)) == cell.line
                columns[cell.column] = _replaced(columns[cell.column], here, cell.text)
        yield _lines(columns, dialect)


def _scatter(columns: dict[str, pa.Array], marks: Ints, dialect: Dialect) -> None:
    for number, defect in enumerate(wrong.SCATTERED, start=1):
        here = marks == number
        if here.any():
            text = dialect.quoted(wrong.fixed_text(defect.text, dialect))
            columns[defect.column] = _replaced(columns[defect.column], here, text)


def _replaced(column: pa.Array, here: Bools, text: str) -> pa.Array:
    return pc.if_else(pa.array(here), pa.scalar(text), column)


def _lines(columns: dict[str, pa.Array], dialect: Dialect) -> bytes:
    """Joined by Arrow, whose array of text is one run of bytes: the file as it is to be, in UTF-8."""
    cells = [*columns.values(), pa.scalar(dialect.separator)]
    lines = pc.binary_join_element_wise(*cells, null_handling="replace", null_replacement="")
    ended = pc.binary_join_element_wise(lines, pa.scalar(""), pa.scalar(dialect.line_end))
    end = int(np.frombuffer(ended.buffers()[1], np.int32)[len(ended)])
    text = bytes(ended.buffers()[2].slice(0, end).to_pybytes())
    return text if dialect.encoding == "utf-8" else text.decode("utf-8").encode(dialect.encoding)

"""Nothing of an export stands on a disk before it has been searched for direct identifiers; and nothing is left."""

import gzip
import io
import os
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlsxwriter

from data_schemas.programme import Programme
from pipelines import importing
from pipelines.engines import duckdb as engine
from pipelines.errors import ExportRefused
from pipelines.importing import Imported
from pipelines.store import Store

NIR = "2 55 12 2A 004 123"
COLUMNS = ["visit_id", "episode_id", "visit_date", "visit_label", "response"]
ROWS = [["V1", "E1", "2024-06-10", NIR, "Œdème"], ["V2", "E1", "2024-06-11", "Mois 3", "été"]]
TEXT = "\n".join(";".join(row) for row in [COLUMNS, *ROWS]) + "\n"


def workbook(folder: Path) -> bytes:
    with xlsxwriter.Workbook(folder / "visits.xlsx") as book:
        sheet = book.add_worksheet("visits")
        for n, row in enumerate([COLUMNS, *ROWS]):
            sheet.write_row(n, 0, row)
    return (folder / "visits.xlsx").read_bytes()


def parquet(_: Path) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in ROWS]), sink)
    return sink.getvalue()


def transport(folder: Path) -> bytes:
    pyreadstat.write_xport(pd.DataFrame(ROWS, columns=COLUMNS), folder / "visits.xpt", file_format_version=8)
    return (folder / "visits.xpt").read_bytes()


FORMS: Mapping[str, tuple[str, Callable[[Path], bytes]]] = {
    "utf-8": ("visits.csv", lambda _: TEXT.encode()),
    "cp1252": ("visits.csv", lambda _: TEXT.encode("cp1252")),
    "utf-16": ("visits.csv", lambda _: TEXT.encode("utf-16")),
    "several line ends": ("visits.csv", lambda _: TEXT.replace("\n", "\r\n", 1).encode()),
    "gzip": ("visits.csv.gz", lambda _: gzip.compress(TEXT.encode("cp1252"))),
    "gzip of utf-16": ("visits.csv.gz", lambda _: gzip.compress(TEXT.encode("utf-16"))),
    "workbook": ("visits.xlsx", workbook),
    "parquet": ("visits.parquet", parquet),
    "transport": ("visits.xpt", transport),
}


def traces(folder: Path) -> list[str]:
    """Files below a folder that hold the identifier, in any encoding a copy could have."""
    wanted = [NIR.encode(), NIR.encode("utf-16-le")]
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*"))
            if path.is_file() and any(each in path.read_bytes() for each in wanted)]  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("form", FORMS)
def test_no_file_is_written_until_the_export_has_been_searched(
    form: str, packed: bool, export: Callable[..., Path], new_store: Callable[[], Store], thalidomide: Programme,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    name, write = FORMS[form]
    source, store = export(files={name: write(tmp_path)}, manifest={"files": {}}), new_store()
    if packed:
        with zipfile.ZipFile(tmp_path / "2026-10-31.zip", "w") as archive:  # stored: its bytes would show anywhere
            for path in source.iterdir():
                archive.write(path, path.name)
        source = tmp_path / "2026-10-31.zip"
    seen: list[list[str]] = []
    screened = importing.screen.screen_values

    def look(*given: Any) -> Any:
        seen.append([str(path.relative_to(store.folder)) for path in store.folder.rglob("*") if path.is_file()])
        return screened(*given)

    monkeypatch.setattr(importing.screen, "screen_values", look)
    open_before = os.listdir("/proc/self/fd")  # noqa: PTH208
    with pytest.raises(ExportRefused) as refused:
        importing.import_export(source, thalidomide, store)
    assert {(each.key, each.details["rule"]) for each in refused.value.problems} == {("screen.value", "nir")}
    assert [sorted(each) for each in seen] == [["layout", "lock"]]
    assert sorted(path.name for path in store.folder.iterdir()) == ["layout", "lock", "releases"]
    assert len(os.listdir("/proc/self/fd")) <= len(open_before) + 1  # noqa: PTH208


def test_what_the_engine_spills_cannot_be_read(tmp_path: Path) -> None:
    with engine.builder(tmp_path, memory="60MB") as connection:
        connection.execute(
            f"create temp table landed as select '{NIR}' || i as text, hash(i) as h from range(3_000_000) r(i)"
        )
        spilled = [path.read_bytes() for path in tmp_path.rglob("*.tmp")]
        assert sum(map(len, spilled)) > 1_000_000
        assert not traces(tmp_path)
        assert connection.execute("select count(*), count(distinct h) > 0 from landed").fetchone() == (3_000_000, True)


def test_after_a_kill_no_file_holds_the_identifier_and_the_next_import_clears_what_is_left(
    export: Callable[..., Path], imported: Callable[..., Imported], new_store: Callable[[], Store],
    killed: Callable[..., bool],
) -> None:  # fmt: skip
    store = new_store()
    imported(store=store)
    text = TEXT + "".join(f"W{n};E1;2024-06-10;{NIR};x\n" for n in range(2_000))
    folder = export(files={"visits.csv": text.encode("cp1252")})
    began, n_killed = time.perf_counter(), 0
    with pytest.raises(ExportRefused):
        imported(store=store, folder=folder)
    lasts = time.perf_counter() - began
    assert not traces(store.folder)
    for part in range(1, 9):
        n_killed += killed(store=store.folder, folder=folder, delay=lasts * part / 10)
        assert not traces(store.folder)
    assert n_killed > 2
    assert imported(store=store).in_service
    assert sorted(path.name for path in store.folder.iterdir()) == ["current", "layout", "lock", "releases"]

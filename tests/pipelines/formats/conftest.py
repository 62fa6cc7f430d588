"""Writers of the forms in which an export is sent, and what the tests read from a release."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlsxwriter

from data_schemas.programme import Programme
from pipelines.errors import ExportRefused, Problem
from pipelines.importing import import_export
from pipelines.opened import Opened
from pipelines.store import Store

Rows = Sequence[Sequence[Any]]


@pytest.fixture(scope="session")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """The bytes of a workbook: sheet → rows, from the first row of the sheet."""
    place = tmp_path_factory.mktemp("workbooks")

    def write(options: Mapping[str, Any] | None = None, **sheets: Rows) -> bytes:
        path = place / "workbook.xlsx"
        chosen = {"default_date_format": "dd/mm/yyyy", "strings_to_formulas": False} | dict(options or {})
        with xlsxwriter.Workbook(path, chosen) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for n, row in enumerate(rows):
                    sheet.write_row(n, 0, row)
        return path.read_bytes()

    return write


@pytest.fixture(scope="session")
def parquet() -> Callable[..., bytes]:
    """The bytes of a Parquet file."""

    def write(**columns: Any) -> bytes:
        sink = io.BytesIO()
        pq.write_table(pa.table(columns), sink)
        return sink.getvalue()

    return write


@pytest.fixture(scope="session")
def xport(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """The bytes of a SAS transport file."""
    path = tmp_path_factory.mktemp("xport") / "file.xpt"

    def write(frame: Any, version: int = 8, formats: Mapping[str, str] | None = None) -> bytes:
        chosen = 5 if version == 5 else 8
        pyreadstat.write_xport(frame, path, file_format_version=chosen, variable_format=dict(formats or {}))
        return path.read_bytes()

    return write


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """A zip of a folder's files, or of members given as name → bytes."""

    def write(files: Path | Mapping[str, bytes], name: str = "2026-10-31.zip", inside: str = "") -> Path:
        contents = {path.name: path.read_bytes() for path in files.iterdir()} if isinstance(files, Path) else files
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in contents.items():
                archive.writestr(inside + member, content)
        return tmp_path / name

    return write


@pytest.fixture
def problems(thalidomide: Programme, new_store: Callable[[], Store]) -> Callable[..., list[Problem]]:
    """Import what must be refused, see that nothing is left behind, and give the reasons."""

    def run(source: Path, programme: Programme | None = None) -> list[Problem]:
        store = new_store()
        with pytest.raises(ExportRefused) as refused:
            import_export(source, programme or thalidomide, store)
        assert sorted(path.name for path in store.folder.iterdir()) == ["layout", "lock", "releases"]
        assert not store.releases()
        return refused.value.problems

    return run


@pytest.fixture(scope="session")
def source() -> Callable[[Opened, str], dict[str, Any]]:
    """What a release's record says of a file."""

    def read(opened: Opened, file: str) -> dict[str, Any]:
        return next(each for each in opened.release.record["sources"] if each["file"] == file)

    return read


@pytest.fixture(scope="session")
def reasons() -> Callable[[Opened], list[tuple[str, int, list[str]]]]:
    """The rows in quarantine as (file, line, reasons)."""

    def read(opened: Opened) -> list[tuple[str, int, list[str]]]:
        frame = opened.query("select file, line, reasons from quarantine order by file, line")
        return [(file, int(line), list(found)) for file, line, found in frame.itertuples(index=False)]

    return read

"""The sample export written in every form gives the same tables."""

import csv
import gzip
import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest

from data_schemas.programme import Programme
from data_schemas.tables import TABLES, definition
from pipelines.importing import import_export
from pipelines.opened import Opened
from pipelines.store import Store
from sample_data.build import build
from sample_data.dialects import DIALECTS
from sample_data.files import write_export
from sample_data.settings import Options

FORMS = ("csv.gz", "tsv", "txt utf-16", "csv mac-roman", "xlsx", "parquet", "xpt", "zip")
CUTOFF = "2020-06-30"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_export(build(Options(patients=120)), CUTOFF, tmp_path_factory.mktemp("sample"), DIALECTS["clean"])


@pytest.fixture(scope="module")
def contents(thalidomide: Programme, new_store: Callable[[], Store]) -> Callable[[Path], Mapping[str, pd.DataFrame]]:
    def read(source: Path) -> Mapping[str, pd.DataFrame]:
        opened = Opened(import_export(source, thalidomide, new_store()).release, thalidomide)
        tables = {name: opened.query(f"from {name} order by all")
                  for name in opened.release.tables if name.startswith("core_")}  # fmt: skip
        n_refused = opened.query("select table_name, reasons, count(*) as n from quarantine group by all order by all")
        opened.close()
        return tables | {"refused": n_refused.astype(str)}

    return read


@pytest.fixture(scope="module")
def as_written(sample: Path, contents: Callable[[Path], Mapping[str, pd.DataFrame]]) -> Mapping[str, pd.DataFrame]:
    return contents(sample)


def frames(sample: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    for path in sorted(sample.glob("*.csv")):
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        yield path.stem, pd.DataFrame(rows, columns=TABLES[path.stem].columns, dtype="str")


def typed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Days and numbers as such in the columns where every cell is one."""
    found = frame.replace("", None)
    for column in found:
        kind = (definition(table, column).metadata or {})["kind"]
        if kind == "date":
            days = pd.to_datetime(found[column], format="%Y-%m-%d", errors="coerce")
        elif kind in ("integer", "decimal"):
            days = pd.to_numeric(found[column], errors="coerce")
        else:
            continue
        if (days.isna() == found[column].isna()).all():
            found[column] = days
    return found


def write(form: str, sample: Path, folder: Path, workbook: Callable[..., bytes], xport: Callable[..., bytes]) -> Path:
    folder.mkdir()
    kind, _, encoding = form.partition(" ")
    if kind == "zip":
        return Path(shutil.make_archive(str(folder / CUTOFF), "zip", sample))
    for table, frame in frames(sample):
        path = folder / f"{table}.{kind}"
        if kind == "xlsx":
            cells = typed(table, frame).astype(object)
            cells = cells.where(cells.notna(), None)
            path.write_bytes(workbook(data=[["Export"], [], list(cells), *cells.itertuples(index=False, name=None)]))
        elif kind == "parquet":
            typed(table, frame).to_parquet(path)
        elif kind == "xpt":
            path.write_bytes(xport(frame))
        else:
            separator = "\t" if kind == "tsv" else ";"
            text = frame.to_csv(index=False, sep=separator, lineterminator="\n").encode(encoding or "utf-8")
            path.write_bytes(gzip.compress(text) if kind == "csv.gz" else text)
    shutil.copy(sample / "manifest.json", folder)
    manifest = folder / "manifest.json"
    manifest.write_text(f'{{"cutoff_date": "{CUTOFF}", "synthetic": true}}', encoding="utf-8")
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_tables(
    sample: Path, as_written: Mapping[str, pd.DataFrame], contents: Callable[[Path], Mapping[str, pd.DataFrame]],
    workbook: Callable[..., bytes], xport: Callable[..., bytes], tmp_path: Path, form: str,
) -> None:  # fmt: skip
    assert len(as_written["core_initiations"]) > 20
    given = contents(write(form, sample, tmp_path / "export", workbook, xport))
    for name, frame in as_written.items():
        pd.testing.assert_frame_equal(given[name], frame)

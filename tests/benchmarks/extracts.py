"""An extract of many rows: the whole process, held against DuckDB's bare COPY of the same file.

    python tests/benchmarks/extracts.py [--store var/store] [--rows 1000000] [--forms csv-fr parquet] [--repeat 3]

The visits of a store's release are repeated under new numbers up to so many rows; each way runs in a process of its
own, in turns. Prints a Markdown table. Nothing here passes or fails on a time.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from measuring import HEAD, ROOT, Cost, Row, cost, machine, row, table

from data_schemas.programme import load
from pipelines.extracts import pack
from pipelines.extracts.request import FORMS, Request, Rows
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.store import Store

USUAL, ROWS = ("csv-fr", "csv", "parquet"), 1_000_000
BARE = """
import sys, duckdb
with duckdb.connect(config={"threads": "2"}) as connection:
    connection.execute(f"copy (from read_parquet('{sys.argv[1]}')) to '{sys.argv[2]}' ({sys.argv[3]})")
"""
OPTIONS = {"parquet": "format parquet, compression zstd"}
CSV = "format csv, header"


def rows(store: Path, n_rows: int = ROWS, forms: Sequence[str] = USUAL, repeat: int = 3) -> Iterator[Row]:
    """A line for each form."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = _large(Store(store), Path(scratch), n_rows)
        out = Path(scratch) / "out"
        for form in forms:
            visits = str(folder / "core_visits.parquet")
            commands = {
                "ours": [sys.executable, __file__, "--run", form, "--folder", str(folder), "--out", str(out)],
                "bare": [sys.executable, "-c", BARE, visits, str(out), OPTIONS.get(form, CSV)],
            }
            costs: dict[str, list[Cost]] = {way: [] for way in commands}
            for _ in range(repeat):
                for way, command in commands.items():
                    costs[way].append(cost(command))
                    out.unlink()
            yield row(f"extract of {n_rows:.0e} rows, {form}", "DuckDB, bare COPY", costs["ours"], costs["bare"])


def main() -> None:
    """Measure, and print the table."""
    given = _parser().parse_args()
    if given.run:
        _run(given.run, given.folder, given.out)
        return
    print(machine() + "\n")
    found = rows(given.store.resolve(), given.rows, given.forms, given.repeat)
    print(table(HEAD, [each.cells() for each in found]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, default=ROOT / "var" / "store")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=USUAL)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--run", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    return parser


def _large(store: Store, scratch: Path, n_rows: int) -> Path:
    release = store.current()
    assert release is not None
    folder = scratch / "releases" / release.name
    shutil.copytree(release.folder, folder)
    visits = folder / "core_visits.parquet"
    visits.chmod(0o600)
    duckdb.sql(f"""copy (
        select * replace (visit_id || '-' || i as visit_id)
        from read_parquet('{release.folder}/core_visits.parquet'), range(1, 1000000) as n(i) limit {n_rows}
        ) to '{visits}' (format parquet, compression zstd)""")
    return folder


def _run(form: str, folder: Path, out: Path) -> None:
    release = Release(folder)
    found = pack.prepared(Request(Rows("visits"), form), Opened(release, load(release.record["programme"])))
    with out.open("wb") as stream:
        found.write(stream, pack.Taking("0" * 16, "benchmark", "0" * 32, "demonstration", b"s" * 32))


if __name__ == "__main__":
    main()

"""An extract of many rows: CPU time and memory of the whole process, held against DuckDB's bare COPY of the same file.

`python tests/benchmarks/extracts.py --store STORE [--rows 1000000] [--forms csv-fr parquet]`. The visits of a store's
release are repeated under new numbers up to so many rows; each way runs in a process of its own.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from data_schemas.programme import load
from pipelines.extracts import pack
from pipelines.extracts.request import FORMS, Request, Rows
from pipelines.opened import Opened
from pipelines.store import Release, Store

COPY = "copy (from read_parquet('{source}')) to '{target}' ({options})"
OPTIONS = {"parquet": "format parquet, compression zstd"}
CSV = "format csv, header"


def main() -> None:
    given = _parser().parse_args()
    if given.run:
        _run(given.run, given.folder, given.out)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = _large(Store(given.store), Path(scratch), given.rows)
        for form in given.forms:
            bare = _measured(f"bare-{form}", folder, Path(scratch))
            ours = _measured(form, folder, Path(scratch))
            print(f"{form:8} {given.rows} rows: {ours[0]:.1f} CPU s, {ours[1]:.0f} MB, {ours[2]:.0f} MB file;"
                  f" bare COPY {bare[0]:.1f} CPU s, {bare[1]:.0f} MB; ratio {ours[0] / bare[0]:.1f}")  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=["csv-fr", "csv", "parquet"])
    parser.add_argument("--run", default="")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
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


def _measured(way: str, folder: Path, scratch: Path) -> tuple[float, float, float]:
    out = scratch / way
    command = [sys.executable, __file__, "--run", way, "--folder", str(folder), "--out", str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    cpu, memory = map(float, done.stdout.split())
    return cpu, memory, out.stat().st_size / 1e6


def _run(way: str, folder: Path, out: Path) -> None:
    if way.startswith("bare-"):
        options = OPTIONS.get(way.removeprefix("bare-"), CSV)
        with duckdb.connect(config={"threads": "2"}) as connection:
            connection.execute(COPY.format(source=folder / "core_visits.parquet", target=out, options=options))
    else:
        release = Release(folder)
        opened = Opened(release, load(release.record["programme"]))
        found = pack.prepared(Request(Rows("visits"), way), opened)
        taking = pack.Taking("0" * 16, "benchmark", "0" * 32, "demonstration", b"s" * 32)
        with out.open("wb") as stream:
            found.write(stream, taking)
    used = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.write(f"{used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}")


if __name__ == "__main__":
    main()

"""Cost of an import as a whole process, as a ratio to DuckDB's bare CSV → table and to the usual ways of checking.

    python tests/benchmarks/imports.py [--rows 100000 --rows 1000000] [--large] [--repeat 3] [--peers PYTHON | --bare]

`rtu import`, bare reading, pandas + Pandera and polars + Pandera of one export, in turns, each into an empty place.
What the peers leave out is said in `peers_import/in_pandas.py`. `--large` adds ten million rows, which take 2 GB of
disk for the export and as much again for each run. Prints a Markdown table. Nothing here passes or fails on a time.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from measuring import HEAD, PEERS, ROOT, Cost, Row, cost, machine, row, table

VISITS_PER_PATIENT = 10
USUAL, LARGE = (100_000, 1_000_000), 10_000_000
SAMPLE = 0
"""Number of rows that stands for the ordinary sample month."""

BARE = """
import sys, pathlib, duckdb
connection = duckdb.connect(sys.argv[2])
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    connection.execute(f"create table \\"{path.stem}\\" as from read_csv('{path}', all_varchar=true, header=true)")
connection.execute("checkpoint")
"""


def exported(folder: Path, n_rows: int) -> tuple[str, Path]:
    """What is imported: the ordinary sample month, or an export with about so many visits."""
    name = f"{n_rows:.0e} visit rows" if n_rows else "sample month"
    options = ["--patients", str(n_rows // VISITS_PER_PATIENT), "--visits-per-patient", str(VISITS_PER_PATIENT),
               "--wrong-share", "0.01"] if n_rows else []  # fmt: skip
    target = folder / name.replace(" ", "-")
    command = [sys.executable, "-m", "sample_data", "--out", str(target), "--last", "1", *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return name, next(target.iterdir())


def ways(peers: Path | None) -> dict[str, list[str]]:
    """Name → command, less the export and the place that is not there yet; the first is ours."""
    ours = "import sys; from pipelines.cli import main; main(['import', sys.argv[1], '--store', sys.argv[2], " \
           "'--programme', 'thalidomide'])"  # fmt: skip
    found = {"rtu import": [sys.executable, "-c", ours], "DuckDB, bare CSV → table": [sys.executable, "-c", BARE]}
    if peers:
        scripts = Path(__file__).parent / "peers_import"
        found |= {"pandas + Pandera": [str(peers), str(scripts / "in_pandas.py")],
                  "polars + Pandera": [str(peers), str(scripts / "in_polars.py")]}  # fmt: skip
    return found


def compared(export: Path, folder: Path, peers: Path | None, repeat: int) -> dict[str, list[Cost]]:
    """What each way cost, in turns."""
    found: dict[str, list[Cost]] = {name: [] for name in ways(peers)}
    for _ in range(repeat):
        for name, command in ways(peers).items():
            with tempfile.TemporaryDirectory(dir=folder) as place:
                found[name].append(cost([*command, str(export), f"{place}/made"], {"PYTHONPATH": str(ROOT)}))
    return found


def rows(sizes: Sequence[int], peers: Path | None, repeat: int) -> Iterator[Row]:
    """A line for each size and each other way."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            name, export = exported(Path(scratch), size)
            (ours, *_), found = list(ways(peers)), compared(export, Path(scratch), peers, repeat)
            for other in list(found)[1:]:
                yield row(f"import, {name}", other, found[ours], found[other])


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append", help="visit rows (default: the sample, 10⁵ and 10⁶)")
    parser.add_argument("--large", action="store_true", help="ten million visit rows as well")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=PEERS, help="a Python with pandas, polars and Pandera")
    parser.add_argument("--bare", action="store_true", help="against DuckDB alone")
    options = parser.parse_args()
    sizes = [*(options.rows or (SAMPLE, *USUAL)), *([LARGE] if options.large else [])]
    print(machine() + "\n")
    found = [each.cells() for each in rows(sizes, None if options.bare else options.peers, options.repeat)]
    print(table(HEAD, found))


if __name__ == "__main__":
    main()

"""Cost of an import as a whole process, as a ratio to DuckDB's bare CSV → table of the same files in the same run.

    python tests/benchmarks/imports.py [--rows 100000 --rows 1000000] [--large] [--repeat 3]

Prints a Markdown table: medians of paired runs, and how busy the machine was. `--large` adds ten million rows, which
take 2 GB of disk for the export and as much again for each run. Nothing here passes or fails on a time.
"""

import argparse
import contextlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

VISITS_PER_PATIENT = 10
USUAL, LARGE = (100_000, 1_000_000), 10_000_000
LOOK = 0.2
"""Seconds between two looks at a process."""
PARTS = ("cpu", "wall", "memory")
BARE = """
import sys, pathlib, duckdb
connection = duckdb.connect(sys.argv[2])
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    connection.execute(f"create table \\"{path.stem}\\" as from read_csv('{path}', all_varchar=true, header=true)")
connection.execute("checkpoint")
"""


@dataclass(frozen=True)
class Cost:
    """What one process used: CPU seconds (user + system), wall seconds, peak memory in MB, its files there included."""

    cpu: float
    wall: float
    memory: float


def cost(command: list[str]) -> Cost:
    """Run a command to its end and read its cost from the operating system."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    in_files = 0.0
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        in_files = max(in_files, files_in_memory(process.pid))
        time.sleep(LOOK)
    _, status, usage = ended
    if status:
        raise SystemExit(f"{command[0]} ended with status {status}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, usage.ru_maxrss / 1024 + in_files)


def files_in_memory(pid: int) -> float:
    """Megabytes of the files that a process holds in memory, which the system does not count as the process's own."""
    found = 0
    with contextlib.suppress(FileNotFoundError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found += link.stat().st_blocks * 512 if "memfd:" in str(link.readlink()) else 0
    return found / 1024**2


def exports(folder: Path, rows: list[int]) -> dict[str, Path]:
    """The exports to import: the ordinary sample month, and one with about as many visits as asked for."""
    found = {}
    for name, options in [("sample month", []), *((f"{n:.0e} visit rows", _large(n)) for n in rows)]:
        target = folder / name.replace(" ", "-")
        command = [sys.executable, "-m", "sample_data", "--out", str(target), "--last", "1", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found[name] = next(target.iterdir())
    return found


def _large(n_rows: int) -> list[str]:
    patients = str(n_rows // VISITS_PER_PATIENT)
    return ["--patients", patients, "--visits-per-patient", str(VISITS_PER_PATIENT), "--wrong-share", "0.01"]


def compare(export: Path, folder: Path, repeat: int) -> tuple[list[Cost], list[Cost]]:
    """Import and bare reading in turn, each into an empty place."""
    ours, bare = [], []
    for n in range(repeat):
        store, database = folder / f"store-{n}", folder / f"bare-{n}.duckdb"
        rtu = [str(Path(sys.executable).parent / "rtu"), "import", str(export), "--programme", "thalidomide"]
        ours.append(cost([*rtu, "--store", str(store)]))
        bare.append(cost([sys.executable, "-c", BARE, str(export), str(database)]))
        database.unlink()
        subprocess.run(["rm", "-rf", str(store)], check=True)
    return ours, bare


def line(name: str, export: Path, ours: list[Cost], bare: list[Cost]) -> str:
    """A line of the table: medians of the import, of the reference, and of the ratios of each pair."""
    size = sum(path.stat().st_size for path in export.iterdir()) / 1e6
    cells = [f"{size:.1f}"]
    for costs in (ours, bare):
        cells += [f"{statistics.median(getattr(each, part) for each in costs):.{n}f}"
                  for part, n in zip(PARTS, (1, 1, 0), strict=True)]  # fmt: skip
    for part in PARTS:
        ratios = (getattr(one, part) / getattr(other, part) for one, other in zip(ours, bare, strict=True))
        cells.append(f"{statistics.median(ratios):.1f}")
    return f"| {name} | {' | '.join(cells)} | {os.getloadavg()[1]:.0f} |"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="visit rows (default: 100000 and 1000000)")
    parser.add_argument("--large", action="store_true", help="ten million visit rows as well")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    rows = [*(options.rows or USUAL), *([LARGE] if options.large else [])]
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| export | files MB | CPU s | wall s | peak MB | bare CPU s | bare wall s | bare peak MB "
          "| CPU ratio | wall ratio | memory ratio | load |")  # fmt: skip
    print("|---" * 12 + "|")
    with tempfile.TemporaryDirectory() as scratch:
        for name, export in exports(Path(scratch), rows).items():
            print(line(name, export, *compare(export, Path(scratch), options.repeat)), flush=True)


if __name__ == "__main__":
    main()

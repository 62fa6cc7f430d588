"""What an import on a Spark cluster costs, and a model of it.

    python -m tests.benchmarks.cluster [--rows 100000 --rows 1000000] [--large] [--export DIR] [--runs FILE]

A standalone master and one or two workers of one core each on this machine import synthetic exports. What the
executors did is read from Spark's event log, what the processes took from the operating system. Prints the runs, the
coefficients fitted to them with their residuals, and what they predict (`cost_model.py`) as Markdown tables. `--runs`
keeps the runs, one JSON object a line, and fits those that the file holds already as well; `--large` adds ten million
rows, which take long and 15 GB of disk. Nothing here passes or fails on a time.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.cost_model import Run, coefficients, predictions
from tests.pipelines.engines.clusters import Cluster, cluster

VISITS_PER_PATIENT = 10
USUAL, LARGE = (100_000, 1_000_000), 10_000_000
EXECUTORS = (1, 2)
SETTINGS = {"spark.executor.memory": "2g", "spark.driver.memory": "2g", "spark.sql.shuffle.partitions": "16",
            "spark.eventLog.enabled": "true", "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false"}  # fmt: skip
LEAST = 0.5
"""MB of a text file from which the cluster reads it; below the ordinary 64, so that 10⁵ rows are read there too."""
COUNTING = "Counting what the pages show"
LOOK = 0.5
"""Seconds between two looks at the processes."""
TICK, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


class Processes:
    """CPU seconds and peak memory of processes and all that descend from them, looked at while they run."""

    def __init__(self, roots: Mapping[str, list[int]]) -> None:
        self._roots = roots
        self._cpu: dict[str, dict[int, float]] = {name: {} for name in roots}
        self.peak_mb = dict.fromkeys(roots, 0.0)
        self._ended = threading.Event()

    def cpu(self, name: str) -> float:
        """Seconds, user and system; of a process that has ended, up to the last look."""
        return sum(self._cpu[name].values())

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Look at them until the block ends."""
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(LOOK):
            found = _processes()
            for name, roots in self._roots.items():
                family = _family(roots, found)
                self._cpu[name] |= {pid: found[pid][1] for pid in family}
                self.peak_mb[name] = max(self.peak_mb[name], sum(found[pid][2] for pid in family))


def _processes() -> dict[int, tuple[int, float, float]]:
    """Number of each process → that of its parent, CPU seconds, resident MB."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            cpu, memory = (int(fields[11]) + int(fields[12])) / TICK, int(fields[21]) * PAGE / 1024**2
            found[int(path.parent.name)] = int(fields[1]), cpu, memory
    return found


def _family(roots: list[int], processes: Mapping[int, tuple[int, float, float]]) -> set[int]:
    family = {pid for pid in roots if pid in processes}
    while more := {pid for pid, (parent, _, _) in processes.items() if parent in family} - family:
        family |= more
    return family


@dataclass(frozen=True)
class Tasks:
    """What the executors did, by the event log: CPU seconds, bytes, and the seconds in which any task ran."""

    cpu: float
    cpu_counting: float
    shuffle_written: int
    shuffle_read: int
    spilled: int
    largest_result: int
    busy: float


def tasks(log: Path, counting_from: float) -> Tasks:
    """Sum up an event log.

    Args:
        counting_from: when cubes began to be counted, seconds since the epoch.
    """
    sums, results, spans = Counter[str](), Counter[int](), []
    with log.open(encoding="utf-8") as stream:
        for event in map(json.loads, (line for line in stream if '"SparkListenerTaskEnd"' in line)):
            metrics, info = event.get("Task Metrics") or {}, event["Task Info"]
            if not metrics:
                continue
            begun, ended = info["Launch Time"] / 1000, info["Finish Time"] / 1000
            spans.append((begun, ended))
            results[event["Stage ID"]] += metrics["Result Size"]
            sums["counting" if begun >= counting_from else "building"] += metrics["Executor CPU Time"]
            sums["written"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            read = metrics["Shuffle Read Metrics"]
            sums["read"] += read["Remote Bytes Read"] + read["Local Bytes Read"]
            sums["spilled"] += metrics["Disk Bytes Spilled"]
    cpu, counting = ((sums["building"] + sums["counting"]) / 1e9, sums["counting"] / 1e9)
    return Tasks(cpu, counting, sums["written"], sums["read"], sums["spilled"], max(results.values()), covered(spans))


def covered(spans: list[tuple[float, float]]) -> float:
    """The length of the union of spans."""
    length, until = 0.0, 0.0
    for begun, ended in sorted(spans):
        length += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return length


def measured(export: Path, rows: int, executors: int, folder: Path) -> Run:
    """One import on a cluster of its own."""
    events = folder / "events"
    events.mkdir(parents=True)
    settings = SETTINGS | {"spark.eventLog.dir": events.as_uri()}
    with cluster(folder, settings, executors, memory="2500m") as running:
        load = os.getloadavg()[0]
        begun, looked, counting_from = time.time(), *_imported(running, export, folder / "store")
        wall = time.time() - begun
    done = tasks(next(each for each in events.iterdir() if each.is_file()), counting_from)
    return Run(
        rows=rows, executors=executors, wall=wall, wall_counting=begun + wall - counting_from, busy=done.busy,
        executor_cpu=looked.cpu("executors"), task_cpu=done.cpu, task_cpu_counting=done.cpu_counting,
        driver_cpu=looked.cpu("driver"), shuffle_written=done.shuffle_written, shuffle_read=done.shuffle_read,
        spilled=done.spilled, largest_result=done.largest_result, driver_mb=looked.peak_mb["driver"],
        executor_mb=looked.peak_mb["executors"], load=load,
    )  # fmt: skip


def _imported(running: Cluster, export: Path, store: Path) -> tuple[Processes, float]:
    """Import to the end; what it took, and when it began to count cubes."""
    counting_from = float("inf")
    with running.importing(export, store, LEAST) as process:
        looked = Processes({"driver": [process.pid], "executors": [each.pid for each in running.workers]})
        with looked.watched():
            assert process.stderr is not None
            for line in process.stderr:
                counting_from = time.time() if COUNTING in line else counting_from
            process.wait()
    if process.returncode:
        raise SystemExit(f"the import ended with status {process.returncode}")
    return looked, counting_from


def made(rows: int, folder: Path) -> Path:
    """A synthetic export of about so many visit rows."""
    options = ["--patients", str(rows // VISITS_PER_PATIENT), "--visits-per-patient", str(VISITS_PER_PATIENT)]
    command = [sys.executable, "-m", "sample_data", "--out", str(folder), "--last", "1", "--wrong-share", "0.01"]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return next(folder.iterdir())


def table(lines: list[dict[str, Any]]) -> str:
    """Rows as Markdown, in the order of their columns."""
    head = f"| {' | '.join(lines[0])} |\n{'|---' * len(lines[0])}|"
    return "\n".join([head, *(f"| {' | '.join(map(str, line.values()))} |" for line in lines)]) + "\n"


def main() -> None:
    """Measure, fit, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append", help="visit rows (default: 100000 and 1000000)")
    parser.add_argument("--large", action="store_true", help="ten million visit rows as well")
    parser.add_argument("--export", type=Path, help="an export of the only number of rows asked for")
    parser.add_argument("--executors", type=int, action="append", choices=EXECUTORS)
    parser.add_argument("--runs", type=Path, help="a file that keeps the runs, those before included")
    parser.add_argument("--fit", action="store_true", help="measure nothing: fit the runs that are kept")
    options = parser.parse_args()
    sizes = [] if options.fit else [*(options.rows or USUAL), *([LARGE] if options.large else [])]
    runs = [Run(**json.loads(line)) for line in _lines(options.runs)]
    for rows in sizes:
        with tempfile.TemporaryDirectory() as place:
            export = options.export or made(rows, Path(place) / "export")
            for executors in options.executors or EXECUTORS:
                runs.append(measured(export, rows, executors, Path(place) / f"{executors}"))
                if options.runs:
                    with options.runs.open("a", encoding="utf-8") as stream:
                        stream.write(json.dumps(asdict(runs[-1])) + "\n")
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(table([each.line() for each in runs]))
    print(table(coefficients(runs)))
    print(table(predictions(runs)))


def _lines(path: Path | None) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []


if __name__ == "__main__":
    main()

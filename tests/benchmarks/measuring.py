"""What the benchmarks share: the cost of a process, medians of paired runs, one table, and the machine it was made on.

A ratio is the median of the ratios of the runs that were made one after the other, so that other work on the machine,
which comes and goes, meets both sides alike.
"""

import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "var" / "peers" / "bin" / "python"
"""The Python of the environment in which the peers are installed (`peers.txt`)."""

LOOK = 0.05
"""Seconds between two looks at a process."""

PARTS = ("cpu", "wall", "memory")
HEAD = ("compared", "with", "CPU s", "wall s", "peak MB", "its CPU s", "its wall s", "its peak MB",
        "CPU ratio", "wall ratio", "memory ratio", "runs", "load")  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What was used: CPU seconds (user + system), wall seconds, peak memory in MB, files held there included.

    Attributes:
        memory: none where two sides share a process.
    """

    cpu: float
    wall: float
    memory: float | None


@dataclass(frozen=True)
class Row:
    """A line of the table: ours and a reference, run in turns.

    Attributes:
        load: of the machine, as the last minute's mean of processes that want to run, when it was measured.
    """

    name: str
    reference: str
    ours: Sequence[Cost]
    theirs: Sequence[Cost]
    load: float

    def ratio(self, part: str) -> float | None:
        """The median of the ratios of each pair; none where one side is too small to be told from nothing."""
        pairs = [(getattr(one, part), getattr(other, part)) for one, other in zip(self.ours, self.theirs, strict=True)]
        return (
            statistics.median(one / other for one, other in pairs)
            if all(one and other for one, other in pairs)
            else None
        )

    def cells(self) -> list[str]:
        """The line, as text."""
        sides = [said(_median(costs, part)) for costs in (self.ours, self.theirs) for part in PARTS]
        ratios = [said(self.ratio(part), 2) for part in PARTS]
        return [self.name, self.reference, *sides, *ratios, str(len(self.ours)), f"{self.load:.1f}"]


def row(name: str, reference: str, ours: Sequence[Cost], theirs: Sequence[Cost]) -> Row:
    """A line that was measured just now."""
    return Row(name, reference, ours, theirs, os.getloadavg()[0])


def cost(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and read its cost from the operating system.

    It is run by a process of this file alone: what the system calls a process's peak begins with that of its parent.
    """
    done = subprocess.run([sys.executable, __file__, *command], env=os.environ | dict(environment or {}), check=False,
                          stdout=subprocess.PIPE, text=True)  # fmt: skip
    if done.returncode:
        raise SystemExit(done.returncode)
    return Cost(**json.loads(done.stdout))


def run(command: Sequence[str]) -> Cost:
    """The same, by this process."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    in_files = 0.0
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        in_files = max(in_files, files_in_memory(process.pid))
        time.sleep(LOOK)
    _, status, usage = ended
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:2])} ended with status {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, usage.ru_maxrss / 1024 + in_files)


def files_in_memory(pid: int) -> float:
    """Megabytes of the files that a process holds in memory, which the system does not count as the process's own."""
    found = 0
    with contextlib.suppress(FileNotFoundError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found += link.stat().st_blocks * 512 if "memfd:" in str(link.readlink()) else 0
    return found / 1024**2


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(as_line(cells) for cells in (head, ["---"] * len(head), *lines))


def as_line(cells: Sequence[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """Where it was measured, in a sentence: processor, memory, versions, load."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = ", ".join(f"{name} {metadata.version(name.lower())}" for name in ("DuckDB", "Streamlit", "Plotly"))
    said_first = f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GB"
    return f"{said_first}, Python {platform.python_version()}, {versions}; load {os.getloadavg()[0]:.1f}."


def said(number: float | None, digits: int = 3) -> str:
    """A number with so many digits that mean something; a dash for none."""
    if number is None:
        return "–"
    whole = f"{number:.{digits}g}"
    return f"{number:.0f}" if "e" in whole else whole


def _median(costs: Sequence[Cost], part: str) -> float | None:
    found = [getattr(each, part) for each in costs]
    return None if None in found else statistics.median(found)


if __name__ == "__main__":
    print(json.dumps(asdict(run(sys.argv[1:]))))

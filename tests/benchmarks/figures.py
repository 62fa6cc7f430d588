"""Time of the queries of each page on a small and on a large release, as a ratio.

    python tests/benchmarks/figures.py --small STORE --large STORE [--repeat 5]

Both stores hold a release of one programme; without `--small`, `--large` they are made first (10⁴ and 10⁷ visit rows;
the large one takes 4 GB of disk and a long time). The queries are those that the page really asks, recorded while it
is run on the small release, then asked of both under several selections: `made` is the first answer under a
selection, for which aggregates have to be made; `again` the median of those that follow, each under other values of
the same filters. Nothing here passes or fails on a time.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import as_line, machine, table
from streamlit.testing.v1 import AppTest

from dashboard import app, data
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store

SMALL, LARGE, VISITS_PER_PATIENT = 10_000, 10_000_000, 10
MILLISECONDS = 1000
HEAD = ("page", "filters", "queries", "small ms", "large ms", "ratio", "small CPU ms", "large CPU ms", "CPU ratio",
        "large, made ms", "answered from", "load")  # fmt: skip
Query = tuple[str, tuple[str, ...] | None, tuple[tuple[str, str], ...]]
PERIODS = [f"{year}-{month:02}" for year in (2020, 2021) for month in range(1, 13)]
SELECTIONS: Mapping[str, Callable[[int], Selection]] = {
    "everyone": lambda _: Selection(),
    "period": lambda n: Selection(from_month=PERIODS[n]),
    "period, indication, sex": lambda n: Selection(
        from_month=PERIODS[n], indications=("APHTOSE", "LUPUS_CUT")[: 1 + n % 2], sexes=("FM"[n % 2],)
    ),
}
"""Which filters are set; the values follow from a number."""


def store_of(rows: int, folder: Path) -> Path:
    """A store with a synthetic release of about so many visit rows."""
    export = folder / "export"
    options = ["--patients", str(rows // VISITS_PER_PATIENT), "--visits-per-patient", str(VISITS_PER_PATIENT)]
    command = [sys.executable, "-m", "sample_data", "--out", str(export), "--last", "1", *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    rtu = [str(Path(sys.executable).parent / "rtu"), "import", str(next(export.iterdir()))]
    store = folder / "store"
    subprocess.run([*rtu, "--programme", "thalidomide", "--store", str(store)], check=True, stdout=subprocess.DEVNULL)
    return store


def queries_of(page: str, store: Path) -> list[Query]:
    """What a page asks of the pipelines, in order and each once, as the page is run."""
    asked: list[Query] = []
    ask = data._measure

    def recorded(opened: Opened, name: str, selection: Selection, by: Any, where: Any) -> Any:
        asked.append((name, by, where))
        return ask(opened, name, selection, by, where)

    os.environ["RTU_STORE"] = str(store)
    sys.argv = ["app.py"]
    data._measure = recorded  # type: ignore[assignment]
    try:
        run = AppTest.from_file(Path(app.__file__), default_timeout=600).run()
        if page != app.FIRST:
            asked.clear()
            run.switch_page(f"views/{page}.py").run()
    finally:
        data._measure = ask
    return list(dict.fromkeys(asked))


@dataclass(frozen=True)
class Taken:
    """What all queries of a page took, in milliseconds of clock and processors, and what they were read from."""

    wall: float
    cpu: float
    source: str


def taken(opened: Opened, queries: list[Query], selection: Selection) -> Taken:
    """Ask all queries of a page."""
    clock, processors = time.perf_counter(), time.process_time()
    tables = [measure(opened, name, selection, by, dict(where)) for name, by, where in queries]
    wall, cpu = time.perf_counter() - clock, time.process_time() - processors
    return Taken(wall * MILLISECONDS, cpu * MILLISECONDS, "/".join(sorted({table.answered_from for table in tables})))


def line(page: str, filters: str, queries: list[Query], opened: Mapping[str, Opened], repeat: int) -> list[str]:
    """The cells of a line of the table: milliseconds on each release, and the ratio; small and large in turn."""
    chosen = SELECTIONS[filters]
    made = {name: taken(each, queries, chosen(0)) for name, each in opened.items()}
    again: dict[str, list[Taken]] = {name: [] for name in opened}
    for number in range(1, repeat + 1):
        for name, each in opened.items():
            again[name].append(taken(each, queries, chosen(number)))
    cells = []
    for part in ("wall", "cpu"):
        small, large = (statistics.median(getattr(each, part) for each in again[name]) for name in ("small", "large"))
        cells += [f"{small:.0f}", f"{large:.0f}", f"{large / small:.2f}"]
    cells += [f"{made['large'].wall:.0f}", f"{made['small'].source} → {made['large'].source}"]
    return [page, filters, str(len(queries)), *cells, f"{os.getloadavg()[0]:.0f}"]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=Path, help="a store with about 10⁴ visit rows")
    parser.add_argument("--large", type=Path, help="a store with about 10⁷ visit rows")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print(machine() + "\n")
    print(table(HEAD, []), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        stores = {"small": options.small or store_of(SMALL, Path(scratch) / "small"),
                  "large": options.large or store_of(LARGE, Path(scratch) / "large")}  # fmt: skip
        opened = {}
        for name, store in stores.items():
            if (release := Store(store).current()) is None:
                raise SystemExit(f"{store} holds no release")
            opened[name] = Opened(release)
        for page in (each for pages in app.PAGES.values() for each in pages):
            queries = queries_of(page, stores["small"])
            for filters in SELECTIONS if queries else ():
                print(as_line(line(page, filters, queries, opened, options.repeat)), flush=True)


if __name__ == "__main__":
    main()

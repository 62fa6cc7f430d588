"""Every comparison in one table of ratios, with the machine: `make benchmark-all`.

    python tests/benchmarks/everything.py [--part imports …] [--rows 100000 …] [--repeat 3] [--rounds 10]
                                          [--store var/store] [--peers PYTHON]

Parts: `imports` (against bare reading, pandas and polars with Pandera), `pages` (against an empty page, plain
Streamlit, Dash, Panel), `start`, `sessions`, `extracts` (against a bare COPY). A line is printed as soon as it is
measured. Nothing here passes or fails on a time.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import extracts
import imports
import pages
import sessions
from measuring import HEAD, PEERS, ROOT, Row, as_line, machine, table

PARTS: Mapping[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "imports": lambda given: imports.rows(given.rows, given.peers, given.repeat),
    "pages": lambda given: pages.rows(given.store, given.peers, given.rounds, ["changes"]),
    "start": lambda given: pages.rows(given.store, given.peers, given.rounds, ["start"]),
    "sessions": lambda given: sessions.rows(given.store),
    "extracts": lambda given: extracts.rows(given.store, given.extract_rows, repeat=given.repeat),
}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=list(PARTS), help="one of the parts (default: all)")
    parser.add_argument("--rows", type=int, action="append", help="visit rows of imports (default: 10⁵ and 10⁶)")
    parser.add_argument("--extract-rows", type=int, default=extracts.ROWS)
    parser.add_argument("--repeat", type=int, default=3, help="paired runs of imports and extracts")
    parser.add_argument("--rounds", type=int, default=10, help="filter changes of each page")
    parser.add_argument("--store", type=Path, default=ROOT / "var" / "store")
    parser.add_argument("--peers", type=Path, default=PEERS, help="the Python of the peers' environment")
    given = parser.parse_args()
    given.rows, given.store, given.peers = given.rows or imports.USUAL, given.store.resolve(), given.peers.absolute()
    print(machine() + "\n")
    print(table(HEAD, []), flush=True)
    for part in given.part or PARTS:
        for found in PARTS[part](given):
            print(as_line(found.cells()), flush=True)


if __name__ == "__main__":
    main()

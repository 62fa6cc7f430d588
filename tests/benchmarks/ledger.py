"""What consecutive publications of the protected ledger cost, each with its audit.

    python tests/benchmarks/ledger.py [--patients 2000]

Imports the sample's months one after another without a key, and lets the ledger follow each: CPU seconds of counting,
audit and writing. Prints a Markdown table. Nothing here passes or fails on a time.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import as_line, machine, table

from pipelines import signing
from pipelines.protected.publication import follow
from pipelines.store import Store


def main() -> None:
    """Publish month by month, and print what each cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run("-m", "sample_data", "--out", folder / "sample", "--patients", options.patients)
        signing.make_key(folder / "key.pem")
        key, spent = signing.load_key(folder / "key.pem", folder / "store"), []
        print(machine() + "\n")
        print(table(("cut-off", "entries added", "questions put", "of", "CPU s"), []), flush=True)
        for export in sorted((folder / "sample").iterdir()):
            options = ("--programme", "thalidomide", "--store", folder / "store")
            run("-c", "from pipelines.cli import main; main()", "import", export, *options)
            begun = time.process_time()
            done = follow(Store(folder / "store"), key)
            spent.append(time.process_time() - begun)
            asked, possible = (done.report.asked, done.report.possible) if done.report else (0, 0)
            cells = (export.name, str(done.n_entries), str(asked), str(possible), f"{spent[-1]:.1f}")
            print(as_line(cells), flush=True)
        print(f"\nMedian {statistics.median(spent):.1f} CPU s, largest {max(spent):.1f}.")


def run(*arguments: object) -> None:
    """Python as a process of its own, without a key that a ledger would be signed with."""
    without = {name: value for name, value in os.environ.items() if name != signing.VARIABLE}
    command = [sys.executable, *map(str, arguments)]
    subprocess.run(command, env=without, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()

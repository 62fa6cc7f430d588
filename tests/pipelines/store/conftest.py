"""What the tests of the store share: whether a release is whole, and a process that kills what it starts."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from pipelines.release import Release

# The modules are loaded once; each task runs in a fork that is killed after `delay` seconds, if it still runs.
SERVER = """
import json, os, signal, sys, time
from pathlib import Path
from data_schemas.programme import load
from pipelines.erase import erase
from pipelines.candidates import discard, publish
from pipelines.errors import ExportRefused
from pipelines.importing import import_export, prepare_export
from pipelines.store import Store
DO = {"import": import_export, "prepare": prepare_export}
programme = load("thalidomide")
print("ready", flush=True)
for line in sys.stdin:
    task = json.loads(line)
    child = os.fork()
    if not child:
        store = Store(Path(task["store"]))
        try:
            if "patient" in task:
                erase(store, task["patient"])
            elif "folder" in task:
                DO[task.get("do", "import")](Path(task["folder"]), programme, store)
            else:
                {"publish": publish, "discard": discard}[task["do"]](store)
        except ExportRefused:
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    time.sleep(task["delay"])
    os.kill(child, signal.SIGKILL)
    print(os.waitpid(child, 0)[1], flush=True)
"""
Kill = Callable[..., bool]


@pytest.fixture(scope="module")
def killed() -> Iterator[Kill]:
    """Start an import (`store`, `folder`, `do`), an erasure (`store`, `patient`) or a decision on the candidate
    (`store`, `do`), and kill it after `delay` seconds.

    Says whether it was killed; false when it had come to its end.
    """
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as it:
        assert it.stdin is not None
        assert it.stdout is not None
        assert it.stdout.readline() == "ready\n"

        def run(**task: object) -> bool:
            it.stdin.write(json.dumps(task, default=str) + "\n")
            it.stdin.flush()
            status = int(it.stdout.readline())
            assert status in (0, 9), status
            return status == 9

        yield run


@pytest.fixture(scope="session")
def is_whole() -> Callable[[Release], bool]:
    """Whether every file is there with the content that the record says, and no other file."""

    def check(release: Release) -> bool:
        hashes = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in release.folder.glob("*.parquet")}
        return hashes == release.record["hashes"]

    return check

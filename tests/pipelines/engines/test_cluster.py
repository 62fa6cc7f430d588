"""A real cluster: a master and two workers on this machine, one of which is killed while it works."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyspark
import pytest

from pipelines.opened import Opened
from pipelines.store import Store

SOCKETS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Spark's driver leaves its sockets to the garbage collector, which tells of them in whichever test it runs."""
pytestmark = [pytest.mark.spark, SOCKETS]

CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
CONFIGURATION = """spark.executor.memory 512m
spark.driver.memory 700m
spark.sql.shuffle.partitions 2
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""
Cluster = tuple[str, list[subprocess.Popen[bytes]], dict[str, str]]


def started(role: str, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    options = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0", *arguments]
    deploy = "org.apache.spark.deploy." + ("master.Master" if role == "master" else "worker.Worker")
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
    with (folder / f"{role}.log").open("wb") as log:
        return subprocess.Popen([CLASS, deploy, *options], stdout=log, stderr=log, env=environment, cwd=folder)


def told(path: Path, pattern: str, seconds: int = 600) -> str:
    """What a log says, once it says it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := re.search(pattern, path.read_text(encoding="utf-8", errors="replace")):
            return found.group(1)
        time.sleep(0.2)
    raise TimeoutError(path.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "spark-defaults.conf").write_text(CONFIGURATION, encoding="utf-8")
    running = [started("master", folder)]
    try:
        master = told(folder / "master.log", r"Starting Spark master at (spark://127\.0\.0\.1:[0-9]+)")
        for name in ("worker-1", "worker-2"):
            options = ("--cores", "1", "--memory", "600m", "--work-dir", str(folder / name))
            running.append(started(name, folder, *options, master))
        for name in ("worker-1", "worker-2"):
            told(folder / f"{name}.log", r"(Successfully registered with master)")
        environment = os.environ | {"SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": "127.0.0.1"}
        yield master, running[1:], environment
    finally:
        for process in running:
            process.kill()
            process.wait()


def importing(cluster: Cluster, export: Path, store: Path) -> subprocess.Popen[str]:
    master, _, environment = cluster
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "import", str(export), "--lang", "en",
               "--programme", "thalidomide", "--store", str(store), "--engine", "spark", "--master", master,
               "--cluster-from", "0.04"]  # fmt: skip
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def test_a_worker_that_is_killed_leaves_a_whole_release_or_none(
    cluster: Cluster, sample: Callable[..., Path], tmp_path: Path
) -> None:
    """The rows that were on the killed worker are made again from the files by the other one."""
    store = Store(tmp_path / "store")
    with importing(cluster, sample(150, "clean"), store.folder) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "dispensings" in line and "checked" in line:
                cluster[1][0].send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode in (0, 5), "".join(said)

    assert cluster[1][0].wait(timeout=60) == -signal.SIGKILL
    assert not [fault for _, faults in store.faults() for fault in faults]
    assert not list(store.folder.glob("tmp-*"))
    current = store.current()
    assert (current is not None) == (process.returncode == 0)
    if current is not None:
        assert current.record["engine"] == "spark"
        opened = Opened(current)
        assert int(opened.query("select count(*) as n from core_dispensings")["n"].iloc[0]) > 500
        opened.close()

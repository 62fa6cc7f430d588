"""A real cluster on this machine: a standalone master and its workers, each a process of its own, on loopback."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyspark

CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"


@dataclass(frozen=True)
class Cluster:
    """A master's address, its workers, and the environment of who submits to it."""

    master: str
    workers: list[subprocess.Popen[bytes]]
    environment: Mapping[str, str]

    def importing(self, export: Path, store: Path, least: float) -> subprocess.Popen[str]:
        """An import on the cluster, whose progress is on its standard error.

        Args:
            least: MB of a text file from which it is read by the cluster.
        """
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", "import", str(export), "--lang",
                   "en", "--programme", "thalidomide", "--store", str(store), "--engine", "spark", "--master",
                   self.master, "--cluster-from", str(least)]  # fmt: skip
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )


@contextlib.contextmanager
def cluster(folder: Path, settings: Mapping[str, str], workers: int, memory: str) -> Iterator[Cluster]:
    """A cluster of workers with one core each, which ends with its block; its logs are in the folder.

    Args:
        settings: Spark's own, for whoever submits to it.
        memory: of each worker, as Spark writes it.
    """
    lines = "".join(f"{name} {value}\n" for name, value in settings.items())
    (folder / "spark-defaults.conf").write_text(lines, encoding="utf-8")
    names = [f"worker-{number}" for number in range(1, workers + 1)]
    running = [_started("master", folder)]
    try:
        master = _told(folder / "master.log", r"Starting Spark master at (spark://127\.0\.0\.1:[0-9]+)")
        for name in names:
            options = ("--cores", "1", "--memory", memory, "--work-dir", str(folder / name))
            running.append(_started(name, folder, *options, master))
        for name in names:
            _told(folder / f"{name}.log", r"(Successfully registered with master)")
        environment = os.environ | {"SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": "127.0.0.1"}
        yield Cluster(master, running[1:], environment)
    finally:
        for process in running:
            process.kill()
            process.wait()


def _started(name: str, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    options = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0", *arguments]
    deploy = "org.apache.spark.deploy." + ("master.Master" if name == "master" else "worker.Worker")
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen([CLASS, deploy, *options], stdout=log, stderr=log, env=environment, cwd=folder)


def _told(path: Path, pattern: str, seconds: int = 600) -> str:
    """What a log says, once it says it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := re.search(pattern, path.read_text(encoding="utf-8", errors="replace")):
            return found.group(1)
        time.sleep(0.2)
    raise TimeoutError(path.read_text(encoding="utf-8", errors="replace"))

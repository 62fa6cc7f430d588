"""A real cluster: a master and two workers on this machine, one of which is killed while it works."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.opened import Opened
from pipelines.store import Store
from tests.pipelines.engines.clusters import Cluster, cluster

SOCKETS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Spark's driver leaves its sockets to the garbage collector, which tells of them in whichever test it runs."""
pytestmark = [pytest.mark.spark, SOCKETS]

SETTINGS = {"spark.executor.memory": "512m", "spark.driver.memory": "700m", "spark.sql.shuffle.partitions": "2",
            "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}  # fmt: skip


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster"), SETTINGS, workers=2, memory="600m") as running:
        yield running


def test_a_worker_that_is_killed_leaves_a_whole_release_or_none(
    two_workers: Cluster, sample: Callable[..., Path], tmp_path: Path
) -> None:
    """The rows that were on the killed worker are made again from the files by the other one."""
    store = Store(tmp_path / "store")
    with two_workers.importing(sample(150, "clean"), store.folder, least=0.04) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "dispensings" in line and "checked" in line:
                two_workers.workers[0].send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode in (0, 5), "".join(said)

    assert two_workers.workers[0].wait(timeout=60) == -signal.SIGKILL
    assert not [fault for _, faults in store.faults() for fault in faults]
    assert not list(store.folder.glob("tmp-*"))
    current = store.current()
    assert (current is not None) == (process.returncode == 0)
    if current is not None:
        assert current.record["engine"] == "spark"
        opened = Opened(current)
        assert int(opened.query("select count(*) as n from core_dispensings")["n"].iloc[0]) > 500
        opened.close()

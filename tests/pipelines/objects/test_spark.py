"""The engine for clusters builds its release in the working copy, and it is published like any other."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.store import Store

CONFIGURATION = """spark.driver.memory 1g
spark.sql.shuffle.partitions 2
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""


@pytest.mark.spark
def test_a_release_that_spark_builds_is_published(
    machine: Callable[[str], Store], url: str, export: Callable[..., Path], tmp_path: Path
) -> None:
    machine("cluster")
    (tmp_path / "spark-defaults.conf").write_text(CONFIGURATION, encoding="utf-8")
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "import", str(export()), "--programme",
               "thalidomide", "--store", url, "--engine", "spark", "--master", "local[2]", "--cluster-from",
               "0"]  # fmt: skip
    environment = os.environ | {"SPARK_CONF_DIR": str(tmp_path), "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    current = machine("elsewhere").current()
    assert current is not None
    assert current.record["engine"] == "spark"
    assert current.faults() == []
    assert current.total("loaded") > 0

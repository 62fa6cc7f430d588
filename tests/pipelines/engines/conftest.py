"""One Spark session for all tests of the engines, and exports in which enough goes wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from pipelines.engines import duckdb
from pipelines.engines import spark as engine
from sample_data.__main__ import main as make_sample

SMALL = {"spark.driver.memory": "1g", "spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2",
         "spark.sql.files.openCostInBytes": "4096", "spark.sql.codegen.wholeStage": "false",
         "spark.sql.codegen.factoryMode": "NO_CODEGEN"}  # fmt: skip
"""Little memory and few pieces; to compile each statement would take most of the time."""


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """The session that every builder uses, on this machine."""
    making = SparkSession.builder.master("local[2]")
    for name, value in {**engine.SETTINGS, **engine.LOOPBACK, **SMALL}.items():
        making = making.config(name, value)
    session = making.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[duckdb.Builder]:
    with duckdb.builder(tmp_path) as builder:
        yield builder


@pytest.fixture
def there(spark: SparkSession, tmp_path: Path) -> Iterator[engine.Builder]:
    """A builder on the cluster that reads even the smallest file there."""
    assert spark.version.startswith("4.3")
    with engine.builder(tmp_path, "local[2]", least=0) as builder:
        yield builder


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A synthetic export of so many patients, written in a dialect."""

    def make(patients: int, dialect: str, seed: int = 1) -> Path:
        folder = tmp_path_factory.mktemp("sample")
        make_sample(["--out", str(folder), "--last", "1", "--dialect", dialect, "--patients", str(patients),
                     "--seed", str(seed)])  # fmt: skip
        return next(folder.iterdir())

    return make

"""A release holds the same whichever engine built it: rows in one order, quarantine with its reasons, findings, record.

Its files are not byte for byte the same, nor therefore its name: their writer lays rows out as they come to it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet as pq
from pyspark.sql import SparkSession

from data_schemas.programme import Programme, load
from pipelines import programme_tables
from pipelines.beforehand import asked
from pipelines.definitions import definition, names
from pipelines.engines import embedded
from pipelines.engines import spark as engine
from pipelines.importing import import_export
from pipelines.measure import measure, relation
from pipelines.opened import Opened
from pipelines.relations import views
from pipelines.release import Release
from pipelines.selection import Selection
from pipelines.store import Store

SOCKETS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Spark's driver leaves its sockets to the garbage collector, which tells of them in whichever test it runs."""
pytestmark = [pytest.mark.spark, pytest.mark.usefixtures("spark"), SOCKETS]

PILOT = Path(__file__).parents[3].parent / "shared" / "real" / "cdisc-pilot"
OF_THE_IMPORT = {"engine", "imported_at", "opposed", "hashes", "release"}
"""What the record says of this import and its files alone; fingerprints mean nothing outside their store."""


@pytest.fixture(scope="module", autouse=True)
def every_release_is_large() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipelines.importing.pays", lambda _: True)
        yield


def built(export: Path, programme: Programme, store: Path, least: int | None = None) -> Release:
    chosen = embedded(counts=True) if least is None else engine.engine("local[2]", least)
    return import_export(export, programme, Store(store), engine=chosen).release


def rows(release: Release, table: str) -> pa.Table:
    """The rows; whether a column was known to have no empty cell when it was written is the writer's affair."""
    return nullable(release.folder / f"{table}.parquet")


def nullable(path: Path) -> pa.Table:
    found = pq.read_table(path)
    return found.cast(pa.schema([column.with_nullable(True) for column in found.schema]))


def cubes(release: Release) -> dict[str, pa.Table]:
    """The cubes by the names of their files, which say what they are counted from."""
    return {path.name: nullable(path) for path in release.aggregates.iterdir()}


def assert_same(here: Release, there: Release) -> None:
    assert there.record["engine"] == "spark"
    assert there.tables == here.tables
    for table in here.tables:
        assert rows(there, table).equals(rows(here, table)), table
    said = [{name: value for name, value in each.record.items() if name not in OF_THE_IMPORT} for each in (here, there)]
    assert said[1] == said[0]
    assert len(there.record["opposed"]) == len(here.record["opposed"])
    assert len(cubes(here)) > len(asked())
    assert set(cubes(there)) == set(cubes(here))
    assert [name for name, cube in cubes(here).items() if not cubes(there)[name].equals(cube)] == []


@pytest.fixture(scope="module")
def sample_releases(sample: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory, spark: SparkSession
                    ) -> tuple[Release, Release]:  # fmt: skip
    export, programme = sample(150, "clean"), load("thalidomide")
    stores = [tmp_path_factory.mktemp(name) for name in ("here", "there")]
    assert spark.version.startswith("4.3")
    return built(export, programme, stores[0]), built(export, programme, stores[1], least=20_000)


def test_the_sample_gives_one_release(sample_releases: tuple[Release, Release]) -> None:
    here, there = sample_releases
    assert here.total("quarantined") > 10
    assert_same(here, there)


def test_every_measure_is_the_same_on_both(sample_releases: tuple[Release, Release]) -> None:
    opened = [Opened(each, load("thalidomide")) for each in sample_releases]
    for name in names():
        for by in (None, (), *((each,) for each in definition(name).dimensions)):
            here, there = (measure(each, name, Selection(), by).frame for each in opened)
            pd.testing.assert_frame_equal(there, here)
    for each in opened:
        each.close()


def test_every_measure_has_the_same_lines_when_spark_looks_them_up(
    sample_releases: tuple[Release, Release], tmp_path: Path
) -> None:
    """So that its figures are the same by any dimension, which are counted from these lines alone."""
    release, programme = sample_releases[0], load("thalidomide")
    opened = Opened(release, programme)
    with engine.builder(tmp_path, "local[2]", least=0) as there:
        for table in release.tables:
            there._show(table, there._session.read.parquet(str(release.folder / f"{table}.parquet")))
        for name, select in {**programme_tables.selects(programme, release.cutoff), **views()}.items():
            there.execute(f"create temp view {name} as {select}")
        for name in names():
            lines, parameters = relation(name, Selection())
            statement = f"{lines} select * from lines order by all"
            expected = pa.Table.from_batches(opened.batches(statement, parameters, 100_000)).to_pylist()
            assert expected, name
            assert there.arrow(statement, parameters).to_pylist() == expected, name
    opened.close()


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [2, 3, 5])
def test_any_export_with_all_its_files_there_gives_one_release(
    seed: int, sample: Callable[..., Path], tmp_path: Path
) -> None:
    export, programme = sample(100 * seed, "clean", seed), load("thalidomide")
    assert_same(built(export, programme, tmp_path / "a"), built(export, programme, tmp_path / "b", least=0))


@pytest.mark.skipif(not PILOT.is_dir(), reason="the published study's export is not beside the repository")
def test_a_published_trial_gives_one_release(tmp_path: Path) -> None:
    export, programme = PILOT / "clean", load("cdisc-pilot")
    assert_same(built(export, programme, tmp_path / "a"), built(export, programme, tmp_path / "b", least=100_000))

"""The same rows, cut into pieces at other places, are the same release."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines import twins
from pipelines.imported import Imported
from pipelines.store import Store


@pytest.fixture
def store(imported: Callable[..., Imported], new_store: Callable[[], Store]) -> Store:
    made = new_store()
    imported(store=made, visits=[{}, {}, {}])
    return made


def built(store: Store, folder: Path, visits: str) -> Path:
    """The files of the release in service, its visits written otherwise."""
    current = store.current()
    assert current is not None
    folder.mkdir()
    for path in current.folder.glob("*.parquet"):
        shutil.copyfile(path, folder / path.name)
    rows = f"{visits} from '{current.folder}/core_visits.parquet'"
    duckdb.execute(f"copy ({rows}) to '{folder}/core_visits.parquet' (format parquet, compression uncompressed)")
    return folder


def test_files_of_the_same_rows_are_taken(store: Store, tmp_path: Path) -> None:
    current = store.current()
    assert current is not None
    again = built(store, tmp_path / "again", "select *")
    visits, kept = again / "core_visits.parquet", current.folder / "core_visits.parquet"
    assert visits.read_bytes() != kept.read_bytes()
    twins.take_files(again, current.record, store)
    assert visits.read_bytes() == kept.read_bytes()


@pytest.mark.parametrize(
    "visits",
    ["select * replace ('x' as visit_label)", "select * replace (cast(record_no as varchar) as record_no)",
     "select * exclude (emg)", "select * replace (null as visit_date)"],
)  # fmt: skip
def test_other_rows_stay_as_they_are(store: Store, tmp_path: Path, visits: str) -> None:
    current = store.current()
    assert current is not None
    other = built(store, tmp_path / "other", visits)
    before = (other / "core_visits.parquet").read_bytes()
    twins.take_files(other, current.record, store)
    assert (other / "core_visits.parquet").read_bytes() == before


def test_files_of_a_candidate_are_taken_as_well(store: Store, tmp_path: Path) -> None:
    current = store.current()
    assert current is not None
    record, again = current.record, built(store, tmp_path / "again", "select *")
    candidate = store.folder / "candidates" / current.name
    candidate.parent.mkdir()
    current.folder.rename(candidate)
    twins.take_files(again, record, store)
    assert (again / "core_visits.parquet").read_bytes() == (candidate / "core_visits.parquet").read_bytes()


def test_a_damaged_release_gives_nothing(store: Store, tmp_path: Path) -> None:
    current = store.current()
    assert current is not None
    again = built(store, tmp_path / "again", "select *")
    damaged = current.folder / "core_visits.parquet"
    damaged.chmod(0o640)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    before = (again / "core_visits.parquet").read_bytes()
    twins.take_files(again, current.record, store)
    assert (again / "core_visits.parquet").read_bytes() == before

"""Stores of other versions: an older one opens and goes up whole, a later one is refused in words.

`layout-1` was made by the version of July 2026 from three synthetic patients, and is kept as it was written.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data_schemas.programme import Programme
from pipelines import definitions, layout
from pipelines.cli import main
from pipelines.errors import StoreError
from pipelines.importing import Imported, import_export
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store

OLD = Path(__file__).parent / "layout-1"


@pytest.fixture
def old(tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(OLD, tmp_path / "store")))


def rtu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def contents(store: Store) -> dict[str, bytes]:
    return {str(path.relative_to(store.folder)): path.read_bytes()
            for path in (store.folder / "releases").rglob("*") if path.is_file()}  # fmt: skip


def test_an_older_store_opens_with_every_figure(old: Store) -> None:
    assert layout.number(old.folder) == 1
    release = old.current()
    assert release
    assert release.faults() == []
    opened = Opened(release)
    try:
        tables = {name: measure(opened, name, Selection()) for name in definitions.names()}
    finally:
        opened.close()
    assert measure_total(tables["new_patients"].frame) == 3


def measure_total(frame: object) -> int:
    return int(frame["n_patients"].sum())  # type: ignore[index]


@pytest.mark.parametrize("command", [("releases",), ("check",), ("findings",), ("quarantine", "list"),
                                     ("return", "history"), ("quality", "completeness")])  # fmt: skip
def test_every_command_reads_an_older_store(old: Store, command: tuple[str, ...]) -> None:
    found = rtu(*command, "--store", old.folder)
    assert found.exit_code == 0, found.output


def test_an_older_store_goes_up_once_and_keeps_every_byte(old: Store) -> None:
    before = contents(old)
    assert rtu("upgrade", "--store", old.folder).exit_code == 0
    assert layout.number(old.folder) == layout.LATEST
    assert contents(old) == before
    again = rtu("upgrade", "--store", old.folder, "--lang", "en")
    assert "already" in again.output


def test_a_damaged_store_does_not_go_up(old: Store) -> None:
    path = next((old.folder / "releases").iterdir()) / "core_patients.parquet"
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1])
    assert rtu("upgrade", "--store", old.folder).exit_code == StoreError.exit_code
    assert layout.number(old.folder) == 1


def test_an_import_goes_on_in_an_older_store(old: Store, export: Callable[..., Path], thalidomide: Programme) -> None:
    done = import_export(export(manifest={"synthetic": True}), thalidomide, old)
    assert [each.name for each in old.releases()][-1] == done.release.name
    assert old.previous(done.release) == old.releases()[0]


def test_a_new_store_says_its_layout(imported: Callable[..., Imported]) -> None:
    folder = imported().release.folder.parent.parent
    assert layout.number(folder) == layout.LATEST


@pytest.mark.parametrize("written", ["3", "99"])
def test_a_later_store_is_neither_read_nor_written(old: Store, export: Callable[..., Path], thalidomide: Programme,
                                                   written: str) -> None:  # fmt: skip
    (old.folder / layout.FILE).write_text(written, encoding="ascii")
    before = contents(old)
    for ask in (old.releases, old.current, lambda: import_export(export(), thalidomide, old)):
        with pytest.raises(StoreError, match=r"store\.newer"):
            ask()
    refused = rtu("releases", "--store", old.folder)
    assert refused.exit_code == StoreError.exit_code
    assert "plus récente" in refused.output
    assert contents(old) == before


def test_a_number_that_is_none_is_told(old: Store) -> None:
    (old.folder / layout.FILE).write_text("two", encoding="ascii")
    with pytest.raises(StoreError, match=r"store\.layout_unreadable"):
        old.current()

"""The store: releases are immutable, their names derive from their content, and an import is all or nothing."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from data_schemas.errors import ProgrammeError
from data_schemas.programme import Programme, load
from pipelines.errors import StoreError
from pipelines.importing import Imported, import_export
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.store import Store


def traces(release: Release) -> dict[str, tuple[int, ...]]:
    """What writing a file changes."""
    return {path.name: (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
            for path in release.folder.iterdir() for found in [path.stat()]}  # fmt: skip


def test_an_import_puts_its_release_in_service(
    imported: Callable[..., Imported], new_store: Callable[[], Store], is_whole: Callable[..., bool]
) -> None:
    store = new_store()
    assert store.current() is None
    result = imported(store=store)
    current = store.current()
    assert current is not None
    assert current.name == result.release.name
    assert current.name.startswith("2026-10-31-")
    assert is_whole(current)


def test_the_same_export_twice_gives_one_release_and_changes_nothing(
    export: Callable[..., Path], imported: Callable[..., Imported], new_store: Callable[[], Store]
) -> None:
    folder, store = export(), new_store()
    first = imported(folder=folder, store=store)
    before = traces(first.release)
    second = imported(folder=folder, store=store)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.release.name == first.release.name
    assert traces(first.release) == before
    assert len(store.releases()) == 1


def test_the_same_export_gives_the_same_bytes_in_every_store(
    export: Callable[..., Path], imported: Callable[..., Imported]
) -> None:
    folder = export(adverse_events=[{"soc_label": "NERV"}, {"soc_label": "?"}, {"serious": "1"}], visits=[{}, {}])
    one, other = (imported(folder=folder).release for _ in range(2))
    assert one.record["hashes"] == other.record["hashes"]
    assert one.name == other.name
    for path in one.folder.glob("*.parquet"):
        assert path.read_bytes() == (other.folder / path.name).read_bytes()


def test_the_pointer_moves_to_the_newest_import_and_earlier_releases_stay(
    imported: Callable[..., Imported], new_store: Callable[[], Store], is_whole: Callable[..., bool]
) -> None:
    store = new_store()
    first = imported(store=store, manifest={"cutoff_date": "2026-09-30"}, visits=[{}]).release
    second = imported(store=store).release
    current = store.current()
    assert current is not None
    assert current.name == second.name != first.name
    assert second.record["previous"] == first.name
    assert [release.name for release in store.releases()] == sorted([first.name, second.name])
    assert is_whole(store.release(first.name))


def test_an_open_release_goes_on_being_read_after_another_import(
    imported: Callable[..., Imported], new_store: Callable[[], Store], thalidomide: Programme
) -> None:
    store = new_store()
    opened = Opened(imported(store=store).release, thalidomide)
    imported(store=store, initiations=[{}, {}, {}])
    assert len(opened.query("from core_initiations")) == 1
    opened.close()


def test_the_files_of_a_release_are_read_only(imported: Callable[..., Imported]) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in imported().release.folder.iterdir()}
    assert set(modes.values()) == {0o440}
    assert "release.json" in modes


def test_the_programme_and_the_cut_off_are_part_of_the_name(
    imported: Callable[..., Imported],
    new_store: Callable[[], Store],
    export: Callable[..., Path],
    thalidomide: Programme,
) -> None:
    folder = export()
    name = imported(folder=folder).release.name
    changed = thalidomide.model_copy(update={"sha256": "0" * 64})
    assert import_export(folder, changed, new_store()).release.name != name


def test_a_table_sent_without_a_row_after_one_that_was_not_sent_is_another_release(
    imported: Callable[..., Imported], new_store: Callable[[], Store]
) -> None:
    store = new_store()
    assert not imported(store=store).release.was_sent("pregnancies")
    sent = imported(store=store, files={"pregnancies.csv": b"pregnancy_id,patient_id,detection_date\n"})
    assert sent.release.was_sent("pregnancies")


def test_real_data_that_equal_synthetic_data_are_not_called_synthetic(
    imported: Callable[..., Imported], new_store: Callable[[], Store]
) -> None:
    store = new_store()
    assert imported(store=store, manifest={"synthetic": True}).release.synthetic
    assert not imported(store=store).release.synthetic


def test_a_second_import_at_the_same_time_is_refused_in_words(
    imported: Callable[..., Imported], new_store: Callable[[], Store]
) -> None:
    store = new_store()
    with store.writing() as scratch:
        with pytest.raises(StoreError) as busy:
            imported(store=store)
        assert scratch.is_dir()
    assert busy.value.key == "store.busy"
    assert imported(store=store).is_new


@pytest.mark.parametrize("name", ["", "2026-10-31", "../releases", "2026-10-31-0123456789", "/etc", "tmp-x"])
def test_a_release_that_is_not_there_is_refused_in_words(new_store: Callable[[], Store], name: str) -> None:
    with pytest.raises(StoreError) as refused:
        new_store().release(name)
    assert refused.value.key == "store.no_such_release"


def test_a_folder_that_cannot_be_a_store_is_refused_in_words(tmp_path: Path, imported: Callable[..., Imported]) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError) as refused:
        imported(store=Store(tmp_path / "file"))
    assert refused.value.key == "store.cannot_write"


def test_a_release_of_another_programme_is_not_opened_with_this_one(imported: Callable[..., Imported]) -> None:
    with pytest.raises(ProgrammeError):
        Opened(imported().release, load("cdisc-pilot"))


def test_left_overs_of_a_killed_import_go_with_the_next(
    imported: Callable[..., Imported], new_store: Callable[[], Store]
) -> None:
    store = new_store()
    store.create()
    (store.folder / "tmp-killed").mkdir()
    (store.folder / "tmp-killed" / "core_patients.parquet").write_bytes(b"half")
    imported(store=store)
    assert sorted(path.name for path in store.folder.iterdir()) == ["current", "layout", "lock", "releases"]

"""Candidates: an import is complete before anyone decides; until then nobody sees it, and it stands in nobody's way."""

import random
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data_schemas.programme import Programme
from pipelines.candidates import candidate, candidates, discard, publish
from pipelines.cli import main
from pipelines.erase import erase
from pipelines.errors import StoreError
from pipelines.findings import states
from pipelines.importing import Imported, prepare_export
from pipelines.release import Release
from pipelines.store import Store

Run = Callable[..., Imported]
SEPTEMBER = {"cutoff_date": "2026-09-30"}


@pytest.fixture
def prepared(export: Callable[..., Path], thalidomide: Programme) -> Run:
    def run(store: Store, **drawn: object) -> Imported:
        return prepare_export(export(**drawn), thalidomide, store)

    return run


@pytest.fixture
def rtu(new_store: Callable[[], Store]) -> Callable[..., Result]:
    store = new_store()

    def run(*arguments: object) -> Result:
        given = [*map(str, arguments), "--store", str(store.folder), "--lang", "en"]
        return CliRunner().invoke(main, given, catch_exceptions=False)

    return run


def in_service(store: Store) -> str:
    current = store.current()
    assert current is not None
    return current.name


def names(found: list[Release]) -> list[str]:
    return [each.name for each in found]


def test_a_prepared_import_is_whole_and_neither_a_release_nor_in_service(
    imported: Run, prepared: Run, new_store: Callable[[], Store], is_whole: Callable[[Release], bool]
) -> None:
    store = new_store()
    before = imported(store=store, manifest=SEPTEMBER).release.name
    done = prepared(store)
    assert (done.is_new, done.in_service, done.release.is_candidate) == (True, False, True)
    assert in_service(store) == before
    assert names(store.releases()) == [before]
    assert names(candidates(store)) == [done.release.name]
    assert is_whole(done.release)
    assert {stat.S_IMODE(path.stat().st_mode) for path in done.release.folder.iterdir()} == {0o440}


def test_published_it_is_the_release_that_an_import_gives(
    imported: Run, prepared: Run, new_store: Callable[[], Store], is_whole: Callable[[Release], bool]
) -> None:
    store, other = new_store(), new_store()
    before = imported(store=store, manifest=SEPTEMBER).release.name
    imported(store=other, manifest=SEPTEMBER)
    prepared(store, visits=[{}, {}])
    release, enters = publish(store)
    direct = imported(store=other, visits=[{}, {}]).release
    assert enters
    assert in_service(store) == release.name == direct.name
    assert release.record | {"imported_at": ""} == direct.record | {"imported_at": ""}
    assert release.record["previous"] == before
    assert candidates(store) == []
    assert is_whole(release)
    assert {stat.S_IMODE(path.stat().st_mode) for path in release.folder.iterdir()} == {0o440}


def test_discarded_it_is_gone_and_the_release_in_service_stays(
    imported: Run, prepared: Run, new_store: Callable[[], Store]
) -> None:
    store = new_store()
    before = imported(store=store, manifest=SEPTEMBER).release.name
    name = prepared(store).release.name
    assert discard(store, name) == name
    assert candidates(store) == []
    assert in_service(store) == before
    with pytest.raises(StoreError) as gone:
        publish(store, name)
    assert gone.value.key == "candidate.none"


def test_it_outlives_other_imports_and_says_then_which_release_came_before(
    imported: Run, prepared: Run, new_store: Callable[[], Store]
) -> None:
    store = new_store()
    name = prepared(store, visits=[{}]).release.name
    assert store.current() is None
    other = imported(store=store, manifest=SEPTEMBER).release.name
    prepared(store, visits=[{}, {}])
    assert in_service(store) == other
    assert len(candidates(store)) == 2
    release, _ = publish(store, name)
    assert release.record["previous"] == other
    assert in_service(store) == name
    assert len(candidates(store)) == 1


def test_of_several_one_is_named(prepared: Run, new_store: Callable[[], Store]) -> None:
    store = new_store()
    known = {prepared(store, visits=[{}] * n).release.name for n in (1, 2)}
    with pytest.raises(StoreError) as which:
        publish(store)
    with pytest.raises(StoreError) as unknown:
        candidate(store, "2026-10-31-0123456789")
    assert (which.value.key, unknown.value.key) == ("candidate.which", "candidate.unknown")
    assert all(name in str(which.value.details["known"]) for name in known)


def test_one_of_an_earlier_cut_off_is_kept_and_does_not_come_into_service(
    imported: Run, prepared: Run, new_store: Callable[[], Store]
) -> None:
    store = new_store()
    current = imported(store=store).release.name
    prepared(store, manifest=SEPTEMBER)
    release, enters = publish(store)
    assert not enters
    assert in_service(store) == current
    assert release.name in names(store.releases())


def test_the_content_in_service_leaves_no_candidate(
    imported: Run, prepared: Run, new_store: Callable[[], Store]
) -> None:
    store = new_store()
    current = imported(store=store, visits=[{}]).release.name
    done = prepared(store, visits=[{}])
    assert (done.release.name, done.is_new, done.in_service) == (current, False, True)
    assert candidates(store) == []


def test_after_a_rollback_the_same_content_comes_back_without_a_second_release(
    imported: Run, prepared: Run, new_store: Callable[[], Store], is_whole: Callable[[Release], bool]
) -> None:
    store = new_store()
    imported(store=store, manifest=SEPTEMBER)
    later = imported(store=store, visits=[{}]).release.name
    store.roll_back()
    assert prepared(store, visits=[{}]).release.is_candidate
    release, _ = publish(store)
    assert in_service(store) == release.name == later
    assert len(store.releases()) == 2
    assert is_whole(release)


def test_findings_of_a_candidate_are_compared_with_the_release_in_service(
    imported: Run, prepared: Run, new_store: Callable[[], Store]
) -> None:
    store = new_store()
    patients = [{"patient_id": "p1"}, {"patient_id": "p2", "sex": "?"}]
    name = prepared(store, patients=patients).release.name
    current = imported(store=store, manifest=SEPTEMBER, patients=patients).release
    before = store.compared_with(candidate(store, name))
    assert before is not None
    assert before.name == current.name
    found = states(candidate(store, name), before)
    assert set(found.loc[found["n_failing"] > 0, "state"]) == {"PERSISTING"}


def test_an_erasure_discards_what_could_bring_the_patient_back(
    imported: Run, prepared: Run, new_store: Callable[[], Store]
) -> None:
    store, other = new_store(), new_store()
    imported(
        store=store,
        manifest=SEPTEMBER,
        patients="""
        patient_id
        p-here
    """,
    )
    prepared(
        store,
        patients="""
        patient_id
        p-coming
    """,
    )
    with pytest.raises(StoreError, match=r"erase\.unknown"):
        erase(store, "p-nobody")
    assert len(candidates(store)) == 1
    erase(store, "p-coming")
    assert candidates(store) == []
    done = prepared(
        store,
        patients="""
        patient_id
        p-coming
    """,
    )
    assert {each.table: each.loaded for each in done.counts}["patients"] == 0
    imported(store=other)
    assert candidates(other) == []


@pytest.mark.parametrize("tries", [8, pytest.param(100, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("do", ["prepare", "publish", "discard"])
def test_killed_at_any_instant_the_store_is_valid_and_the_same_again_finishes(
    do: str, tries: int, export: Callable[..., Path], imported: Run, new_store: Callable[[], Store],
    killed: Callable[..., bool], is_whole: Callable[[Release], bool], thalidomide: Programme, tmp_path: Path,
) -> None:  # fmt: skip
    store, chance = new_store(), random.Random(11)  # noqa: S311 - instants, not secrets
    before = imported(store=store, manifest=SEPTEMBER).release.name
    folder = export(visits=[{"episode_id": "E1"} for _ in range(300)])
    began = time.perf_counter()
    after = prepare_export(folder, thalidomide, store).release.name
    lasts = time.perf_counter() - began if do == "prepare" else 0.05
    shutil.copytree(store.folder / "candidates" / after, tmp_path / after)
    n_killed, task = 0, {"folder": folder} if do == "prepare" else {}
    for _ in range(tries):
        _begin_again(store, before, None if do == "prepare" else tmp_path / after)
        n_killed += killed(store=store.folder, do=do, delay=chance.uniform(0, lasts), **task)
        assert in_service(store) in ((before, after) if do == "publish" else (before,))
        assert all(is_whole(each) for each in [*store.releases(), *candidates(store)])
        assert {each.name for each in [*store.releases(), *candidates(store)]} <= {before, after}
    assert n_killed
    if do == "publish":
        assert publish(store, after)[1]
        assert in_service(store) == after
    elif do == "prepare":
        assert prepare_export(folder, thalidomide, store).release.name == after
    else:
        assert candidates(store) == [] or discard(store) == after
    assert list(store.folder.glob("tmp-*")) == []
    assert names(candidates(store)) == ([after] if do == "prepare" else [])


def _begin_again(store: Store, name: str, waiting: Path | None) -> None:
    """Only the release of this name, in service, and one candidate or none."""
    (store.folder / "current").write_text(name + "\n", encoding="utf-8")
    for each in [*store.releases(), *candidates(store)]:
        if each.name != name:
            shutil.rmtree(each.folder)
    if waiting:
        shutil.copytree(waiting, store.folder / "candidates" / waiting.name)


def test_a_publication_killed_before_the_pointer_moved_is_finished_by_the_same_again(
    imported: Run, prepared: Run, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = new_store()
    before = imported(store=store, manifest=SEPTEMBER).release.name
    name = prepared(store).release.name

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Store, "point_to", die)
        with pytest.raises(KeyboardInterrupt):
            publish(store, name)
    assert in_service(store) == before
    publish(store, name)
    assert in_service(store) == name


def test_the_commands_prepare_publish_and_discard(rtu: Callable[..., Result], export: Callable[..., Path]) -> None:
    rtu("import", export(manifest=SEPTEMBER), "--programme", "thalidomide")
    answer = rtu("import", export(patients=[{}, {"sex": "?"}]), "--programme", "thalidomide", "--prepare")
    name = answer.stdout.split("rtu publish ")[1].split()[0]
    assert answer.exit_code == 0
    assert f"rtu quarantine show {name}" in answer.stdout
    assert f"+ {name}" in rtu("releases").stdout
    assert "1 row(s) quarantined" in rtu("quarantine", "show", name).stdout
    assert f"Release {name} is in service." in rtu("publish").stdout
    assert f"* {name}" in rtu("releases").stdout
    again = rtu("import", export(visits=[{}]), "--programme", "thalidomide", "--prepare")
    assert again.exit_code == 0
    assert "discarded; the release in service stays in service" in rtu("discard").stdout
    assert (rtu("publish").exit_code, rtu("discard").exit_code) == (5, 5)

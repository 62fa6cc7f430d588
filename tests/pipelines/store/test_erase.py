"""Right of objection: after an erasure no file of the store knows the patient, and no import brings them back."""

import random
import shutil
import stat
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from data_schemas.programme import Programme
from pipelines.cli import main
from pipelines.definitions import names
from pipelines.erase import erase
from pipelines.errors import ExportRefused, StoreError
from pipelines.importing import Imported
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store

Run = Callable[..., Imported]
NEVER = "pat-never-again"
EPISODE = "eps-never-again"
KNOWN = (NEVER, EPISODE, "eps-refused")
DRAWN: dict[str, str] = {
    "patients": f"""
        patient_id | sex | birth_year | centre_id
        {NEVER}    | F   | 1980       | C1
        pat-stays  | F   | 1980       | C1
        pat-other  | M   | 1970       | C1
    """,
    "initiations": f"""
        episode_id  | patient_id | start_dose_mg_day | weight_kg
        {EPISODE}   | {NEVER}    | 200               | 60
        eps-refused | {NEVER}    | 9000              | 60
        eps-stays   | pat-stays  | 200               | 60
        eps-other   | pat-other  | 100               | 60
    """,
    "visits": f"""
        visit_id  | episode_id  | visit_date | visit_label
        v-loaded  | {EPISODE}   | 2024-06-10 | Mois 6
        v-late    | {EPISODE}   | 2030-06-10 | Mois 6
        v-refused | eps-refused | 2024-06-10 | Mois 6
        v-shifted | eps-nobody  | 2024-06-10 | {NEVER}
        v-stays   | eps-stays   | 2024-06-10 | Mois 6
        v-told    | eps-stays   | 2024-06-11 | voir {NEVER}.
    """,
    "adverse_events": f"""
        ae_id   | patient_id | episode_id | soc_label
        a-gone  | {NEVER}    | {EPISODE}  | NERV
        a-bad   | {NEVER}    | {EPISODE}  | ?
        a-stays | pat-stays  | eps-stays  | NERV
        a-still | pat-stays  | eps-stays  | ?
    """,
    "declarations": """
        period  | version | n_new_patients
        2024-01 | 1       | 3
    """,
}
MALFORMED = f"visit_id,episode_id,visit_date\nv1,{EPISODE},2024-06-10,too,many\nv2,eps-stays,2024-06-10\n".encode()


def in_service(store: Store) -> str:
    current = store.current()
    assert current is not None
    return current.name


def rows(path: Path, columns: str = "*") -> list[Any]:
    with duckdb.connect() as connection:
        return connection.execute(f"select {columns} from '{path}' order by all").fetchall()


def knows(folder: Path, words: tuple[str, ...] = (*KNOWN, "a-gone")) -> list[str]:
    """The files below a folder that hold one of the words; Parquet files are read, for their pages are compressed."""
    found = []
    connection = duckdb.connect()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        text = path.read_bytes()
        if path.suffix == ".parquet":
            text += repr(connection.execute(f"from '{path}'").fetchall()).encode()
        found += [path.name for word in words if word.encode() in text]
    connection.close()
    return found


def without_the_patient() -> dict[str, str]:
    """The drawn export as if the patient had never been there."""
    return {name: "\n".join(row for row in drawn.splitlines() if not any(word in row for word in KNOWN))
            for name, drawn in DRAWN.items()}  # fmt: skip


def figures(opened: Opened) -> dict[str, Any]:
    found = {name: measure(opened, name, Selection(), by=()).single for name in names()}
    opened.close()
    return found


def rtu(*arguments: object, given: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=given)


@pytest.fixture(scope="module")
def filled(imported: Run, new_store: Callable[[], Store]) -> Store:
    """A store of three releases: one with a malformed line, one with everything, one that never knew the patient."""
    store = new_store()
    malformed = {key: DRAWN[key] for key in ("patients", "initiations")}
    imported(store=store, manifest={"cutoff_date": "2026-08-31"}, **malformed, files={"visits.csv": MALFORMED})
    imported(store=store, manifest={"cutoff_date": "2026-09-30"}, patients=[{"patient_id": "pat-stays"}])
    imported(store=store, **DRAWN)
    return store


@pytest.fixture
def store(filled: Store, tmp_path: Path) -> Store:
    shutil.copytree(filled.folder, tmp_path / "store")
    return Store(tmp_path / "store")


def test_before_an_erasure_the_patient_is_found_in_the_files(store: Store) -> None:
    places = set(knows(store.folder))
    assert {"core_patients.parquet", "core_visits.parquet", "core_effects.parquet", "quarantine.parquet"} <= places
    assert "findings.parquet" in places


def test_after_an_erasure_no_file_of_the_store_holds_the_patient(store: Store) -> None:
    erase(store, NEVER)
    assert knows(store.folder) == []


def test_every_release_is_whole_and_the_one_in_service_is_the_same_month(
    store: Store, is_whole: Callable[..., bool]
) -> None:
    before = [release.name for release in store.releases()]
    done = erase(store, NEVER)
    assert [each.before.name for each in done] == [before[0], before[2]]
    assert [release.name for release in store.releases()] == [done[0].after.name, before[1], done[1].after.name]
    assert all(is_whole(release) for release in store.releases())
    assert in_service(store) == done[1].after.name


def test_figures_are_those_of_an_export_without_the_patient(
    store: Store, imported: Run, thalidomide: Programme
) -> None:
    recount = imported(**without_the_patient()).release
    after = erase(store, NEVER)[-1].after
    assert figures(Opened(after, thalidomide)) == figures(Opened(recount, thalidomide))
    assert after.record["counts"] == recount.record["counts"]


def test_what_was_said_of_the_other_patients_is_what_a_recount_says(store: Store, imported: Run) -> None:
    recount = imported(**without_the_patient()).release
    after = erase(store, NEVER)[-1].after
    for table, columns in {
        "checks": "*",
        "findings": "rule, table_name, row_key",
        "quarantine": "reasons, row_key",
    }.items():
        found = [rows(release.folder / f"{table}.parquet", columns) for release in (after, recount)]
        assert found[0] == found[1] != []


def test_the_journal_keeps_the_old_and_the_new_name_and_never_the_patient(store: Store) -> None:
    done = erase(store, NEVER)
    assert [
        (each.action, each.release_before, each.release_after, each.n_rows) for each in store.journal.entries()
    ] == [("erase", each.before.name, each.after.name, each.n_rows) for each in done]
    assert done[1].n_rows == 10
    assert store.release(done[1].before.name).name == done[1].after.name
    assert stat.S_IMODE((store.folder / "erased.key").stat().st_mode) == 0o600


def test_a_release_still_knows_what_came_before_it(store: Store) -> None:
    last, first = store.releases()[2], store.releases()[0]
    assert store.previous(store.releases()[1]).name == first.name
    done = erase(store, NEVER)
    assert store.previous(store.releases()[1]).name == done[0].after.name
    assert store.previous(store.release(last.name)).name == store.releases()[1].name


def test_a_later_import_keeps_the_patient_out_and_only_counts_the_rows(
    store: Store, imported: Run, thalidomide: Programme
) -> None:
    after = figures(Opened(erase(store, NEVER)[-1].after, thalidomide))
    again = imported(store=store, **DRAWN)
    assert again.in_service
    assert knows(store.folder) == []
    opened = Opened(again.release, thalidomide)
    counted = opened.query("from quarantine where list_contains(reasons, 'data_opposition')")
    assert Counter(counted["table_name"]) == {"patients": 1, "initiations": 2, "visits": 5, "adverse_events": 2}
    assert counted[["original", "row_key", "identifiers"]].isna().all(axis=None)
    assert figures(opened) == after


def test_a_later_import_keeps_rows_out_that_name_only_the_episode_or_cannot_be_split(
    store: Store, imported: Run
) -> None:
    erase(store, NEVER)
    stays = [{"episode_id": "E1", "patient_id": "pat-stays"}]
    imported(store=store, initiations=stays, visits=[{"episode_id": EPISODE}, {"episode_id": "E1"}])
    assert knows(store.folder) == []
    imported(store=store, patients=[{"patient_id": "pat-stays"}], files={"visits.csv": MALFORMED})
    assert knows(store.folder) == []


def test_a_loaded_row_of_another_patient_that_names_the_erased_one_leaves_and_stays_out(
    store: Store, imported: Run, thalidomide: Programme
) -> None:
    effects = [{"patient_id": "pat-stays", "pt_label": f"{NEVER} : prurit"}, {"patient_id": "pat-stays"}]
    imported(store=store, **DRAWN | {"adverse_events": effects})
    assert {"core_visits.parquet", "core_adverse_events.parquet", "core_effects.parquet"} <= set(knows(store.folder))
    for release in (
        erase(store, NEVER)[-1].after,
        imported(store=store, **DRAWN | {"adverse_events": effects}).release,
    ):
        assert knows(store.folder) == []
        opened = Opened(release, thalidomide)
        counts = opened.query(
            "select (select count(*) from core_adverse_events) as a, (from core_effects select count(*))"
        )
        assert counts.iloc[0].tolist() == [1, 1]
        assert list(opened.query("select visit_id from core_visits")["visit_id"]) == ["v-stays"]
        opened.close()


@pytest.mark.parametrize("named", [NEVER, "eps-stays", EPISODE])
@pytest.mark.parametrize("erased", [False, True])
def test_the_reason_of_a_correction_is_kept_with_the_release_and_names_no_patient(
    store: Store, imported: Run, named: str, erased: bool
) -> None:
    text = f"""- {{table: visits, match: {{visit_id: v-stays}}, action: drop_row, author: centre 7, date: 2026-09-12,
               reason: "dossier {named}, confirmed"}}"""
    if erased:
        erase(store, NEVER)
    with pytest.raises(ExportRefused) as refused:
        imported(store=store, **DRAWN, files={"corrections.yml": text.encode()})
    assert {problem.key for problem in refused.value.problems} == {"corrections.telling"}
    assert named not in str(refused.value)


def test_an_episode_that_is_now_another_patients_is_loaded(store: Store, imported: Run, thalidomide: Programme) -> None:
    erase(store, NEVER)
    again = imported(
        store=store, initiations=[{"episode_id": EPISODE, "patient_id": "pat-stays"}], visits=[{"episode_id": EPISODE}]
    )
    opened = Opened(again.release, thalidomide)
    assert len(opened.query("from core_visits")) == 1
    opened.close()


def test_erasing_twice_changes_nothing_more(store: Store) -> None:
    erase(store, NEVER)
    before = [(release.name, release.folder.stat().st_ino) for release in store.releases()]
    assert erase(store, NEVER) == []
    assert [(release.name, release.folder.stat().st_ino) for release in store.releases()] == before
    assert len(store.journal.entries()) == 2


def test_two_patients_are_erased_one_after_the_other(store: Store) -> None:
    erase(store, NEVER)
    first = in_service(store)
    erase(store, "pat-other")
    assert knows(store.folder, (NEVER, "pat-other", "eps-other")) == []
    assert store.journal.today(first) == in_service(store)


def test_a_patient_nobody_knows_is_refused_and_leaves_no_trace(store: Store) -> None:
    before = in_service(store)
    with pytest.raises(StoreError, match=r"erase\.unknown"):
        erase(store, "pat-typo")
    assert in_service(store) == before
    assert not store.journal.erased()


def test_without_its_key_the_store_refuses_to_import_in_words(store: Store, imported: Run) -> None:
    erase(store, NEVER)
    (store.folder / "erased.key").unlink()
    with pytest.raises(StoreError, match=r"store\.key_lost"):
        imported(store=store)


@pytest.mark.parametrize("way", ["file", "input", "question"])
def test_the_pseudonym_comes_from_a_file_the_input_or_an_answer(store: Store, tmp_path: Path, way: str) -> None:
    (tmp_path / "patient.txt").write_text(f"{NEVER}\r\n", encoding="utf-8-sig")
    options = {"file": ["--patient-file", tmp_path / "patient.txt"], "input": ["--patient", "-"], "question": []}[way]
    said = rtu("erase", "--store", store.folder, "--lang", "en", *options, given=f"{NEVER}\n")
    assert said.exit_code == 0
    assert "10 row(s) erased" in said.stdout
    assert NEVER not in said.output
    assert knows(store.folder) == []
    again = rtu("erase", "--store", store.folder, "--lang", "en", "--patient", "-", given=NEVER)
    assert "is erased from every release" in again.stdout


@pytest.mark.parametrize(
    ("options", "given"), [(["--patient", NEVER], ""), (["--patient", "-"], " \n"), (["--patient", "-"], "x")]
)
def test_what_cannot_be_erased_is_refused_without_repeating_it(store: Store, options: list[str], given: str) -> None:
    said = rtu("erase", "--store", store.folder, *options, given=given)
    assert said.exit_code == 5
    assert NEVER not in said.output
    assert "Rien n'a changé" in said.stderr or "--patient-file" in said.stderr
    assert knows(store.folder) != []


@pytest.mark.parametrize("tries", [5, pytest.param(200, marks=pytest.mark.nightly)])
def test_killed_at_any_instant_the_store_is_valid_and_the_same_command_finishes(
    filled: Store, tmp_path: Path, killed: Callable[..., bool], is_whole: Callable[..., bool], tries: int
) -> None:
    chance = random.Random(11)  # noqa: S311 - instants, not secrets
    names_after = {in_service(filled)}
    shutil.copytree(filled.folder, tmp_path / "reference")
    began = time.perf_counter()
    names_after.add(erase(Store(tmp_path / "reference"), NEVER)[-1].after.name)
    lasts = time.perf_counter() - began
    n_killed = 0
    for number in range(tries):
        folder = tmp_path / f"store-{number}"
        shutil.copytree(filled.folder, folder)
        store = Store(folder)
        n_killed += killed(store=folder, patient=NEVER, delay=chance.uniform(0, 1.1 * lasts))
        assert in_service(store) in names_after
        assert all(is_whole(release) for release in store.releases())
        erase(store, NEVER)
        assert knows(folder) == []
        assert len(store.releases()) == 3
        assert len(store.journal.entries()) == 2
        assert sorted(path.name for path in folder.iterdir()) == [
            "current", "erased.key", "journal.sqlite", "layout", "lock", "releases"]  # fmt: skip
        shutil.rmtree(folder)
    assert n_killed > tries / 4

"""Figures summed beforehand: when they are used, what becomes of them, and that they are never in the way."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner
from pyarrow import parquet as pq

from pipelines.aggregates import PAYS_FROM
from pipelines.beforehand import SELECTIONS, asked
from pipelines.cli import main
from pipelines.definitions import definition
from pipelines.engines import embedded
from pipelines.erase import erase
from pipelines.errors import StoreError
from pipelines.importing import Imported
from pipelines.measure import MeasureTable, line_list, measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store

EFFECTS = """
    patient_id | case_id | onset_date | soc_label
    a          | k1      | 2026-01-05 | SKIN
    a          | k1      | 2026-02-05 | NERV
    b          | k2      |            | SKIN
    c          | k3      | 2020-01-01 | SKIN
"""
PATIENTS = """
    patient_id | sex
    a          | F
    b          | M
    c          | F
"""


@pytest.fixture
def store(new_store: Callable[[], Store], imported: Callable[..., Imported]) -> Store:
    made = new_store()
    imported(store=made, patients=PATIENTS, adverse_events=EFFECTS)
    return made


@pytest.fixture
def opened(store: Store) -> Iterator[Opened]:
    current = store.current()
    assert current is not None
    release = Opened(current, pays_from=0)
    yield release
    release.close()


def effects(opened: Opened, **selection: tuple[str, ...]) -> MeasureTable:
    return measure(opened, "effects", Selection(**selection), by=["soc_code"])


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.glob("aggregates/*/*") if path.is_file())


def test_a_figure_is_summed_the_same_whether_its_file_was_there(store: Store, opened: Opened) -> None:
    first = effects(opened)
    (made,) = files(store)
    assert made.stat().st_mode & 0o222 == 0
    again = effects(opened)
    assert files(store) == [made]
    assert first.answered_from == again.answered_from == "aggregates"
    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert dict(zip(first.frame["soc_code"], first.frame["n_effects"], strict=True)) == {"NERV": 1, "SKIN": 2}


def test_a_small_release_is_counted_from_its_lines(store: Store, opened: Opened) -> None:
    small = Opened(opened.release)
    assert opened.release.total("loaded") < PAYS_FROM
    assert effects(small).answered_from == "lines"
    assert files(store) == []
    small.close()


def test_a_key_that_two_patients_share_does_not_add_up(
    new_store: Callable[[], Store], imported: Callable[..., Imported]
) -> None:
    shared = "patient_id | case_id | soc_label\n a | k1 | SKIN\n b | k1 | SKIN"
    release = Opened(imported(store=new_store(), patients=PATIENTS, adverse_events=shared).release, pays_from=0)
    table = effects(release)
    assert table.answered_from == "lines"
    assert [int(table.frame[count].iloc[0]) for count in ("n_patients", "n_cases", "n_effects")] == [2, 1, 2]
    assert measure(release, "treated_patients", Selection(), by=[]).answered_from == "aggregates"
    release.close()


def test_a_measure_about_several_patients_is_counted_from_its_lines(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = definition("effects").model_copy(update={"by_patient": False})
    monkeypatch.setattr("pipelines.measure.definition", lambda _name: several)
    assert effects(opened).answered_from == "lines"


def test_effects_without_a_treatment_count_for_everyone_and_for_no_selection(
    new_store: Callable[[], Store], imported: Callable[..., Imported]
) -> None:
    given = imported(store=new_store(), patients=PATIENTS, initiations="patient_id\n a\n b", adverse_events=EFFECTS)
    release = Opened(given.release, pays_from=0)
    timing = {}
    for name, selection in {"everyone": Selection(), "women and men": Selection(sexes=("F", "M"))}.items():
        table = measure(release, "effects_by_timing", selection)
        assert table.answered_from == "aggregates"
        timing[name] = dict(zip(table.frame["timing"], table.frame["n_effects"], strict=True))["NO_TREATMENT"]
    assert timing == {"everyone": 1, "women and men": 0}
    release.close()


def test_aggregates_may_be_deleted_at_any_time(store: Store, opened: Opened) -> None:
    before = effects(opened)
    for path in files(store):
        path.unlink()
    opened.release.aggregates.rmdir()
    pd.testing.assert_frame_equal(effects(opened).frame, before.frame)
    assert len(files(store)) == 1


def test_a_file_that_cannot_be_read_is_not_in_the_way(store: Store, opened: Opened) -> None:
    before = effects(opened)
    (made,) = files(store)
    made.unlink()
    made.write_bytes(b"no Parquet")
    damaged = effects(opened)
    assert damaged.answered_from == "lines"
    pd.testing.assert_frame_equal(damaged.frame, before.frame)
    assert effects(opened).answered_from == "aggregates"


def test_a_store_without_room_for_them_is_counted_from_lines(store: Store, opened: Opened) -> None:
    (store.folder / "aggregates").write_text("a file where the folder should be", encoding="utf-8")
    assert effects(opened).answered_from == "lines"


def test_a_definition_that_changes_has_other_aggregates(
    store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert effects(opened).frame["n_effects"].sum() == 3
    asked = definition("effects")
    changed = asked.model_copy(update={"body": f"select * from ({asked.body}) where soc_code = 'SKIN'"})
    monkeypatch.setattr("pipelines.measure.definition", lambda _name: changed)
    assert effects(opened).frame["n_effects"].sum() == 2
    assert len(files(store)) == 2


def test_aggregates_are_no_part_of_a_release(store: Store, opened: Opened) -> None:
    effects(opened)
    assert opened.release.faults() == []
    assert [found for _, found in store.faults() if found] == []


def test_no_pseudonym_is_kept_in_them(store: Store, opened: Opened) -> None:
    effects(opened, sexes=("F",))
    for path in files(store):
        columns = set(duckdb.execute(f"describe from '{path}'").df()["column_name"])
        assert columns == {"soc_code", "of_sex", "is_of_patient", "n_patients", "n_cases", "n_effects"}


def test_what_was_counted_of_an_erased_patient_goes(store: Store, opened: Opened) -> None:
    effects(opened)
    (done,) = erase(store, "a")
    assert files(store) == []
    after = Opened(done.after, pays_from=0)
    assert int(effects(after).frame["n_effects"].sum()) == len(line_list(after, "effects", Selection())) == 1
    after.close()


def test_aggregates_of_a_release_that_is_gone_are_swept_and_not_made_again(store: Store, opened: Opened) -> None:
    effects(opened)
    opened.release.folder.rename(store.folder / "elsewhere")
    with store.writing():
        assert files(store) == []
    opened.release.folder.with_name(opened.release.name).mkdir()
    (store.folder / "elsewhere").rename(opened.release.folder)


def test_aggregates_of_a_candidate_wait_with_it(store: Store) -> None:
    name = "2026-01-31-0123456789"
    for kind in ("candidates", "aggregates"):
        (store.folder / kind / name).mkdir(parents=True)
    with store.writing():
        assert (store.folder / "aggregates" / name).is_dir()
    (store.folder / "candidates" / name).rmdir()
    with store.writing():
        assert not (store.folder / "aggregates" / name).is_dir()


def test_a_reader_that_holds_an_erased_release_leaves_nothing_behind(store: Store, opened: Opened) -> None:
    effects(opened)
    erase(store, "a")
    with pytest.raises(StoreError):
        effects(opened, sexes=("F",))
    assert files(store) == []


@pytest.mark.parametrize("statement", [
    "copy (select 1 as x) to '{folder}/x.parquet'",
    "select * from read_text('{folder}/../../current')",
])  # fmt: skip
def test_the_connection_writes_nothing_beside_its_release(store: Store, opened: Opened, statement: str) -> None:
    effects(opened)
    before = files(store)
    with pytest.raises((duckdb.Error, ValueError)):
        opened.query(statement.format(folder=opened.release.aggregates))
    assert files(store) == before


def test_they_are_made_beforehand_on_demand(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.cli.common.Opened", lambda release: Opened(release, pays_from=0))
    answer = CliRunner().invoke(main, ["aggregate", "--store", str(store.folder), "--lang", "en"])
    assert answer.exit_code == 0
    assert {path.name.rpartition("-")[0] for path in files(store)} >= {"effects", "treated_patients", "new_patients"}
    assert f"of {2 * len(asked())} tables" in answer.stdout


def test_an_import_can_make_them_beforehand_as_a_reader_would(
    new_store: Callable[[], Store], imported: Callable[..., Imported], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.importing.pays", lambda _: True)
    monkeypatch.setattr("pipelines.importing.embedded", lambda: embedded(counts=True))
    made = new_store()
    imported(store=made, patients=PATIENTS, adverse_events=EFFECTS)
    current = made.current()
    assert current is not None
    before = {path.name: pq.read_table(path) for path in files(made)}
    for path in files(made):
        path.unlink()
    release = Opened(current, pays_from=0)
    answers = [each.answer(release, selection) for each in asked() for selection in SELECTIONS]
    assert sum(answer.answered_from == "aggregates" for answer in answers) == len(files(made)) == len(before)
    assert {"effects", "serious_effects", "treated_patients"} <= {name.rpartition("-")[0] for name in before}
    assert [path.name for path in files(made) if not pq.read_table(path).equals(before[path.name])] == []
    release.close()


def test_an_import_counts_nothing_beforehand_unless_asked_to(
    new_store: Callable[[], Store], imported: Callable[..., Imported], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.importing.pays", lambda _: True)
    made = new_store()
    imported(store=made, patients=PATIENTS)
    assert files(made) == []


def test_an_import_that_cannot_make_them_is_none_the_worse(
    new_store: Callable[[], Store], imported: Callable[..., Imported], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.importing.pays", lambda _: True)
    monkeypatch.setattr("pipelines.importing.embedded", lambda: embedded(counts=True))
    made = new_store()
    made.create()
    (made.folder / "aggregates").write_text("a file where the folder should be", encoding="utf-8")
    assert imported(store=made, patients=PATIENTS).in_service

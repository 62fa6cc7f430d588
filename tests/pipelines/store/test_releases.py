"""Releases are listed, compared record by record, and gone back to; what is said holds no value of a patient."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from pipelines.changes import TableChanges, compare
from pipelines.cli import main
from pipelines.engines.serving import Reader
from pipelines.errors import StoreError
from pipelines.importing import Imported
from pipelines.release import Release
from pipelines.store import Store

Run = Callable[..., Imported]
SEPTEMBER = {"cutoff_date": "2026-09-30"}


def rtu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def in_service(store: Store) -> str:
    current = store.current()
    assert current is not None
    return current.name


def changes(before: Release, after: Release, table: str) -> TableChanges:
    return compare(before, after, table)[0]


@pytest.fixture(scope="module")
def two(imported: Run, new_store: Callable[[], Store]) -> tuple[Store, Release, Release]:
    """September and October: one patient withdrawn, one new, one whose weight and signature were corrected."""
    store = new_store()
    september = imported(
        store=store,
        manifest=SEPTEMBER,
        initiations="""
            episode_id | patient_id | weight_kg | form_signed_date
            e-same     | pat-same   | 60        | 2024-01-08
            e-changed  | pat-change | 60        | 2024-01-08
            e-gone     | pat-gone   | 60        | 2024-01-08
        """,
        declarations="""
            period  | version | indication_code | n_new_patients
            2024-01 | 1       |                 | 3
        """,
    ).release
    october = imported(
        store=store,
        initiations="""
            episode_id | patient_id | weight_kg | form_signed_date
            e-new      | pat-new    | 60        | 2024-01-08
            e-changed  | pat-change | 61.5      | 2024-01-09
            e-same     | pat-same   | 60        | 2024-01-08
        """,
        declarations="""
            period  | version | indication_code | n_new_patients
            2024-01 | 1       |                 | 3
        """,
    ).release
    return store, september, october


def test_the_list_says_cut_off_rows_previous_and_which_one_is_in_service(two: tuple[Store, Release, Release]) -> None:
    store, september, october = two
    said = rtu("releases", "--store", store.folder, "--lang", "en")
    lines = said.stdout.splitlines()
    assert said.exit_code == 0
    assert lines[1].startswith(f"  {september.name}")
    assert lines[2].startswith(f"* {october.name}")
    assert "2026-10-31" in lines[2]
    assert lines[2].endswith(september.name)
    assert [int(word) for word in lines[1].split()[4:6]] == [8, 0]  # 1 centre, 3 patients, 3 episodes, 1 declaration


def test_a_store_without_a_release_is_listed_in_words(tmp_path: Path) -> None:
    assert "rtu import" in rtu("releases", "--store", tmp_path).stdout


def test_records_are_new_withdrawn_or_corrected_by_their_key(two: tuple[Store, Release, Release]) -> None:
    _, september, october = two
    found = changes(september, october, "initiations")
    assert found.keys == {"new": ("e-new",), "withdrawn": ("e-gone",), "corrected": ("e-changed",), "reclassified": ()}
    assert found.columns == {"weight_kg": 1, "form_signed_date": 1}


def test_what_changed_in_a_record_is_given_before_and_after(two: tuple[Store, Release, Release]) -> None:
    _, september, october = two
    values = changes(september, october, "initiations").values.astype(object).where(lambda frame: frame.notna(), None)
    assert list(values.itertuples(index=False, name=None)) == [
        ("e-changed", "form_signed_date", "2024-01-08", "2024-01-09"),
        ("e-changed", "weight_kg", "60.0", "61.5"),
    ]


@pytest.mark.parametrize(
    ("column", "before", "after", "state"),
    [
        ("indication_code", "APHTOSE", "ENL", "reclassified"),
        ("treatment_start_date", "2024-01-10", "2024-02-10", "reclassified"),
        ("treatment_start_date", "2024-01-10", "2024-01-20", "corrected"),
        ("age_at_start", "44", "45", "corrected"),
        ("age_at_start", "17", "18", "reclassified"),
        ("form_received_date", "2024-03-10", "2024-03-11", "corrected"),
        ("form_received_date", "2024-03-10", "2024-04-01", "reclassified"),
        ("weight_kg", "60", "61", "corrected"),
        ("weight_kg", "60", "", "reclassified"),
    ],
)
def test_a_record_is_reclassified_when_it_may_stand_in_another_cell(
    imported: Run, new_store: Callable[[], Store], column: str, before: str, after: str, state: str
) -> None:
    store = new_store()
    year = {"17": "2006", "44": "1979"}.get(before, "1980")
    drawn = [
        imported(
            store=store,
            manifest={"cutoff_date": f"2026-0{month}-28"},
            patients=[{"patient_id": "p", "birth_year": year}],
            initiations=[{"episode_id": "e", "patient_id": "p", "form_received_date": "2024-03-10"} | {column: value}],
        ).release
        for month, value in ((7, before), (8, after))
    ]
    assert changes(*drawn, "initiations").keys[state] == ("e",)


def test_the_place_of_a_record_in_its_file_is_not_a_change(two: tuple[Store, Release, Release]) -> None:
    _, september, october = two
    assert "e-same" not in changes(september, october, "initiations").keys["corrected"]


def test_a_key_with_an_empty_part_meets_itself(two: tuple[Store, Release, Release]) -> None:
    _, september, october = two
    found = changes(september, october, "declarations")
    assert found.keys == {"new": (), "withdrawn": (), "corrected": (), "reclassified": ()}


def test_the_other_way_round_new_and_withdrawn_change_places(two: tuple[Store, Release, Release]) -> None:
    _, september, october = two
    found = changes(october, september, "patients")
    assert (found.keys["new"], found.keys["withdrawn"]) == (("pat-gone",), ("pat-new",))


def test_a_table_that_was_not_sent_is_not_compared(imported: Run, two: tuple[Store, Release, Release]) -> None:
    _, _, october = two
    sent = imported(visits=[{}]).release
    assert not changes(october, sent, "visits").compared
    assert changes(sent, sent, "visits").compared


def test_counts_are_said_without_a_pseudonym_unless_rows_are_asked_for(two: tuple[Store, Release, Release]) -> None:
    store, september, october = two
    counts = rtu("diff", september.name, october.name, "--store", store.folder, "--lang", "en").stdout
    keys = rtu("diff", september.name, "latest", "--table", "initiations", "--rows", "--store", store.folder).stdout
    assert "pat-" not in counts
    assert "e-changed" not in counts
    assert "weight_kg: changed in 1 record(s)" in counts
    assert "visits           n. c." in counts
    assert "corrigées : e-changed" in keys
    assert "patients" not in keys


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_unknown_table_or_release_is_refused_in_words(two: tuple[Store, Release, Release], language: str) -> None:
    store, september, october = two
    options = ["--store", store.folder, "--lang", language]
    table = rtu("diff", september.name, october.name, "--table", "patient", *options)
    release = rtu("diff", september.name, "2026-01-01-0123456789", *options)
    assert (table.exit_code, release.exit_code) == (5, 5)
    assert "initiations" in table.stderr
    assert "rtu releases" in release.stderr


def test_two_releases_are_read_together_and_nothing_else(two: tuple[Store, Release, Release]) -> None:
    _, september, october = two
    reader = Reader({"before": (september.folder, september.tables), "after": (october.folder, october.tables)})
    count = reader.query(
        "select (select count(*) from before.core_patients) + (select count(*) from after.core_patients)"
    )
    assert count.iloc[0, 0] == 6
    with pytest.raises((duckdb.Error, ValueError)):
        reader.query(f"from read_text('{september.folder.parent.parent / 'current'}')")
    with pytest.raises((duckdb.Error, ValueError)):
        reader.query("set enable_external_access = true")
    reader.close()


def test_going_back_puts_the_previous_release_in_service_and_keeps_the_other(
    imported: Run, new_store: Callable[[], Store], export: Callable[..., Path]
) -> None:
    store, folder = new_store(), export()
    first = imported(store=store, manifest=SEPTEMBER).release
    second = imported(store=store, folder=folder).release
    said = rtu("rollback", "--store", store.folder, "--lang", "en")
    assert said.exit_code == 0
    assert first.name in said.stdout
    assert in_service(store) == first.name
    assert len(store.releases()) == 2
    assert store.journal.entries()[-1].action == "rollback"
    assert not imported(store=store, folder=folder).is_new
    assert in_service(store) == second.name


def test_going_back_to_a_named_release(imported: Run, new_store: Callable[[], Store]) -> None:
    store = new_store()
    names = [imported(store=store, manifest={"cutoff_date": f"2026-0{month}-28"}).release.name for month in (7, 8, 9)]
    before, after = store.roll_back(names[0])
    assert (before.name, after.name, in_service(store)) == (names[2], names[0], names[0])


def test_where_there_is_nothing_to_go_back_to_it_is_said(imported: Run, new_store: Callable[[], Store]) -> None:
    store = new_store()
    with pytest.raises(StoreError, match=r"store\.no_release"):
        store.roll_back()
    only = imported(store=store).release
    with pytest.raises(StoreError, match=r"rollback\.no_previous"):
        store.roll_back()
    with pytest.raises(StoreError, match=r"rollback\.in_service"):
        store.roll_back(only.name)
    assert in_service(store) == only.name

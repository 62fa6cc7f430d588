"""Keys are unique, references resolve, and a patient who objects leaves no trace but a count."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.importing import Imported
from pipelines.opened import Opened

Release = Callable[..., Opened]
Quarantined = Callable[[Opened], list[Any]]


def test_of_a_line_repeated_word_for_word_the_first_is_kept(release: Release, quarantined: Quarantined) -> None:
    given = release(
        visits="""
            visit_id | visit_date | visit_label
            v1       | 2024-02-01 | Mois 1
            v1       | 2024-02-01 | Mois 1
            v2       | 2024-02-01 | Mois 1
            v1       | 2024-02-01 | Mois 1
        """
    )
    assert quarantined(given) == [("visits", 3, ["repeated_line:visit_id"]), ("visits", 5, ["repeated_line:visit_id"])]
    assert list(given.query("select record_no from core_visits")["record_no"]) == [1, 3]


def test_different_lines_of_one_key_are_all_refused(release: Release, quarantined: Quarantined) -> None:
    given = release(
        visits="""
            visit_id | visit_date | visit_label
            v1       | 2024-02-01 | Mois 1
            v1       | 2024-02-02 | Mois 1
            v1       | 2024-02-01 | Mois 1
        """
    )
    assert {reason for _, _, reasons in quarantined(given) for reason in reasons} == {"duplicate_key:visit_id"}
    assert len(quarantined(given)) == 3


def test_a_key_of_two_columns_may_repeat_one_of_them(release: Release, quarantined: Quarantined) -> None:
    given = release(
        prior_treatments="""
            episode_id | treatment_class | outcome
            E1         | TOPIQUE         | ECHEC
            E1         | COLCHICINE      | ECHEC
            E1         | Colchicine      | INTOLERANCE
        """,
        declarations="""
            period  | version | indication_code
            2024-01 | 1       |
            2024-01 | 1       | APHTOSE
            2024-01 | 2       |
        """,
    )
    assert quarantined(given) == [
        ("prior_treatments", 3, ["duplicate_key:episode_id+treatment_class"]),
        ("prior_treatments", 4, ["duplicate_key:episode_id+treatment_class"]),
    ]


def test_a_total_declared_twice_is_found_although_its_indication_is_empty(
    release: Release, quarantined: Quarantined
) -> None:
    given = release(
        declarations="""
            period  | version | indication_code | n_new_patients
            2024-01 | 1       |                 | 1
            2024-01 | 1       |                 | 2
        """
    )
    assert [line for _, line, _ in quarantined(given)] == [2, 3]


def test_rows_that_refer_to_a_refused_row_go_with_it_down_to_the_last(
    release: Release, quarantined: Quarantined
) -> None:
    given = release(
        centres="""
            centre_id | region_code
            c         | 11
            wrong     | 99
        """,
        patients="""
            patient_id | centre_id
            a          | wrong
            b          | c
            lost       | nowhere
        """,
        initiations="""
            episode_id | patient_id
            ea         | a
            eb         | b
            el         | lost
        """,
        visits="""
            episode_id
            ea
            eb
            el
        """,
        adverse_events="""
            patient_id | episode_id
            b          | ea
            a          |
            b          |
        """,
    )
    assert quarantined(given) == [
        ("adverse_events", 2, ["quarantined_reference:episode_id"]),
        ("adverse_events", 3, ["quarantined_reference:patient_id"]),
        ("centres", 3, ["unknown_code:region_code"]),
        ("initiations", 2, ["quarantined_reference:patient_id"]),
        ("initiations", 4, ["quarantined_reference:patient_id"]),
        ("patients", 2, ["quarantined_reference:centre_id"]),
        ("patients", 4, ["unknown_reference:centre_id"]),
        ("visits", 2, ["quarantined_reference:episode_id"]),
        ("visits", 4, ["quarantined_reference:episode_id"]),
    ]


def test_an_episode_of_a_table_that_was_not_sent_is_unknown(release: Release, quarantined: Quarantined) -> None:
    given = release(initiations=[{"episode_id": "E1"}], visits=[{"episode_id": "E9"}])
    assert quarantined(given) == [("visits", 2, ["unknown_reference:episode_id"])]


OBJECTING = {
    "patients": """
        patient_id  | data_opposition
        objects-4711| 1
        stays       | 0
    """,
    "initiations": """
        episode_id   | patient_id
        ep-objects   | objects-4711
        ep-stays     | stays
    """,
    "visits": """
        visit_id | episode_id | visit_date | visit_label
        v1       | ep-objects | 2024-02-01 | secret-label
        v2       | ep-objects | 31/02/2024 | secret-label
        v3       | ep-stays   | 2024-02-01 | Mois 1
    """,
    "adverse_events": """
        ae_id   | patient_id   | episode_id | pt_label
        ae-objects | objects-4711 | ep-objects | secret-label
        ae-stays| stays        | ep-stays   | Prurit
    """,
    "pregnancies": """
        pregnancy_id | patient_id
        g-objects    | objects-4711
    """,
}


def everything_kept(release: Path) -> str:
    """All that can be read in the folder of a release."""
    parts = []
    for path in release.iterdir():
        if path.suffix == ".parquet":
            parts.append(str(duckdb.connect().execute("select * from read_parquet(?)", [str(path)]).fetchall()))
        else:
            parts.append(path.read_text(encoding="utf-8"))
    return "\n".join(parts)


def test_of_a_patient_who_objects_nothing_is_kept_but_the_number_of_rows(imported: Callable[..., Imported]) -> None:
    result = imported(**OBJECTING)
    kept = everything_kept(result.release.folder)
    assert not [text for text in ("objects", "secret-label", "31/02/2024") if text in kept]
    assert "ep-stays" in kept
    counts = {each.table: (each.read, each.loaded, each.quarantined) for each in result.counts}
    assert counts == {"centres": (1, 1, 0), "patients": (2, 1, 1), "initiations": (2, 1, 1), "visits": (3, 1, 2),
                      "adverse_events": (2, 1, 1), "pregnancies": (1, 0, 1)}  # fmt: skip


def test_the_rows_of_a_patient_who_objects_have_no_other_reason(release: Release, quarantined: Quarantined) -> None:
    given = release(**OBJECTING)
    assert {reason for _, _, reasons in quarantined(given) for reason in reasons} == {"data_opposition"}


@pytest.mark.parametrize("written", ["Oui", "yes", "1", " OUI "])
def test_an_objection_is_understood_in_words(imported: Callable[..., Imported], written: str) -> None:
    result = imported(patients=[{"patient_id": "objects-4711", "data_opposition": written, "birth_year": "x"}])
    assert "objects-4711" not in everything_kept(result.release.folder)


def test_a_patient_who_objects_on_one_of_two_lines_leaves_no_text(imported: Callable[..., Imported]) -> None:
    result = imported(
        patients="""
            patient_id   | data_opposition
            objects-4711 | 1
            objects-4711 | 0
            stays        | 0
        """
    )
    assert "objects-4711" not in everything_kept(result.release.folder)


def test_a_broken_line_of_a_patient_who_objects_leaves_no_text(imported: Callable[..., Imported]) -> None:
    visits = b"visit_id,episode_id,visit_date\nv1,ep-objects,2024-02-01,more\n"
    result = imported(
        patients=OBJECTING["patients"], initiations=OBJECTING["initiations"], files={"visits.csv": visits}
    )
    assert "ep-objects" not in everything_kept(result.release.folder)

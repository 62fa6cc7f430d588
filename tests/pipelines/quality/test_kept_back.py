"""Rows in quarantine that change what is said of loaded ones, and what a declared correction mends."""

from collections.abc import Callable
from typing import Any

import pytest

from data_schemas.programme import Programme
from pipelines.erase import erase
from pipelines.importing import Imported
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.quality_reports import quarantine_report
from pipelines.selection import Selection
from pipelines.store import Store

Release = Callable[..., Opened]
RULE = "first_episode_quarantined"
SIGNED = "  reason: confirmed by the centre\n  author: centre 7\n  date: 2026-09-12\n"


def warned(opened: Opened) -> list[str]:
    return list(opened.query(f"select row_key from findings where rule = '{RULE}' order by row_key")["row_key"])


def episodes(*drawn: str) -> str:
    return "\n".join(["episode_id | patient_id | treatment_start_date | start_dose_mg_day", *drawn])


@pytest.mark.parametrize("first", ["2024-01-10", "2024-02-10", "31/31/2024"])
def test_a_patient_whose_first_episode_is_in_quarantine_is_counted_and_warned_of(release: Release, first: str) -> None:
    given = release(initiations=episodes(f"e1 | a | {first} | 9000", "e2 | a | 2024-02-10 | 100"))
    assert measure(given, "new_patients", Selection(), by=()).single == 1
    assert warned(given) == ["e2"]


@pytest.mark.parametrize(
    "drawn",
    [
        ("e1 | a | 2024-02-11 | 9000", "e2 | a | 2024-02-10 | 100"),
        ("e1 | b | 2024-01-10 | 9000", "e2 | a | 2024-02-10 | 100"),
        ("e2 | a | 2024-02-10 | 100", "e2 | a | 2024-02-10 | 100"),
    ],
    ids=["a later one", "another patient's", "the same line again"],
)
def test_a_refused_row_that_does_not_come_first_is_no_reason_to_warn(release: Release, drawn: tuple[str, ...]) -> None:
    given = release(initiations=episodes(*drawn))
    assert len(given.query("from quarantine")) == 1
    assert warned(given) == []


def test_an_episode_that_a_correction_withdraws_is_no_reason_to_warn(release: Release) -> None:
    text = "- table: initiations\n  match: {episode_id: e1}\n  action: drop_row\n" + SIGNED
    drawn = episodes("e1 | a | 2024-01-10 | 100", "e2 | a | 2024-02-10 | 100")
    assert warned(release(initiations=drawn, files={"corrections.yml": text.encode()})) == []


def test_an_erasure_keeps_what_is_said_of_the_others_and_counts_anew(
    imported: Callable[..., Imported], new_store: Callable[[], Store], thalidomide: Programme
) -> None:
    store = new_store()
    rows = [f"{name}{n} | {name} | 2024-0{n}-10 | {9000 if n == 1 else 100}" for name in "ab" for n in (1, 2)]
    imported(store=store, initiations=episodes(*rows))
    opened = Opened(erase(store, "a")[-1].after, thalidomide)
    assert warned(opened) == ["b2"]
    check = opened.query(f"select n_checked, n_failing from checks where rule = '{RULE}'")
    assert check.to_numpy().tolist() == [[1, 1]]
    opened.close()


TWO_CENTRES: dict[str, Any] = {
    "centres": "centre_id\nC1\nC2",
    "patients": """
        patient_id | centre_id | birth_year | sex | protocol_version
        a          | C1        | 1980       | F   | 1
        a          | C2        | 1980       | F   | 2
        b          | C1        | 1980       | F   | 1
        b          | C1        | 1980       | F   | 2
    """,
    "initiations": "patient_id\na\nb",
}


def corrected(action: str) -> dict[str, Any]:
    head = "- table: patients\n  match: {patient_id: a, centre_id: C2}\n"
    return TWO_CENTRES | {"files": {"corrections.yml": f"{head}  {action}\n{SIGNED}".encode()}}


def test_a_patient_of_two_centres_is_not_loaded_and_it_is_said_which_correction_helps(
    release: Release, quarantined: Callable[[Opened], list[Any]]
) -> None:
    given = release(**TWO_CENTRES)
    assert quarantined(given) == [
        ("initiations", 2, ["quarantined_reference:patient_id"]),
        ("initiations", 3, ["quarantined_reference:patient_id"]),
        ("patients", 2, ["several_centres:patient_id"]),
        ("patients", 3, ["several_centres:patient_id"]),
        ("patients", 4, ["duplicate_key:patient_id"]),
        ("patients", 5, ["duplicate_key:patient_id"]),
    ]
    for language in ("fr", "en"):
        said = quarantine_report(given, language)
        assert "match patient_id" in said
        assert "corrections.yml" in said
        assert "drop_row" in said


def test_dropping_the_line_of_one_centre_brings_the_patient_and_the_episode_back(
    release: Release, quarantined: Callable[[Opened], list[Any]]
) -> None:
    given = release(**corrected("action: drop_row"))
    assert list(given.query("select centre_id from core_patients where patient_id = 'a'")["centre_id"]) == ["C1"]
    assert len(given.query("from core_initiations where patient_id = 'a'")) == 1
    assert ("patients", 3, ["declared_withdrawal:patient_id"]) in quarantined(given)
    assert ("patients", 4, ["duplicate_key:patient_id"]) in quarantined(given)


def test_setting_the_centre_is_not_enough_where_the_lines_differ_in_more(release: Release) -> None:
    given = release(**corrected("set: {centre_id: C1}"))
    assert given.query("from core_patients where patient_id = 'a'").empty
    given = release(**corrected("set: {centre_id: C1, protocol_version: '1'}"))
    assert len(given.query("from core_patients where patient_id = 'a'")) == 1

"""Corrections declared beside an export change what was received, are counted, and are refused once out of date."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.errors import ExportRefused
from pipelines.importing import Imported
from pipelines.opened import Opened
from pipelines.reports import import_summary

SIGNED = "reason: confirmed by the centre\n  author: centre 7\n  date: 2026-09-12\n"
CELL = '  match: {visit_id: V2}\n  expect: {weight_kg: "620"}\n  set: {weight_kg: "62"}\n'
WEIGHT = f"- table: visits\n{CELL}  {SIGNED}"
DROP = f"- table: visits\n  match: {{visit_id: V1}}\n  action: drop_row\n  {SIGNED}"
VISITS = [{"visit_id": "V1", "weight_kg": "60"}, {"visit_id": "V2", "weight_kg": " 620 "}]


def beside(text: str, **tables: Any) -> dict[str, Any]:
    return {"visits": VISITS, "files": {"corrections.yml": text.encode()}} | tables


def weights(opened: Opened) -> dict[str, float]:
    frame = opened.query("select visit_id, weight_kg from core_visits order by visit_id")
    return dict(zip(frame["visit_id"], frame["weight_kg"], strict=True))


def refused(imported: Callable[..., Imported], text: str, **tables: Any) -> ExportRefused:
    with pytest.raises(ExportRefused) as refusal:
        imported(**beside(text, **tables))
    return refusal.value


def test_a_correction_sets_a_cell_before_it_is_checked(release: Callable[..., Opened]) -> None:
    assert weights(release(visits=VISITS)) == {"V1": 60}
    assert weights(release(**beside(WEIGHT))) == {"V1": 60, "V2": 62}


def test_an_empty_text_empties_a_cell(release: Callable[..., Opened]) -> None:
    given = release(**beside(WEIGHT.replace('"62"', '""')))
    assert given.query("select weight_kg is null as empty from core_visits where visit_id = 'V2'")["empty"].all()


def test_a_dropped_row_is_quarantined_with_its_text(
    release: Callable[..., Opened], quarantined: Callable[[Opened], Any]
) -> None:
    given = release(**beside(WEIGHT + DROP))
    assert quarantined(given) == [("visits", 2, ["declared_withdrawal:visit_id"])]
    assert weights(given) == {"V2": 62}


def test_the_record_says_what_was_corrected_and_no_value(imported: Callable[..., Imported]) -> None:
    result = imported(**beside(WEIGHT + DROP))
    record = result.release.record["corrections"]
    assert [(each["number"], each["table"], each["columns"]) for each in record] == [
        (1, "visits", ["weight_kg"]), (2, "visits", [])]  # fmt: skip
    assert {each["reason"] for each in record} == {"confirmed by the centre"}
    assert {each["date"] for each in record} == {"2026-09-12"}
    assert not any(value in json.dumps(record) for value in ("620", '"62"', "V1", "V2"))
    assert "2 declared correction(s)" in import_summary(result, "store", "en")


def test_without_corrections_nothing_is_said_of_them(imported: Callable[..., Imported]) -> None:
    result = imported(visits=VISITS)
    assert result.release.record["corrections"] == []
    assert "correction" not in import_summary(result, "store", "en")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (WEIGHT.replace('"620"', '"630"'), "corrections.outdated"),
        (WEIGHT.replace("V2", "V9"), "corrections.rows"),
        (WEIGHT.replace("visit_id: V2", "episode_id: E1"), "corrections.rows"),
        (DROP.replace("visits", "pregnancies").replace("visit_id: V1", "pregnancy_id: G1"), "corrections.rows"),
    ],
)
def test_a_correction_that_no_longer_fits_refuses_the_export(
    imported: Callable[..., Imported], text: str, key: str
) -> None:
    refusal = refused(imported, text)
    (problem,) = refusal.problems
    assert problem.key == key
    assert problem.details["number"] == 1
    assert not any(value in f"{problem.details}" for value in ("620", "630", "V2", "V9", "E1", "G1"))


def test_a_correction_may_be_meant_for_several_rows(release: Callable[..., Opened]) -> None:
    text = (
        WEIGHT.replace("visit_id: V2", "episode_id: E1")
        .replace("expect", "rows: 2\n  expect")
        .replace('"620"', '"620"')
    )
    given = release(**beside(text, visits=[{"weight_kg": "620"}, {"weight_kg": "620"}]))
    assert set(weights(given).values()) == {62}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (WEIGHT.replace("reason", "reasons"), "line 5, 0.reasons"),
        (WEIGHT.replace("reason: confirmed by the centre\n  ", ""), "line 1, 0.reason"),
        (DROP + WEIGHT.replace("set:", "sets:"), "line 10, 1.sets"),
        (WEIGHT.replace("2026-09-12", "12/09/2026"), "line 7, 0.date"),
        (DROP.replace("drop_row", "delete"), "line 3, 0.action"),
        (WEIGHT.replace("table: visits", "table: visit"), "line 1, 0"),
        (WEIGHT.replace("{visit_id: V2}", "{visit: V2}"), "line 1, 0"),
    ],
)
def test_a_malformed_file_is_refused_with_line_and_key(
    imported: Callable[..., Imported], text: str, place: str
) -> None:
    refusal = refused(imported, text)
    assert {problem.key for problem in refusal.problems} == {"corrections.invalid"}
    assert place in {str(problem.details["place"]) for problem in refusal.problems}
    assert "V2" not in str(refusal)


def test_what_is_no_yaml_is_refused_with_its_line(imported: Callable[..., Imported]) -> None:
    (problem,) = refused(imported, WEIGHT + "- [").problems
    assert (problem.key, problem.details["line"]) == ("corrections.not_yaml", 8)


def test_a_correction_brings_no_identifier_in(imported: Callable[..., Imported]) -> None:
    refusal = refused(imported, WEIGHT.replace('"62"', "marie@example.org"))
    assert [problem.key for problem in refusal.problems] == ["corrections.identifying"]
    assert "marie" not in str(refusal)


@pytest.mark.parametrize("reason", ["Mme Ombrelle called", "visit V0000002 was 62 kg"])
def test_a_reason_tells_no_value(imported: Callable[..., Imported], reason: str) -> None:
    text = WEIGHT.replace("confirmed by the centre", reason).replace("V2", "V0000002")
    refusal = refused(imported, text, visits=[{"visit_id": "V0000002", "weight_kg": "620"}])
    assert [problem.key for problem in refusal.problems] == ["corrections.telling"]

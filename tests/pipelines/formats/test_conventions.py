"""A file that can be read in two ways is a question; what its values prove, or the programme says, is an answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_schemas.programme import Programme
from pipelines import parse
from pipelines.dialect import Dialect
from pipelines.errors import Problem
from pipelines.importing import import_export
from pipelines.messages import say
from pipelines.opened import Opened
from pipelines.store import Store

HEADER = "visit_id;episode_id;visit_date;weight_kg"
EITHER, DAY_FIRST, MONTH_FIRST = "03/04/2024", "31/01/2024", "01/31/2024"


def visits(*days: str, weights: str = "60,5") -> dict[str, bytes]:
    rows = [f"V{n};E1;{day};{weights}" for n, day in enumerate(days)]
    return {"visits.csv": "\n".join([HEADER, *rows, ""]).encode()}


def found(opened: Opened) -> list[str]:
    return list(opened.query("select cast(visit_date as varchar) as d from core_visits order by visit_id")["d"])


def under(programme: Programme, **settings: str) -> Programme:
    return programme.model_copy(update=settings)


def test_days_that_can_be_read_both_ways_are_french(
    release: Callable[..., Opened], source: Callable[..., dict[str, Any]]
) -> None:
    given = release(files=visits(EITHER, "05/05/2024"))
    assert found(given) == ["2024-04-03", "2024-05-05"]
    said = source(given, "visits.csv")
    assert said["confidence"]["date_order"] == "likely"
    assert said["evidence"]["date_order"] == {"dmy": 0, "mdy": 0, "either": 1}


def test_one_day_after_the_12th_makes_the_order_certain(
    release: Callable[..., Opened], source: Callable[..., dict[str, Any]]
) -> None:
    said = source(release(files=visits(EITHER, " 31/1/2024")), "visits.csv")
    assert said["confidence"]["date_order"] == "certain"
    assert said["evidence"]["date_order"] == {"dmy": 1, "mdy": 0, "either": 1}


def test_a_single_day_in_the_other_order_is_a_row_at_fault(release: Callable[..., Opened]) -> None:
    given = release(files=visits(EITHER, DAY_FIRST, MONTH_FIRST))

    assert given.query("select reasons from quarantine")["reasons"].map(list).tolist() == [["not_a_date:visit_date"]]
    assert given.query("select count(*) as n from core_visits")["n"].iloc[0] == 2


@pytest.mark.parametrize(
    ("setting", "days", "key"),
    [
        ("dmy", [EITHER, MONTH_FIRST], "export.dates_mdy"),
        ("dmy", [EITHER] * 4_000 + [MONTH_FIRST], "export.dates_mdy"),
        ("dmy", [EITHER, DAY_FIRST, *[MONTH_FIRST] * 3], "export.dates_mixed"),
        ("mdy", [EITHER, MONTH_FIRST, *[DAY_FIRST] * 3], "export.dates_mixed"),
        ("mdy", [EITHER, DAY_FIRST], "export.dates_dmy"),
        ("ask", [EITHER, MONTH_FIRST], "export.dates_mdy"),
        ("ask", [EITHER, "05/05/2024"], "export.dates_unclear"),
    ],
)
def test_days_that_contradict_or_leave_open_the_order_are_a_question(
    export: Callable[..., Path], problems: Callable[..., list[Problem]], thalidomide: Programme,
    setting: str, days: list[str], key: str,
) -> None:  # fmt: skip
    refused = problems(export(files=visits(*days)), under(thalidomide, export_dates=setting))
    assert [problem.key for problem in refused] == [key]
    assert refused[0].details["n_either"] == days.count(EITHER)
    for language in ("fr", "en"):
        said = say(key, language, **refused[0].details)
        assert "visits.csv" in said
        assert not any(day in said for day in days)


@pytest.mark.parametrize(
    ("setting", "days", "read"),
    [
        ("mdy", [EITHER], ["2024-03-04"]),
        ("mdy", [EITHER, MONTH_FIRST], ["2024-03-04", "2024-01-31"]),
        ("ask", [EITHER, DAY_FIRST], ["2024-04-03", "2024-01-31"]),
        ("ask", ["05/05/2024"], ["2024-05-05"]),
        ("ask", ["2024-04-03"], ["2024-04-03"]),
    ],
)
def test_what_the_values_prove_or_the_programme_says_is_read(
    export: Callable[..., Path], new_store: Callable[[], Store], thalidomide: Programme,
    setting: str, days: list[str], read: list[str],
) -> None:  # fmt: skip
    programme = under(thalidomide, export_dates=setting)
    result = import_export(export(files=visits(*days)), programme, new_store())
    opened = Opened(result.release, programme)
    assert found(opened) == read
    opened.close()


@pytest.mark.parametrize(
    ("written", "read"),
    [("1 045,25", 1045.25), ("1\u00a0045,25", 1045.25), ("1\u202f045,25", 1045.25), ("1.045,25", 1045.25),
     ("1 045", 1045.0), ("1045,25", 1045.25)],
)  # fmt: skip
def test_thousands_may_stand_apart(written: str, read: float) -> None:
    number = parse.value("decimal", "written", Dialect("utf-8", ";", (), decimal=","))
    with duckdb.connect() as connection:
        assert connection.execute(f"select {number} from (select $1 as written)", [written]).fetchone() == (read,)


def test_numbers_that_may_have_decimals_or_thousands_are_a_question(
    export: Callable[..., Path], problems: Callable[..., list[Problem]]
) -> None:
    refused = problems(export(files=visits("2024-06-10", weights="1.045")))
    assert [problem.key for problem in refused] == ["export.numbers_unclear"]
    assert refused[0].details == {"file": "visits.csv", "n": 1, "columns": "weight_kg", "mark": "."}
    for language, readings in [("fr", ("deux et demi", "deux mille")), ("en", ("two and a half", "two thousand"))]:
        said = say("export.numbers_unclear", language, **refused[0].details)
        assert all(reading in said for reading in readings)
        assert "1.045" not in said


def test_numbers_of_an_english_file_with_one_comma_are_the_same_question(
    export: Callable[..., Path], problems: Callable[..., list[Problem]]
) -> None:
    content = b'visit_id,episode_id,visit_date,weight_kg\nV1,E1,2024-06-10,"1,234"\n'
    refused = problems(export(files={"visits.csv": content}))
    assert [(problem.key, problem.details["mark"]) for problem in refused] == [("export.numbers_unclear", ",")]


def test_a_number_typed_as_text_into_a_workbook_is_the_same_question(
    export: Callable[..., Path], workbook: Callable[..., bytes], problems: Callable[..., list[Problem]]
) -> None:
    book = workbook(visits=[["visit_id", "episode_id", "visit_date", "weight_kg"], ["V1", "E1", "2024-06-10", "1,234"]])
    refused = problems(export(files={"visits.xlsx": book}))
    assert [problem.key for problem in refused] == ["export.numbers_unclear"]


@pytest.mark.parametrize("mark", [".", "-"])
def test_days_with_points_or_dashes_are_read_like_those_with_slashes_and_said(
    release: Callable[..., Opened], source: Callable[..., dict[str, Any]], mark: str
) -> None:
    days = [day.replace("/", mark) for day in (EITHER, " 31/1/2024")]
    given = release(files=visits(*days, DAY_FIRST))
    assert found(given) == ["2024-04-03", "2024-01-31", "2024-01-31"]
    said = source(given, "visits.csv")
    assert said["date_order"] == "dmy"
    assert said["evidence"]["date_order"] == {"dmy": 2, "mdy": 0, "either": 1}
    assert said["notes"] == {"date_marks": 2}


def test_a_partial_date_may_have_points_too(release: Callable[..., Opened]) -> None:
    header = "ae_id;case_id;patient_id;onset_date;received_date;pt_label;soc_label;serious"
    rows = [f"A{n};K{n};P1;{day};15.10.2026;Prurit;SKIN;0" for n, day in enumerate(("2024", "12.2024", "01.12.2024"))]
    given = release(patients=[{}], files={"adverse_events.csv": "\n".join([header, *rows, ""]).encode()})
    days = given.query("select onset_date as d from core_adverse_events order by ae_id")["d"]
    assert list(days) == ["2024", "2024-12", "2024-12-01"]


@pytest.mark.parametrize("day", ["31.12/2024", "31.02.2024", "1.2.24", "31..2024", "2024.12.31"])
def test_what_is_no_day_stays_a_row_at_fault(
    release: Callable[..., Opened], reasons: Callable[[Opened], list[Any]], day: str
) -> None:
    given = release(files=visits("31.01.2024", day))
    assert reasons(given) == [("visits.csv", 3, ["not_a_date:visit_date"])]


@pytest.mark.parametrize(
    ("days", "key"),
    [(["03.04.2024", "01.31.2024"], "export.dates_mdy"), (["31-01-2024", *["01-31-2024"] * 3], "export.dates_mixed")],
)
def test_the_order_of_days_with_points_or_dashes_is_a_question_too(
    export: Callable[..., Path], problems: Callable[..., list[Problem]], days: list[str], key: str
) -> None:
    assert [problem.key for problem in problems(export(files=visits(*days)))] == [key]


@pytest.mark.parametrize("weights", ["61.5", "61.125\nV9;E1;2024-06-10;61.5", "61,125"])
def test_one_other_number_settles_what_the_mark_is(release: Callable[..., Opened], weights: str) -> None:
    assert found(release(files=visits("2024-06-10", weights=weights)))[0] == "2024-06-10"

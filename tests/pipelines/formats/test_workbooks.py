"""A workbook is read like the text file that it could have been, whatever stands above and below the table."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipelines.errors import Problem
from pipelines.importing import Imported
from pipelines.opened import Opened

HEADER = ["visit_id", "episode_id", "visit_date", "weight_kg", "visit_label"]
FIRST = ["V1", "E1", "2024-06-10", 61.5, "M1"]


def visits(opened: Opened) -> list[tuple[str, str, float]]:
    frame = opened.query("select visit_id, cast(visit_date as varchar) as d, weight_kg from core_visits order by 1")
    return list(frame.itertuples(index=False, name=None))


def keys(problems: list[Problem]) -> list[str]:
    return [problem.key for problem in problems]


@pytest.mark.parametrize("sheet", ["visits", "VISITS ", "Feuil1"])
def test_the_only_sheet_is_the_table(
    release: Callable[..., Opened], workbook: Callable[..., bytes], sheet: str
) -> None:
    given = release(files={"visits.xlsx": workbook(**{sheet: [HEADER, FIRST]})})
    assert visits(given) == [("V1", "2024-06-10", 61.5)]


def test_the_sheet_named_like_the_table_is_read_among_others(
    release: Callable[..., Opened], workbook: Callable[..., bytes]
) -> None:
    given = release(files={"visits.xlsx": workbook(notes=[["x"]], Visits=[HEADER, FIRST])})
    assert visits(given) == [("V1", "2024-06-10", 61.5)]


def test_several_sheets_of_other_names_are_a_question(
    export: Callable[..., Path], workbook: Callable[..., bytes], problems: Callable[..., list[Problem]]
) -> None:
    found = problems(export(files={"visits.xlsx": workbook(Mars=[HEADER, FIRST], Avril=[HEADER, FIRST])}))
    assert keys(found) == ["workbook.which_sheet"]
    assert found[0].details == {"file": "visits.xlsx", "table": "visits", "sheets": "Mars, Avril"}


def test_the_header_may_stand_below_a_title_and_rows_are_those_of_the_sheet(
    release: Callable[..., Opened], workbook: Callable[..., bytes], reasons: Callable[[Opened], list[Any]]
) -> None:
    rows = [["Suivi mensuel"], [], [None, "au 31/10/2026"], HEADER, FIRST, [], ["V2", "E1", "soon", 60, ""]]
    given = release(files={"visits.xlsx": workbook(visits=rows)})
    assert visits(given) == [("V1", "2024-06-10", 61.5)]
    assert reasons(given) == [("visits.xlsx", 7, ["not_a_date:visit_date"])]


def test_a_total_below_is_kept_by_name_and_not_loaded(
    release: Callable[..., Opened], workbook: Callable[..., bytes], reasons: Callable[[Opened], list[Any]]
) -> None:
    rows = [HEADER, FIRST, ["Total", None, None, 61.5], [None, "Nombre de visites : 1"]]
    given = release(files={"visits.xlsx": workbook(visits=rows)})
    assert reasons(given) == [("visits.xlsx", 3, ["total_line"]), ("visits.xlsx", 4, ["total_line"])]
    count = next(each for each in given.release.record["counts"] if each["table"] == "visits")
    assert (count["read"], count["loaded"], count["quarantined"]) == (3, 1, 2)


@pytest.mark.parametrize(
    "day", [dt.datetime(2021, 3, 3), 44258, "2021-03-03", "2021-03-03 00:00:00", "03/03/2021"]  # noqa: DTZ001
)  # fmt: skip
def test_a_day_is_read_however_the_workbook_keeps_it(
    release: Callable[..., Opened], workbook: Callable[..., bytes], day: object
) -> None:
    start = {"treatment_start_date": "2021-01-10"}
    given = release(initiations=[start], files={"visits.xlsx": workbook(visits=[HEADER, ["V1", "E1", day, 61.5, ""]])})
    assert visits(given) == [("V1", "2021-03-03", 61.5)]


def test_days_typed_as_text_and_true_dates_may_stand_in_one_column(
    release: Callable[..., Opened], workbook: Callable[..., bytes]
) -> None:
    days = ["31/01/2024", "28/02/2024", dt.datetime(2024, 3, 4)]  # noqa: DTZ001
    rows = [HEADER, *([f"V{n}", "E1", day, 60, ""] for n, day in enumerate(days))]
    given = release(files={"visits.xlsx": workbook(visits=rows)})
    assert [day for _, day, _ in visits(given)] == ["2024-01-31", "2024-02-28", "2024-03-04"]


def test_serials_count_from_1904_where_the_workbook_says_so(
    release: Callable[..., Opened], workbook: Callable[..., bytes]
) -> None:
    rows = [HEADER, ["V1", "E1", 44258 - 1462, 60, ""], ["V2", "E1", dt.datetime(2021, 3, 3), 60, ""]]  # noqa: DTZ001
    book = workbook({"date_1904": True}, visits=rows)
    given = release(initiations=[{"treatment_start_date": "2021-01-10"}], files={"visits.xlsx": book})
    assert [day for _, day, _ in visits(given)] == ["2021-03-03"] * 2


@pytest.mark.parametrize(("written", "read"), [("61,5", 61.5), ("61.5", 61.5), (61, 61.0), ("61", 61.0)])
def test_a_number_typed_as_text_is_a_number(
    release: Callable[..., Opened], workbook: Callable[..., bytes], written: object, read: float
) -> None:
    rows = [HEADER, FIRST, ["V2", "E1", "2024-06-11", written, ""]]
    given = release(files={"visits.xlsx": workbook(visits=rows)})
    assert visits(given)[1][2] == read


@pytest.mark.parametrize(("formula", "shown"), [("=NA()", "#N/A"), ("=1/0", "#DIV/0!"), ("=X", "#NAME?")])
@pytest.mark.parametrize("column", ["visit_date", "weight_kg", "visit_label"])
def test_an_error_of_the_spreadsheet_is_refused_by_name(
    release: Callable[..., Opened], tmp_path: Path, formula: str, shown: str, column: str,
    reasons: Callable[[Opened], list[Any]],
) -> None:  # fmt: skip
    with xlsxwriter.Workbook(tmp_path / "visits.xlsx") as book:
        sheet = book.add_worksheet()
        for n, row in enumerate([HEADER, FIRST, ["V2", "E1", "2024-06-11", 60, "M2"]]):
            sheet.write_row(n, 0, row)
        sheet.write_formula(2, HEADER.index(column), formula, None, shown)
    given = release(files={"visits.xlsx": (tmp_path / "visits.xlsx").read_bytes()})
    assert reasons(given) == [("visits.xlsx", 3, [f"excel_error:{column}"])]


def test_an_identifier_of_more_digits_than_a_spreadsheet_keeps_is_refused_by_name(
    release: Callable[..., Opened], workbook: Callable[..., bytes], reasons: Callable[[Opened], list[Any]]
) -> None:
    rows = [HEADER, [1234567890123456789, "E1", "2024-06-11", 60, ""]]
    given = release(files={"visits.xlsx": workbook(visits=rows)})
    assert reasons(given) == [("visits.xlsx", 2, ["scientific_identifier:visit_id"])]


REFUSED = {
    "no known column": ([["a", "b"], ["1", "2"]], "workbook.no_header"),
    "header too low": ([*([["x"]] * 20), HEADER, FIRST], "workbook.no_header"),
    "repeated column": ([[*HEADER, "visit_id"], [*FIRST, "V2"]], "export.repeated_column"),
    "column without a name": ([[*HEADER, None], [*FIRST, "x"]], "export.blank_column"),
    "empty sheet": ([], "export.empty_file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_sheet_that_is_no_table_is_refused(
    export: Callable[..., Path], workbook: Callable[..., bytes], problems: Callable[..., list[Problem]], name: str
) -> None:
    rows, key = REFUSED[name]
    assert keys(problems(export(files={"visits.xlsx": workbook(visits=rows)}))) == [key]


@pytest.mark.parametrize(
    ("content", "key"),
    [(b"", "export.empty_file"), (b"visit_id,x", "workbook.unreadable"), (b"PK\x03\x04", "archive.damaged"),
     (b"\xd0\xcf\x11\xe0", "workbook.old_or_protected")],
)  # fmt: skip
def test_a_file_that_is_no_workbook_is_refused(
    export: Callable[..., Path], problems: Callable[..., list[Problem]], content: bytes, key: str
) -> None:
    assert keys(problems(export(files={"visits.xlsx": content}))) == [key]


def test_empty_columns_and_rows_are_no_part_of_the_table(
    imported: Callable[..., Imported], workbook: Callable[..., bytes]
) -> None:
    rows = [[None, *HEADER], [None, *FIRST], [" "], []]
    result = imported(files={"visits.xlsx": workbook(visits=rows)})
    assert next(count.read for count in result.counts if count.table == "visits") == 1

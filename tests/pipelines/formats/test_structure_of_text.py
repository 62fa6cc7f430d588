"""What is odd about a text file's lines, columns and cells is read, or refused by its name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines import dialect
from pipelines.errors import Problem, StoreError
from pipelines.formats.opening import one_line_end
from pipelines.importing import Imported
from pipelines.opened import Opened

HEADER = "centre_id;centre_type;region_code"


def centres(*lines: str, header: str = HEADER) -> dict[str, bytes]:
    return {"centres.csv": "\n".join([header, "C1;CHU;11", *lines, ""]).encode()}


def loaded(opened: Opened) -> list[str]:
    return list(opened.query("select centre_id from core_centres order by 1")["centre_id"])


@pytest.mark.parametrize("name", ["centres.csv", "centres.tsv", "centres.TXT"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_goes_with_every_ending(release: Callable[..., Opened], name: str, separator: str) -> None:
    content = f"{HEADER}\nC1;CHU;11\n".replace(";", separator).encode()
    given = release(centres=None, files={name: content}, manifest={"files": {}})
    assert loaded(given) == ["C1"]


@pytest.mark.parametrize("first", ["sep=,", '"sep=,"', "SEP=,"])
def test_a_separator_that_the_file_names_is_taken(release: Callable[..., Opened], first: str) -> None:
    content = f"{first}\ncentre_id,region_code\nC1,11\n".encode()
    assert loaded(release(files={"centres.csv": content})) == ["C1"]


def test_two_separators_of_equal_weight_are_a_question(
    export: Callable[..., Path], problems: Callable[..., list[Problem]]
) -> None:
    refused = problems(export(files={"centres.csv": b"centre_id;region_code,centre_type\nC1;11,CHU\n"}))
    assert [problem.key for problem in refused] == ["export.separator_unclear"]


def test_cells_may_stand_in_single_quotes(release: Callable[..., Opened]) -> None:
    content = b"'centre_id';'centre_type';'region_code'\n'C1';'CHU';'11'\n'C2';'C\nHU;';'11'\n'C3';'CHU';'99'\n"
    given = release(files={"centres.csv": content})
    assert loaded(given) == ["C1"]
    assert list(given.query("select line from quarantine order by 1")["line"]) == [3, 5]


def test_separators_at_the_end_of_all_lines_are_left_out_and_said(
    release: Callable[..., Opened], source: Callable[..., dict[str, Any]]
) -> None:
    given = release(files={"centres.csv": f"{HEADER};;\nC1;CHU;11;;\nC2;CHU;11; ;\n".encode()})
    assert loaded(given) == ["C1", "C2"]
    assert source(given, "centres.csv")["notes"] == {"trailing_separators": 2}


def test_a_column_without_a_name_that_holds_a_value_is_refused_by_its_place(
    export: Callable[..., Path], problems: Callable[..., list[Problem]]
) -> None:
    refused = problems(export(files={"centres.csv": f"{HEADER};\nC1;CHU;11;\nC2;CHU;11;x\n".encode()}))
    assert [(each.key, each.details) for each in refused] == [
        ("export.blank_column", {"file": "centres.csv", "place": 4})
    ]


def test_a_header_in_the_middle_and_totals_are_kept_by_name(
    release: Callable[..., Opened], reasons: Callable[[Opened], list[Any]]
) -> None:
    lines = [
        "Centre_ID ; CENTRE_TYPE;region_code",
        "",
        "Total;;11",
        "C2;CHU;11",
        "Sous-total : 2;;",
        ";Nombre de centres;2",
    ]
    given = release(files=centres(*lines))
    assert loaded(given) == ["C1", "C2"]
    assert reasons(given) == [
        ("centres.csv", 3, ["repeated_header"]), ("centres.csv", 5, ["total_line"]),
        ("centres.csv", 7, ["total_line"]), ("centres.csv", 8, ["total_line"])]  # fmt: skip


def test_an_identifier_that_begins_like_a_total_is_none(release: Callable[..., Opened]) -> None:
    assert loaded(release(files=centres("TOTAL-1;;11", "Nombre2;;11", "Somme;CHU;11"))) == [
        "C1", "Nombre2", "Somme", "TOTAL-1"]  # fmt: skip


def test_regions_without_their_zero_are_read_and_said(
    release: Callable[..., Opened], source: Callable[..., dict[str, Any]]
) -> None:
    given = release(files=centres("C2;CHU;1", "C3;CHU;04"))
    assert list(given.query("select region_code as r from core_centres order by centre_id")["r"]) == ["11", "01", "04"]
    assert source(given, "centres.csv")["notes"] == {"zeros_of_regions": 1}


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALEUR!", "#NOM?", "#######"])
@pytest.mark.parametrize(("line", "column"), [("{};CHU;11", "centre_id"), ("C2;{};11", "centre_type"),
                                              ("C2;CHU;{}", "region_code")])  # fmt: skip
def test_an_error_of_a_spreadsheet_is_the_only_reason(
    release: Callable[..., Opened], reasons: Callable[[Opened], list[Any]], error: str, line: str, column: str
) -> None:
    given = release(files=centres(line.format(error)))
    assert reasons(given) == [("centres.csv", 3, [f"excel_error:{column}"])]


@pytest.mark.parametrize("written", ["1,23E+05", "1.23E+05", "1E+15", "1,2e+11"])
def test_an_identifier_turned_into_a_number_is_refused_by_name(
    release: Callable[..., Opened], reasons: Callable[[Opened], list[Any]], written: str
) -> None:
    given = release(files=centres(f"{written};CHU;11"))
    assert reasons(given) == [("centres.csv", 3, ["scientific_identifier:centre_id"])]


def test_an_identifier_that_lost_its_zeros_is_refused_where_another_file_has_them(
    release: Callable[..., Opened], reasons: Callable[[Opened], list[Any]]
) -> None:
    given = release(
        centres=[{"centre_id": "0012"}, {"centre_id": "7"}, {"centre_id": "007"}],
        patients=[{"centre_id": "12"}, {"centre_id": "0012"}, {"centre_id": "7"}],
    )
    found = [each for each in reasons(given) if each[0] == "patients.csv"]
    assert found == [("patients.csv", 2, ["leading_zero_lost:centre_id"])]
    assert len(given.query("from core_centres")) == 3


def test_the_row_that_lost_its_zeros_is_at_fault_and_not_those_that_refer_to_it(
    release: Callable[..., Opened], reasons: Callable[[Opened], list[Any]]
) -> None:
    given = release(centres=[{"centre_id": "12"}], patients=[{"centre_id": "0012"}], initiations=[{}])
    found = dict((file, why) for file, _, why in reasons(given))  # noqa: C402
    assert found["centres.csv"] == ["leading_zero_lost:centre_id"]


def test_non_breaking_spaces_around_a_cell_are_no_part_of_it(release: Callable[..., Opened]) -> None:
    assert loaded(release(files=centres("\u00a0C2\u202f;CHU;\u00a011"))) == ["C1", "C2"]


def test_a_reader_that_loses_a_row_stops_the_import(
    imported: Callable[..., Imported], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect, "count_records", lambda *_: 3)
    with pytest.raises(StoreError) as stopped:
        imported(files=centres("", "C2;CHU;11"))
    assert stopped.value.key == "store.rows_lost"
    assert stopped.value.details["read"] == 3


TITLES = {
    "a title": "Suivi mensuel\n",
    "a title and a blank line": "Suivi mensuel\r\n\r\n",
    "a title with its separators": "Suivi mensuel;;\n;;\nau 31/10/2026;;\n",
    "a blank line": "\n",
    "a separator named first": "sep=;\nSuivi mensuel\n",
    "a title of windows": "Arrêté au 31/10/2026 – données\n",
}


@pytest.mark.parametrize("name", TITLES)
def test_a_title_above_the_header_is_left_out_and_said(
    release: Callable[..., Opened], source: Callable[..., dict[str, Any]], reasons: Callable[[Opened], list[Any]],
    name: str,
) -> None:  # fmt: skip
    title = TITLES[name]
    end = "\r\n" if "\r" in title else "\n"
    text = title + end.join([HEADER, "C1;CHU;11", "C2;CHU;99", ""])
    given = release(files={"centres.csv": text.encode("cp1252")})
    assert loaded(given) == ["C1"]
    n_above = title.count("\n") - title.startswith("sep=")
    assert source(given, "centres.csv")["notes"] == {"lines_above": n_above}
    assert reasons(given) == [("centres.csv", title.count("\n") + 3, ["unknown_code:region_code"])]


def test_rows_above_the_header_are_no_title_and_never_left_out(
    export: Callable[..., Path], problems: Callable[..., list[Problem]]
) -> None:
    content = f"C1;CHU;11\n{HEADER}\nC2;CHU;11\n".encode()
    assert [problem.key for problem in problems(export(files={"centres.csv": content}))] == [
        "export.missing_column", "export.missing_column", "export.no_header"]  # fmt: skip


def test_a_carriage_return_within_quotes_is_a_line_break_of_the_cell(
    release: Callable[..., Opened], reasons: Callable[[Opened], list[Any]]
) -> None:
    given = release(files=centres('"C2";"C\rHU";11', "C3;CHU;99", "C4;CHU;11"))
    assert loaded(given) == ["C1", "C4"]
    assert reasons(given) == [
        ("centres.csv", 3, ["unknown_code:centre_type"]), ("centres.csv", 4, ["unknown_code:region_code"])]  # fmt: skip


@pytest.mark.parametrize("cell", ["Mo\ris 6", '"Mo\ris 6"', "\rM6", "M6\r\r"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_carriage_return_never_cuts_a_row_in_two(
    release: Callable[..., Opened], reasons: Callable[[Opened], list[Any]], cell: str, end: str
) -> None:
    rows = ["visit_id;episode_id;visit_label;visit_date", "V1;E1;M1;2024-06-10", f"V2;E1;{cell};2024-06-11",
            "V3;E1;M3;2024-06-12", "V4;E1;M3;soon", "", ""]  # fmt: skip
    given = release(files={"visits.csv": end.join(rows).encode()})
    assert list(given.query("select visit_id from core_visits order by 1")["visit_id"]) == ["V1", "V3"]
    assert reasons(given) == [
        ("visits.csv", 3, ["control_character:visit_label"]), ("visits.csv", 5, ["not_a_date:visit_date"])]  # fmt: skip


@pytest.mark.parametrize("size", [2, 3, 4, 7, 64])
def test_line_ends_are_told_from_stray_returns_wherever_a_block_ends(tmp_path: Path, size: int) -> None:
    content = b"a\r\nb\rc\r\r\n\nd\r\r\re\r\n\r"
    (tmp_path / "file.csv").write_bytes(content)
    with one_line_end(tmp_path / "file.csv") as stream:
        raw, found = stream.raw, b""  # type: ignore[attr-defined]
        buffer = bytearray(size)
        while n := raw.readinto(buffer):
            found += buffer[:n]
    assert found == b"a\nb\vc\v\n\nd\v\v\ve\n\v"


def test_a_null_byte_refuses_the_file(export: Callable[..., Path], problems: Callable[..., list[Problem]]) -> None:
    refused = problems(export(files=centres("C2;C\0HU;11")))
    assert [(problem.key, problem.details) for problem in refused] == [
        ("export.not_a_table", {"file": "centres.csv"})]  # fmt: skip


@pytest.mark.parametrize(("header", "key"), [("centre_id;centre_id;region_code", "export.repeated_column"),
                                             ("centre_id;;region_code", "export.blank_column")])  # fmt: skip
def test_a_name_that_is_repeated_or_missing_in_the_header_is_refused(
    export: Callable[..., Path], problems: Callable[..., list[Problem]], header: str, key: str
) -> None:
    assert [problem.key for problem in problems(export(files=centres(header=header)))] == [key]

"""Nothing is dropped: rows read are loaded or quarantined, and a refused row keeps its file, line and text."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.errors import ExportRefused
from pipelines.importing import Imported
from pipelines.opened import Opened

CENTRES = ["centre_id,centre_type,region_code", "C1,CHU,11"]

# text of the file after its header and one good row -> (line, first cell) of each refused row; the region 99 is unknown
FILES = {
    "plain": ("C2,CHU,99\n", {3: "C2"}),
    "last line without its end": ("C2,CHU,99", {3: "C2"}),
    "blank lines": ("\n\nC2,CHU,99\n\nC3,CHU,11\nC4,CHU,99\n", {5: "C2", 8: "C4"}),
    "line break in a quoted cell": ('C2,"C\nH\n\nU",11\nC3,CHU,99\n', {3: "C2", 7: "C3"}),
    "quoted cells": ('"C2","CHU","99"\n"C3","CHU","11"\n', {3: "C2"}),
    "quote within a cell": ('C2,CH"U,11\nC3,CHU,99\n', {3: "C2", 4: "C3"}),
    "other line breaks in a cell": ("C2,C\u2028H\u0085U,11\nC3,CHU,99\n", {3: "C2", 4: "C3"}),
    "separators only": (",,\nC2,CHU,99\n", {3: "", 4: "C2"}),
    "a header in between": ("centre_id,centre_type,region_code\nC2,CHU,99\n", {3: "centre_id", 4: "C2"}),
    "a total at the end": ("Total,,2\n", {3: "Total"}),
}
BROKEN = {
    "too few cells": ("C2,CHU\nC3,CHU,99\n", {3: "C2,CHU", 4: "C3"}),
    "too many cells": ("C2,CHU,11,x\nC3,CHU,99\n", {3: "C2,CHU,11,x", 4: "C3"}),
    "text after a quote": ('C2,"CHU"x,11\nC3,CHU,99\n', {3: 'C2,"CHU"x,11', 4: "C3"}),
    "a sentence": ("End of the export\n", {3: "End of the export"}),
    "spaces only": ("   \nC3,CHU,99\n", {3: "   ", 4: "C3"}),
    "everything at once": (
        '\nC2,CHU\n\nC3,CHU,99\nC4,"C\nH",11\nC5,CHU\nC6,CHU,99\n',
        {4: "C2,CHU", 6: "C3", 7: "C4", 9: "C5,CHU", 10: "C6"}),
}  # fmt: skip
SEP = "sep=,\n"
ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def refused(opened: Opened) -> dict[int, str]:
    """Line → the first cell of a refused row, or the whole of a line that could not be split."""
    frame = opened.query("select line, original from quarantine where table_name = 'centres' and file = 'centres.csv'")
    return {int(line): first_cell(text) for line, text in frame.itertuples(index=False)}


def first_cell(original: str) -> str:
    return (json.loads(original)["centre_id"] or "") if original.startswith("{") else original.strip("\r\n")


def is_consistent(opened: Opened) -> bool:
    return all(each["read"] == each["loaded"] + each["quarantined"] for each in opened.release.record["counts"])


@pytest.mark.parametrize(
    ("name", "first"), [*((name, "") for name in FILES), ("blank lines", SEP), ("quoted cells", SEP)]
)
def test_a_refused_row_keeps_its_line_and_text(release: Callable[..., Opened], name: str, first: str) -> None:
    rest, expected = FILES[name]
    given = release(files={"centres.csv": (first + "\n".join(CENTRES) + "\n" + rest).encode()})
    shift = 1 if first else 0
    assert refused(given) == {line + shift: cell for line, cell in expected.items()}
    assert is_consistent(given)


@pytest.mark.parametrize(("name", "first"), [*((name, "") for name in BROKEN), ("everything at once", SEP)])
def test_a_line_that_cannot_be_split_keeps_its_line_and_text(
    release: Callable[..., Opened], name: str, first: str
) -> None:
    rest, expected = BROKEN[name]
    given = release(files={"centres.csv": (first + "\n".join(CENTRES) + "\n" + rest).encode()})
    shift = 1 if first else 0
    assert refused(given) == {line + shift: cell for line, cell in expected.items()}
    assert is_consistent(given)
    reasons = given.query("select distinct unnest(reasons) as reason from quarantine where original not like '{%'")
    assert list(reasons["reason"]) == ["malformed_line"]


@pytest.mark.parametrize("end", ENDS)
def test_lines_are_counted_alike_whatever_ends_them(release: Callable[..., Opened], end: str) -> None:
    text = "\n".join([*CENTRES, "", "C2,CHU,99", "C3,CHU,11", "C4,CHU,99", ""]).replace("\n", ENDS[end])
    given = release(files={"centres.csv": text.encode()})
    assert refused(given) == {4: "C2", 6: "C4"}
    assert list(given.query("select centre_id from core_centres")["centre_id"]) == ["C1", "C3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\r\n".join(CENTRES) + "\r\nC2,CHU,11\nC3,CHU,99\n", {4: "C3"}),
        ("sep=,\r\n" + "\n".join(CENTRES) + "\nC2,CHU,11\nC3,CHU,99\n", {5: "C3"}),
        ("\n".join(CENTRES) + "\nC2,C\rHU,11\nC3,CHU,99\n", {3: "C2", 4: "C3"}),
    ],
    ids=["crlf then lf", "crlf after sep", "cr within a cell"],
)
def test_lines_that_end_in_different_ways_lose_nothing(
    release: Callable[..., Opened], text: str, expected: dict[int, str]
) -> None:
    given = release(files={"centres.csv": text.encode()})
    assert refused(given) == expected
    assert is_consistent(given)


def test_a_quote_that_is_not_closed_keeps_all_that_it_swallows(release: Callable[..., Opened]) -> None:
    given = release(files={"centres.csv": ("\n".join(CENTRES) + '\nC2,"CHU,11\nC3,CHU,11\nC4,CHU,11\n').encode()})
    kept = given.query("select line, original, reasons from quarantine where table_name = 'centres'")
    assert list(kept["line"]) == [3]
    assert all(text in kept["original"].iloc[0] for text in ('C2,"CHU,11', "C3,CHU,11", "C4,CHU,11"))


def test_a_quote_that_is_not_closed_in_a_long_file_is_told_to_the_operator(imported: Callable[..., Imported]) -> None:
    rows = "".join(f"C{number},CHU,11\n" for number in range(2, 20_000))
    try:
        imported(files={"centres.csv": ("\n".join(CENTRES) + '\nX,"CHU,11\n' + rows).encode()})
    except ExportRefused as refusal:
        assert "centres.csv" in str(refusal)  # noqa: PT017


def test_many_defects_of_every_kind_are_each_found_on_their_line(release: Callable[..., Opened]) -> None:
    rows = [f"C{number},CHU,11" for number in range(5_000)]
    for number in range(0, 5_000, 100):
        rows[number + 10] = f"X{number},short"
        rows[number + 20] = ""
        rows[number + 30] = f'M{number},"C\nHU",11'
        rows[number + 40] = f"X{number},CHU,99"
    text = "\n".join([CENTRES[0], *rows])
    given = release(files={"centres.csv": text.encode()})
    lines, found = text.split("\n"), refused(given)
    assert len(found) == 150
    assert all(lines[line - 1].startswith(cell) for line, cell in found.items())
    assert is_consistent(given)


def test_a_refused_row_keeps_its_text_as_received(release: Callable[..., Opened]) -> None:
    given = release(visits=[{"visit_date": " 31/02/2024", "visit_label": "Mois\u00a03 ", "response": "réponse « ? »"}])
    original: dict[str, Any] = json.loads(given.query("select original from quarantine")["original"].iloc[0])
    assert original == {"visit_date": " 31/02/2024", "visit_label": "Mois\u00a03 ", "response": "réponse « ? »",
                        "visit_id": "V1", "episode_id": "E1"}  # fmt: skip


def test_rows_read_are_those_loaded_and_those_quarantined_in_every_table(release: Callable[..., Opened]) -> None:
    given = release(
        centres=[{}, {"region_code": "?"}], patients=[{"patient_id": "P1"}, {"sex": "?"}],
        initiations=[{"patient_id": "P1"}, {"product": "?", "patient_id": "P1"}],
        prior_treatments=[{}, {"treatment_class": "?"}], discontinuations=[{}, {"reason": "?"}],
        visits=[{}, {"visit_date": "?"}], dispensings=[{}, {"capsules": "?"}], pregnancy_tests=[{}, {"result": "?"}],
        contraceptions=[{"episode_id": "E1"}, {"method": "?"}], adverse_events=[{}, {"serious": "?"}],
        pregnancies=[{}, {"outcome": "?"}], declarations=[{}, {"version": "?"}],
    )  # fmt: skip
    counts = {
        each["table"]: (each["read"], each["loaded"], each["quarantined"]) for each in given.release.record["counts"]
    }
    assert counts == dict.fromkeys(counts, (2, 1, 1))
    assert len(counts) == 12

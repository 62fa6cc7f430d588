"""One export written in many ways gives one content; what it was written in is found and said."""

import csv
import io
import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from data_schemas.tables import TABLES, definition
from pipelines import dialect
from pipelines.dialect import date_order, decimal_mark, examine, find_header
from pipelines.importing import Imported
from pipelines.opened import Opened

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
SEPARATORS = (",", ";")
WAYS = list(itertools.product(ENCODINGS, SEPARATORS, ("iso", "dmy"), (".", ",")))
SMALL = {
    "patients": """
        patient_id | sex   | birth_year
        a          | Femme | 1980
        b          | M     | 2012
        c          | F     | 1950
    """,
    "initiations": """
        patient_id | treatment_start_date | weight_kg | start_dose_mg_day | indication_code        | product
        a          | 2024-01-31           | 61.5      | 100               | Lupus cutané           | BMS
        b          | 2024-12-01           | 32.25     | 64.5              | Crohn pédiatrique > 6 ans | AUTRE
        c          | 2023-02-03           |           | 50.0              | Aphtoses sévères       | Autre marque
        c          | 2024-02-30           | 50        | 50                | APHTOSE                | BMS
    """,
    "adverse_events": """
        patient_id | onset_date | soc_label                                    | pt_label
        a          | 2024       | Affections de l’oreille et du labyrinthe     | Œdème, « œil »
        b          | 2024-12    | AFFECTIONS HÉMATOLOGIQUES ET DU SYSTÈME LYMPHATIQUE | Névralgie – début
        c          | 2023-02-04 | Skin and subcutaneous tissue disorders       | Éruption; prurit
    """,
    "declarations": """
        period  | version | indication_code | n_new_patients
        2024-01 | 1       | LUPUS_CUT       | 1
    """,
}


def kind(table: str, column: str) -> str:
    found: str = (definition(table, column).metadata or {})["kind"]
    return found


def rewritten(content: bytes, table: str, way: tuple[str, str, str, str], end: str = "\n") -> bytes:
    """A file written in UTF-8 with commas, ISO dates and points, written another way."""
    encoding, separator, order, mark = way
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, lineterminator=end)
    writer.writeheader()
    for row in rows:
        for column, value in row.items():
            if order == "dmy" and kind(table, column) in ("date", "partial_date", "month"):
                row[column] = re.sub(r"^(\d{4})-(\d{2})(?:-(\d{2}))?$", in_french, value)
            if kind(table, column) == "decimal":
                row[column] = value.replace(".", mark)
        writer.writerow(row)
    return text.getvalue().encode(encoding)


def in_french(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    return f"{day}/{month}/{year}" if day else f"{month}/{year}"


def contents(opened: Opened) -> Mapping[str, pd.DataFrame]:
    tables = [name for name in opened.release.tables if name.startswith("core_") or name == "findings"]
    return {name: opened.query(f"from {name}") for name in tables} | {
        "quarantine": opened.query("select * exclude (original) from quarantine")}  # fmt: skip


@pytest.fixture(scope="module")
def written(export: Callable[..., Path]) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in export(**SMALL).glob("*.csv")}


@pytest.fixture(scope="module")
def as_written(release: Callable[..., Opened]) -> Mapping[str, pd.DataFrame]:
    found = contents(release(**SMALL))
    assert len(found["core_adverse_events"]) == 3
    assert len(found["quarantine"]) == 1
    return found


@pytest.mark.parametrize("way", WAYS, ids=["-".join(way) for way in WAYS])
def test_an_export_is_read_alike_whatever_it_is_written_in(
    release: Callable[..., Opened], written: Mapping[str, bytes], as_written: Mapping[str, pd.DataFrame],
    way: tuple[str, str, str, str],
) -> None:  # fmt: skip
    end = "\r\n" if way[0] == "cp1252" else "\n"
    files = {name: rewritten(content, name.removesuffix(".csv"), way, end) for name, content in written.items()}
    given = release(files=files)
    for name, frame in contents(given).items():
        pd.testing.assert_frame_equal(frame, as_written[name])
    sources = {source["file"]: source for source in given.release.record["sources"]}
    encoding, separator, order, mark = way
    effects, episodes = sources["adverse_events.csv"], sources["initiations.csv"]
    assert (effects["encoding"], effects["separator"], effects["date_order"]) == (encoding, separator, order)
    assert (episodes["separator"], episodes["date_order"], episodes["decimal"]) == (separator, order, mark)


@pytest.mark.parametrize(("separator", "said"), [("\t", "tab"), ("|", "|")])
def test_other_separators_are_found(release: Callable[..., Opened], separator: str, said: str) -> None:
    header = separator.join(["centre_id", "centre_type", "region_code"])
    given = release(files={"centres.csv": f"{header}\n{separator.join(['C1', 'CHU', '11'])}\n".encode()})
    assert list(given.query("select region_code from core_centres")["region_code"]) == ["11"]
    assert next(s["separator"] for s in given.release.record["sources"] if s["file"] == "centres.csv") == said


def test_each_file_may_be_written_in_its_own_way(release: Callable[..., Opened], written: Mapping[str, bytes]) -> None:
    french = rewritten(written["initiations.csv"], "initiations", ("cp1252", ";", "dmy", ","))
    given = release(files=dict(written) | {"initiations.csv": french})
    assert len(given.query("from core_initiations")) == 3
    assert len(given.query("from core_adverse_events")) == 3


def test_a_header_in_capitals_with_spaces_is_known(release: Callable[..., Opened]) -> None:
    given = release(files={"CENTRES.CSV": b" Centre_ID , REGION_CODE \nC1,11\n"}, centres=None)
    assert len(given.query("from core_centres")) == 1


def test_a_file_without_any_date_or_decimal_is_said_to_have_none(imported: Callable[..., Imported]) -> None:
    sources = {source["file"]: source for source in imported().release.record["sources"]}
    assert sources["centres.csv"]["date_order"] == "none"


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ([], "none"),
        (["x", "2024", "12"], "none"),
        (["2024-01-31"], "iso"),
        (["2024-01"], "iso"),
        (["31/01/2024"], "dmy"),
        (["01/2024"], "dmy"),
        (["1/2/2024", "2024-01-31", "2/2/2024"], "dmy"),
        (["2024-01-31", "2024-01-30", "1/2/2024"], "iso"),
    ],
)
def test_the_order_of_most_dates_is_the_order_of_the_file(values: list[str], order: str) -> None:
    assert date_order(values) == order


@pytest.mark.parametrize(
    ("values", "separator", "mark"),
    [([], ",", "."), ([], ";", ","), (["1.5"], ";", "."), (["1,5"], ",", ","), (["1,5", "2,5", "1.5"], ";", ",")],
)
def test_the_mark_of_most_decimals_is_the_mark_of_the_file(values: list[str], separator: str, mark: str) -> None:
    assert decimal_mark(values, separator) == mark


def test_a_character_cut_by_the_reading_block_does_not_change_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" + b"x" * (dialect.BLOCK - 5) + "é,y\n".encode())
    assert examine(path).encoding == "utf-8"
    path.write_bytes(path.read_bytes()[:-4])
    assert path.read_bytes()[-1:] == b"\xc3"  # the first half of a character
    assert examine(path).encoding == "cp1252"


def test_a_character_begun_at_the_end_of_a_block_and_never_ended_is_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    path.write_bytes(b"a,b\n" + b"x" * (dialect.BLOCK - 5) + b"\xe9" + b",y\n")
    assert examine(path).encoding == "cp1252"


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n"])
def test_line_ends_on_both_sides_of_a_block_are_counted_once(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "patients.csv"
    path.write_bytes(b"a,b" + end + b"x" * (dialect.BLOCK - 4 - len(end)) + end + b"y,z" + end)
    found = examine(path)
    assert (found.n_lines, found.mixed_line_ends) == (3, False)


@pytest.mark.parametrize("text", ["", "\n", "one\n", ";\n", "a;\n", "sep=\na;b\n", "sep=", '"a\nb",c\n'])
def test_what_is_no_header_is_not_taken_for_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    assert find_header(path, "utf-8") is None


def test_every_table_can_be_rewritten(written: Mapping[str, bytes]) -> None:
    assert {name.removesuffix(".csv") for name in written} <= set(TABLES)

"""Both dialects hold the same records; only the way of writing differs."""

import csv
import io
import re
from pathlib import Path

import pytest

from data_schemas.tables import TABLES


@pytest.fixture(scope="module")
def read_french(french_folder: Path, last: str):
    def rows(table: str) -> list[dict[str, str]]:
        text = (french_folder / last / f"{table}.csv").read_bytes().decode("cp1252")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))

    return rows


def plain(text: str, meaning) -> str:
    """A cell of either dialect as a program would write it."""
    if meaning.kind == "code":
        text = text.replace("\u2019", "'")
        return meaning.spellings.get(text, text)
    if re.fullmatch(r"(\d\d/)?\d\d/\d{4}", text):
        return "-".join(reversed(text.split("/")))
    return text.replace(",", ".") if meaning.kind == "decimal" else text


@pytest.mark.parametrize("table", TABLES)
def test_both_dialects_hold_the_same_records(read, read_french, contract, table: str, last: str) -> None:
    clean = [{name: plain(text, contract[table, name]) for name, text in row.items()} for row in read(last, table)]
    french = [{name: plain(text, contract[table, name]) for name, text in row.items()} for row in read_french(table)]
    assert french == clean


@pytest.mark.parametrize("table", TABLES)
def test_french_excel_ends_lines_its_own_way(french_folder: Path, table: str, last: str) -> None:
    content = (french_folder / last / f"{table}.csv").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 1
    assert content.split(b"\r\n")[0].decode() == ";".join(TABLES[table].columns)


def test_french_cells_are_written_as_in_france(read_french) -> None:
    effects = read_french("adverse_events")
    onsets = {re.sub(r"\d", "0", row["onset_date"]) for row in effects}
    assert {"00/00/0000", "00/0000", "0000", ""} <= onsets
    assert any("\u2019" in row["soc_label"] for row in effects)
    assert any("disorders" in row["soc_label"] for row in effects)
    assert {"NEG", "Négatif"} <= {row["result"] for row in read_french("pregnancy_tests")}
    assert any("," in row["weight_kg"] for row in read_french("initiations"))


def test_a_label_with_the_separator_in_it_is_quoted(read, last: str) -> None:
    labels = {row["soc_label"] for row in read(last, "adverse_events")}
    assert any("," in label for label in labels)

"""Text is left untrimmed only where no cell of the file can begin or end with a space."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import padding, parse
from pipelines.dialect import Dialect
from pipelines.opened import Opened

SEMICOLON = Dialect("utf-8", ";", ("a", "b"))


def looked_at(path: Path, content: bytes, dialect: Dialect = SEMICOLON) -> tuple[bool, bool]:
    """Whether wide spaces occur, and whether a cell may be padded."""
    path.write_bytes(content)
    found = padding.with_spaces(path, dialect)
    return found.special_spaces, found.padded


@pytest.mark.parametrize(
    ("cells", "padded"),
    [(b"x;two words\ny;z", False), (b"x;a, b\n", False), (b"x; y\n", True), (b"x ;y\n", True), (b" x;y\n", True),
     (b"x;y \n", True), (b"x;y \r\n", True), (b"x;y ", True), (b'x;" y"\n', True), (b'x;"y "\n', True),
     (b"x; \n", True), (b'x;"a\n b"\n', True)],
)  # fmt: skip
def test_a_space_beside_an_edge_calls_for_trimming(tmp_path: Path, cells: bytes, padded: bool) -> None:
    assert looked_at(tmp_path / "a.csv", b"a;b\n" + cells) == (False, padded)


@pytest.mark.parametrize(
    ("text", "wide"),
    [("à É ï œ ’", False), ("a\u00a0b", True), ("a\u202fb", True), ("a\u2009b", True)],
)  # fmt: skip
def test_wide_spaces_are_told_from_accents_that_share_their_bytes(tmp_path: Path, text: str, wide: bool) -> None:
    assert looked_at(tmp_path / "a.csv", f"a;b\nx;{text}\n".encode()) == (wide, wide)


def test_in_another_encoding_than_utf_8_the_bytes_alone_decide(tmp_path: Path) -> None:
    windows = replace(SEMICOLON, encoding="cp1252")
    assert looked_at(tmp_path / "a.csv", b"a;b\nx;\xe9\xa0t\n", windows) == (True, True)
    assert looked_at(tmp_path / "a.csv", b"a;b\nx;t\n", replace(windows, special_spaces=False)) == (False, False)


@pytest.mark.parametrize("size", range(4, 16))
@pytest.mark.parametrize(
    ("content", "found"), [(b"aa;bb\nxx; yy\n", (False, True)), (b"aa;bb\nxx;y\xe2\x80\xafy\n", (True, True))]
)
def test_what_lies_on_the_seam_of_two_blocks_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, content: bytes, found: tuple[bool, bool]
) -> None:
    monkeypatch.setattr(padding, "BLOCK", size)
    assert looked_at(tmp_path / "a.csv", content) == found


def test_a_file_that_may_be_padded_is_trimmed_and_another_is_not() -> None:
    assert parse.clean("t", replace(SEMICOLON, padded=False)) == "t"
    assert parse.clean("t", replace(SEMICOLON, special_spaces=False)) == "nullif(trim(t), '')"


@pytest.mark.parametrize("cell", ["F", " F", "F ", '" F"', '"F "', "\u00a0F", "F\u202f", '"F"'])
def test_padded_cells_give_the_same_values(release: Callable[..., Opened], cell: str) -> None:
    rows = f"patient_id;sex;birth_year;centre_id\na;{cell};1980;C1\nb;M;1981;C1\n"
    opened = release(files={"patients.csv": rows.encode()})
    loaded = opened.query("select patient_id, sex from core_patients order by patient_id")
    assert list(loaded["patient_id"] + loaded["sex"]) == ["aF", "bM"]

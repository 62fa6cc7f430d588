"""Every column and table of the contract has its words in both languages, and no word is left over."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import data_schemas
from data_schemas.columns import COLUMNS, COLUMNS_BY_TABLE
from data_schemas.tables import TABLES

TEXTS = Path(data_schemas.__file__).parent / "texts"
LONGEST_LABEL = 45


def written(name: str) -> dict[str, dict[str, dict[str, str]]]:
    read: dict[str, dict[str, dict[str, str]]] = YAML(typ="safe", pure=True).load(
        (TEXTS / f"{name}.yml").read_text(encoding="utf-8")
    )
    return read


ENTRIES = [
    pytest.param(entry, id=f"{name}-{key}") for name in ("columns", "tables") for key, entry in written(name).items()
]


def test_every_column_has_its_words_and_none_is_left_over() -> None:
    by_table = {f"{table}.{column}" for table, columns in COLUMNS_BY_TABLE.items() for column in columns}
    assert set(written("columns")) == set(COLUMNS) | by_table


def test_every_column_of_a_table_finds_its_words() -> None:
    words = written("columns")
    lost = [
        f"{table.name}.{column}"
        for table in TABLES.values()
        for column in table.columns
        if f"{table.name}.{column}" not in words and column not in words
    ]
    assert lost == []


def test_every_table_has_its_words_and_none_is_left_over() -> None:
    assert set(written("tables")) == set(TABLES)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_is_a_label_and_a_sentence_in_both_languages(entry: dict[str, dict[str, str]]) -> None:
    assert set(entry) == {"label", "text"}
    for words in entry.values():
        assert set(words) == {"fr", "en"}
        assert all(isinstance(each, str) and each == each.strip() != "" for each in words.values())
    assert all(len(label) <= LONGEST_LABEL and not label.endswith(".") for label in entry["label"].values())
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in entry["text"].values())


@pytest.mark.parametrize("entry", ENTRIES)
def test_apostrophes_are_straight_and_french_colons_are_spaced(entry: dict[str, dict[str, str]]) -> None:
    for words in entry.values():
        assert "\N{RIGHT SINGLE QUOTATION MARK}" not in words["fr"] + words["en"]
        assert not re.search(r"\S[:;]", words["fr"])


@pytest.mark.parametrize("name", ["columns", "tables"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_two_entries_say_the_same(name: str, language: str) -> None:
    sentences = [entry["text"][language] for entry in written(name).values()]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_two_columns_of_a_table_share_a_heading(language: str) -> None:
    words = written("columns")
    for table in TABLES.values():
        headings = [
            (words.get(f"{table.name}.{column}") or words[column])["label"][language] for column in table.columns
        ]
        assert len(set(headings)) == len(headings), table.name

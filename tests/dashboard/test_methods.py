"""Methods: every document opens in both languages, is searched, and says what is established and what is assumed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import documents
from dashboard.documents import DOCUMENTS, Part
from dashboard.programme_sheet import render
from dashboard.wording import LANGUAGES, text_in
from data_schemas import programme as programmes
from data_schemas.facts import ASSUMED, MARK, TEXT, Fact, facts, read
from pipelines.definitions import names

Page = Callable[..., AppTest]
WRITTEN = tuple(document for document in DOCUMENTS if document not in {"versions", "roles", "programme"})


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_document_opens_and_is_taken_away_in_both_languages(
    page: Page, stores: dict[str, Path], document: str, language: str
) -> None:
    app = page(stores["data"], "methods", language)
    if document != DOCUMENTS[0]:
        app.segmented_control(key="document").set_value(document).run()
        assert app.query_params["document"] == document
    assert not app.exception
    files = app.get("download_button")
    assert len(files) == (0 if document in {"versions", "roles"} else 2)


@pytest.mark.parametrize("document", WRITTEN)
def test_a_document_has_the_same_parts_in_both_languages(document: str) -> None:
    french, english = (documents.parts(document, language) for language in LANGUAGES)
    assert len(french) == len(english) > 0


def test_every_measure_has_its_part() -> None:
    titles = [part.title for part in documents.parts("measures", "fr")]
    assert len(titles) == len(set(titles)) == len(names())
    assert all(any(title.endswith(f"– {name}") for title in titles) for name in names())


def test_the_conventions_say_the_same_in_both_languages() -> None:
    french, english = (documents.text_of("conventions", language) for language in LANGUAGES)
    for sign in (r"^## .*(`.*)$", r"`[^`]+`", r"\b(?:1[89]|20)\d\d\b", r"\d+ %"):
        assert sorted(re.findall(sign, french, re.M)) == sorted(re.findall(sign, english, re.M))
    assert len(re.findall(r"^- ", french, re.M)) == len(re.findall(r"^- ", english, re.M))


def test_a_search_keeps_the_parts_and_the_rows_that_hold_it() -> None:
    table = "Une phrase.\n\n| colonne | sens |\n| --- | --- |\n| `age` | Âge |\n| `sex` | Sexe |"
    known = (Part("Patients", table), Part("Centres", "Rien."))
    (only,) = documents.found(known, "ÂGE")
    assert only.body == table.rsplit("\n", 1)[0]
    assert documents.found(known, "PATIENTS") == known[:1]
    assert documents.found(known, " ") == known
    assert documents.found(known, "absent") == ()


def test_typography_leaves_code_as_it_is_written() -> None:
    written = "L'âge : `l'age : 1`\n\n```sql\nselect 'a' ;\n```"
    shown = documents.typeset(written, "fr")
    assert shown == "L’âge\u00a0: `l'age : 1`\n\n```sql\nselect 'a' ;\n```"
    assert documents.fences(shown) == [("L’âge\u00a0: `l'age : 1`", False), ("select 'a' ;", True)]


def test_a_mark_holds_for_the_key_beside_or_below_it() -> None:
    text = """
# (assumed) about nothing

doses:
  # (text) one; (assumed) two
  most: 4
bands:
  - {code: LOW, above: 0}  # (assumed)
  - code: HIGH
    above: 3  # (text) three
"""
    assert list(read(text)) == [
        Fact(("doses", "most"), TEXT, "one"),
        Fact(("doses", "most"), ASSUMED, "two"),
        Fact(("bands", "LOW"), ASSUMED, ""),
        Fact(("bands", "HIGH", "above"), TEXT, "three"),
    ]


@pytest.mark.parametrize("name", programmes.names())
def test_every_mark_of_a_shipped_programme_is_told(name: str) -> None:
    head, _, body = (programmes.FOLDER / f"{name}.yml").read_text(encoding="utf-8").partition("\nname:")
    assert head.startswith("#")
    assert len(facts(name)) == len(MARK.findall(body))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", programmes.names())
def test_the_sheet_of_a_programme_quotes_it(name: str, language: str) -> None:
    programme = programmes.load(name)
    sheet = render(programme, language)
    for indication in programme.indications:
        assert all(wording.quoted in sheet for wording in indication.wordings)
    assumed = text_in(language, "programme_sheet.assumed")
    assert sheet.count(f"| {assumed} |") == sum(fact.status == ASSUMED for fact in facts(name))

"""Every sentence exists in both languages, is used, and mentions the same things; every code shown has its words."""

import re
import string
from pathlib import Path

import pytest

from dashboard.app import PAGES
from dashboard.imports import KINDS
from dashboard.wording import LANGUAGES, sentences
from pipelines.changes import STATES
from pipelines.definitions import definition, names
from pipelines.selection import DATE_BASES, DIMENSIONS

FOLDER = Path(__file__).parents[2] / "dashboard"
CODE = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
LITERAL = set(re.findall(r"[\"']([a-z_]+\.[a-z_.]+)[\"']", CODE))
COUNTS = {count for name in names() for count in definition(name).counts}
FAMILIES = {
    *(f"page.{page}" for pages in PAGES.values() for page in pages),
    *(f"{page}.questions" for pages in PAGES.values() for page in pages),
    *(f"group.{group}" for group in PAGES),
    *(f"count.{count}" for count in COUNTS),
    *(f"empty.{definition(name).main}" for name in names()),
    *(f"date_basis.{basis}" for basis in DATE_BASES),
    *(f"date_basis.{basis}_of" for basis in DATE_BASES),
    *(f"field.{field}" for field in ("from_month", "to_month", *DIMENSIONS.values())),
    *(f"selection.{field}" for field in ("from_month", "to_month")),
    *(f"tile.{state}" for state in ("not_sent", "not_collected", "empty")),
    *(f"card.{tab}" for tab in ("chart", "table", "definition", "download")),
    *(f"passport.{part}" for part in ("question", "unit", "included", "excluded", "denominator", "not_additive")),
    *(f"age_rules.{head}" for head in ("inside", "outside", "unknown")),
    *(f"status.{part}" for part in (*LANGUAGES, "read", "loaded", "quarantined", "warned")),
    *(f"import_form.{each}" for each in ("files", "folder", "drop_files", "drop_folder")),
    *(f"import_progress.{step}" for step in ("start", "read", "validate", "derive", "release")),
    *(f"import_progress.{step}_counts" for step in ("read", "validate")),
    *(f"import_files.{each}" for each in ("file", "rows", "form", *KINDS, "certain", "likely")),
    *(f"import_review.{part}" for part in ("tables", "reject", "warn", "changes", "files", "no_reject", "no_warn")),
    *(f"import_review.{head}" for head in STATES),
    *(f"import_review.{count}_help" for count in ("read", "loaded", "quarantined", "warned")),
    *(f"releases.{head}" for head in ("state", "cutoff", "name", "imported")),
    *(f"{page}.by_dimension" for page in ("uptake", "populations", "adverse_events")),
}
COLUMNS = ("adverse_events.outcome", "pregnancies.outcome")
"""Written like keys of sentences, but columns of the export."""

FILES = (".yml", ".py", ".csv", ".png")


def placeholders(written: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(written) if name}


def test_both_languages_have_the_same_sentences() -> None:
    assert set(sentences("fr")) == set(sentences("en"))


@pytest.mark.parametrize("key", sorted(sentences("fr")))
def test_both_languages_mention_the_same_things(key: str) -> None:
    assert placeholders(sentences("fr")[key]) == placeholders(sentences("en")[key])


@pytest.mark.parametrize("key", sorted(FAMILIES))
def test_what_is_shown_has_words(key: str) -> None:
    assert sentences("fr")[key]
    assert sentences("en")[key]


@pytest.mark.parametrize("key", sorted(sentences("fr")))
def test_no_sentence_is_left_over(key: str) -> None:
    assert key in LITERAL | FAMILIES


def test_no_sentence_is_missing() -> None:
    groups = {key.split(".")[0] for key in sentences("fr")}
    named = {key for key in LITERAL if key.split(".")[0] in groups and not key.endswith(FILES)} - set(COLUMNS)
    assert named <= set(sentences("fr"))


def test_french_has_its_spaces_and_apostrophes() -> None:
    for key, written in sentences("fr").items():
        assert not re.search(r" [;?!:»]|« |'", written), key


def test_measures_of_the_screens_say_everything_in_both_languages() -> None:
    for name in names():
        said = definition(name)
        for part in (said.title, said.question, said.unit, said.included, said.excluded, said.denominator):
            assert part.fr
            assert part.en

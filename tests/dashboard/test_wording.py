"""Every sentence exists in both languages, each in its own, is used, and mentions the same things; codes have words."""

import ast
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from dashboard import access, estimate_tables
from dashboard.address import LOST, NOT_OFFERED, RENAMED, WRONG
from dashboard.app import PAGES
from dashboard.changes import PREVIOUS, RETURN
from dashboard.charts.look import SAID
from dashboard.components.extracts import KINDS as EXTRACT_KINDS
from dashboard.components.guide import READERS
from dashboard.components.return_steps import CURRENT, DONE, WAITING
from dashboard.components.rule_list import SEVERITIES
from dashboard.documents import DOCUMENTS
from dashboard.imports import CHANGES, KINDS
from dashboard.returns import DRAFT, IMPORTED, OPEN, SEALED
from dashboard.wording import LANGUAGES, counted_in, sentences
from data_schemas.disclosure import Event
from data_schemas.facts import ASSUMED, TEXT
from data_schemas.programme import load
from data_schemas.programme_parts import Text
from data_schemas.vocabularies import codes
from pipelines.access.chain import Why
from pipelines.access.events import KINDS as EVENTS
from pipelines.access.events import PURPOSES, REASONS, RETURN_STEPS, SIZES
from pipelines.access.roles import ACTIONS, PRECISIONS, ROLES, Regime
from pipelines.bridge.reconcile import STATES as RECONCILED
from pipelines.changes import STATES
from pipelines.definitions import definition, dimensions, names
from pipelines.distributions import COLUMNS as QUANTILES
from pipelines.extracts.request import FORMS as FILE_FORMS
from pipelines.findings import ORDER
from pipelines.recorded import hashes
from pipelines.returns.steps import STEPS
from pipelines.selection import DATE_BASES, DIMENSIONS
from pipelines.statistics.nowcast import State as NowcastState

FOLDER = Path(__file__).parents[2] / "dashboard"
CODE = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
SHEET_CODE = (FOLDER / "programme_sheet.py").read_text(encoding="utf-8")
SHEET = {TEXT, ASSUMED, *re.findall(r"[\"']([a-z_]+)[\"']", SHEET_CODE)}
"""The sentences of the programme's sheet are named without their group."""

STOPPING = CODE + "\n".join(path.read_text("utf-8") for path in (FOLDER.parent / "pipelines/access").glob("*.py"))
"""Where the errors are raised that stop a page."""

LITERAL = set(re.findall(r"[\"']([a-z_]+\.[a-z_.]+)[\"']", CODE))
FORMS = (".one", ".other")
FAMILIES = {
    *(f"page.{page}" for pages in PAGES.values() for page in pages),
    *(f"{page}.questions" for pages in PAGES.values() for page in pages),
    *(f"group.{group}" for group in PAGES),
    *(f"date_basis.{basis}" for basis in DATE_BASES),
    *(f"date_basis.{basis}_of" for basis in DATE_BASES),
    *(f"field.{field}" for field in ("from_month", "to_month", *DIMENSIONS.values())),
    *(f"selection.{field}" for field in ("from_month", "to_month")),
    *(f"tile.{state}" for state in ("not_sent", "not_collected", "empty")),
    *(f"chart.{key}" for key in SAID.values()),
    *(f"card.{tab}" for tab in ("chart", "table", "definition", "download")),
    *(f"passport.{part}" for part in ("question", "unit", "included", "excluded", "denominator", "not_additive")),
    *(f"passport.{head}" for head in ("finding", "n_touching", "n_warned")),
    *(f"selection.{notice}" for notice in (WRONG, LOST, RENAMED, NOT_OFFERED)),
    *(f"protected.{of}{part}" for of in ("new_patients", *get_args(Event)) for part in ("", "_what")),
    *(f"protected.{part}" for part in ("head", "signature", "key")),
    *(f"link.{part}" for part in ("copy", "copied", "by_hand", "help")),
    *(f"estimate.file_{head}" for head in estimate_tables.ESTIMATE_HEADS),
    *(f"estimate.state_{state}" for state in ("observed", "too_few", "undefined", "not_collected", "not_sent")),
    *(f"estimate.method_{kind}" for kind in ("share", "rate", "ratio")),
    *(f"guide.{page}" for pages in READERS.values() for page in pages),
    *(f"adverse_events.by_{band}" for band in ("dose_band", "cumulative_dose_band")),
    *(f"conformity.tile_{each.lower()}" for each in codes("conformity", load("thalidomide"))),
    *(f"tail.{state}" for state in get_args(NowcastState) if state != "estimated"),
    *(f"curve.file_{head}" for head in estimate_tables.CURVE_HEADS),
    *(f"curve.method_{method}" for method in ("kaplan_meier", "aalen_johansen")),
    *(f"spread.{column}" for column in QUANTILES),
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
    *(f"import_review.{state}" for state in CHANGES),
    *(f"what_changed.since_{each}" for each in (RETURN, PREVIOUS, "release")),
    *(f"what_changed.{head}" for head in ("reason", "entered", "left", "net", "before", "after", "end", "axis")),
    *(f"what_changed.{head}" for head in ("side", "release", "cutoff", "programme_file")),
    *(f"what_changed.changed_{kind}" for kind in hashes(load("thalidomide"))),
    *(f"data_quality.tile_{each}" for each in (*ORDER[:-1], "quarantined", "warned")),
    *(f"data_quality.means_{each}" for each in ORDER[:-1]),
    *(f"data_quality.{severity}" for severity in SEVERITIES),
    *(f"data_quality.{head}" for head in ("reason", "what_to_do", "n_set_apart", "field", "empty", "verdict")),
    *(f"data_quality.{head}" for head in ("often_empty", "rarely_empty", "centre", "forms", "last_form")),
    *(f"data_quality.{head}" for head in ("silent_months", "received_month", "n_forms", "n_before", "least")),
    *(f"data_quality.{head}" for head in ("p25", "median", "p75", "p90", "most")),
    *(
        f"data_quality.{card}{part}"
        for card in ("completeness", "submissions", "delays")
        for part in ("", "_unit", "_means")
    ),
    "data_quality.duplicates",
    "data_quality.duplicates_means",
    *(f"monthly_return.{step}_what" for step in STEPS),
    *(f"monthly_return.month_{state}" for state in (SEALED, DRAFT, IMPORTED, OPEN)),
    *(f"monthly_return.state_{state}" for state in RECONCILED),
    *(f"monthly_return.{state}" for state in (DONE, CURRENT, WAITING)),
    *(f"monthly_return.{part}_{language}" for part in ("language", "pdf") for language in LANGUAGES),
    *(f"monthly_return.{head}" for head in ("indication", "declared", "undeclared", "difference", "new", "cumulative")),
    *(f"monthly_return.{head}" for head in ("period", "then", "now", "state", "cell", "reasons", "residual")),
    *(f"monthly_return.{head}" for head in ("version", "sent_on", "cutoff", "origin")),
    *(f"extracts.{head}" for head in ("title", "grain", "regime", "n_rows", "n_columns")),
    *(f"extracts.forms.{form}" for form in FILE_FORMS),
    *(f"extracts.kinds.{kind}" for kind in EXTRACT_KINDS),
    *(f"extracts.precision.{precision}" for precision in PRECISIONS),
    *(f"methods.{document}{part}" for document in DOCUMENTS for part in ("", "_what")),
    *(f"methods.{document}_part" for document in ("measures", "dictionary")),
    *(f"methods.download_{language}" for language in LANGUAGES),
    *(key for key in sentences("fr") if key.startswith("programme_sheet.") and key.split(".")[1] in SHEET),
    *(f"{page}.by_dimension" for page in ("uptake", "populations", "adverse_events")),
    *(f"role.{role}" for role in ROLES),
    *(f"regime.{regime}" for regime in get_args(Regime)),
    *(f"action.{action}" for action in ACTIONS),
    *(f"purpose.{purpose}" for purpose in PURPOSES),
    *(f"size.{size}" for size in SIZES),
    *(f"access.refused.{reason}" for reason in (*REASONS, access.NOT_JOURNALLED)),
    *(key for key in sentences("fr") if key.startswith("access.stopped.") and f'"access.{key[15:]}"' in STOPPING),
    *(f"journal.kind.{kind}" for kind in EVENTS),
    *(f"journal.step.{step}" for step in RETURN_STEPS),
    *(f"journal.{why}" for why in get_args(Why)),
    *(f"journal.{head}" for head in ("who", "role", "what", "n", "most_a_day", "limit", "remark")),
}
COLUMNS = ("adverse_events.outcome", "pregnancies.outcome", "access.list", "access.real_data", "access.no_action",
           "access.no_figures", "guide.shown", "start.refused")  # fmt: skip
"""Written like keys of sentences, but columns of the export, errors, messages, and what a session keeps."""

FILES = (".yml", ".py", ".csv", ".png", ".html", ".json")


def placeholders(written: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(written) if name}


def test_the_states_of_a_record_are_those_of_the_pipelines() -> None:
    assert CHANGES == STATES


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
    assert key in LITERAL | FAMILIES or (key.endswith(FORMS) and key.rsplit(".", 1)[0] in LITERAL)


def test_no_sentence_is_missing() -> None:
    groups = {key.split(".")[0] for key in sentences("fr")}
    named = {key for key in LITERAL if key.split(".")[0] in groups and not key.endswith(FILES)} - set(COLUMNS)
    counted = {key.rsplit(".", 1)[0] for key in sentences("fr") if key.endswith(FORMS)}
    assert named <= set(sentences("fr")) | counted


def test_french_has_its_spaces_and_apostrophes() -> None:
    for key, written in sentences("fr").items():
        assert not re.search(r" [;?!:»]|« |'", written), key


def test_measures_of_the_screens_say_everything_in_both_languages() -> None:
    for name in names():
        said = definition(name)
        for part in (said.title, said.question, said.unit, said.included, said.excluded, said.denominator):
            assert part.fr
            assert part.en


ALIKE = {"Format", "Parquet",
    " , n = ", "Action", "Actions", "Administration", "Centre", "Centres", "Contraception", "Cumul", "Date", "Dates",
    "Document", "Doses", "EN", "FR", "Grade", "Import", "Indication", "Indications", "Journal", "Maximum", "Minimum",
    "Page", "Page ", "Pages", "Patients", "Populations", "Programme", "Publication", "Source", "Table", "Version",
    "Versions", "certain", "exact", "n", "note", "patient", "signature", "vs ",
}  # fmt: skip
"""Words that are the same in both languages; anything else that is the same was not translated."""

FRENCH = "au aux avec cette dans des du est et il la le les ou où par pas pour que qui sans se son sur un une vous"
ENGLISH = "a an and are at by each for from has in is it no not of or than that the there this to was which with"
LETTERS = re.compile(r"[a-zà-ÿœ]+")
SHARED = {"on", "an", "a", "est", "no", "par", "or", "pour", "son", "sur", "at", "des"}
"""Words of one list that the other language has too, or that stand in names."""

NAMED = re.compile(r"`[^`]*`|https?://\S+|« [^»]* »|\"[^\"]*\"|\{\w*\}")
"""What is quoted, and what is put in."""


def texts() -> dict[str, Text]:
    """Everything that a reader sees in two languages: sentences, definitions of measures, names of dimensions."""
    found = {key: Text(fr=sentences("fr")[key], en=sentences("en")[key]) for key in sentences("fr")}
    for name in names():
        said = definition(name)
        parts = {"title": said.title, "question": said.question, "included": said.included, "excluded": said.excluded}
        found |= {f"{name}.{part}": text for part, text in parts.items()}
    return found | {name: each.label for name, each in dimensions().items()}


def foreign(written: str, words: str) -> set[str]:
    return set(LETTERS.findall(NAMED.sub(" ", written).lower())) & (set(words.split()) - SHARED)


def test_no_french_is_left_in_the_english_and_no_english_in_the_french() -> None:
    assert {key: found for key, text in texts().items() if (found := foreign(text.en, FRENCH))} == {}
    assert {key: found for key, text in texts().items() if (found := foreign(text.fr, ENGLISH))} == {}


def test_the_english_has_no_accents() -> None:
    assert {key for key, text in texts().items() if re.search("[à-ÿœ]", NAMED.sub(" ", text.en.lower()))} == set()


def test_what_is_the_same_in_both_languages_is_known_to_be() -> None:
    same = {NAMED.sub("", text.fr) for text in texts().values() if text.fr == text.en}
    assert {each for each in same if LETTERS.search(each.lower())} <= ALIKE


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_that_count_have_both_forms(language: str) -> None:
    stems = {key.rsplit(".", 1)[0] for key in sentences(language) if key.endswith(FORMS)}
    for stem in stems:
        assert "{n}" in sentences(language)[f"{stem}.one"]
        assert sentences(language)[f"{stem}.one"] != sentences(language)[f"{stem}.other"]


def test_french_counts_from_two_in_the_plural_and_english_all_but_one() -> None:
    said = {language: [counted_in(language, "extracts.columns", n) for n in (0, 1, 2)] for language in LANGUAGES}
    assert said == {"fr": ["0 colonne", "1 colonne", "2 colonnes"], "en": ["0 columns", "1 column", "2 columns"]}


CODE_WORDS = ("<", '="', "@media", "IBM Plex Sans", ";path=", "middle right", "top right", "rtu import")
"""What strings that are no sentences hold: markup, styles, a font, places of a text in Plotly, a command."""


@pytest.mark.parametrize("folder", ["views", "components", "charts", "."])
def test_pages_say_nothing_of_their_own(folder: str) -> None:
    for path in (FOLDER / folder).glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documented]
        strings = [node.value for node in constants if isinstance(node.value, str)]
        said = [each for each in strings if re.search(r"[A-Za-zÀ-ÿ]{3,} [a-zà-ÿ]{2,}", each)]
        known = [*CODE_WORDS, *SAID]
        assert [each for each in said if not any(word in each for word in known)] == [], path.name

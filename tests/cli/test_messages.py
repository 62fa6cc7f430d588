"""Every text for the operator exists in both languages, is used, and mentions the same things in both."""

import re
import string
from pathlib import Path
from typing import get_args

import pytest

from data_schemas.rules import column_rules, named_rules
from pipelines.access.chain import Why
from pipelines.access.roles import PRECISIONS
from pipelines.bridge.reconcile import STATES as RECONCILED
from pipelines.changes import STATES
from pipelines.extracts.pack import SHEETS
from pipelines.extracts.request import FORMS, Part
from pipelines.extracts.words import HEADS
from pipelines.extracts.writers import TYPES
from pipelines.findings import ORDER
from pipelines.messages import LANGUAGES, messages, say
from pipelines.quality import NEEDED
from pipelines.returns.statement import BLOCK, WARN
from pipelines.returns.steps import STEPS

KINDS = ("programme", "rule", "derived", "selection", "measure")
ROOT = Path(__file__).parent.parent.parent
BELOW, ALL = (
    "\n".join(path.read_text(encoding="utf-8") for package in packages for path in (ROOT / package).rglob("*.py"))
    for packages in (("data_schemas", "pipelines"), ("data_schemas", "pipelines", "dashboard"))
)
"""The code that speaks to operators, and all that may use its texts."""
CHECKS = (ROOT / "pipelines" / "returns" / "checks.py").read_text(encoding="utf-8")
EXTRACTED = ("state", "empty_cells", "event", "indication_code", "first_month", "last_month", "dimension", "code",
             "parent", "depth", "n", "undivided")  # fmt: skip
FAMILIES = {
    "import": ("read", "file", "note", "mapped", "validate", "derive", "release", "aggregates"),
    "import.dates": ("iso", "dmy", "mdy", "none"),
    "import.found": ("certain", "likely"),
    "import.note": ("trailing_separators", "lines_set_aside", "zeros_of_regions", "lines_above", "date_marks"),
    "import.evidence": ("characters", "odd_characters", "semicolons", "commas", "tabs", "bars", "dmy", "mdy", "either",
                        "three_figures", "decimals"),
    "diff": (*STATES, *KINDS),
    "reconcile": RECONCILED,
    "findings": ORDER,
    "selection.adult": ("F", "M"),
    "selection.child": ("F", "M"),
    "selection.period": ("between", "since", "until"),
    "selection.basis": ("form_signed", "form_received"),
    "return.step": STEPS,
    "return.severity": (BLOCK, WARN),
    "return.finding": tuple(re.findall(r'code="([a-z_]+)"', CHECKS)),
    "journal": get_args(Why),
    "extract.regime": ("exact", "protected"),
    "extract.ledger": get_args(Part),
    "extract.grain": get_args(Part),
    "extract.column": EXTRACTED,
    **{f"extract.column.{each}": ("meaning",) for each in EXTRACTED},
    "extract.head": HEADS,
    "extract.kind": tuple(TYPES),
    "extract.note": PRECISIONS,
    "extract.form": FORMS,
    "extract.sheet": SHEETS,
    "extract.read_me": ("release", "ledger", "cutoff", "programme", "regime", "rows", "extract"),
    "quality": tuple(NEEDED),
    "quality.empty": tuple(NEEDED),
    "quality.column": (
        "table_name", "column_name", "n_rows", "n_empty", "share_empty", "flagged", "state", "patient_id",
        "other_patient_id", "centre_id", "indication_code", "birth_year", "sex", "days_apart", "month", "n_forms",
        "expected", "last_month", "n_silent_months", "received_month", "form_channel", "n_before", "least", "p25",
        "median", "p75", "p90", "most"),
}  # fmt: skip


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(messages()))
def test_both_languages_mention_the_same_details(key: str) -> None:
    assert placeholders(messages()[key].fr) == placeholders(messages()[key].en)


@pytest.mark.parametrize("key", sorted(messages()))
def test_no_text_is_left_over(key: str) -> None:
    family, _, last = key.rpartition(".")
    assert f'"{key}"' in ALL or last in FAMILIES.get(family, ())


def test_every_error_that_is_raised_has_its_text() -> None:
    raised = set(re.findall(r'(?:Problem|Error|say)\(\s*"([a-z_]+\.[a-z_.]+)"', BELOW))

    assert raised
    assert raised <= set(messages())


def test_every_progress_step_has_its_text() -> None:
    steps = set(re.findall(r'progress\("([a-z]+)"', BELOW))

    assert steps == set(FAMILIES["import"])
    assert all(f"import.{step}" in messages() for step in steps - {"note"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_is_filled_in(language: str) -> None:
    said = say("export.missing_column", language, file="patients.csv", column="sex")

    assert "patients.csv" in said
    assert "sex" in said


def test_every_rule_has_words_that_differ_between_the_languages() -> None:
    for rule in (*column_rules().values(), *named_rules().values()):
        assert rule.text.fr != rule.text.en
        assert rule.remedy.fr != rule.remedy.en

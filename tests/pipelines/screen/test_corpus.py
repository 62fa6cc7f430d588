"""What share of true identifiers is found, and how often harmless values raise a false alarm."""

import os
from pathlib import Path

import pytest

from pipelines.screen.rules import IN_TEXT

Fate = dict[tuple[str, str], tuple[int, dict[str, int]]]
WRITTEN = Path(__file__).parent / "MEASURED.md"
LEAST_FOUND = 0.97
MOST_FALSE = 0.005


def found_of(identifiers: Fate, rule: str) -> tuple[int, int]:
    lines = [(n, found.get(rule, 0)) for (sort, _), (n, found) in identifiers.items() if sort == rule]
    return sum(n for n, _ in lines), sum(found for _, found in lines)


def false_of(harmless: Fate, rule: str) -> int:
    return sum(found.get(rule, 0) for _, found in harmless.values())


def looked_at(harmless: Fate) -> int:
    return sum(n for n, _ in harmless.values())


def rendered(identifiers: Fate, harmless: Fate) -> str:
    lines = [
        "# The screen, measured",
        "",
        "Written by `RENEW=1 pytest tests/pipelines/screen/test_corpus.py` from `corpus/`; not to be edited by hand.",
        "Pseudonyms are judged as columns, so that one alarm is one column of a hundred; labels one by one.",
        "",
        "| rule | identifiers | found | false alarms |",
        "|---|---|---|---|",
    ]
    for rule in IN_TEXT:
        n, found = found_of(identifiers, rule)
        lines.append(f"| {rule} | {n} | {found} | {false_of(harmless, rule)} |")
    lines += ["", "| harmless values | context | values | alarms |", "|---|---|---|---|"]
    for (sort, context), (n, found) in harmless.items():
        alarms = ", ".join(f"{rule} {times}" for rule, times in sorted(found.items())) or "0"
        lines.append(f"| {sort} | {context} | {n} | {alarms} |")
    return "\n".join(lines) + "\n"


def test_the_corpus_is_large_enough(identifiers: Fate, harmless: Fate) -> None:
    assert looked_at(identifiers) >= 300
    assert looked_at(harmless) >= 1_900


@pytest.mark.parametrize("rule", IN_TEXT)
def test_a_rule_finds_its_identifiers(identifiers: Fate, rule: str) -> None:
    n, found = found_of(identifiers, rule)
    assert n > 0
    assert found / n >= LEAST_FOUND


@pytest.mark.parametrize("rule", IN_TEXT)
def test_a_rule_raises_few_false_alarms(harmless: Fate, rule: str) -> None:
    assert false_of(harmless, rule) / looked_at(harmless) <= MOST_FALSE


def test_the_written_table_is_up_to_date(identifiers: Fate, harmless: Fate) -> None:
    text = rendered(identifiers, harmless)
    if os.environ.get("RENEW"):
        WRITTEN.write_text(text, encoding="utf-8")
    assert WRITTEN.read_text(encoding="utf-8") == text

"""Whichever parser reads what the product ships, it says the same."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from data_schemas import shipped

ROOT = Path(__file__).parents[2]
SHIPPED = [*ROOT.glob("data_schemas/**/*.yml"), *ROOT.glob("pipelines/**/*.yml"), *ROOT.glob("dashboard/**/*.yml"),
           *ROOT.glob("sample_data/*.yml")]  # fmt: skip
SCALARS = (
    "{a: no, b: yes, c: On, d: 010, e: 1_000, f: 12:30, g: 2024-01-05, h: ~, i: NO, j: 0x1F, k: 1e3, l: .5, m: ''}"
)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_both_parsers_say_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    content = shipped.read(text)
    assert content
    assert repr(content) == repr(YAML(typ="safe", pure=True).load(text))


def test_no_word_becomes_a_truth_value() -> None:
    assert repr(shipped.read(SCALARS)) == repr(YAML(typ="safe", pure=True).load(SCALARS))
    assert shipped.read("{a: no, b: yes, c: On}") == {"a": "no", "b": "yes", "c": "On"}

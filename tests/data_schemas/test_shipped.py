"""Whichever parser reads what the product ships, it says the same."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from data_schemas import shipped

ROOT = Path(__file__).parents[2]
SHIPPED = [*ROOT.glob("data_schemas/**/*.yml"), *ROOT.glob("pipelines/**/*.yml"), *ROOT.glob("dashboard/**/*.yml"),
           *ROOT.glob("sample_data/*.yml")]  # fmt: skip
SCALARS = "no yes On 010 1_000 12:30 2024-01-05 ~ NO 0x1F 1e3 .5 ''"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_both_parsers_say_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    content = shipped.read(text)
    assert content
    assert repr(content) == repr(YAML(typ="safe", pure=True).load(text))


def test_no_word_becomes_a_truth_value() -> None:
    text = "\n".join(f"- {each}" for each in SCALARS.split())
    assert repr(shipped.read(text)) == repr(YAML(typ="safe", pure=True).load(text))
    assert shipped.read(text)[:3] == ["no", "yes", "On"]

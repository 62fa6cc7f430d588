"""The heads of the measures are complete and name only what exists."""

import re

import pytest

from pipelines.definitions import FOLDER, count_texts, definition, dimensions, names
from pipelines.relations import FOLDER as RELATIONS
from pipelines.relations import ORDER, views


@pytest.mark.parametrize("name", names())
def test_a_head_names_only_what_exists(name: str) -> None:
    head = definition(name)
    assert set(head.counts) <= set(count_texts())
    assert set(head.dimensions) <= set(dimensions())
    assert set(head.by) <= set(head.dimensions)
    assert set(head.complete) <= set(head.dimensions)
    assert head.cumulative is None or head.cumulative in head.dimensions
    for estimate in head.estimates.values():
        other, _, count = estimate.over.rpartition(".")
        assert estimate.of in head.counts
        assert count in (definition(other) if other else head).counts


def test_every_figure_and_dimension_with_words_is_used() -> None:
    heads = [definition(name) for name in names()]
    assert {count for head in heads for count in head.counts} == set(count_texts())
    assert {dimension for head in heads for dimension in head.dimensions} == set(dimensions())


def test_a_relation_reads_only_those_before_it() -> None:
    assert {path.stem for path in RELATIONS.glob("*.sql")} == set(ORDER)
    for place, (name, text) in enumerate(views().items()):
        read = set(re.findall(r"\b(?:from|join)\s+([a-z_]+)", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)))
        assert not read & set(ORDER[place:]), name


def test_every_relation_is_read() -> None:
    bodies = [definition(name).body for name in names()] + list(views().values())
    assert [name for name in ORDER if not any(re.search(rf"\b{name}\b", text) for text in bodies)] == []


def test_the_folder_holds_nothing_else() -> None:
    beside = {"__init__.py", "counts.yml", "columns.yml", "dimensions.yml", "sheets.fr.md", "sheets.en.md"}
    found = {path.name for path in FOLDER.iterdir() if path.name != "__pycache__"}
    assert found == beside | {f"{name}.sql" for name in names()}

"""What the pages ask for at first is what an import counts beforehand: no more and no less."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import app, data
from pipelines.aggregates import Aggregates
from pipelines.beforehand import Question, asked
from pipelines.cubes import Counted
from pipelines.selection import Selection

PAGES = sorted(path.stem for path in (Path(app.__file__).parent / "views").glob("[a-z]*.py"))
CACHED = (data._measure, data._estimate, data._curves, data._ledger, data._late)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> dict[Question, Counted]:
    """What is asked of a release's aggregates."""
    found: dict[Question, Counted] = {}

    def answer(
        _self: Aggregates, counted: Counted, selection: Selection, _by: Sequence[str], *_conditions: Any
    ) -> None:
        assert selection.is_everyone
        found[Question(counted.measure, selection.date_basis, counted.columns)] = counted

    for each in CACHED:
        each.cache_clear()
    monkeypatch.setattr(Aggregates, "answer", answer)
    return found


def test_what_the_pages_ask_for_is_counted_beforehand(
    page: Callable[..., AppTest], stores: dict[str, Path], heard: dict[Question, Counted]
) -> None:
    for name in PAGES:
        assert not page(stores["data"], name).exception
    lines = sorted(f"{each.measure},{each.date_basis},{' '.join(each.columns)}" for each in heard)
    listed = [f"{each.measure},{each.date_basis},{' '.join(each.columns)}" for each in asked()]
    assert listed == lines, "these lines belong into pipelines/asked.csv:\n" + "\n".join(lines)


def test_the_cube_of_a_question_is_the_one_that_the_page_looks_for(
    page: Callable[..., AppTest], stores: dict[str, Path], heard: dict[Question, Counted]
) -> None:
    for name in ("exposure", "adverse_events", "uptake"):
        page(stores["data"], name)
    assert len(heard) > 20
    assert {each: {cube.counted.measure: cube.counted for cube in each.cubes} for each in heard} == {
        each: {each.measure: counted} for each, counted in heard.items()
    }

"""The written sheets say what the heads of the measures say."""

import pytest

from data_schemas import generated
from pipelines import sheets
from pipelines.definitions import definition, names


def test_the_written_sheets_are_up_to_date() -> None:
    assert generated.stale(sheets.documents()) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_measure_has_its_sheet_with_its_figures_and_its_statement(language: str) -> None:
    text = sheets.render(language)
    for name in names():
        head = definition(name)
        assert f"## {head.title.in_language(language)} – `{name}`" in text
        assert head.question.in_language(language) in text
        assert head.body in text
        assert all(f"| `{figure}` |" in text for figure in (*head.counts, *head.estimates, *head.quantities))

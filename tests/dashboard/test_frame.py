"""Cards as the browser gets them: one element each, with figure, finding and views; and Plotly beside them."""

import asyncio
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly
import plotly.graph_objects as go
import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from dashboard import served
from dashboard.wording import LANGUAGES, text_in
from pipelines.definitions import count_texts, definition
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection

Page = Callable[..., AppTest]


def cards(app: AppTest) -> list[dict[str, Any]]:
    """What each card of a page is given."""
    parts = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return [part for part in parts if "views" in part]


PAGES = ("overview", "uptake", "populations", "adverse_events", "what_changed", "data_quality")


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_is_one_that_plotly_knows_and_has_its_finding(
    page: Page, stores: dict[str, Path], name: str
) -> None:
    found = [card for card in cards(page(stores["several"], name)) if "figure" in card]
    assert found
    for card in found:
        assert go.Figure(card["figure"]).data
        assert card["title"]
        assert card["alt"].endswith(".")
        assert card["config"]["modeBarButtons"] == [["toImage"]]
        assert card["library"] == served.plotly_address()


def test_the_figure_on_the_page_is_that_of_the_selection(page: Page, stores: dict[str, Path], opened: Opened) -> None:
    card = cards(page(stores["data"], "uptake", indications="LUPUS_CUT"))[0]
    counted = measure(opened, "new_patients", Selection(indications=("LUPUS_CUT",))).frame
    bars = [trace for trace in card["figure"]["data"] if trace["type"] == "bar"]
    assert [trace["name"] for trace in bars] == ["Lupus cutané"]
    assert sum(bars[0]["y"]) == int(counted["n_patients"].sum())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_views_are_named_in_the_language_and_the_open_one_is_said(
    page: Page, stores: dict[str, Path], language: str
) -> None:
    state = {"new_patients-month-indication_code-view": "table"}
    first, second, *_ = cards(page(stores["data"], "uptake", language, state=state))
    assert list(first["views"].values()) == [text_in(language, f"card.{each}") for each in first["views"]]
    assert (first["view"], "figure" in first) == ("table", False)
    assert (second["view"], "figure" in second) == ("chart", True)


def test_without_patients_only_the_centres_have_a_figure_the_others_the_reason(
    page: Page, stores: dict[str, Path]
) -> None:
    app = page(stores["data"], "uptake", indications="ENL", sexes="F")
    drawn = [card["title"] for card in cards(app) if "figure" in card]
    assert drawn == [definition("centres").title.fr]
    assert count_texts()["n_patients"].empty.fr in [info.value for info in app.info]


def test_the_browser_gets_the_plotly_of_the_python_package_and_keeps_it() -> None:
    (route,) = served.routes()
    assert route.path == served.plotly_address()
    answer = asyncio.run(served.plotly(Request({"type": "http", "method": "GET", "path": route.path, "headers": []})))
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    shipped = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert gzip.decompress(answer.body) == shipped.read_bytes()

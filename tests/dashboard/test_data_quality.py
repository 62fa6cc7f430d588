"""Data quality: what the page says of rules is what the checks found, and the rows behind a rule are as many."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import formats, quality
from dashboard.charts import Empty, delay_ranges, empty_fields, submission_grid
from dashboard.wording import LANGUAGES, text_in
from pipelines.findings import NEW, PERSISTING, STABLE, states
from pipelines.opened import Opened
from pipelines.quality import completeness, submissions
from pipelines.store import Store

Page = Callable[..., AppTest]


@pytest.fixture
def found(stores: dict[str, Path]) -> pd.DataFrame:
    store = Store(stores["several"])
    release = store.current()
    assert release
    return states(release, store.compared_with(release))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tiles_and_the_rules_are_those_of_the_checks(
    page: Page, stores: dict[str, Path], found: pd.DataFrame, language: str
) -> None:
    app = page(stores["several"], "data_quality", language)
    tiles = {tile.label: tile.value for tile in app.metric}
    for state in (NEW, PERSISTING):
        assert tiles[text_in(language, f"data_quality.tile_{state}")] == str(int((found["state"] == state).sum()))
    head = text_in(language, "data_quality.rule")
    table = next(each.value for each in app.table if head in each.value)
    assert len(table) == int((found["state"] != STABLE).sum())
    shown = table[text_in(language, "data_quality.failing")].str.split("/").str[0].astype(int).sum()
    assert shown == int(found["n_failing"].sum())


def test_rules_that_hold_are_shown_at_will(page: Page, stores: dict[str, Path], found: pd.DataFrame) -> None:
    app = page(stores["several"], "data_quality", state={"rules-stable": True})
    table = next(each.value for each in app.table if text_in("fr", "data_quality.rule") in each.value)
    assert len(table) == len(found)
    assert table.iloc[-1, 0] == "=\u00a0stable"


def test_the_rows_behind_every_rule_are_as_many_as_fail(
    stores: dict[str, Path], found: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = Store(stores["several"]).current()
    assert release
    opened = Opened(release)
    monkeypatch.setattr(quality.data, "opened", lambda: opened)
    failing = found[found["n_failing"] > 0]
    assert len(failing)
    for row in failing.to_dict("records"):
        rows = quality.rows(row["table_name"], row["rule"], row["column_name"])
        assert len(rows) == row["n_failing"]
        assert list(rows.columns) == ["file", "line", "row_key"]


def test_the_page_shows_place_and_key_of_a_row_and_nothing_else(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["several"], "data_quality", state={"rules-behind": "initiations:unknown_code:indication_code"})
    assert app.dataframe[0].value.to_numpy().tolist() == [["initiations.csv", 10, "E09"]]


def test_a_first_release_says_that_everything_is_new(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], "data_quality")
    assert text_in("fr", "data_quality.no_previous") in [caption.value for caption in app.caption]
    assert text_in("fr", "data_quality.tile_PERSISTING") not in [tile.label for tile in app.metric]


def test_every_field_stands_in_the_table_and_what_was_not_sent_is_not_empty(
    page: Page, stores: dict[str, Path], opened: Opened
) -> None:
    state = {"quality-completeness-view": "table"}
    for name in ("data", "not sent"):
        app = page(stores[name], "data_quality", state=state)
        table = next(each.value for each in app.table if text_in("fr", "data_quality.verdict") in each.value)
        assert len(table) == len(completeness(opened))
        unknown = table[table[text_in("fr", "data_quality.empty")] == "n.\u00a0c."]
        assert bool(len(unknown)) == (name == "not sent")


def test_empty_fields_are_drawn_by_their_share() -> None:
    chart = empty_fields([Empty("Poids", 9, 12), Empty("Forme", 3, 12)], 0.1, "fr")
    assert chart.figure.data[0]["x"] == chart.figure.data[1]["x"] == [75.0, 25.0]
    assert chart.alt.endswith("le plus souvent Poids, 9/12 (75,0\u202f%).")


def test_the_grid_tells_silence_from_a_centre_to_come(opened: Opened) -> None:
    grid = submissions(opened)
    chart = submission_grid(grid, {}, "fr")
    written = {(each["y"], each["x"]): each["text"] for each in chart.figure.layout["annotations"]}
    for row in grid.to_dict("records"):
        head = formats.month(row["month"], "fr").replace(" ", "<br>")
        if (row["centre_id"], head) in written:
            expected = str(row["n_forms"]) if row["n_forms"] or row["expected"] else "·"
            assert written[row["centre_id"], head] == expected
    assert {"0", "·", "1"} <= set(written.values())
    assert sum(n or 0 for row in chart.figure.data[0]["z"] for n in row) <= int(grid["n_forms"].sum())


def test_the_delay_of_a_month_is_said_with_its_number_of_forms() -> None:
    row = {"received_month": "2022-08", "n_forms": 4, "n_before": 0, "least": 1, "p25": 2.0, "median": 6.5, "p75": 9.0,
           "p90": 12.0, "most": 20}  # fmt: skip
    chart = delay_ranges(pd.DataFrame([row]), "fr")
    assert chart.alt == text_in("fr", "data_quality.delay_finding", month="août 2022", n="4", median="6,5", p90="12")
    assert chart.figure.layout["shapes"][0]["y0"] == 2.0


def test_the_command_that_writes_the_quarantine_names_the_release(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["several"], "data_quality")
    release = Store(stores["several"]).current()
    assert release
    assert [code.value for code in app.code] == [text_in("fr", "data_quality.command", release=release.name)]

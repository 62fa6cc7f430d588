"""What changed: the figures of the bridge are those of the two releases, and its records are as many as it says."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.changes import HEADLINES
from dashboard.charts import bridge_bars
from dashboard.moved import Moved
from dashboard.wording import LANGUAGES, text_in
from data_schemas.programme import load
from pipelines.bridge.bridges import bridge
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.selection import Selection
from pipelines.store import Store

Page = Callable[..., AppTest]
LUPUS = Selection(indications=("LUPUS_CUT",))


def releases(stores: dict[str, Path]) -> list[Release]:
    return Store(stores["several"]).releases()


def moved(stores: dict[str, Path], name: str, selection: Selection, base: int = 1) -> Moved:
    store, found = Store(stores["several"]), releases(stores)
    made = bridge(store, found[base], found[2], name, [], selection)
    return Moved(made, load("thalidomide"), "fr", found[base].cutoff, found[2].cutoff)


def figure(release: Release, name: str, selection: Selection) -> int:
    opened = Opened(release)
    counted = measure(opened, name, selection, by=[]).single
    opened.close()
    assert counted is not None
    return counted


def lines(app: AppTest) -> str:
    return next(each.value for each in app.markdown if each.value.startswith("- **"))


@pytest.mark.parametrize("selection", [Selection(), LUPUS])
@pytest.mark.parametrize("name", HEADLINES)
def test_the_ends_are_the_measures_and_the_reasons_sum_to_the_difference(
    stores: dict[str, Path], name: str, selection: Selection
) -> None:
    shown, found = moved(stores, name, selection), releases(stores)
    assert (shown.before, shown.after) == (figure(found[1], name, selection), figure(found[2], name, selection))
    assert sum(move.net for move in shown.moves) == shown.difference
    assert all(len(shown.records(move.reason)) == move.entered + move.left for move in shown.moves)


def test_each_bar_begins_where_the_one_above_ended(stores: dict[str, Path]) -> None:
    shown = moved(stores, "new_patients", LUPUS)
    *bars, ends = bridge_bars(shown).figure.data
    reached = 0
    for move, bar in zip(shown.moves, bars, strict=True):
        assert (bar["base"], bar["x"]) == ([min(reached, reached + move.net)], [abs(move.net)])
        reached += move.net
    assert ends["x"] == [0, reached] == [0, shown.difference]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_each_figure_before_and_after_with_its_reasons(
    page: Page, stores: dict[str, Path], language: str
) -> None:
    app = page(stores["several"], "what_changed", language)
    found = releases(stores)
    before, after = (figure(each, "new_patients", Selection()) for each in found[1:])
    assert f"{before} → {after} (+{after - before})" in lines(app)
    assert len(lines(app).splitlines()) == len(HEADLINES)
    assert {"fr": "fiche tardive +1", "en": "late form +1"}[language] in lines(app)
    assert app.selectbox(key="changed-since").value == "return"


def test_the_address_chooses_release_and_figure_and_holds_no_identifier(page: Page, stores: dict[str, Path]) -> None:
    june = releases(stores)[0].name
    app = page(stores["several"], "what_changed")
    app.selectbox(key="changed-since").set_value(june).run()
    app.selectbox(key="changed-figure").set_value("treated_patients").run()
    assert app.query_params == {"since": june, "figure": "treated_patients"}
    app.session_state["bridge-treated_patients-view"] = "definition"
    app.run()
    assert any("P12" in frame.value.to_string() for frame in app.dataframe)
    assert "P1" not in str(app.query_params).replace(june, "")


def test_a_release_that_is_not_kept_is_said(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["several"], "what_changed")
    app.query_params["since"] = "2020-01-31-0123456789"
    app.run()
    assert text_in("fr", "what_changed.wrong_release") in [warning.value for warning in app.warning]


def test_a_figure_whose_table_was_not_sent_then_is_not_zero(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["several"], "what_changed")
    app.query_params["since"] = releases(stores)[0].name
    app.query_params["figure"] = "serious_effects"
    app.run()
    assert not app.exception
    assert lines(app).count("(n. c.)") == 3
    assert any("Effets indésirables" in info.value for info in app.info)


def test_the_records_behind_a_reason_are_as_many_as_it_says(page: Page, stores: dict[str, Path]) -> None:
    shown = moved(stores, "new_patients", Selection())
    late = next(move for move in shown.moves if move.reason == "late_form")
    state = {"bridge-new_patients-view": "definition", "bridge-new_patients-reason": "late_form"}
    app = page(stores["several"], "what_changed", state=state)
    assert len(app.dataframe[0].value) == late.entered + late.left == 1
    assert app.dataframe[0].value.iloc[0].tolist() == ["P06", text_in("fr", "what_changed.came")]
    assert any(late.sentence in each.value for each in app.markdown)


def test_a_reclassified_record_shows_its_value_before_and_after_in_words(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["several"], "what_changed", state={"changed-records": "initiations.reclassified"})
    values = app.dataframe[-1].value
    assert ["E04", "Indication", "Aphtoses sévères", "Lupus cutané"] in values.to_numpy().tolist()


def test_a_definition_that_changed_is_named(page: Page, stores: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(stores["several"], tmp_path / "store")
    record = tmp_path / "store" / "releases" / releases(stores)[1].name / "release.json"
    said = json.loads(record.read_text(encoding="utf-8"))
    said["definitions"]["measure"]["new_patients"] = "0"
    record.unlink()
    record.write_text(json.dumps(said), encoding="utf-8")
    shown = "\n".join(each.value for each in page(tmp_path / "store", "what_changed").markdown)
    assert "Patients nouvellement traités" in shown.split(text_in("fr", "what_changed.changed_measure")[:8])[-1]
    assert text_in("fr", "what_changed.definitions_same") not in shown


def test_a_first_release_has_nothing_to_be_compared_with(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], "what_changed")
    assert text_in("fr", "what_changed.nothing_before") in [info.value for info in app.info]
    unknown = text_in("fr", "since_return.unknown_release", day="31/07/2022")
    assert unknown in [caption.value for caption in app.caption]


def test_the_overview_leads_to_the_reasons_since_the_last_return(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["several"])
    links = [link.proto for link in app.get("page_link") if "since=return" in link.proto.query_string]
    assert [link.query_string.split("figure=")[1] for link in links] == list(HEADLINES)
    july = figure(releases(stores)[1], "new_patients", Selection())
    assert f"{july} →" in links[0].label
    opened = Opened(releases(stores)[2])
    by_month = measure(opened, "new_patients", Selection(), by=["month"]).frame.set_index("month")["n_patients"]
    now = int(by_month["2022-07"])
    said = text_in("fr", "since_return.declared", month="juil. 2022", day="05/08/2022", declared="3", now=str(now),
                   difference="0" if now == 3 else f"+{now - 3}")  # fmt: skip
    assert said in [caption.value for caption in app.caption]


def test_the_overview_says_when_nothing_was_declared(page: Page, stores: dict[str, Path]) -> None:
    said = [each.value for each in page(stores["not sent"]).markdown]
    assert text_in("fr", "since_return.none") in said

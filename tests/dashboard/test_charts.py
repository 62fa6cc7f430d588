"""Charts: every count of the table is in the figure, the colours belong to the indications, the finding is in words."""

import re
from collections.abc import Callable, Iterator

import plotly.graph_objects as go
import pytest

from dashboard import charts
from dashboard.charts.look import HUES, hue, nice_step, round_steps
from dashboard.charts.maps import classes
from dashboard.charts.outlines import rings
from dashboard.shown import Shown
from data_schemas.vocabularies import codes
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection

Ask = Callable[..., Shown]


def drawn(chart: charts.Chart) -> go.Figure:
    """The figure as Plotly understands it, which refuses a property that does not exist."""
    return go.Figure(chart.figure.to_dict())


@pytest.fixture
def ask(opened: Opened) -> Ask:
    def shown(name: str, language: str = "fr", **asked: object) -> Shown:
        table = measure(opened, name, Selection(), **asked)  # type: ignore[arg-type]
        return Shown(table, opened.programme, language, opened.months)

    return shown


def test_monthly_bars_hold_every_cell_and_the_running_total(ask: Ask) -> None:
    table, cumulative = ask("new_patients"), ask("cumulative_patients", by=["month"])
    figure = drawn(charts.monthly_bars(table, cumulative))
    *bars, line = figure.data
    assert sum(sum(trace.y) for trace in bars) == int(table.frame["n_patients"].sum())
    assert list(line.y) == cumulative.frame["n_patients"].tolist()
    assert figure.layout.yaxis.range[0] == figure.layout.yaxis2.range[0] == 0


def test_an_indication_keeps_its_colour_when_others_are_filtered_out(opened: Opened) -> None:
    for code, expected in zip(("APHTOSE", "LUPUS_CUT", "ENL", "CROHN_PED"), HUES, strict=False):
        assert hue(opened.programme, code) == expected
    assert hue(opened.programme, "HORS_PROTOCOLE") not in HUES


def test_small_multiples_share_their_axis(ask: Ask) -> None:
    figure = drawn(charts.small_multiples(ask("new_patients")))
    ranges = {figure.layout[axis].range for axis in ("yaxis", "yaxis2", "yaxis3", "yaxis4")}
    assert len(ranges) == 1


def test_ranked_values_go_down_and_the_unrecorded_comes_last(ask: Ask) -> None:
    figure = drawn(charts.ranked(ask("new_patients", by=["indication_subtype"])))
    lines, dots, labels = figure.data
    assert list(lines.x) == list(dots.x) == [1, 9]
    assert list(labels.text) == ["Maladie de Behçet", "– (non renseigné)"]
    assert all(label < place for label, place in zip(labels.y, dots.y, strict=True))


def test_a_share_of_a_small_row_is_not_written(ask: Ask) -> None:
    heat = charts.heat_table(ask("treated_patients", by=["indication_code", "age_group"]))
    assert not any("%" in cell for line in drawn(heat).data[0].text for cell in line)
    assert heat.note


def test_the_pyramid_has_each_sex_on_its_side(ask: Ask) -> None:
    women, men = drawn(charts.pyramid(ask("treated_patients", by=["age_group", "sex"]))).data
    assert (min(women.x), max(women.x)) == (-5, 0)
    assert (min(men.x), max(men.x)) == (0, 4)


def test_every_text_of_a_chart_is_at_least_fourteen_pixels(ask: Ask) -> None:
    for chart in (charts.monthly_bars(ask("new_patients")), charts.ranked(ask("effects", by=["soc_code"]))):
        assert drawn(chart).layout.font.size == 14
        assert all(note.font.size == 14 for note in drawn(chart).layout.annotations)
        assert all(each.textfont.size == 14 for each in drawn(chart).data if each.text)


DRAWN = {
    "monthly bars": (charts.monthly_bars, "new_patients", ["month", "indication_code"]),
    "small multiples": (charts.small_multiples, "new_patients", ["month", "indication_code"]),
    "ranked": (charts.ranked, "new_patients", ["indication_subtype"]),
    "pyramid": (charts.pyramid, "treated_patients", ["age_group", "sex"]),
    "heat table": (charts.heat_table, "treated_patients", ["indication_code", "age_group"]),
    "map": (charts.region_map, "new_patients", ["region_code"]),
}


def marks(value: object) -> Iterator[tuple[str, dict[str, str]]]:
    """What the marks of a trace hold, however deep they lie."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], dict):
        yield value[0], value[1]
    elif isinstance(value, list):
        for each in value:
            yield from marks(each)


@pytest.mark.parametrize("name", DRAWN)
def test_each_mark_names_a_cell_of_its_table_and_no_cell_twice(ask: Ask, name: str) -> None:
    draw, asked, by = DRAWN[name]
    shown = ask(asked, by=by)
    figure = draw(shown).figure.to_dict()
    assert drawn(draw(shown)).data
    named = [tuple(cell[each] for each in by) for trace in figure["data"]
             for _, cell in marks(trace.get("customdata", []))]  # fmt: skip
    table = {tuple(row) for row in shown.frame[by].fillna("").itertuples(index=False)}
    assert len(set(named)) == len(named)
    counted = shown.observed[shown.observed[shown.main] > 0]
    assert {tuple(row) for row in counted[by].fillna("").itertuples(index=False)} <= set(named)
    if name not in {"map", "pyramid", "heat table"}:
        assert set(named) <= table


def test_the_finding_is_in_the_language_of_the_reader(ask: Ask) -> None:
    assert "août 2022" in charts.monthly_bars(ask("new_patients")).alt
    assert "Aug 2022" in charts.monthly_bars(ask("new_patients", "en")).alt


def test_the_mode_bar_has_one_button_and_french_months() -> None:
    config = charts.config("fr", "x")
    assert config["modeBarButtons"] == [["toImage"]]
    assert config["locales"]["fr"]["format"]["shortMonths"][7] == "août"


@pytest.mark.parametrize(
    ("highest", "steps", "step"), [(0, 5, 1), (3, 5, 1), (36, 5, 10), (987, 5, 200), (110, 5, 25), (11, 5, 5)]
)
def test_steps_are_round(highest: int, steps: int, step: int) -> None:
    assert nice_step(highest, steps) == step
    assert step * steps >= highest


@pytest.mark.parametrize(
    ("about", "highest", "top"),
    [
        (5, [550], 600),
        (5, [23], 25),
        (5, [1], 4),
        (5, [550, 1150], 600),
        (5, [47, 190], 50),
        (3, [31], 40),
        (5, [0], 4),
    ],
)
def test_an_axis_ends_at_the_nearest_round_number(about: int, highest: list[int], top: int) -> None:
    steps = round_steps(about, *highest)
    assert nice_step(highest[0], steps) * steps == top


def test_the_map_holds_every_region_with_its_count(ask: Ask) -> None:
    chart = charts.region_map(ask("new_patients", by=["region_code"]))
    outlines = {trace.name: trace for trace in drawn(chart).data if trace.fill == "toself"}
    assert len(outlines) == 18
    assert outlines["Île-de-France"].text.endswith(" : 4")
    assert outlines["Bretagne"].text.endswith(" : 0")
    assert "La Réunion 3" in [note.text for note in drawn(chart).layout.annotations]
    assert "Île-de-France" in chart.alt or "La Réunion" in chart.alt or "Auvergne-Rhône-Alpes" in chart.alt
    assert chart.note == ""


def test_patients_that_are_not_on_the_map_are_said(ask: Ask) -> None:
    table = ask("new_patients", by=["region_code"])
    table.frame.loc[table.frame["region_code"] == "84", "region_code"] = "988"
    assert charts.region_map(table).note.startswith("3 patients ne sont pas sur la carte")


def test_a_region_that_is_not_collected_is_not_zero(ask: Ask) -> None:
    table = ask("new_patients", by=["region_code"])
    table.frame.loc[table.frame["region_code"] == "04", "state"] = "not_collected"
    chart = charts.region_map(table)
    assert "La Réunion n.\u00a0c." in [note.text for note in drawn(chart).layout.annotations]


def test_the_outlines_are_the_regions_of_the_vocabulary(opened: Opened) -> None:
    assert set(rings()) <= set(codes("region", opened.programme))
    assert {code for code in rings() if len(code) == 2} == set(rings())
    for each in rings().values():
        assert all(-1 <= x <= 1010 and -1 <= y <= 1010 for ring in each for x, y in ring)


@pytest.mark.parametrize(("highest", "floors"), [(0, [1]), (1, [1]), (12, [1, 2, 5, 10]), (285, [1, 20, 50, 100, 200])])
def test_classes_of_the_map_are_round_and_begin_at_one(highest: int, floors: list[int]) -> None:
    assert classes(highest) == floors


def test_serious_effects_are_outlines(ask: Ask) -> None:
    table = ask("serious_effects")
    assert drawn(charts.ranked(table, in_order=True, serious=True)).data[1].marker.symbol == "circle-open"
    assert drawn(charts.ranked(table, in_order=True)).data[1].marker.symbol is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_chart_states_its_finding_in_words_and_figures(ask: Ask, language: str) -> None:
    drawn = {
        "monthly": (charts.monthly_bars, ask("new_patients", language)),
        "separate": (charts.small_multiples, ask("new_patients", language)),
        "ranked": (charts.ranked, ask("effects", language, by=["soc_code"])),
        "heat": (charts.heat_table, ask("treated_patients", language, by=["indication_code", "age_group"])),
        "pyramid": (charts.pyramid, ask("treated_patients", language, by=["age_group", "sex"])),
        "map": (charts.region_map, ask("new_patients", language, by=["region_code"])),
    }
    for draw, shown in drawn.values():
        alt = draw(shown).alt
        assert alt.startswith(shown.title)
        assert re.search("[0-9]", alt)
        assert alt.endswith(".")


def test_the_finding_names_the_indication_with_most_patients(ask: Ask) -> None:
    assert "dont Aphtoses sévères 4/10 (40,0\u202f%)" in charts.monthly_bars(ask("new_patients")).alt

"""The provisional tail, the three dates, conformity and what is said of each: as the measures have it, and no more."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import charts
from dashboard.components.tiles import Tile
from dashboard.estimated import Estimates
from dashboard.shown import Shown
from dashboard.tail import Tail
from dashboard.wording import LANGUAGES, text_in
from pipelines.estimates import estimate
from pipelines.measure import line_list, measure
from pipelines.nowcasting import LateReporting, late_reporting
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.statistics.nowcast import nowcast
from pipelines.statistics.reporting import reporting_triangle

Page = Callable[..., AppTest]
LAST, N_MONTHS, PER_MONTH = "2022-08", 24, 20


def shown(opened: Opened, name: str, language: str = "fr", **asked: object) -> Shown:
    table = measure(opened, name, Selection(), **asked)  # type: ignore[arg-type]
    return Shown(table, opened.programme, language, opened.months, asked.get("where", {}))  # type: ignore[arg-type]


def tail_of(opened: Opened, language: str = "fr") -> Tail:
    """Twenty patients start each month; half of the forms come in the same month, the others in the next."""
    months = pd.period_range(end=LAST, periods=N_MONTHS, freq="M")
    reports = [(str(month), str(month + delay), PER_MONTH // 2) for month in months for delay in (0, 1)
               if str(month + delay) <= LAST]  # fmt: skip
    frame = pd.DataFrame(reports, columns=["event_month", "received_month", "n"])
    triangle = reporting_triangle(frame, months[-1], months[0])
    known = shown(opened, "reporting_triangle", language)
    late = LateReporting(known.table, triangle, nowcast(triangle), None)
    return Tail(known, late, (str(months[0]), LAST))


def drawn(chart: charts.Chart) -> go.Figure:
    return go.Figure(chart.figure.to_dict())


def test_the_last_month_is_awaited_with_what_it_is_expected_to_become(opened: Opened) -> None:
    tail = tail_of(opened)
    assert [(row.month, row.received, row.expected) for row in tail.awaited] == [(LAST, PER_MONTH // 2, PER_MONTH)]
    assert "août 2022\u00a0: 10 reçus, soit 50,0\u202f% de ce qui est attendu" in tail.sentence
    assert tail.words(tail.awaited[0]).startswith("20\u00a0[")
    assert "chain ladder" in tail.method


def test_a_selection_of_a_period_keeps_its_own_months(opened: Opened) -> None:
    tail = tail_of(opened)
    assert Tail(tail.shown, tail.late, ("2021-01", "2021-12")).awaited == []


def test_with_too_few_months_nothing_is_expected_and_the_reason_is_said(opened: Opened) -> None:
    late = late_reporting(opened, Selection())
    tail = Tail(shown(opened, "reporting_triangle"), late, opened.months)
    assert late.nowcast is not None
    assert tail.awaited == []
    assert tail.sentence == text_in("fr", f"tail.{late.nowcast.state}")
    assert tail.method == ""


def test_the_bars_carry_what_is_still_to_come_up_to_the_upper_limit(opened: Opened) -> None:
    tail, table = tail_of(opened), shown(opened, "new_patients")
    chart = charts.monthly_bars(table, tail=tail)
    to_come = next(trace for trace in drawn(chart).data if trace.name == text_in("fr", "chart.expected"))
    (row,) = tail.awaited
    assert list(to_come.y) == [PER_MONTH - row.received]
    assert list(to_come.error_y.array) == [(row.high or 0) - PER_MONTH]
    assert drawn(chart).layout.yaxis.range[1] >= (row.high or 0)
    assert tail.sentence in chart.note
    assert tail.sentence in chart.alt


def test_provisional_months_are_hatched_in_every_row(opened: Opened) -> None:
    figure = drawn(charts.small_multiples(shown(opened, "new_patients"), tail_of(opened)))
    assert [trace.fillpattern.shape for trace in figure.select_traces("scatter")] == ["/"] * 4


def test_decisions_of_the_programme_stand_on_their_day(opened: Opened) -> None:
    chart = charts.monthly_bars(shown(opened, "new_patients", "en"))
    within = [each for each in opened.programme.decisions
              if opened.months[0] <= each.date.isoformat()[:7] < opened.months[1]]  # fmt: skip
    assert [shape.x0 for shape in drawn(chart).layout.shapes] == [each.date.isoformat() for each in within]
    assert len(within) == 1
    assert within[0].title.en in chart.note


def test_a_provisional_month_gives_no_change_but_an_expectation(opened: Opened) -> None:
    by_month = shown(opened, "new_patients", by=["month"])
    tile = Tile.last_month("overview.new_in_month", by_month, tail_of(opened))
    assert tile.change is None
    assert tile.under == text_in("fr", "tile.provisional", expected=tail_of(opened).words(tail_of(opened).awaited[0]))
    assert Tile.last_month("overview.new_in_month", by_month).change == "+1"


def test_a_small_whole_is_squares_and_a_large_one_a_bar(opened: Opened) -> None:
    table = shown(opened, "treated_patients", by=["age_group", "sex"])
    large = table.frame["age_group"] == "18-64"
    table.frame.loc[large, "n_patients"] = [12, 8]
    figure = drawn(charts.wholes(table))
    bars = [trace for trace in figure.data if trace.type == "bar"]
    squares = [trace for trace in figure.data if trace.type == "scatter"]
    assert [list(trace.x) for trace in bars] == [[0.6], [0.4]]
    assert sum(len(trace.x) for trace in squares) == int(table.frame.loc[~large, "n_patients"].sum())
    assert sum(bool(trace.showlegend) for trace in figure.data) == 2


def test_months_with_few_patients_have_counts_and_no_share(opened: Opened) -> None:
    table = shown(opened, "conformity", by=["month", "conformity"]).alone
    assert len({trace.yaxis for trace in drawn(charts.wholes_by_month(table)).data}) == 1
    table = shown(opened, "conformity", by=["month", "conformity"]).alone
    may = (table.frame["month"] == "2022-05") & (table.frame["conformity"] == "NOT_ASSESSABLE")
    table.frame.loc[may, "n_patients"] = 12
    figure = drawn(charts.wholes_by_month(table))
    shares = [trace for trace in figure.data if trace.yaxis in {None, "y"}]
    assert [list(trace.x) for trace in shares] == [["2022-05-01"]] * 3
    assert sum(trace.y[0] for trace in shares) == 1


def test_a_criterion_that_an_indication_does_not_have_is_not_applicable(opened: Opened) -> None:
    table = shown(opened, "conformity_criteria", by=["conformity_criterion", "indication_code"])
    found = Estimates(table, {"share": estimate(opened, table.table, "share")})
    chart = charts.share_table(found, "share")
    cells = [line for line in drawn(chart).data[0].text if any(line)]
    assert sum(cell == "·" for line in cells for cell in line) == 6 * 4 - 6
    assert any("+ 4 n. é." in cell for line in cells for cell in line)
    assert "Âge nommé par l’indication, Crohn pédiatrique > 6 ans 1/2" in chart.alt


def test_episodes_stack_to_their_number(opened: Opened) -> None:
    table = shown(opened, "episodes_begun").alone
    figure = drawn(charts.stacked(table))
    assert sum(sum(trace.y) for trace in figure.data) == len(line_list(opened, "episodes_begun", Selection()))


def test_the_three_dates_are_the_measure_by_each(page: Page, stores: dict[str, Path], opened: Opened) -> None:
    app = page(stores["data"], "uptake", state={"new_patients-dates-view": "table"})
    table = next(each.value for each in app.table if text_in("fr", "date_basis.form_received") in each.value)
    for basis in ("treatment_start", "form_signed", "form_received"):
        counted = measure(opened, "new_patients", Selection(date_basis=basis), by=["month"]).frame["n_patients"]  # type: ignore[arg-type]
        assert table[text_in("fr", f"date_basis.{basis}")].astype(int).tolist() == counted.tolist()


def test_every_centre_is_listed_once(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], "uptake")
    assert app.dataframe[0].value["Centre"].tolist() == ["C1", "C2", "C3"]
    assert text_in("fr", "uptake.circle_only") in [info.value for info in app.info]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_does_not_conform_stands_under_the_wording_of_that_day(
    page: Page, stores: dict[str, Path], opened: Opened, language: str
) -> None:
    app = page(stores["data"], "conformity", language)
    wording = opened.programme.indication("CROHN_PED").wordings[-1]
    assert wording.holds_from <= dt.date(2022, 8, 2)
    quote = next(each.value for each in app.markdown if each.value.startswith("> «"))
    assert "de plus de 6 ans" in quote
    rows = next(each.value for each in app.table if text_in(language, "conformity.means") in each.value)
    assert rows.iloc[0].tolist()[0] == "P07"
    assert rows[text_in(language, "conformity.means")].tolist() == [
        text_in(language, "conformity.too_young.other", n=5, least=6)
    ]


def test_the_tiles_of_conformity_add_up(page: Page, stores: dict[str, Path], opened: Opened) -> None:
    tiles = [int(tile.value) for tile in page(stores["data"], "conformity").metric]
    whole = measure(opened, "conformity", Selection(), by=[]).frame["n_patients"].iloc[0]
    assert sum(tiles) == whole == 10


def test_who_is_outside_the_age_rule_is_listed(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], "populations")
    assert app.dataframe[0].value["Patient"].tolist() == ["P07"]

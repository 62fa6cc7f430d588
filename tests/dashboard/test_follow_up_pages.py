"""Exposure and pregnancy prevention: what the screen says is what the measures and their lines say."""

from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import charts, formats
from dashboard.accounts import Account
from dashboard.components import observed
from dashboard.shown import Shown
from dashboard.wording import LANGUAGES, text_in
from pipelines.ledger import ledger
from pipelines.measure import line_list, measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.statistics.rates import DAYS_PER_YEAR

Page = Callable[..., AppTest]
SELECTIONS = [Selection(), Selection(indications=("APHTOSE",), sexes=("F",))]
NOT_SENT = "n.\u00a0c."


def account_of(opened: Opened, language: str = "fr") -> Account:
    table = measure(opened, "treatment_movements", Selection())
    return Account(Shown(table, opened.programme, language, opened.months), ledger(opened, Selection(), ()).frame)


def tiles_of(app: AppTest) -> dict[str, str]:
    return {tile.label: tile.value for tile in app.metric}


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_tiles_of_exposure_are_their_lines(page: Page, stores: dict[str, Path], opened: Opened, selection: Selection
                                               ) -> None:  # fmt: skip
    tiles = tiles_of(page(stores["data"], "exposure", **selection.to_query()))
    assert tiles[text_in("fr", "exposure.on_treatment")] == str(len(line_list(opened, "on_treatment", selection)))
    days = line_list(opened, "patient_time", selection)["days"].sum()
    assert tiles[text_in("fr", "exposure.years")] == formats.number(round(days / DAYS_PER_YEAR), "fr")
    times = line_list(opened, "observed_time", selection)
    share = times["observed_days"].sum() / line_list(opened, "observed_time", selection, count="n_days")["days"].sum()
    assert tiles[text_in("fr", "exposure.observed")] == formats.percentage(share, "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_account_on_the_screen_balances(page: Page, stores: dict[str, Path], opened: Opened, language: str) -> None:
    app = page(stores["data"], "exposure", language, state={"account-view": "table"})
    opening = text_in(language, "account.opening")
    shown = next(table.value for table in app.table if opening in table.value)
    before = 0
    for row in shown.iloc[::-1].itertuples(index=False, name=None):
        month_opening, *ways_in, stops, closing = (int(cell) for cell in row[1:])
        assert month_opening == before
        assert closing == month_opening + sum(ways_in) - stops
        before = closing
    assert before == len(line_list(opened, "on_treatment", Selection()))


def test_an_indication_has_an_account_of_its_own(page: Page, stores: dict[str, Path], opened: Opened) -> None:
    state = {"account-CROHN_PED-view": "table"}
    query = {"choice-exposure.account_of": "CROHN_PED"}
    app = page(stores["data"], "exposure", state=state, **query)
    app.selectbox(key="choice-exposure.account_of").set_value("CROHN_PED").run()
    shown = next(table.value for table in app.table if text_in("fr", "account.opening") in table.value)
    there = line_list(opened, "on_treatment", Selection(), {"indication_code": "CROHN_PED"})
    assert int(shown.iloc[0, -1]) == len(there) > 0


def test_each_bar_of_the_account_opens_as_many_movements(opened: Opened) -> None:
    found = account_of(opened)
    figure = go.Figure(charts.account(found).figure.to_dict())
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert bars
    for trace in bars:
        for mark, height in zip(trace.customdata, trace.y, strict=True):
            assert len(line_list(opened, "treatment_movements", Selection(), mark[1])) == abs(height)
            assert (mark[1]["movement"] == "STOP") == (height < 0)
    assert text_in("fr", "account.note") == charts.account(found).note


def test_the_file_of_the_account_has_the_months_of_the_table(opened: Opened) -> None:
    found = account_of(opened, "en")
    lines = found.file().decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(found.frame)
    assert lines[-1].startswith("2022-08,")


def test_too_little_observed_time_gives_counts_instead_of_rates(
    page: Page, stores: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = text_in("fr", "observed.too_little", share="", least="").split("(")[0].strip()
    rate = text_in("fr", "estimate.rate_unit")
    for least, readable in ((0.0, True), (1.01, False)):
        monkeypatch.setattr(observed, "LEAST", least)
        app = page(stores["data"], "adverse_events")
        assert (rate in app.button_group(key="choice-adverse_events.unit").options) == readable
        assert any(said in info.value for info in app.info) == (not readable)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_tiles_of_prevention_are_their_lines(page: Page, stores: dict[str, Path], opened: Opened,
                                                 selection: Selection) -> None:  # fmt: skip
    tiles = tiles_of(page(stores["data"], "pregnancy_prevention", **selection.to_query()))
    overdue = line_list(opened, "pregnancy_tests_due", selection, {"prevention_status": "OVERDUE"})
    women = set(line_list(opened, "prevention_cascade", selection)["patient_id"])
    assert tiles == {
        text_in("fr", "pregnancy_prevention.women"): str(len(women)),
        text_in("fr", "pregnancy_prevention.overdue"): str(len(overdue)),
        text_in("fr", "pregnancy_prevention.pregnancies"): "0",
    }


def test_no_exposed_pregnancy_is_written_as_a_result(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], "pregnancy_prevention")
    exposed = next(table.value for table in app.table if "Grossesses" in table.value)
    assert exposed["Grossesses"].tolist() == ["0", "0"]


@pytest.mark.parametrize("name", ["exposure", "pregnancy_prevention"])
def test_what_was_not_sent_has_no_tile_of_zero(page: Page, stores: dict[str, Path], name: str) -> None:
    values = list(tiles_of(page(stores["not sent"], name)).values())
    assert values == [NOT_SENT] * len(values)


def test_a_method_that_the_programme_advises_against_is_marked(opened: Opened) -> None:
    table = measure(opened, "contraception_methods", Selection())
    shown = Shown(table, opened.programme, "fr", opened.months)
    remark = text_in("fr", "card.advised_against")
    figure = charts.ranked(shown, remarks={"IMPLANT": remark}).figure.to_dict()
    marked = [label for label in figure["data"][2]["text"] if remark in label]
    assert marked == [f"Implant {remark}"]

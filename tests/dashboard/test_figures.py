"""The numbers on the screen are those of the measures, whatever the selection."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import formats
from dashboard.wording import counted_in, text_in
from data_schemas.vocabularies import codes
from pipelines.measure import line_list, measure
from pipelines.opened import Opened
from pipelines.passport import passport
from pipelines.selection import Selection

Page = Callable[..., AppTest]
SELECTIONS = [
    Selection(),
    Selection(indications=("APHTOSE", "LUPUS_CUT")),
    Selection(from_month="2022-07", sexes=("F",)),
    Selection(regions=("84",), date_basis="form_received"),
]


def figure(opened: Opened, name: str, selection: Selection, **where: str) -> int:
    found = measure(opened, name, selection, by=[], where=where).single
    assert found is not None
    return found


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_tiles_of_the_overview(page: Page, stores: dict[str, Path], opened: Opened, selection: Selection) -> None:
    tiles = {tile.label: tile.value for tile in page(stores["data"], **selection.to_query()).metric}
    by_month = measure(opened, "new_patients", selection, by=["month"]).frame["n_patients"]
    expected = {
        text_in("fr", "overview.new_in_month", month="août 2022"): int(by_month.iloc[-1]),
        text_in("fr", "overview.new_in_all"): figure(opened, "new_patients", selection),
        text_in("fr", "overview.on_treatment"): figure(opened, "on_treatment", selection),
        text_in("fr", "overview.childbearing"): figure(
            opened, "treated_patients", selection, childbearing_status="FSP"
        ),
        text_in("fr", "overview.pregnancies"): figure(opened, "exposed_pregnancies", selection),
        text_in("fr", "overview.serious"): figure(opened, "serious_effects", selection),
    }
    assert tiles == {label: str(value) for label, value in expected.items()}


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_monthly_table(page: Page, stores: dict[str, Path], opened: Opened, selection: Selection) -> None:
    state = {"new_patients-month-indication_code-view": "table"}
    app = page(stores["data"], "uptake", state=state, **selection.to_query())
    frame = measure(opened, "new_patients", selection).frame
    shown = next(table.value for table in app.table if "Mois" in table.value)
    expected = [
        [formats.month(month, "fr"), *(str(count) for count in cells["n_patients"])]
        for month, cells in frame.groupby("month", sort=False)
    ]
    assert shown.astype(str).to_numpy().tolist() == expected


def test_cases_in_two_classes_count_in_each(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], "adverse_events", state={"effects-soc_code-estimates-view": "table"})
    classes = next(table.value for table in app.table if "Classe de systèmes d’organes" in table.value.columns)
    assert classes["Cas"].tolist() == ["1", "1", "1", "1"]
    assert classes["Effets"].tolist() == ["1", "2", "1", "1"]


def test_the_lines_behind_a_figure_are_as_many(opened: Opened) -> None:
    for name, count in (("treated_patients", "n_patients"), ("effects", "n_effects"), ("effects", "n_cases")):
        lines = line_list(opened, name, Selection(), count=count)
        assert len(lines) == int(measure(opened, name, Selection(), by=[]).frame[count].iloc[0])


def test_the_definition_shows_as_many_lines_as_the_figure(page: Page, stores: dict[str, Path]) -> None:
    card = "treated_patients-indication_code-age_group"
    state = {f"{card}-view": "definition", f"{card}-sql": True, f"{card}-lines": True}
    app = page(stores["data"], "populations", state=state)
    assert not app.exception
    assert counted_in("fr", "passport.n_lines", 12, figure=12) in [element.value for element in app.markdown]
    assert len(app.dataframe[0].value) == 12
    assert "count(distinct" in app.code[0].value


def test_the_age_rule_counts_who_is_outside(page: Page, stores: dict[str, Path]) -> None:
    rules = [table.value for table in page(stores["data"], "populations").table if "Hors de la règle" in table.value]
    assert rules[0].iloc[0].tolist() == ["Crohn pédiatrique \\> 6 ans", "1", "1", "0"]


def test_the_listing_shows_every_serious_effect(page: Page, stores: dict[str, Path]) -> None:
    listing = page(stores["data"], "adverse_events").dataframe[0].value
    assert listing["Terme préférentiel"].tolist() == ["Neuropathie périphérique", "Embolie pulmonaire"]
    assert (
        listing["Critère de gravité"].tolist()[1] == "Hospitalisation ou prolongation, Mise en jeu du pronostic vital"
    )


def test_the_definition_counts_what_was_left_out_by_its_reason(
    page: Page, stores: dict[str, Path], opened: Opened
) -> None:
    app = page(stores["data"], "adverse_events", state={"effects-soc_code-estimates-view": "definition"})
    assert not app.exception
    left_out = next(table.value for table in app.table if text_in("fr", "passport.reason") in table.value)
    counted = passport(opened, "effects", Selection()).excluded
    assert left_out.iloc[:, 1:].to_numpy().tolist() == [
        [str(n) for n in counts.values()] for counts in counted.values()]  # fmt: skip
    assert left_out.iloc[0].tolist() == ["Effet commencé avant le début du traitement", "1", "1", "1"]
    assert any(text_in("fr", "passport.quarantined") in element.value for element in app.markdown)


def test_the_definition_names_the_warnings_behind_the_figure(page: Page, stores: dict[str, Path], opened: Opened
                                                             ) -> None:  # fmt: skip
    card = "treated_patients-indication_code-age_group"
    app = page(stores["data"], "populations", state={f"{card}-view": "definition"})
    found = passport(opened, "treated_patients", Selection()).findings
    touching = found[found["n_touching"] > 0]
    shown = next(table.value for table in app.table if text_in("fr", "passport.finding") in table.value)
    assert shown.iloc[:, 1:].to_numpy().tolist() == [
        [str(row.n_touching), str(row.n_warned)] for row in touching.itertuples()]  # fmt: skip
    assert counted_in("fr", "passport.other_findings", len(found) - len(touching)) in [
        caption.value for caption in app.caption]  # fmt: skip


def test_a_card_of_estimates_runs_its_denominators_in_the_open(page: Page, stores: dict[str, Path]) -> None:
    card = "effect_ladder-rung-estimates"
    app = page(stores["data"], "adverse_events", state={f"{card}-view": "definition", f"{card}-sql": True})
    assert ["effects_on_treatment" in code.value for code in app.code] == [True, False, False]
    assert "n_days" in app.code[2].value


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_ladder_is_the_measure_and_its_lines(page: Page, stores: dict[str, Path], opened: Opened,
                                                 selection: Selection) -> None:  # fmt: skip
    state = {"effect_ladder-rung-estimates-view": "table"}
    app = page(stores["data"], "adverse_events", state=state, **selection.to_query())
    shown = next(table.value for table in app.table if "Échelon" in table.value)
    treated = figure(opened, "treated_patients", selection)
    for rung, written in zip(codes("effect_rung", opened.programme), shown.iloc[:, 1], strict=True):
        n = len(line_list(opened, "effect_ladder", selection, {"rung": rung}))
        assert written.replace("\\", "").startswith(f"{n}/{treated}")


def test_a_clicked_mark_opens_as_many_lines_as_it_says(page: Page, stores: dict[str, Path]) -> None:
    card = "effect_ladder-rung-estimates"
    state = {f"{card}-view": "definition", f"{card}-lines": True, f"{card}-pick-rung": "SERIOUS",
             f"{card}-count": "n_effects"}  # fmt: skip
    app = page(stores["data"], "adverse_events", state=state)
    assert counted_in("fr", "passport.n_lines", 2, figure=2) in [element.value for element in app.markdown]

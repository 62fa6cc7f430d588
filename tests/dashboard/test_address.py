"""The address of a page: it says the selection, a new session reads it, and a wrong one is said in plain words."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.wording import text_in

Page = Callable[..., AppTest]


def retained(app: AppTest) -> str:
    return next(element.value for element in app.markdown if "**" in element.value and "/" in element.value)


def test_a_filter_goes_into_the_address_and_survives_a_change_of_page(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"])
    app.multiselect(key="select-indications").set_value(["APHTOSE"]).run()
    assert app.query_params["indications"] == "APHTOSE"
    assert retained(app).startswith("**5**")
    app.switch_page("views/populations.py").run()
    assert app.query_params["indications"] == "APHTOSE"
    assert app.multiselect(key="select-indications").value == ["APHTOSE"]
    assert retained(app).startswith("**5**")


def test_a_new_session_reads_the_address(page: Page, stores: dict[str, Path]) -> None:
    app = page(
        stores["data"], indications=["APHTOSE", "ENL"], from_month="2022-06", date_basis="form_signed", language="en"
    )
    assert app.multiselect(key="select-indications").value == ["APHTOSE", "ENL"]
    assert app.selectbox(key="select-from_month").value == "2022-06"
    assert app.selectbox(key="select-date_basis").value == "form_signed"
    assert retained(app).startswith("**4**")
    assert app.title[0].value == "Overview"


def test_reset_gives_everyone_back(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], sexes="M")
    app.button(key="select-reset").click().run()
    assert retained(app).startswith("**12**")
    assert app.query_params == {}


@pytest.mark.parametrize(
    "query", [{"indications": "NOPE"}, {"from_month": "hier"}, {"from_month": "2022-08", "to_month": "2022-06"}]
)
def test_a_wrong_address_is_said_and_everyone_is_shown(
    page: Page, stores: dict[str, Path], query: dict[str, str]
) -> None:
    app = page(stores["data"], **query)
    assert not app.exception
    assert text_in("fr", "selection.wrong_address") in [warning.value for warning in app.warning]
    assert retained(app).startswith("**12**")


def test_a_filter_that_the_programme_does_not_collect_is_wrong_and_not_offered(page: Page, public_store: Path) -> None:
    app = page(public_store, regions="11")
    assert text_in("fr", "selection.wrong_address") in [warning.value for warning in app.warning]
    assert "select-regions" not in [widget.key for widget in app.multiselect]


def test_the_language_switch_keeps_the_selection(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], sexes="F")
    app.segmented_control(key="language").set_value("en").run()
    assert app.title[0].value == "Overview"
    assert app.query_params == {"sexes": "F", "lang": "en"}


def link_of(app: AppTest) -> dict[str, list[str]]:
    """The parameters that the button copies."""
    parts = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return parse_qs(next(part["parameters"] for part in parts if "parameters" in part))


def test_a_copied_link_shows_the_same_figures_after_another_import(
    page: Page, stores: dict[str, Path], two_releases: Path
) -> None:
    before = page(stores["data"], sexes="F")
    link = link_of(before)
    assert link["sexes"] == ["F"]
    assert link["lang"] == ["fr"]
    later = page(two_releases, **link)
    assert retained(later) == retained(before)
    assert text_in("fr", "status.pinned_newer", day="31/08/2022") in [info.value for info in later.info]
    assert retained(page(two_releases, sexes="F")) != retained(before)
    later.button(key="take-release").click().run()
    assert retained(later) == retained(page(two_releases, sexes="F"))
    assert later.query_params == {"sexes": "F"}


def test_reset_keeps_the_release_of_the_link(page: Page, two_releases: Path, stores: dict[str, Path]) -> None:
    link = link_of(page(stores["data"], sexes="F"))
    app = page(two_releases, **link)
    app.button(key="select-reset").click().run()
    assert retained(app).startswith("**12**")
    assert app.query_params == {"release": link["release"][0]}


def test_a_link_whose_release_is_not_there_says_so(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], release="2021-01-31-0123456789", sexes="F")
    assert text_in("fr", "selection.lost_release") in [warning.value for warning in app.warning]
    assert app.query_params == {"sexes": "F"}


def test_a_link_holds_what_was_chosen_inside_the_page(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], "adverse_events")
    app.segmented_control(key="choice-adverse_events.unit").set_value("n_effects").run()
    link = link_of(app)
    assert link["choice-adverse_events.unit"] == ["n_effects"]
    again = page(stores["data"], "adverse_events", **link)
    assert again.segmented_control(key="choice-adverse_events.unit").value == "n_effects"


def test_going_back_undoes_a_filter_and_going_forward_redoes_it(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"])
    app.multiselect(key="select-sexes").set_value(["F"]).run()
    assert retained(app).startswith("**7**")
    app.query_params.clear()
    app.run()
    assert retained(app).startswith("**12**")
    assert app.multiselect(key="select-sexes").value == []
    app.query_params["sexes"] = ["F"]
    app.run()
    assert retained(app).startswith("**7**")


def test_back_to_a_page_that_the_menu_opened_keeps_the_filter_that_it_was_opened_with(
    page: Page, stores: dict[str, Path]
) -> None:
    app = page(stores["data"], sexes="F")
    app.query_params.clear()
    app.switch_page("views/populations.py").run()
    assert app.query_params == {"sexes": "F"}
    app.query_params.clear()
    app.run()
    assert retained(app).startswith("**7**")
    app.button(key="select-reset").click().run()
    app.multiselect(key="select-sexes").set_value(["M"]).run()
    app.query_params.clear()
    app.run()
    assert retained(app).startswith("**12**")

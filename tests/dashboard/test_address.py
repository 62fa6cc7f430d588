"""The address of a page: it says the selection, a new session reads it, and a wrong one is said in plain words."""

from collections.abc import Callable
from pathlib import Path

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

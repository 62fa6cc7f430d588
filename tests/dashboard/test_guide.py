"""The guide of the sample: where it leads, and that it stays closed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.guide import READERS
from dashboard.wording import LANGUAGES, text_in
from pipelines.access.roles import ROLES, RoleName

Page = Callable[..., AppTest]


def headers(app: AppTest) -> list[str]:
    return [each.value for each in app.header]


@pytest.mark.parametrize("role", READERS)
def test_every_role_is_led_to_pages_that_it_sees(role: RoleName) -> None:
    assert set(READERS[role]) <= set(ROLES[role].pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_opens_on_the_guide_which_leads_to_three_pages(
    page: Page, stores: dict[str, Path], language: str
) -> None:
    app = page(stores["data"], language=language, role="ansm_reviewer")
    assert text_in(language, "guide.title") in headers(app)
    assert not app.exception
    links = [each.proto.label for each in app.get("page_link")]
    for name in READERS["ansm_reviewer"]:
        what = text_in(language, f"guide.{name}")
        assert text_in(language, "guide.step", page=text_in(language, f"page.{name}"), what=what) in links


def test_a_closed_guide_stays_closed_on_the_way_back_and_in_a_link(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"])
    app.button(key="guide-close").click().run()
    assert text_in("fr", "guide.title") not in headers(app)
    app.switch_page("views/uptake.py").run()
    app.switch_page("views/overview.py").run()
    assert text_in("fr", "guide.title") not in headers(app)
    again = page(stores["data"], **{"choice-guide.shown": "no"})
    assert text_in("fr", "guide.title") not in headers(again)


def test_real_data_have_no_guide(page: Page, public_store: Path) -> None:
    assert text_in("fr", "guide.title") not in headers(page(public_store))

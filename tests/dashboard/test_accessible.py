"""The screens for everyone: axe in both themes, the keyboard alone, languages, paper, and what our styles select."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard import access, accessibility
from dashboard.accessibility import Known, known
from dashboard.app import FIRST, PAGES
from dashboard.shell import address
from dashboard.wording import LANGUAGES, text_in
from pipelines.access.roles import ROLES

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

NAMES = [name for names in PAGES.values() for name in names]
STYLES = Path(accessibility.__file__).parents[1] / "static" / "look.css"
PATIENCE = 30_000
MOST_TABS = 60
FOR_LONGER_NUMBERS = 60
"""Pixels that a large release may need more in the status bar than the drawn one."""

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
Ready = Callable[..., None]


def opened(browser: "sync_api.Browser", server: str, name: str, language: str, ready: Ready,
           theme: str = "light") -> "sync_api.Page":  # fmt: skip
    page = browser.new_page(viewport={"width": 1400, "height": 1000}, color_scheme=theme)
    go(page, server, name, language, ready)
    return page


def go(page: "sync_api.Page", server: str, name: str, language: str, ready: Ready) -> None:
    page.goto(f"{server}/{'' if name == FIRST else address(name)}?lang={language}")
    ready(page, text_in(language, f"page.{name}"))


def violations(page: "sync_api.Page") -> tuple[list[str], set[Known]]:
    """What axe finds that is not on the reviewed list, and the entries of the list that it finds."""
    others, seen = [], set()
    for violation in axe.Axe().run(page, options=RULES).response["violations"]:
        for node in violation["nodes"]:
            entry = next((each for each in known() if each.rule == violation["id"] and _within(page, node, each)), None)
            if entry:
                seen.add(entry)
            else:
                others.append(f"{violation['id']}: {node['html'][:200]}")
    return others, seen


def _within(page: "sync_api.Page", node: dict[str, list[str]], entry: Known) -> bool:
    return bool(page.evaluate("([found, own]) => document.querySelector(found).matches(own)",
                              [node["target"][0], entry.selector]))  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize(
    ("theme", "language"), [("light", "fr"), pytest.param("dark", "en", marks=pytest.mark.nightly)]
)
def test_axe_finds_nothing_of_ours(
    browser: "sync_api.Browser", server: str, ready: Ready, theme: str, language: str
) -> None:
    found: list[str] = []
    listed: set[Known] = set()
    page = opened(browser, server, FIRST, language, ready, theme)
    for name in NAMES:
        go(page, server, name, language, ready)
        others, seen = violations(page)
        found += [f"{name}: {other}" for other in others]
        listed |= seen
    assert found == []
    assert {each for each in known() if each.rule} == listed, "an entry of known.yml no longer occurs"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("theme", "language"), [("dark", "fr"), pytest.param("light", "en", marks=pytest.mark.nightly)]
)
def test_axe_finds_nothing_of_ours_behind_tabs_and_menus(
    browser: "sync_api.Browser", server: str, ready: Ready, theme: str, language: str
) -> None:
    page = opened(browser, server, FIRST, language, ready, theme)
    found: list[str] = []
    for tab in ("table", "definition", "download"):
        page.get_by_role("button", name=text_in(language, f"card.{tab}")).first.click()
        ready(page, text_in(language, f"page.{FIRST}"))
        found += violations(page)[0]
    page.get_by_role("button", name=text_in(language, "selection.more")).click()
    page.get_by_text(text_in(language, "field.sexes"), exact=True).wait_for(timeout=PATIENCE)
    found += violations(page)[0]
    assert found == []


@pytest.mark.browser
def test_what_was_found_by_reading_is_still_there_and_so_are_the_selectors_of_the_styles(
    browser: "sync_api.Browser", server: str, ready: Ready
) -> None:
    page = opened(browser, server, FIRST, "fr", ready)
    for entry in known():
        if not entry.rule:
            page.locator(entry.selector).first.wait_for(state="attached", timeout=PATIENCE)
    page.get_by_role("button", name=text_in("fr", "card.download")).first.click()
    page.get_by_test_id("stDownloadButton").first.wait_for(timeout=PATIENCE)
    for name in re.findall(r'data-testid="(\w+)"', STYLES.read_text(encoding="utf-8")):
        assert page.get_by_test_id(name).count(), name
    for key in re.findall(r"\.st-key-(\w+)|st-key-(\w+)-", STYLES.read_text(encoding="utf-8")):
        assert page.locator(f'[class*="st-key-{"".join(key)}"]').count(), key


@pytest.mark.browser
def test_the_keyboard_alone_reaches_menu_language_selection_views_and_download(
    browser: "sync_api.Browser", server: str, ready: Ready
) -> None:
    page = opened(browser, server, FIRST, "fr", ready)
    chart, download = (f"button {text_in('fr', f'card.{view}')}" for view in ("chart", "download"))
    reached: list[str] = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(WHERE))
        assert page.evaluate(OUTLINED), reached[-1]
        if reached[-1] == chart:
            break
    said = "\n".join(reached)
    for name in ROLES[access.FIRST_ROLE].pages:
        assert text_in("fr", f"page.{name}") in said
    for key in ("status.en", "field.from_month", "selection.more"):
        assert text_in("fr", key) in said, key
    assert reached[-1] == chart
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate(WHERE) == download
    page.keyboard.press("Enter")
    page.get_by_test_id("stDownloadButton").first.wait_for(timeout=PATIENCE)
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate(WHERE).endswith(text_in("fr", "card.download_csv")):
            break
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename.endswith(".csv")


WHERE = """() => { const at = document.activeElement;
  const name = at.getAttribute('aria-label') || at.innerText || at.closest('label')?.innerText || '';
  return (at.getAttribute('role') || at.tagName.toLowerCase()) + ' ' + name.replace(/^\\w+_\\w+\\n/, '').trim(); }"""
OUTLINED = """() => { for (let at = document.activeElement, up = 0; at && up < 4; at = at.parentElement, up++) {
  const style = getComputedStyle(at);
  if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none') return true; }
  return false; }"""


@pytest.mark.browser
def test_paper_has_no_menu_and_no_controls(browser: "sync_api.Browser", server: str, ready: Ready) -> None:
    page = opened(browser, server, FIRST, "fr", ready)
    page.emulate_media(media="print")
    assert not page.get_by_test_id("stSidebar").is_visible()
    assert not page.get_by_test_id("stSelectbox").first.is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('[class*=st-key-card-]')).breakInside") == "avoid"


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_status_bar_is_one_line(browser: "sync_api.Browser", server: str, ready: Ready, language: str) -> None:
    page = opened(browser, server, FIRST, language, ready)
    page.get_by_text(text_in(language, "status.exact")).first.wait_for()
    left, right = (part.bounding_box() for part in page.locator(".st-key-status > *").all())
    assert left
    assert right
    assert left["x"] + left["width"] + FOR_LONGER_NUMBERS < right["x"]


@pytest.mark.browser
def test_the_browser_remembers_the_language(browser: "sync_api.Browser", server: str, ready: Ready) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/?lang=en")
    ready(page, text_in("en", f"page.{FIRST}"))
    page.goto(f"{server}/populations")
    ready(page, text_in("en", "page.populations"))
    page.wait_for_function("document.documentElement.lang === 'en'", timeout=PATIENCE)
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_statement_is_what_would_be_written() -> None:
    assert accessibility.stale() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_statement_names_every_known_defect(language: str) -> None:
    written = accessibility.render(language)
    for entry in known():
        assert (entry.issue or text_in(language, "accessibility.no_issue")) in written
        assert (entry.rule or text_in(language, "accessibility.by_reading")) in written

"""The script of the screens, which `server` serves: one run for each thing that a reader does."""

import functools
from collections.abc import Mapping
from pathlib import Path
from types import CodeType

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import address, components, data, shell
from dashboard.wording import text
from data_schemas.errors import OperatorError

PAGES: dict[str, dict[str, str]] = {
    "steer": {"overview": ":material/dashboard:", "uptake": ":material/trending_up:"},
    "analyse": {
        "populations": ":material/groups:",
        "conformity": ":material/rule:",
        "adverse_events": ":material/health_and_safety:",
        "exposure": ":material/medication:",
        "pregnancy_prevention": ":material/pregnant_woman:",
    },
    "declare": {"monthly_return": ":material/verified:"},
    "check": {
        "what_changed": ":material/difference:",
        "data_quality": ":material/fact_check:",
        "methods": ":material/menu_book:",
        "extracts": ":material/table_view:",
        "import_export": ":material/upload_file:",
    },
}
"""Group of the menu → page → icon; a page is a file of `views`. A group without pages is not shown."""

FIRST, IMPORT = "overview", "import_export"
MENU = 276
"""Width of the menu in pixels."""

VIEWS = Path(__file__).parent / "views"
ICON = Path(__file__).parent / "static" / "icon.png"


def main() -> None:
    """One run of the page that the reader looks at."""
    address.read_language()
    st.set_page_config(page_title=text("app.title"), page_icon=str(ICON), layout="wide",
                       initial_sidebar_state=MENU)  # fmt: skip
    components.follow_language()
    page = st.navigation(_menu(), expanded=True)
    try:
        _open(page)
    except OperatorError:
        components.broken()


def _open(page: StreamlitPage) -> None:
    """The page; without a release the one on which a first export is imported."""
    name = page.url_path.replace("-", "_") or FIRST
    asked = address.is_to_be_read(name)
    if asked:
        address.read_release()
    if not data.open_release():
        components.language_switch()
        components.notice()
        _show(IMPORT)
        return
    if asked:
        address.read_selection()
    st.set_page_config(page_title=f"{page.title} · {text('app.title')}")
    components.status_bar()
    components.notice()
    _show(name)


@st.fragment
def _show(name: str) -> None:
    """What the selection decides: a filter runs this part again, and neither the menu nor the status bar.

    What was done here is said above it and may put another release in service: then everything runs again.
    `st.Page.run` works once a run of the whole script, so that the view is run here.
    """
    if components.notice_waiting():
        st.rerun()
    address.write(name)
    try:
        exec(_view(name), {"__name__": f"dashboard.views.{name}"})  # noqa: S102 - our own file
    except OperatorError:
        components.broken(below_status=data.KEPT in st.session_state)


@functools.cache
def _view(name: str) -> CodeType:
    path = VIEWS / f"{name}.py"
    return compile(path.read_text(encoding="utf-8"), str(path), "exec")


def _menu() -> dict[str, list[st.Page]]:
    return {text(f"group.{group}"): _pages(names) for group, names in PAGES.items() if names}


def _pages(names: Mapping[str, str]) -> list[st.Page]:
    return [
        st.Page(f"views/{name}.py", title=text(f"page.{name}"), icon=icon, url_path=shell.address(name),
                default=name == FIRST)
        for name, icon in names.items()
    ]  # fmt: skip


if __name__ == "__main__":
    main()

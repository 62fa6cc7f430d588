"""The script of the screens, which `server` serves: one run for each thing that a reader does."""

import functools
from collections.abc import Mapping
from pathlib import Path
from types import CodeType

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import access, address, components, data, shell
from dashboard.access import Reader
from dashboard.wording import text
from data_schemas.errors import OperatorError
from pipelines.access.errors import AccessError
from pipelines.access.roles import Role

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
        "journal": ":material/policy:",
    },
}
"""Group of the menu → page → icon; a page is a file of `views`. A group without pages is not shown."""

PROTECTED = frozenset({"extracts"})
"""The pages that can be shown in the protected regime."""

FIRST, IMPORT = "overview", "import_export"
NAMES = (FIRST, *(name for names in PAGES.values() for name in names if name != FIRST))
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
    reader = access.reader()
    if reader.role is None:
        components.not_admitted(reader)
        return
    page = st.navigation(_menu(reader.role), expanded=True)
    if reader.demonstration:
        components.role_switch()
    try:
        _open(page, reader, reader.role)
    except AccessError as error:
        components.stopped(error.key)
    except OperatorError:
        components.broken()


def _open(page: StreamlitPage, reader: Reader, role: Role) -> None:
    """The page; without a release the one on which a first export is imported."""
    name = page.url_path.replace("-", "_") or FIRST
    if name == FIRST and role.regime(FIRST) is None:
        st.switch_page(f"views/{next(each for each in NAMES if role.regime(each))}.py")
    asked = address.is_to_be_read(name)
    if asked:
        address.read_release()
    if not data.open_release():
        components.language_switch()
        components.notice()
        if role.regime(name) == "open":
            _show(name)
        elif role.may("import"):
            _show(IMPORT)
        else:
            components.no_page(reader, IMPORT)
        return
    if role.regime(name) == "exact":
        access.require_shown(data.release(), reader)
    if asked:
        address.read_selection()
    st.set_page_config(page_title=f"{page.title} · {text('app.title')}")
    components.status_bar(reader, name)
    components.notice()
    if role.regime(name) is None:
        components.no_page(reader, name)
    elif role.regime(name) == "protected" and name not in PROTECTED:
        components.not_yet_protected(reader, name)
    else:
        _show(name)


@access.fragment
def _show(name: str) -> None:
    """What the selection decides: a filter runs this part again, and neither the menu nor the status bar.

    `st.Page.run` works once a run of the whole script, so that the view is run here.
    """
    address.write(name)
    try:
        exec(_view(name), {"__name__": f"dashboard.views.{name}"})  # noqa: S102 - our own file
    except AccessError as error:
        components.stopped(error.key)
    except OperatorError:
        components.broken(below_status=data.KEPT in st.session_state)


@functools.cache
def _view(name: str) -> CodeType:
    path = VIEWS / f"{name}.py"
    return compile(path.read_text(encoding="utf-8"), str(path), "exec")


def _menu(role: Role) -> dict[str, list[st.Page]]:
    return {text(f"group.{group}"): _pages(names, role) for group, names in PAGES.items() if names}


def _pages(names: Mapping[str, str], role: Role) -> list[st.Page]:
    """The pages of a group; those that the role does not see have an address, and no place in the menu."""
    return [
        st.Page(f"views/{name}.py", title=text(f"page.{name}"), icon=icon, url_path=shell.address(name),
                default=name == FIRST, visibility="visible" if role.regime(name) else "hidden")
        for name, icon in names.items()
    ]  # fmt: skip


if __name__ == "__main__":
    main()

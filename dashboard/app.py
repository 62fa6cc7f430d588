"""The script of the screens, which `server` serves: one run for each thing that a reader does."""

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import CodeType

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import access, address, components, data, protected, shell
from dashboard.access import Reader
from dashboard.menu import FIRST, IMPORT, NAMES, PAGES
from dashboard.wording import text
from data_schemas.errors import OperatorError
from pipelines.access.errors import AccessError
from pipelines.access.roles import Role

MENU = 276
"""Width of the menu in pixels."""

WHOLE = "whole-run"
"""Key under which a run of everything tells its parts that they are not run alone."""

VIEWS = Path(__file__).parent / "views"
ICON = Path(__file__).parent / "static" / "icon.png"


def main() -> None:
    """One run of the page that the reader looks at."""
    st.session_state[WHOLE] = True
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
    st.set_page_config(page_title=f"{page.title} · {text('app.title')}")
    if role.is_protected:
        _open_protected(reader, role, name)
        return
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
    components.status_bar(reader, name)
    components.notice()
    if role.regime(name) is None:
        components.no_page(reader, name)
    else:
        _show(name)


def _open_protected(reader: Reader, role: Role, name: str) -> None:
    """The page for who reads the protected ledger: of a release nothing is opened."""
    if reader.demonstration and not access.is_synthetic():
        raise AccessError("access.real_data")
    if not protected.has_ledger():
        components.language_switch()
        components.nothing_published(name)
        return
    address.keep_indications(name, protected.indications())
    components.protected_status(reader)
    if role.regime(name) is None:
        components.no_page(reader, name)
    elif role.regime(name) == "protected":
        _show_protected(name)
    else:
        _show(name)


@access.fragment
def _show_protected(name: str) -> None:
    """What the selection decides, from the ledger."""
    address.write(name)
    try:
        components.protected_page(name)
    except AccessError as error:
        components.stopped(error.key)
    except OperatorError:
        components.broken(below_status=True)


@access.fragment
def _show(name: str) -> None:
    """What the selection decides: a filter runs this part again, and neither the menu nor the status bar.

    What was done here is said above it and may put another release in service: then everything runs again.
    `st.Page.run` works once a run of the whole script, so that the view is run here.
    """
    if components.notice_waiting():
        st.rerun()
    address.write(name)
    whole = st.session_state.pop(WHOLE, False)
    # Inside: what stops the page, after which the bar is still sent. Outside: what stops the bar itself.
    with _told(), nullcontext() if whole else components.selection_last(), _told():
        exec(_view(name), {"__name__": f"dashboard.views.{name}"})  # noqa: S102 - our own file


@contextmanager
def _told() -> Iterator[None]:
    """What stops a page is said in its place."""
    try:
        yield
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

"""What has just been done, said once at the top of the page that the reader sees next."""

from collections.abc import Callable

import streamlit as st

from dashboard import formats, imports
from data_schemas.errors import OperatorError

NOTICE = "done_notice"
SAY = {"success": st.success, "error": st.error}
ICONS = {"success": ":material/check_circle:", "error": ":material/error:"}


def leave(kind: str, *lines: str) -> None:
    """Leave a sentence for the next page, and what it says in detail."""
    st.session_state[NOTICE] = (kind, lines)


def notice_waiting() -> bool:
    """Whether something was left that has not been said."""
    return NOTICE in st.session_state


def notice() -> None:
    """Say what was left, once."""
    kind, lines = st.session_state.pop(NOTICE, ("", ()))
    if kind:
        show(kind, *lines)


def show(kind: str, first: str, *details: str) -> None:
    """A sentence and its details, one a line."""
    listed = [f"- {formats.plain(each)}" for each in details]
    SAY[kind]("\n".join([f"**{formats.plain(first)}**" if details else formats.plain(first), "", *listed]),
              icon=ICONS[kind])  # fmt: skip


def attempt(action: Callable[[], None]) -> None:
    """Do something, or leave the reason why it cannot be done."""
    try:
        action()
    except OperatorError as error:
        first, problems = imports.told(error)
        leave("error", first, *problems)

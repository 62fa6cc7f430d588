"""What is said to who may not see a page, and what they can do."""

import streamlit as st

from dashboard import access
from dashboard.access import Reader
from dashboard.wording import text

LEAVING = "leaving"
"""In the state of a page whose reader signs out: another run may overtake the one that ended the sign-in."""


def not_admitted(reader: Reader) -> None:
    """Someone without a role, or whose sign-in no longer holds."""
    if st.session_state.get(LEAVING):
        st.logout()
    st.title(text("access.refused_title"), anchor=False)
    st.error(text(f"access.refused.{reader.refused}"), icon=":material/block:")
    with st.container(horizontal=True):
        st.link_button(text("access.sign_in_again"), "/sign-in", type="primary")
        sign_out_button()


def no_page(reader: Reader, page: str) -> None:
    """A page that the role does not see."""
    access.refuse_page(reader, page)
    st.title(text(f"page.{page}"), anchor=False)
    role = text(f"role.{reader.actor.role}")
    st.info(text("access.no_page", role=role), icon=":material/block:")


def stopped(key: str) -> None:
    """Something was refused, or could not be written into the journal, while a page was drawn."""
    st.error(text(f"access.stopped.{key.removeprefix('access.')}"), icon=":material/block:")


def sign_out_button() -> None:
    """Ends the sign-in, here and in every window that has it."""
    if access.known().sign_in is not None and st.button(text("access.sign_out"), icon=":material/logout:",
                                                        type="tertiary", key="sign-out"):  # fmt: skip
        st.session_state[LEAVING] = True
        access.sign_out()
        st.logout()

"""The guide of the sample: the three pages that answer the first questions of a role."""

from collections.abc import Mapping

import streamlit as st

from dashboard import access, address, data
from dashboard.address import CHOICE
from dashboard.components import parts
from dashboard.wording import text
from pipelines.access.roles import RoleName

READERS: Mapping[RoleName, tuple[str, str, str]] = {
    "mah_affairs": ("uptake", "conformity", "exposure"),
    "mah_officer": ("monthly_return", "what_changed", "data_quality"),
    "ansm_reviewer": ("what_changed", "adverse_events", "pregnancy_prevention"),
    "analyst": ("methods", "populations", "extracts"),
}
"""Role → the pages to begin with; other roles see no figure."""

SHOWN, HIDDEN = "guide.shown", "no"


def guide() -> None:
    """A short note on made-up data, until the reader has closed it; a link that is copied then says so too."""
    role = access.reader().role
    if role is None or role.name not in READERS or not data.release().synthetic or _hidden():
        return
    with parts.panel("guide"):
        st.header(text("guide.title"), anchor=False)
        st.write(text("guide.sample"))
        for page in READERS[role.name]:
            label = text("guide.step", page=text(f"page.{page}"), what=text(f"guide.{page}"))
            st.page_link(f"views/{page}.py", label=label, icon=":material/arrow_forward:")
        st.button(text("guide.close"), on_click=_close, type="tertiary", icon=":material/close:", key="guide-close")


def _hidden() -> bool:
    key = f"{CHOICE}{SHOWN}"
    return key in st.session_state or address.chosen(SHOWN, [HIDDEN]) is not None


def _close() -> None:
    st.session_state[f"{CHOICE}{SHOWN}"] = HIDDEN

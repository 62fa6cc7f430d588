"""The guide of the sample: who the reader is, and the three pages that answer their first questions."""

from collections.abc import Mapping

import streamlit as st

from dashboard import address, data
from dashboard.address import CHOICE
from dashboard.components import parts
from dashboard.wording import language, text, text_in

READERS: Mapping[str, tuple[str, str, str]] = {
    "mah_affairs": ("uptake", "conformity", "exposure"),
    "mah_officer": ("overview", "what_changed", "data_quality"),
    "ansm_reviewer": ("what_changed", "adverse_events", "pregnancy_prevention"),
    "analyst": ("methods", "populations", "extracts"),
    "dpo": ("import_export", "extracts", "methods"),
}
"""Who reads → the pages to begin with."""

READER, SHOWN, HIDDEN = "guide.reader", "guide.shown", "no"


def guide() -> None:
    """A short note on made-up data, until the reader has closed it; a link that is copied then says so too."""
    if not data.release().synthetic or _hidden():
        return
    with parts.panel("guide"):
        st.header(text("guide.title"), anchor=False)
        st.write(text("guide.sample"))
        readers, spoken = list(READERS), language()
        chosen = st.segmented_control(text(READER), readers, format_func=lambda each: text_in(spoken, f"guide.{each}"),
                                      default=address.chosen(READER, readers), key=f"{CHOICE}{READER}")  # fmt: skip
        for page in READERS[chosen] if chosen else ():
            label = text("guide.step", page=text(f"page.{page}"), what=text(f"guide.{page}"))
            st.page_link(f"views/{page}.py", label=label, icon=":material/arrow_forward:")
        st.button(text("guide.close"), on_click=_close, type="tertiary", icon=":material/close:", key="guide-close")


def _hidden() -> bool:
    key = f"{CHOICE}{SHOWN}"
    return key in st.session_state or address.chosen(SHOWN, [HIDDEN]) is not None


def _close() -> None:
    st.session_state[f"{CHOICE}{SHOWN}"] = HIDDEN

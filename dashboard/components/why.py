"""The way to the document that says why a figure is not shown."""

import streamlit as st

from dashboard.wording import text

DOCUMENT = "guarantee"


def why_link(key: str) -> None:
    """A link to it.

    Args:
        key: tells two links of one page apart.
    """
    with st.container(key=f"{key}-why"):
        st.page_link("views/methods.py", label=text("protected.why"), icon=":material/help:",
                     query_params={"document": DOCUMENT})  # fmt: skip

"""What is shown where there is nothing to draw: each reason has its own sentence."""

import streamlit as st

from dashboard import labels
from dashboard.shown import Shown, State


def unknown(state: State) -> bool:
    """Whether there is no figure at all, as against one of 0."""
    return state in {"not_sent", "not_collected"}


def sentence(shown: Shown) -> str:
    """Why there is nothing to draw, in words; empty when there is."""
    if shown.state == "not_sent":
        tables = ", ".join(labels.table_name(each, shown.language) for each in shown.table.not_sent)
        return shown.text("state.not_sent", tables=tables)
    if shown.state == "not_collected":
        missing = ", ".join(shown.dimension(each) for each in shown.not_collected)
        return shown.text("state.not_collected", what=missing)
    return shown.empty if shown.state == "empty" else ""


def show(shown: Shown, state: State | None = None, empty: str = "") -> bool:
    """Say why there is nothing to draw; true when something was said.

    Args:
        state: of what is made from the counts, when it is not theirs.
        empty: what is said when only this is empty, and the counts are not.
    """
    known = state or shown.state
    written = "" if known == "observed" else sentence(shown) or empty or shown.empty
    if written:
        icon = ":material/inbox:" if known == "empty" else ":material/block:"
        st.info(written, icon=icon)
    return bool(written)

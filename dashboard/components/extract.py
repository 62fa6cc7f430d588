"""An extract: a measure by chosen dimensions, to read and to take away."""

from typing import Literal

import streamlit as st

from dashboard import tables
from dashboard.components import passport, states
from dashboard.components.card import download_button
from dashboard.shown import Shown
from dashboard.wording import text

TALLEST, ROW = 460, 35


def extract(shown: Shown) -> None:
    """The table as it will be in the file, the file, and the definition."""
    if shown.state in {"not_sent", "not_collected"}:
        states.show(shown)
        return
    frame = tables.readable(shown, wide=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        size = shown.counted("extracts.rows", len(frame)), shown.counted("extracts.columns", len(frame.columns))
        st.markdown(", ".join(size), width="content")
        download_button(shown, "extract", lambda: tables.csv_of(shown))
    figures = {shown.count(each): st.column_config.TextColumn(alignment="right") for each in shown.counts}
    height: int | Literal["auto"] = TALLEST if len(frame) > TALLEST // ROW else "auto"
    st.dataframe(frame, hide_index=True, height=height, column_config=figures, alt=shown.title)
    with st.expander(text("card.definition")):
        passport.show(shown, "extract", [(shown.table.statement, shown.table.parameters)])

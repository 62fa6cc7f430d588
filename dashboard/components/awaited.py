"""The months whose forms are still arriving, as a table: what has come, and what is expected."""

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.components import parts
from dashboard.tail import Tail
from dashboard.wording import text


def awaited(tail: Tail | None) -> None:
    """A card for the provisional months; nothing where no month is one, or another date gives the month."""
    if tail is None or not (tail.awaited or tail.sentence):
        return
    with parts.panel("awaited"):
        st.subheader(text("tail.title"), anchor=False)
        if tail.awaited:
            parts.figures(_table(tail), text("tail.title"), "awaited")
        for said in (tail.method, "" if tail.method else tail.sentence):
            if said:
                st.caption(formats.plain(said))


def _table(tail: Tail) -> pd.DataFrame:
    shown = tail.shown
    return pd.DataFrame(
        [
            {
                text("tail.month"): shown.label("start_month", row.month),
                text("tail.received"): shown.number(row.received),
                text("tail.share"): tail.share(row),
                text("tail.expected"): tail.words(row),
            }
            for row in tail.awaited
        ]
    )

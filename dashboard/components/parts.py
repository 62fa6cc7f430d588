"""Small parts: titles, remarks, choices, and tables made of several measures."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Literal

import pandas as pd
import streamlit as st

from dashboard import data, labels, tables
from dashboard.components import states
from dashboard.shown import Shown
from dashboard.wording import text

ROW, HEAD, TALLEST = 35, 38, 420
NARROWEST = 400
"""Width of a card from which a second one finds room beside it."""


def page_title(page: str) -> None:
    """The title of a page and the questions it answers."""
    st.title(text(f"page.{page}"), anchor=False)
    st.caption(text(f"{page}.questions"))


def section(key: str) -> None:
    """A heading inside a page."""
    st.header(text(key), anchor=False)


def note(key: str) -> None:
    """A sentence that a reader must have read once."""
    st.info(text(key), icon=":material/info:")


def side_by_side() -> AbstractContextManager[object]:
    """A place where cards stand two a row, and one on a narrow screen."""
    return st.grid(2, min_column_width=NARROWEST, gap="small")


def panel(key: str) -> AbstractContextManager[object]:
    """The frame of a card."""
    return st.container(border=True, gap="xsmall", key=f"card-{key}")


def figures(frame: pd.DataFrame, alt: str, key: str, labels: int = 1, height: int | Literal["content"] = "content"
            ) -> None:  # fmt: skip
    """A table of figures, which stand to the right.

    Args:
        labels: how many columns on the left are none.
    """
    with st.container(key=f"figures-{labels}-{key}"):
        st.table(tables.marked(frame), border="horizontal", hide_index=True, height=height, alt=alt)


def capped(n_rows: int) -> int | Literal["content"]:
    """The height of a table that may be long."""
    return TALLEST if n_rows * ROW > TALLEST else "content"


def beside(title: str, columns: Sequence[tuple[str, Shown]]) -> None:
    """Several measures by one and the same dimension, as the columns of one table."""
    with panel(title.replace(".", "-")):
        st.subheader(text(title), anchor=False)
        figures(tables.beside([(text(head), shown) for head, shown in columns]), text(title), title.replace(".", "-"))


def listing(shown: Shown, title: str, count: str, first: Sequence[str]) -> None:
    """The counted things themselves, one row each, the columns that matter most first."""
    with panel(title.replace(".", "-")):
        st.subheader(text(title), anchor=False)
        if states.show(shown):
            return
        lines = data.line_list(shown, count)
        ordered = [*first, *(column for column in lines.columns if column not in first)]
        readable = labels.readable_lines(lines[ordered], shown)
        st.caption(shown.counted("listing.rows", len(readable), unit=shown.count(count)))
        height = min(TALLEST, HEAD + ROW * len(readable))
        st.dataframe(readable, hide_index=True, height=height, alt=text(title))

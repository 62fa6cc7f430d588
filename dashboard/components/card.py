"""The card: a title, the figure, its table, its definition, and the file; the table and the lines are the figure's."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard import charts, data, formats, tables
from dashboard.components import parts, passport, states
from dashboard.components.chart import chart
from dashboard.shown import Shown
from dashboard.wording import text

Draw = Callable[[Shown], charts.Chart]
LONG = 40
"""Rows from which a table scrolls inside its card."""

HEIGHT = 420


def card(shown: Shown, draw: Draw | None = None, title: str = "", key: str = "", note: str = "") -> None:
    """A measure as a card.

    Args:
        draw: makes the chart; without one the card opens on its table.
        title: shown instead of the measure's own.
        key: tells two cards of one measure apart.
        note: a remark under the figure.
    """
    name = key or "-".join([shown.name, *shown.by])
    _card(shown, draw, title or shown.title, name, note)


@st.fragment
def _card(shown: Shown, draw: Draw | None, title: str, key: str, note: str) -> None:
    with parts.panel(key):
        with st.container(gap=None):
            st.subheader(formats.plain(title), anchor=False)
            st.caption(formats.plain(_subtitle(shown)))
        names = [text(f"card.{each}") for each in ("chart", "table", "definition", "download")]
        tabs = st.tabs(names[0 if draw else 1 :], key=f"{key}-tabs-{shown.language}", on_change="rerun")
        *pictures, table, definition, download = tabs
        for picture in pictures:
            if picture.open and draw:
                with picture:
                    _chart(shown, draw, key)
        if table.open:
            with table:
                _table(shown, title, key)
        if definition.open:
            with definition:
                passport.show(shown, key)
        if download.open:
            with download:
                _download(shown, key)
        if note:
            st.caption(formats.plain(note))


def _subtitle(shown: Shown) -> str:
    """Unit and period."""
    first, last = (formats.month(month, shown.language) for month in shown.months)
    period = text("card.since" if shown.table.selection.from_month else "card.until", first=first, last=last)
    units = ", ".join([shown.count(shown.main), *(shown.count(each).lower() for each in shown.counts[1:])])
    return f"{units} · {period}"


def _chart(shown: Shown, draw: Draw, key: str) -> None:
    if states.show(shown):
        return
    drawn = draw(shown)
    chart(drawn, f"{key}-figure", charts.config(shown.language, key))
    if drawn.note:
        st.caption(formats.plain(drawn.note))


def _table(shown: Shown, title: str, key: str) -> None:
    if shown.state in {"not_sent", "not_collected"} or not len(shown.frame):
        states.show(shown)
        return
    frame = tables.readable(shown)
    height: int | Literal["content"] = HEIGHT if len(frame) > LONG else "content"
    parts.figures(frame, title, key, labels=1 if tables.is_wide(shown) else len(shown.by), height=height)


def _download(shown: Shown, key: str) -> None:
    if shown.state in {"not_sent", "not_collected"}:
        states.show(shown)
        return
    st.write(shown.counted("card.download_what", len(shown.frame)))
    download_button(shown, key)


def download_button(shown: Shown, key: str) -> None:
    """The button whose file is made at the click."""
    st.download_button(
        text("card.download_csv"),
        data=lambda: tables.csv_of(shown),
        file_name=tables.file_name(shown, data.release().cutoff.isoformat()),
        mime="text/csv",
        key=f"{key}-download",
        on_click="ignore",
        icon=":material/download:",
    )

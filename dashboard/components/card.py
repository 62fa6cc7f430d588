"""The card: a title, the figure, its table, its definition, and the file; the table and the lines are the figure's."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard import charts, data, formats, tables
from dashboard.components import parts, passport, states
from dashboard.components.frame import Head, frame
from dashboard.shown import Shown
from dashboard.wording import text

Draw = Callable[[Shown], charts.Chart]
VIEWS = ("chart", "table", "definition", "download")
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
    known = VIEWS if draw else VIEWS[1:]
    view = st.session_state.get(_view(key), known[0])
    drawn = draw(shown) if draw and view == "chart" and shown.state == "observed" else None
    head = Head(title, _subtitle(shown), {each: text(f"card.{each}") for each in known}, view, shown.language)
    with parts.panel(key):
        frame(head, drawn, key, lambda name: _open(key, name), lambda cell: _drill(shown, key, cell, drawn))
        if view == "chart":
            states.show(shown)
        elif view == "table":
            _table(shown, title, key)
        elif view == "definition":
            passport.show(shown, key)
        else:
            _download(shown, key)
        if note:
            st.caption(formats.plain(note))


def _view(key: str) -> str:
    return f"{key}-view"


def _open(key: str, view: str) -> None:
    st.session_state[_view(key)] = view


def _drill(shown: Shown, key: str, cell: dict[str, str], drawn: charts.Chart | None) -> None:
    """Open the lines behind a mark, as many as it says."""
    _open(key, "definition")
    passport.pick(shown, key, cell, drawn.counted if drawn else "")


def _subtitle(shown: Shown) -> str:
    """Unit and period."""
    first, last = (formats.month(month, shown.language) for month in shown.months)
    period = text("card.since" if shown.table.selection.from_month else "card.until", first=first, last=last)
    units = ", ".join([shown.count(shown.main), *(shown.count(each).lower() for each in shown.counts[1:])])
    return f"{units} · {period}"


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

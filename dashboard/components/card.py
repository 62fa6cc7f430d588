"""The card: a title, the figure, its table, its definition, and the file; the table and the lines are the figure's."""

from collections.abc import Callable, Mapping
from typing import Literal

import streamlit as st

from dashboard import access, charts, data, formats, tables
from dashboard.accounts import Account
from dashboard.charts.boxes import Limits
from dashboard.charts.intervals import MOST_SHOWN
from dashboard.components import content, parts, passport, states
from dashboard.components.content import Content
from dashboard.components.frame import Head, frame
from dashboard.components.offer import offer
from dashboard.estimated import Curved, Estimates, Spread
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
    _card(content.counts(shown, draw), title, key, note)


def estimate_card(found: Estimates, unit: str, in_order: bool = False, title: str = "", key: str = "", note: str = "",
                  most: int = MOST_SHOWN) -> None:  # fmt: skip
    """The estimates of a measure with their intervals.

    Args:
        unit: what is drawn, one of `found.units`; the table and the file hold all.
        in_order: keep the order of the list instead of the order of the counts.
        most: how many rows are drawn.
    """
    _card(content.estimates(found, unit, in_order, most), title, key, note)


def share_card(found: Estimates, name: str, title: str = "", key: str = "", note: str = "") -> None:
    """One share of a measure by two dimensions, a cell each."""
    _card(content.share_table(found, name), title, key, note)


def dates_card(by_date: Mapping[str, Shown], title: str = "", key: str = "", note: str = "") -> None:
    """A measure by month, by each of the dates that can give a patient the month."""
    _card(content.dates(by_date), title, key, note)


def curve_card(found: Curved, title: str = "", key: str = "", note: str = "") -> None:
    """Time-to-event curves with the number at risk; the lines behind are the persons."""
    _card(content.curves(found), title, key, note)


def spread_card(found: Spread, limits: Limits | None = None, title: str = "", key: str = "",
                note: str = "") -> None:  # fmt: skip
    """The distribution of a quantity.

    Args:
        limits: value of the first dimension → the limits drawn across its row.
    """
    _card(content.spread(found, limits), title, key, note)


def account_card(found: Account, title: str = "", note: str = "") -> None:
    """The ledger of treatment."""
    _card(content.account(found), title, "", note)


@access.fragment
def _card(held: Content, title: str, key: str, note: str) -> None:
    key, shown = key or held.name, held.shown
    known = VIEWS if held.draw else VIEWS[1:]
    view = st.session_state.get(_view(key), known[0])
    view = view if view in known else known[0]
    drawn = held.draw() if held.draw and view == "chart" and held.state == "observed" else None
    views = {each: text(f"card.{each}") for each in known}
    head = Head(title or held.title, _subtitle(held), views, view, shown.language)
    with parts.panel(key):
        frame(head, drawn, key, lambda name: _open(key, name), lambda cell: _drill(shown, key, cell, drawn))
        if view == "chart":
            states.show(shown, held.state, held.empty)
        elif view == "table":
            _table(held, head.title, key)
        elif view == "definition":
            passport.show(shown, key, held.runs)
        else:
            _download(held, key)
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


def _subtitle(held: Content) -> str:
    """Unit and period."""
    shown = held.shown
    first, last = (formats.month(month, shown.language) for month in shown.months)
    period = text("card.since" if shown.table.selection.from_month else "card.until", first=first, last=last)
    return f"{held.units} · {period}"


def _table(held: Content, title: str, key: str) -> None:
    if states.unknown(held.state) or not held.rows:
        states.show(held.shown, held.state, held.empty)
        return
    frame = held.table()
    height: int | Literal["content"] = HEIGHT if len(frame) > LONG else "content"
    parts.figures(frame, title, key, labels=held.labels, height=height)


def _download(held: Content, key: str) -> None:
    if states.unknown(held.state):
        states.show(held.shown, held.state, held.empty)
        return
    st.write(held.shown.counted("card.download_what", held.rows))
    download_button(held.shown, key, held.file)


def download_button(shown: Shown, key: str, file: Callable[[], bytes]) -> None:
    """The button whose file is made at the click."""
    name = tables.file_name(shown, data.release().cutoff.isoformat())
    offer(shown.name, len(shown.frame), file, name, key)

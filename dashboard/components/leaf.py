"""A card on something else than a measure: its parts are given, and stand under the same head and buttons."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from dashboard import access, data, formats, tables
from dashboard.charts import Chart
from dashboard.components import parts
from dashboard.components.frame import Head, frame
from dashboard.components.offer import offer
from dashboard.wording import language, text

View = Callable[[], None]


def leaf(key: str, title: str, subtitle: str, chart: Callable[[], Chart] | None, views: Mapping[str, View],
         on_mark: Callable[[dict[str, str]], None] | None = None, note: str = "") -> None:  # fmt: skip
    """A card.

    Args:
        chart: makes the figure; where there is none, the card opens on the first of the views.
        views: `table`, `definition`, `download` → what shows it, in this order.
        on_mark: called with what a clicked mark stands for, once the definition is open.
        note: a remark under the figure.
    """
    _leaf(key, title, subtitle, chart, dict(views), on_mark, note)


@access.fragment
def _leaf(key: str, title: str, subtitle: str, chart: Callable[[], Chart] | None, views: dict[str, View],
          on_mark: Callable[[dict[str, str]], None] | None, note: str) -> None:  # fmt: skip
    names = [*(["chart"] if chart else []), *views]
    place = f"{key}-view"
    view = st.session_state.get(place)
    view = view if view in names else names[0]

    def opened(name: str) -> None:
        st.session_state[place] = name

    def marked(held: dict[str, str]) -> None:
        if on_mark:
            opened("definition")
            on_mark(held)

    head = Head(title, subtitle, {each: text(f"card.{each}") for each in names}, view, language())
    with parts.panel(key):
        frame(head, chart() if chart and view == "chart" else None, key, opened, marked)
        if view != "chart":
            views[view]()
        if note:
            st.caption(formats.plain(note))


def download(rows: pd.DataFrame, what: str, label: str = "") -> None:
    """The rows as a file, made at the click.

    Args:
        what: a figure or a list, as the journal names it.
        label: what the file is called after, if not after that.
    """
    reader, cutoff = language(), data.release().cutoff.isoformat()
    named = label or what.replace("_", "-")
    offer(
        what,
        len(rows),
        lambda: tables.csv_text(list(rows.columns), rows.astype(str).to_numpy().tolist(), reader),
        f"{data.programme().name}_{named}_{cutoff}_exact.csv",
        named,
    )

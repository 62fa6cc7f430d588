"""What a card shows in the browser: its head, its views, and its figure, which stays and is changed in place.

`st.plotly_chart` builds a figure anew at every rerun and `st.tabs` costs as much again; here a card is one element.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import charts, served
from dashboard.charts import Chart

FOLDER = Path(__file__).parent
HTML = """
<div class="rtu-card">
  <h3 class="rtu-title"></h3><p class="rtu-subtitle"></p>
  <div class="rtu-views" role="group"></div>
  <figure><div class="rtu-chart"></div></figure>
  <p class="rtu-note"></p>
</div>
"""

_mounted = st.components.v2.component(
    "rtu-card",
    html=HTML,
    css=(FOLDER / "frame.css").read_text(encoding="utf-8"),
    js=(FOLDER / "frame.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Head:
    """The words of a card.

    Attributes:
        views: name → label, the buttons under the title.
        view: the name of the one that is open.
    """

    title: str
    subtitle: str
    views: Mapping[str, str]
    view: str
    language: str


def frame(head: Head, drawn: Chart | None, key: str, on_view: Callable[[str], None],
          on_mark: Callable[[dict[str, str]], None]) -> None:  # fmt: skip
    """Show the head, and the figure where there is one, with its finding as the text of the picture.

    Args:
        key: the same card at every run; its name is the name of the picture's file.
        on_view: called with the view that the reader asks for, before the card runs again.
        on_mark: called likewise with the cell of the clicked mark: dimension → value, empty where not recorded.
    """
    place = f"{key}-frame"
    shown: dict[str, Any] = {
        "title": head.title,
        "subtitle": head.subtitle,
        "views": dict(head.views),
        "view": head.view,
        "note": drawn.note if drawn else "",
    }
    if drawn:
        shown |= {
            "figure": drawn.figure.to_dict(),
            "alt": drawn.alt,
            "config": charts.config(head.language, key),
            "library": served.plotly_address(),
        }
    _mounted(
        key=place,
        data=shown,
        on_view_change=lambda: on_view(st.session_state[place]["view"]),
        on_mark_change=lambda: on_mark(st.session_state[place]["mark"]),
    )

"""A figure on the page: one place for each key, where the figure is changed in place instead of drawn anew.

`st.plotly_chart` builds and draws a figure again at every rerun; this component keeps it and hands over what changed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import served
from dashboard.charts import Chart

SCRIPT = Path(__file__).with_suffix(".js")
PLACE = '<div class="rtu-chart"></div>'

_mounted = st.components.v2.component(
    "rtu-chart", html=PLACE, js=SCRIPT.read_text(encoding="utf-8"), isolate_styles=False
)


def chart(drawn: Chart, key: str, config: dict[str, Any], on_mark: Callable[[], None] | None = None) -> object:
    """Show a figure with its finding as the text of the picture.

    Args:
        key: two figures with one key, one after the other, are one figure that changes.
        config: the buttons and words of the figure.
        on_mark: makes the marks clickable; called at a click, before the page runs again.

    Returns:
        What the clicked mark holds as its `customdata`, in the run that the click caused; none in all others.
    """
    figure = drawn.figure.to_dict()
    asked = {"figure": figure, "config": config, "alt": drawn.alt, "library": served.plotly_address(),
             "clickable": on_mark is not None}  # fmt: skip
    answer = _mounted(key=key, data=asked, on_mark_change=on_mark or _nothing)
    return answer.mark


def _nothing() -> None:
    """Marks of a figure that nobody listens to."""

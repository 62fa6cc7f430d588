"""Rows that are read at any width: a line from the axis for each, and its label above the line.

Two series, which a browser draws in half the time of a shape and an annotation a row.
"""

from collections.abc import Sequence

from dashboard.charts.figure import Json, trace
from dashboard.charts.look import FONT

THICK, ABOVE = 4, 8
"""Pixels: of a line, and from a row's middle to the foot of its label."""


def row_lines(lengths: Sequence[float], colours: Sequence[str], row: float) -> Json:
    """The lines, the first row at 0.

    Args:
        row: pixels between two rows.
    """
    return trace("bar", orientation="h", x=list(lengths), y=list(range(len(lengths))), width=THICK / row,
                 marker={"color": list(colours)}, hoverinfo="skip")  # fmt: skip


def row_labels(texts: Sequence[str], row: float) -> Json:
    """Their labels, with `<br>` between the lines of one, on an axis that goes down."""
    places = [place - ABOVE / row for place in range(len(texts))]
    return trace("scatter", x=[0] * len(texts), y=places, text=list(texts), mode="text", textposition="top right",
                 textfont={"size": FONT}, cliponaxis=False, hoverinfo="skip")  # fmt: skip

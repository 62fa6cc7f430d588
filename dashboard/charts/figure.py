"""A figure as the browser's Plotly reads it: plain dictionaries, built in a thousandth of what validated objects cost.

Nothing is checked here; the tests give every figure to `plotly.graph_objects`, which refuses what does not exist.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def trace(kind: str, **values: Any) -> Json:
    """The marks of one series: `bar`, `scatter`, `heatmap`."""
    return {"type": kind, **values}


class Figure:
    """Traces and a layout; updates go into what is there, as deep as they reach."""

    def __init__(self, *traces: Json) -> None:
        self.data: list[Json] = list(traces)
        self.layout: Json = {"xaxis": {}, "yaxis": {}}

    def add_trace(self, added: Json) -> None:
        """One more series."""
        self.data.append(added)

    def add_annotation(self, **values: Any) -> None:
        """A text at a place."""
        self.layout.setdefault("annotations", []).append({"showarrow": False, **values})

    def add_shape(self, **values: Any) -> None:
        """A line or an area at a place."""
        self.layout.setdefault("shapes", []).append(values)

    def update_layout(self, **values: Any) -> None:
        """Change the layout."""
        _update(self.layout, values)

    def update_axis(self, name: str, **values: Any) -> None:
        """Change one axis: `yaxis2`; it is made where there is none."""
        _update(self.layout.setdefault(name, {}), values)

    def update_xaxes(self, **values: Any) -> None:
        """Change every horizontal axis."""
        self._update_all("xaxis", values)

    def update_yaxes(self, **values: Any) -> None:
        """Change every vertical axis."""
        self._update_all("yaxis", values)

    def to_dict(self) -> Json:
        """What goes to the browser."""
        return {"data": self.data, "layout": self.layout}

    def _update_all(self, kind: str, values: Json) -> None:
        for name in [name for name in self.layout if name.startswith(kind)]:
            self.update_axis(name, **values)


def rows(names: list[str], spacing: float) -> Figure:
    """Panels one under another on one horizontal axis, the first on top, each under its name.

    Args:
        spacing: share of the height between two panels.
    """
    figure = Figure()
    share = (1 - spacing * (len(names) - 1)) / len(names)
    for place, name in enumerate(names):
        top = 1 - place * (share + spacing)
        figure.update_axis(row_axis("yaxis", place), domain=[max(top - share, 0.0), top], anchor="x")
        figure.add_annotation(text=name, x=0, y=top, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
    figure.update_axis("xaxis", anchor=row_axis("y", len(names) - 1))
    return figure


def row_axis(letter: str, place: int) -> str:
    """The axis of a panel: `y`, `y2`, … or `yaxis`, `yaxis2`, …"""
    return f"{letter}{place + 1 if place else ''}"


def _update(into: Json, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, Mapping):
            inner = into.get(name)
            into[name] = inner if isinstance(inner, dict) else {}
            _update(into[name], value)
        else:
            into[name] = value

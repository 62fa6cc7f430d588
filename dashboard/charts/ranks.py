"""Values in order of their count: the label stands above its line, so that long names are read at any width."""

from collections.abc import Mapping
from typing import Any

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.lines import row_labels, row_lines
from dashboard.charts.look import FONT, HIGHEST, NEUTRAL, Chart, dressed, held, hue, wrapped
from dashboard.shown import Shown

MOST_SHOWN, MOST_ON_TWO_LINES = 9, 6
LINE = 42
"""Characters of a label on one line, so that it is read at 360 pixels."""

ONE_LINE, TWO_LINES, AROUND = 36, 54, 62
"""Height of a row, and of the axis under the rows."""

OUTLINED = {"symbol": "circle-open", "line": {"width": 3}}

ROOM = 1.25
"""Of the axis to the right of the longest line, for its figure."""


def ranked(shown: Shown, count: str | None = None, in_order: bool = False, serious: bool = False,
           remarks: Mapping[str, str] | None = None) -> Chart:  # fmt: skip
    """A line and a dot for each value of the first dimension.

    Args:
        count: which of the counts; the main one unless said.
        in_order: keep the order of the list instead of the order of the counts.
        serious: dots as outlines, the sign of seriousness.
        remarks: value → what stands behind its label.
    """
    wanted = count or shown.main
    dimension = shown.by[0]
    cells = shown.cells if in_order else _by_count(shown.cells, dimension, wanted)
    drawn = cells[:MOST_SHOWN]
    labels = [_name(shown, dimension, cell[dimension], remarks or {}) for cell in drawn]
    if any("<br>" in label for label in labels):
        drawn, labels = cells[:MOST_ON_TWO_LINES], labels[:MOST_ON_TWO_LINES]
    figure = _figure(shown, drawn, labels, wanted, OUTLINED if serious else {})
    first = _by_count(drawn, dimension, wanted)[0]
    finding = shown.counted("chart.ranked_finding", len(cells), title=shown.title,
                         first=shown.label(dimension, first[dimension]), count=shown.number(first[wanted]),
                         unit=shown.count(wanted))  # fmt: skip
    note = ""
    if len(cells) > len(drawn):
        note = shown.text("chart.first_of", shown=shown.number(len(drawn)), all=shown.number(len(cells)))
    return Chart(figure, finding, note, wanted)


def _by_count(cells: list[Json], dimension: str, wanted: str) -> list[Json]:
    """The highest first; what was not recorded comes last, whatever its count."""
    return sorted(cells, key=lambda cell: (cell[dimension] is None, -cell[wanted]))


def _name(shown: Shown, dimension: str, value: object, remarks: Mapping[str, str]) -> str:
    label = shown.text("state.not_recorded") if value is None else shown.label(dimension, value)
    return wrapped(" ".join([label, *([remarks[str(value)]] if value in remarks else [])]), LINE)


def _figure(shown: Shown, cells: list[Json], labels: list[str], wanted: str, dots: Mapping[str, Any]) -> Figure:
    dimension, values = shown.by[0], [cell[wanted] for cell in cells]
    colours = [_colour(shown, dimension, cell[dimension]) for cell in cells]
    marks = [held(label, **{dimension: cell[dimension]}) for label, cell in zip(labels, cells, strict=True)]
    row = TWO_LINES if any("<br>" in label for label in labels) else ONE_LINE
    figure = Figure(row_lines(values, colours, row), _dots(shown, values, marks, colours, wanted, dots),
                    row_labels(labels, row))  # fmt: skip
    dressed(figure, int(AROUND + (len(values) + 0.5) * row), showlegend=False)
    figure.update_yaxes(visible=False, range=[max(len(values) - 0.5, 0.5), -1.0])
    figure.update_xaxes(range=[0, max(values) * ROOM or 1], title={"text": shown.count(wanted)}, **_whole(max(values)))
    return figure


def _dots(shown: Shown, values: list[int], marks: list[list[object]], colours: list[str], wanted: str,
          dots: Mapping[str, Any]) -> Json:  # fmt: skip
    return trace(
        "scatter",
        x=values,
        y=list(range(len(values))),
        mode="markers+text",
        marker={"size": 11, "color": colours, **dots},
        text=[f"  {shown.number(value)}" for value in values],
        textposition="middle right",
        textfont={"size": FONT},
        cliponaxis=False,
        customdata=marks,
        hovertemplate=f"%{{customdata[0]}}<br>{shown.count(wanted)} : %{{x}}<extra></extra>",
    )


def _colour(shown: Shown, dimension: str, value: object) -> str:
    return hue(shown.programme, str(value)) if dimension == "indication_code" and value else NEUTRAL


def _whole(highest: int) -> Mapping[str, Any]:
    return {"dtick": 1} if highest <= HIGHEST // 80 else {"tickformat": ",d", "nticks": 5}

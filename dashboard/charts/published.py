"""Figures of the protected ledger: blocks of months as areas, and categories along the plan's tree."""

import datetime as dt

import pandas as pd

from dashboard import formats
from dashboard.charts.figure import Figure, Json, row_axis, rows, trace
from dashboard.charts.lines import row_labels, row_lines
from dashboard.charts.look import FONT, NEUTRAL, OUTSIDE, Chart, dressed, height_for, hue, pattern, wrapped
from dashboard.charts.months import ROW_STEPS
from dashboard.told import Category, Months, Told

INDENT = "\u2003"
"""Before the name of a part, for each step down the tree."""

DAY = 86_400_000
"""Milliseconds, in which Plotly takes the width of a bar on an axis of days."""

FEW_YEARS = 2
"""Up to so many years the axis names months."""

LINE, ROW, TWO_LINES, AROUND, ROOM = 40, 36, 54, 62, 1.3


def blocks(told: Told) -> Chart:
    """Each block as wide as its months and as high as its patients a month, so that the area is the patients.

    Each indication has a scale of its own: rare ones have long and flat blocks. The months after the last block are
    hatched: they wait until enough patients have entered.
    """
    codes = list(dict.fromkeys(each.indication for each in told.blocks))
    figure = rows([told.indication(code) for code in codes], min(0.12, 0.5 / len(codes)))
    end = _after(max(told.ledger.cutoff[:7], *(each.last for each in told.blocks)))
    dressed(figure, height_for(len(codes), 95), showlegend=False, bargap=0)
    for place, code in enumerate(codes):
        *closed, waiting = (each for each in told.blocks if each.indication == code)
        figure.add_trace({**_areas(told, code, closed), "yaxis": row_axis("y", place)})
        highest = max((_a_month(each) for each in closed), default=1.0)
        figure.update_axis(row_axis("yaxis", place), range=[0, highest * ROOM], nticks=ROW_STEPS + 1)
        if f"{waiting.first}-01" < end:
            _open(figure, told, waiting, end, row_axis("y", place))
    figure.update_layout(margin={"t": 34})
    begin = min(f"{each.first}-01" for each in told.blocks)
    is_long = int(end[:4]) - int(begin[:4]) > FEW_YEARS
    named = {"tickformat": "%Y", "dtick": "M12"} if is_long else {"tickformat": "%b %Y", "nticks": 4}
    figure.update_xaxes(type="date", range=[begin, end], showgrid=False, tickangle=0, **named)
    return Chart(figure, _finding(told), told.text("protected.blocks_note"))


def categories(told: Told) -> Chart:
    """A line and a dot for each category in the plan's order, the parts under the category that holds them."""
    shown = [*told.categories, *told.rest[:-1]]
    labels = [_indented(wrapped(each.label, LINE), each.depth) for each in shown]
    row = TWO_LINES if any("<br>" in label for label in labels) else ROW
    highest = max([1, *(each.n or 0 for each in shown)])
    colours = [_colour(told, each) for each in shown]
    figure = Figure(row_lines([each.n or 0 for each in shown], colours, row), _dots(told, shown, colours),
                    row_labels(labels, row))  # fmt: skip
    dressed(figure, int(AROUND + (len(shown) + 0.5) * row), showlegend=False)
    figure.update_yaxes(visible=False, range=[max(len(shown) - 0.5, 0.5), -1.0])
    figure.update_xaxes(range=[0, highest * ROOM], title={"text": told.what}, tickformat=",d", nticks=5)
    return Chart(figure, _told(told, shown))


def _indented(label: str, depth: int) -> str:
    """A label of a part, each of its lines further to the right than that of the whole."""
    return "<br>".join(INDENT * depth + line for line in label.split("<br>"))


def _dots(told: Told, shown: list[Category], colours: list[str]) -> Json:
    """One mark a row; where nothing is published the sign alone, at the axis."""
    return trace(
        "scatter",
        x=[each.n or 0 for each in shown],
        y=list(range(len(shown))),
        mode="markers+text",
        marker={"size": [11 if each.n else 0 for each in shown], "color": colours, "opacity": 1},
        text=[f"  {told.number(each.n)}" for each in shown],
        textposition="middle right",
        textfont={"size": FONT},
        cliponaxis=False,
        customdata=[[each.label, told.number(each.n)] for each in shown],
        hovertemplate=f"%{{customdata[0]}}<br>{told.what} : %{{customdata[1]}}<extra></extra>",
    )


def _colour(told: Told, category: Category) -> str:
    known = {each.code for each in told.programme.indications}
    if not category.code:
        return OUTSIDE
    return hue(told.programme, category.code) if category.code in known else NEUTRAL


def _told(told: Told, shown: list[Category]) -> str:
    said = formats.listed((f"{each.label} {told.number(each.n)}" for each in shown), told.language)
    return told.text("protected.categories_finding", title=told.title, total=told.number(told.answer.total), parts=said)


def _areas(told: Told, code: str, closed: list[Months]) -> Json:
    return trace(
        "bar",
        x=[f"{each.first}-01" for each in closed],
        y=[round(_a_month(each), 2) for each in closed],
        width=[DAY * _days(each) for each in closed],
        offset=0,
        name=told.indication(code),
        marker={"color": hue(told.programme, code), "pattern": pattern(told.programme, code),
                "line": {"width": 1, "color": "#FFFFFF"}},
        customdata=[[told.months(each.first, each.last), told.number(each.n)] for each in closed],
        hovertemplate=f"%{{customdata[0]}}<br>{told.what} : %{{customdata[1]}}<extra></extra>",
    )  # fmt: skip


def _open(figure: Figure, told: Told, waiting: Months, end: str, axis: str) -> None:
    """The months that no block covers yet."""
    figure.add_shape(type="rect", x0=f"{waiting.first}-01", x1=end, y0=0, y1=1, xref="x", yref=f"{axis} domain",
                     line={"width": 1, "color": OUTSIDE, "dash": "dot"}, fillcolor=OUTSIDE, opacity=0.25)  # fmt: skip
    figure.add_annotation(x=end, y=0.5, xref="x", yref=f"{axis} domain", xanchor="right", yanchor="middle", xshift=-4,
                          text=told.number(None), font={"size": FONT})  # fmt: skip


def _a_month(block: Months) -> float:
    first, last = (pd.Period(month, freq="M") for month in (block.first, block.last))
    return (block.n or 0) / (int(last.ordinal - first.ordinal) + 1)


def _days(block: Months) -> int:
    return (dt.date.fromisoformat(_after(block.last)) - dt.date.fromisoformat(f"{block.first}-01")).days


def _after(month: str) -> str:
    """The first day after a month."""
    return f"{pd.Period(month, freq='M') + 1}-01"


def _finding(told: Told) -> str:
    said = []
    for code in dict.fromkeys(each.indication for each in told.blocks):
        closed = [each.n for each in told.blocks if each.indication == code and each.n]
        said.append(told.text("protected.blocks_of", indication=told.indication(code),
                              n=told.number(sum(closed) or None), blocks=told.number(len(closed) or None)))  # fmt: skip
    return told.text("protected.blocks_finding", title=told.title, total=told.number(told.answer.total),
                     parts=formats.listed(said, told.language))  # fmt: skip

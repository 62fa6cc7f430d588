"""What stands over the bars of months: the provisional tail, what is expected of it, and the programme's decisions."""

import datetime as dt

from dashboard import formats
from dashboard.charts.figure import Figure, trace
from dashboard.charts.look import CLEAR, FONT, NEUTRAL
from dashboard.shown import Shown
from dashboard.tail import Awaited, Tail

HALF = dt.timedelta(days=15)
"""Half of the width of a month."""

HATCHED = {"shape": "/", "size": 9, "solidity": 0.12, "fgcolor": NEUTRAL, "bgcolor": CLEAR}


def highest(tail: Tail | None) -> int:
    """The highest limit of the expectations."""
    return max((row.high or 0 for row in tail.awaited), default=0) if tail else 0


def provisional(figure: Figure, tail: Tail | None, top: float, axis: str = "y") -> None:
    """Hatch the months that are not final, up to the top of their axis."""
    rows = tail.awaited if tail else []
    if not tail or not rows:
        return
    corners = [_corners(row.month, top) for row in rows]
    name = tail.shown.text("chart.provisional")
    figure.add_trace(
        trace("scatter", x=[x for places in corners for x, _ in places], y=[y for places in corners for _, y in places],
              yaxis=axis, mode="none", fill="toself", fillpattern=HATCHED, hoverinfo="skip", name=name,
              showlegend=axis == "y")
    )  # fmt: skip


def expected(figure: Figure, tail: Tail | None) -> None:
    """What is still to come of each month on top of its bars, with the interval of the whole."""
    rows = [row for row in tail.awaited if row.expected is not None] if tail else []
    if not tail or not rows:
        return
    pairs = [(row.expected or 0, row) for row in rows]
    name = tail.shown.text("chart.expected")
    figure.add_trace(
        trace(
            "bar",
            x=[_day(row.month).isoformat() for row in rows],
            y=[max(expected - row.received, 0) for expected, row in pairs],
            name=name,
            marker={"color": CLEAR, "line": {"color": NEUTRAL, "width": 1.5}},
            error_y={"type": "data", "symmetric": False, "array": [(row.high or 0) - each for each, row in pairs],
                     "arrayminus": [each - (row.low or 0) for each, row in pairs], "color": NEUTRAL, "thickness": 2,
                     "width": 5},
            customdata=[[_told(tail, row), None] for row in rows],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )  # fmt: skip


def decisions(figure: Figure, shown: Shown) -> str:
    """A numbered line on the day of each decision of the programme; returns what the numbers stand for."""
    first, last = (_day(month) for month in shown.months)
    said: list[str] = []
    for decision in shown.programme.decisions:
        if not first <= decision.date <= last:
            continue
        number = shown.number(len(said) + 1)
        figure.add_shape(type="line", x0=decision.date.isoformat(), x1=decision.date.isoformat(), y0=0, y1=1,
                         yref="paper", line={"color": NEUTRAL, "width": 1.5, "dash": "dash"})  # fmt: skip
        figure.add_annotation(text=number, x=decision.date.isoformat(), y=1, yref="paper", yanchor="bottom",
                              bordercolor=NEUTRAL, borderpad=2, font={"size": FONT})  # fmt: skip
        day = formats.day(decision.date, shown.language)
        said.append(shown.text("chart.decision", number=number, day=day, title=shown.say(decision.title)))
    return " ".join(said)


def _told(tail: Tail, row: Awaited) -> str:
    month = tail.shown.label("start_month", row.month)
    return tail.shown.text("chart.expected_of", month=month, expected=tail.words(row), share=tail.share(row))


def _day(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")


def _corners(month: str, top: float) -> list[tuple[str | None, float | None]]:
    left, right = (_day(month) - HALF).isoformat(), (_day(month) + HALF).isoformat()
    return [(left, 0), (left, top), (right, top), (right, 0), (left, 0), (None, None)]

"""A bridge: what each reason added or took away, one under another, from the figure before to the figure now."""

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import FONT, NEUTRAL, Chart, dressed
from dashboard.moved import Moved
from dashboard.wording import text_in

ROW, AROUND = 44, 64
"""Height of a reason with its label above its bar, and of the axis under the rows."""

THICK = 0.36
FEW = 6
"""Up to so many on the axis, each has its own tick."""

GAINED, LOST = NEUTRAL, "rgba(0, 0, 0, 0)"
"""What came in is filled and what went out is an outline: the sign is seen without a colour, and read beside it."""

ROOM = 0.3
"""Of the width of the axis on the right of the bars, for what is written there."""


def bridge_bars(moved: Moved) -> Chart:
    """The difference from the figure before: a bar for each reason, beginning where the one above ended."""
    rows = len(moved.moves) + 2
    figure = Figure(*_bars(moved), _ends(moved, rows))
    labels = [
        moved_text(moved, "since", moved.before),
        *(move.label for move in moved.moves),
        moved_text(moved, "until", moved.after),
    ]
    for place, label in enumerate(labels):
        figure.add_annotation(x=0, xref="paper", y=place, text=label, xanchor="left", yanchor="bottom", yshift=9,
                              align="left", font={"size": FONT})  # fmt: skip
    least, most = _reach(moved)
    dressed(figure, AROUND + rows * ROW, showlegend=False, barmode="overlay")
    figure.update_yaxes(visible=False, range=[rows - 0.5, -0.9])
    width = most - least or 1
    figure.update_xaxes(range=[least - 0.04 * width, most + ROOM * width], tickformat=",d", nticks=5,
                        title={"text": _text(moved, "axis")})  # fmt: skip
    if width < FEW:
        figure.update_xaxes(dtick=1)
    return Chart(figure, moved.finding)


def moved_text(moved: Moved, which: str, value: int) -> str:
    """An end of the bridge: the day and the figure."""
    return _text(moved, "end", day=moved.day(which), figure=moved.number(value))


def _text(moved: Moved, part: str, **values: object) -> str:
    return text_in(moved.language, f"what_changed.{part}", **values)


def _bars(moved: Moved) -> list[Json]:
    found, reached = [], 0
    for place, move in enumerate(moved.moves, start=1):
        gained = move.net >= 0
        found.append(
            trace(
                "bar",
                orientation="h",
                x=[abs(move.net)],
                base=[min(reached, reached + move.net)],
                y=[place],
                width=THICK,
                marker={"color": GAINED if gained else LOST, "line": {"color": NEUTRAL, "width": 2}},
                text=[f" {moved.written(move)}"],
                textposition="outside",
                textfont={"size": FONT},
                cliponaxis=False,
                customdata=[[move.label, {"reason": move.reason}]],
                hovertemplate=f"%{{customdata[0]}} {moved.written(move)}<extra></extra>",
            )
        )
        reached += move.net
    return found


def _ends(moved: Moved, rows: int) -> Json:
    return trace(
        "scatter",
        x=[0, moved.difference],
        y=[0, rows - 1],
        mode="markers",
        marker={"size": 12, "color": NEUTRAL, "symbol": "diamond"},
        customdata=[[moved_text(moved, "since", moved.before)], [moved_text(moved, "until", moved.after)]],
        hovertemplate="%{customdata[0]}<extra></extra>",
    )


def _reach(moved: Moved) -> tuple[int, int]:
    """The lowest and the highest place that the bars reach."""
    reached, places = 0, [0]
    for move in moved.moves:
        reached += move.net
        places.append(reached)
    return min(places), max(places)

"""The distribution of a quantity: for each cell a box of the quartiles with whiskers to the outer tenths."""

from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from dashboard import formats
from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import FONT, NEUTRAL, Chart, dressed, held, hue, wrapped
from dashboard.estimated import Spread

ROW, AROUND, LINE = 86, 62, 42
ABOVE, HALF = 0.2, 0.16
"""Of a row: where the words over a box end, and half the height of the box."""

LIMIT = "#B45309"
"""The mark of a limit; contrast above 3:1 on light and on dark ground."""

Row = Mapping[Hashable, object]
Limits = Mapping[str, Sequence[float]]


def boxes(found: Spread, limits: Limits | None = None) -> Chart:
    """A box for each cell with enough values, its median and quartiles in words above it.

    Args:
        limits: value of the first dimension → the limits drawn across its row.
    """
    shown, rows, figure = found.shown, found.found.frame.to_dict("records"), Figure()
    known = limits or {}
    for place, row in enumerate(rows):
        head = "<br>".join(each for each in (wrapped(found.name(row), LINE), _words(found, row)) if each)
        figure.add_annotation(x=0, xref="paper", y=place - ABOVE, text=head, xanchor="left", yanchor="bottom",
                              align="left", font={"size": FONT})  # fmt: skip
        if int(row["n"]) >= formats.SMALLEST_BASE:
            figure.add_trace(_box(found, row, place))
        for limit in known.get(str(row[found.found.by[0]]), ()) if found.found.by else ():
            _limit(figure, limit, place, found.number(limit))
    if not figure.data:
        figure.add_trace(trace("scatter", x=[], y=[]))
    dressed(figure, AROUND + ROW * max(len(rows), 1), showlegend=False)
    highest = max(
        [
            1.0,
            *(limit for each in known.values() for limit in each),
            *(float(value) for value in found.found.frame["p90"].dropna()),
        ]
    )
    figure.update_xaxes(range=[0, highest * 1.08], title={"text": found.unit}, nticks=5)
    figure.update_yaxes(visible=False, range=[len(rows) - 0.55, -0.85])
    return Chart(figure, _finding(found, rows), shown.text("spread.method", n=formats.SMALLEST_BASE))


def _box(found: Spread, row: Row, place: int) -> Json:
    quartiles = {"q1": "p25", "median": "median", "q3": "p75", "lowerfence": "p10", "upperfence": "p90"}
    return trace(
        "box",
        y=[place],
        orientation="h",
        width=2 * HALF,
        name=found.name(row),
        **{side: [row[each]] for side, each in quartiles.items()},
        line={"color": _colour(found, row)},
        hoverinfo="x",
        customdata=[held(found.name(row), **{each: row[each] for each in found.found.by})],
    )


def _limit(figure: Figure, limit: float, place: int, written: str) -> None:
    """A line across the box, with the limit beside its foot."""
    figure.add_shape(type="line", x0=limit, x1=limit, y0=place - HALF, y1=place + 2 * HALF,
                     line={"color": LIMIT, "width": 3, "dash": "dot"})  # fmt: skip
    figure.add_annotation(x=limit, y=place + 2 * HALF, text=written, xanchor="left", xshift=4, yanchor="bottom",
                          font={"size": FONT})  # fmt: skip


def _finding(found: Spread, rows: list[dict[Hashable, object]]) -> str:
    shown = found.shown
    said = [shown.text("chart.named", dimension=found.name(row), value=_words(found, row)) if found.found.by
            else _words(found, row) for row in rows]  # fmt: skip
    found_in = formats.listed(said, shown.language)
    return shown.text("spread.finding", title=found.title, unit=found.unit, found=found_in)


def _words(found: Spread, row: Row) -> str:
    """`12 [5 – 30], n = 254`; of few values only the ends, since they have no quartiles to speak of."""
    if not row["n"]:
        return formats.NOT_RECORDED
    if row["n"] < formats.SMALLEST_BASE:  # type: ignore[operator]
        return found.shown.counted("spread.few", int(row["n"]), least=found.number(row["least"]),  # type: ignore[call-overload]
                                   most=found.number(row["most"]))  # fmt: skip
    quartiles = f"[{found.number(row['p25'])} – {found.number(row['p75'])}]"
    number = found.number(row["n"])
    return found.shown.text("spread.words", median=found.number(row["median"]), quartiles=quartiles, n=number)


def _colour(found: Spread, row: Row) -> str:
    code = row.get("indication_code")
    return NEUTRAL if code is None or pd.isna(code) else hue(found.shown.programme, str(code))  # type: ignore[call-overload]

"""The distribution of a quantity: for each cell a box of the quartiles with whiskers to the outer tenths."""

from collections.abc import Mapping

import pandas as pd

from dashboard import formats
from dashboard.charts.figure import Figure, trace
from dashboard.charts.look import FONT, NEUTRAL, Chart, dressed, held, hue, wrapped
from dashboard.estimated import Spread

ROW, AROUND, LINE = 74, 62, 42
LIMIT = "#B45309"
"""The mark of a limit; contrast above 3:1 on light and on dark ground."""


def boxes(found: Spread, limits: Mapping[str, float] | None = None) -> Chart:
    """A box for each cell with enough values, its median and quartiles in words above it.

    Args:
        limits: value of the first dimension → a limit drawn across its row.
    """
    shown = found.shown
    rows = found.found.frame.to_dict("records")
    figure = Figure()
    for place, row in enumerate(rows):
        head = wrapped(" : ".join(each for each in (found.name(row), _words(found, row)) if each), LINE)
        figure.add_annotation(x=0, xref="paper", y=place - 0.22, text=head, xanchor="left", yanchor="bottom",
                              align="left", font={"size": FONT})  # fmt: skip
        if row["n"] >= formats.SMALLEST_BASE:
            figure.add_trace(trace("box", y=[place], orientation="h", width=0.34, name=found.name(row),
                                   q1=[row["p25"]], median=[row["median"]], q3=[row["p75"]], lowerfence=[row["p10"]],
                                   upperfence=[row["p90"]], line={"color": _colour(found, row)}, hoverinfo="x",
                                   customdata=[held(found.name(row), **{each: row[each] for each in found.found.by})],
                                   ))  # fmt: skip
        limit = (limits or {}).get(str(row[found.found.by[0]])) if found.found.by else None
        if limit is not None:
            figure.add_shape(type="line", x0=limit, x1=limit, y0=place - 0.2, y1=place + 0.4,
                             line={"color": LIMIT, "width": 3, "dash": "dot"})  # fmt: skip
            figure.add_annotation(x=limit, y=place + 0.4, text=found.number(limit), xanchor="left", xshift=4,
                                  yanchor="bottom", font={"size": FONT})  # fmt: skip
    if not figure.data:
        figure.add_trace(trace("scatter", x=[], y=[]))
    dressed(figure, AROUND + ROW * max(len(rows), 1), showlegend=False)
    highest = max([float(row["p90"]) for row in rows if not pd.isna(row["p90"])] + list((limits or {}).values()) + [1])
    figure.update_xaxes(range=[0, highest * 1.08], title={"text": found.unit}, nticks=5)
    figure.update_yaxes(visible=False, range=[len(rows) - 0.45, -0.9])
    said = " ; ".join(f"{found.name(row)} : {_words(found, row)}" if found.found.by else _words(found, row)
                      for row in rows)  # fmt: skip
    alt = shown.text("spread.finding", title=found.title, unit=found.unit, found=said)
    return Chart(figure, alt, shown.text("spread.method", n=formats.SMALLEST_BASE))


def _words(found: Spread, row: Mapping[str, object]) -> str:
    """`12 [5 – 30], n = 254`; of few values only the ends, since they have no quartiles to speak of."""
    if not row["n"]:
        return formats.NOT_RECORDED
    if row["n"] < formats.SMALLEST_BASE:  # type: ignore[operator]
        return found.shown.counted("spread.few", int(row["n"]), least=found.number(row["least"]),  # type: ignore[call-overload]
                                   most=found.number(row["most"]))  # fmt: skip
    quartiles = f"[{found.number(row['p25'])} – {found.number(row['p75'])}]"
    number = found.shown.number(int(row["n"]))  # type: ignore[call-overload]
    return found.shown.text("spread.words", median=found.number(row["median"]), quartiles=quartiles, n=number)


def _colour(found: Spread, row: Mapping[str, object]) -> str:
    code = row.get("indication_code")
    return hue(found.shown.programme, str(code)) if code is not None and not pd.isna(code) else NEUTRAL  # type: ignore[call-overload]

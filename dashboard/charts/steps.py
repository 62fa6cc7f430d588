"""Time-to-event curves: steps with their interval, and under them, at the same months, how many are at risk."""

from dashboard import formats
from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import FONT, NEUTRAL, Chart, dressed, held, hue
from dashboard.estimated import DAYS_PER_MONTH, Curved
from pipelines.statistics.curves import Curve

PLOT, AXIS, LINE = 260, 58, 22
"""Heights of the curves, of the axis under them, and of a line of the table of persons at risk."""

LEGEND = 26
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
BAND = 0.18
Cell = tuple[str | None, ...]


def steps(found: Curved) -> Chart:
    """The curves up to the last day on which enough persons are at risk; the rest is in words."""
    shown, curves = found.shown, found.curves
    figure = Figure()
    for place, (cell, curve) in enumerate(curves.items()):
        for each in _curve(found, cell, curve, place):
            figure.add_trace(each)
    _at_risk(figure, found)
    below = AXIS + LINE * _lines(found) + 8
    above = LEGEND * (1 + len(curves) // 3) if len(curves) > 1 else 8
    dressed(figure, above + PLOT + below, margin={"t": above, "b": below}, showlegend=len(curves) > 1)
    last = max((found.last_day(curve) for curve in curves.values()), default=1) / DAYS_PER_MONTH
    figure.update_xaxes(range=[-0.02 * last, last * 1.03], tickvals=found.months,
                        ticktext=[shown.number(month) for month in found.months], automargin=False,
                        title={"text": shown.text("curve.months_axis"), "standoff": 6})  # fmt: skip
    figure.update_yaxes(rangemode="tozero", ticksuffix=formats.PERCENT_SIGN[shown.language], nticks=5)
    if found.head.kind == "survival":
        figure.update_yaxes(range=[0, 101])
    return Chart(figure, finding(found), _note(found))


def finding(found: Curved) -> str:
    """Each curve at its last month, with its interval and the number at risk."""
    shown = found.shown
    said = []
    for cell, curve in found.curves.items():
        month = max(month for month in found.months if month * DAYS_PER_MONTH <= found.last_day(curve))
        point = found.point(curve, month)
        figure = shown.text("curve.finding", n=month, figure=found.words(point), at_risk=shown.number(point.at_risk))
        said.append(shown.text("chart.named", dimension=found.name(cell), value=figure) if cell else figure)
    findings = formats.listed(said, shown.language) or _few(found)
    return shown.text("curve.findings", title=found.title, findings=findings)


def _curve(found: Curved, cell: Cell, curve: Curve, place: int) -> list[Json]:
    """The band, then the line over it."""
    known = curve.steps[curve.steps["day"] <= found.last_day(curve)]
    colour = _colour(found, cell)
    x = [round(day / DAYS_PER_MONTH, 3) for day in known["day"]]
    sure = known.assign(low=known["low"].fillna(known["estimate"]), high=known["high"].fillna(known["estimate"]))
    low, high, y = ([round(float(value) * 100, 3) for value in sure[each]] for each in ("low", "high", "estimate"))
    edge = {"mode": "lines", "line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip", "showlegend": False}
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    filled = {"fill": "tonexty", "fillcolor": f"rgba({red}, {green}, {blue}, {BAND})"}
    shown = {
        "name": found.name(cell) or found.title,
        "mode": "lines",
        "line": {"color": colour, "width": 2.5, "shape": "hv", "dash": DASHES[place % len(DASHES)]},
        "customdata": [held(found.name(cell), **dict(zip(found.found.by, cell, strict=True)))],
        "hovertemplate": f"%{{x:.1f}} : %{{y:.1f}}{formats.PERCENT_SIGN[found.shown.language]}"
        f"<extra>{found.name(cell)}</extra>",
    }
    return [trace("scatter", x=x, y=low, **edge), trace("scatter", x=x, y=high, **edge, **filled),
            trace("scatter", x=x, y=y, **shown)]  # fmt: skip


def _at_risk(figure: Figure, found: Curved) -> None:
    """The number at risk under each month of the axis; a line for each curve, under its name."""
    shown = found.shown
    below = -AXIS
    head = {"x": 0, "xref": "paper", "y": 0, "yref": "paper", "xanchor": "left", "yanchor": "top"}
    figure.add_annotation(text=f"<b>{shown.text('curve.at_risk')}</b>", yshift=below, font={"size": FONT}, **head)
    for cell, curve in found.curves.items():
        below -= LINE
        if cell:
            figure.add_annotation(text=found.name(cell), yshift=below, font={"size": FONT}, **head)
            below -= LINE
        for month in found.months:
            figure.add_annotation(text=shown.number(found.point(curve, month).at_risk), x=month, y=0, yref="paper",
                                  xref="x", yanchor="top", yshift=below, font={"size": FONT})  # fmt: skip


def _lines(found: Curved) -> int:
    """Lines of the table of persons at risk."""
    return 1 + sum(2 if cell else 1 for cell in found.curves)


def _colour(found: Curved, cell: Cell) -> str:
    values = dict(zip(found.found.by, cell, strict=True))
    code = values.get("indication_code")
    return hue(found.shown.programme, code) if code else NEUTRAL


def _note(found: Curved) -> str:
    method = "aalen_johansen" if found.head.kind == "incidence" else "kaplan_meier"
    said = found.shown.text(f"curve.method_{method}", n=formats.SMALLEST_BASE)
    return f"{said} {few}" if (few := _few(found)) else said


def _few(found: Curved) -> str:
    """Curves of too few persons: events and persons."""
    shown = found.shown
    told = [f"{found.name(cell) or found.title} {shown.number(curve.n_events)}/{shown.number(curve.n)}"
            for cell, curve in found.too_few.items()]  # fmt: skip
    return shown.text("curve.too_few", n=formats.SMALLEST_BASE, which=", ".join(told)) if told else ""

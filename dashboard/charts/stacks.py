"""Counts by month and one more dimension that is no indication, one on the other."""

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import HIGHEST, Chart, dressed, held, kind
from dashboard.charts.months import STEPS, axis_name, days, from_zero, many, month_axis
from dashboard.shown import Shown
from dashboard.tables import values


def stacked(shown: Shown) -> Chart:
    """Bars by the first dimension, a month, in the parts of the second."""
    month, part = shown.by
    parts = values(shown.observed[part])
    figure = Figure(*(_bars(shown, each, place) for place, each in enumerate(parts)))
    dressed(figure, HIGHEST, barmode="stack", margin={"t": 34})
    figure.update_layout(legend={"y": -0.12 if many(shown, month) else -0.19, "yanchor": "top"})
    figure.update_axis("yaxis", **from_zero(int(shown.observed.groupby(month)[shown.main].sum().max()), STEPS))
    axis_name(figure, shown.text("chart.per_month", unit=shown.count(shown.main)), "left")
    month_axis(figure, shown, month)
    return Chart(figure, finding(shown, part))


def finding(shown: Shown, part: str) -> str:
    """The whole and its parts."""
    sums = shown.observed.groupby(part, sort=False, dropna=False)[shown.main].sum()
    said = ", ".join(f"{shown.label(part, value)} {shown.number(int(count))}" for value, count in sums.items())
    return shown.text("chart.parts_finding", title=shown.title, total=shown.number(int(sums.sum())), parts=said)


def _bars(shown: Shown, value: object, place: int) -> Json:
    month, part = shown.by
    chosen = shown.observed[part].isna() if value is None else shown.observed[part] == value
    cells = shown.observed[chosen].dropna(subset=[month])
    name = shown.label(part, value)
    return trace(
        "bar",
        x=days(cells, month),
        y=[int(count) for count in cells[shown.main]],
        name=name,
        marker=kind(place),
        customdata=[held(shown.label(month, each), **{month: each, part: value}) for each in cells[month]],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{y}}<extra></extra>",
    )

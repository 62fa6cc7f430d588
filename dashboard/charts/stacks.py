"""Counts by month and one more dimension that is no indication, one on the other."""

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import HIGHEST, Chart, dressed, held, kind, round_steps
from dashboard.charts.months import STEPS, axis_name, days, from_zero, many, month_axis, sums
from dashboard.shown import Shown
from dashboard.tables import values


def stacked(shown: Shown) -> Chart:
    """Bars by the first dimension, a month, in the parts of the second."""
    month, part = shown.by
    parts = values(shown.observed[part])
    figure = Figure(*(_bars(shown, each, place) for place, each in enumerate(parts)))
    dressed(figure, HIGHEST, barmode="stack", margin={"t": 34})
    figure.update_layout(legend={"y": -0.12 if many(shown, month) else -0.19, "yanchor": "top"})
    highest = max(sums(shown, month).values())
    figure.update_axis("yaxis", **from_zero(highest, round_steps(STEPS, highest)))
    axis_name(figure, shown.text("chart.per_month", unit=shown.count(shown.main)), "left")
    month_axis(figure, shown, month)
    return Chart(figure, finding(shown, part))


def finding(shown: Shown, part: str) -> str:
    """The whole and its parts."""
    counts = dict.fromkeys((cell[part] for cell in shown.cells), 0)
    for cell in shown.cells:
        counts[cell[part]] += cell[shown.main]
    said = ", ".join(f"{shown.label(part, value)} {shown.number(count)}" for value, count in counts.items())
    return shown.text("chart.parts_finding", title=shown.title, total=shown.number(sum(counts.values())), parts=said)


def _bars(shown: Shown, value: object, place: int) -> Json:
    month, part = shown.by
    cells = [cell for cell in shown.cells if cell[part] == value and cell[month] is not None]
    name = shown.label(part, value)
    return trace(
        "bar",
        x=days(cell[month] for cell in cells),
        y=[cell[shown.main] for cell in cells],
        name=name,
        marker=kind(place),
        customdata=[held(shown.label(month, cell[month]), **{month: cell[month], part: value}) for cell in cells],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{y}}<extra></extra>",
    )

"""One count by month, by each of the dates that can give a patient the month."""

from collections.abc import Mapping

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import HIGHEST, KINDS, Chart, dressed, round_steps
from dashboard.charts.months import STEPS, axis_name, days, found, from_zero, many, month_axis
from dashboard.shown import Shown

DASHES = ("solid", "dash", "dot")


def dates(by_date: Mapping[str, Shown]) -> Chart:
    """A line for each date.

    Args:
        by_date: date → the count by month.
    """
    first = next(iter(by_date.values()))
    figure = Figure(*(_line(basis, shown, place) for place, (basis, shown) in enumerate(by_date.items())))
    dressed(figure, HIGHEST, margin={"t": 34})
    longest = max(by_date.values(), key=lambda shown: len(found(shown, "month")))
    figure.update_layout(legend={"y": -0.12 if many(longest) else -0.19, "yanchor": "top"})
    highest = max(cell[each.main] for each in by_date.values() for cell in each.cells)
    figure.update_axis("yaxis", **from_zero(highest, round_steps(STEPS, highest)))
    axis_name(figure, first.text("chart.per_month", unit=first.count(first.main)), "left")
    month_axis(figure, longest)
    said = ", ".join(f"{_name(basis, shown)} {shown.number(sum(cell[shown.main] for cell in shown.cells))}"
                     for basis, shown in by_date.items())  # fmt: skip
    return Chart(figure, first.text("chart.dates_finding", title=first.title, dates=said))


def _line(basis: str, shown: Shown, place: int) -> Json:
    cells = [cell for cell in shown.cells if cell["month"] is not None]
    name = _name(basis, shown)
    return trace(
        "scatter",
        mode="lines",
        x=days(cell["month"] for cell in cells),
        y=[cell[shown.main] for cell in cells],
        name=name,
        line={"color": KINDS[place][0], "width": 2.5, "dash": DASHES[place]},
        customdata=[[shown.label("month", cell["month"]), None] for cell in cells],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{y}}<extra></extra>",
    )


def _name(basis: str, shown: Shown) -> str:
    return shown.text(f"date_basis.{basis}")

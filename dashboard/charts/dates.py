"""One count by month, by each of the dates that can give a patient the month."""

from collections.abc import Mapping

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import HIGHEST, KINDS, Chart, dressed
from dashboard.charts.months import STEPS, axis_name, days, from_zero, many, month_axis
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
    longest = max(by_date.values(), key=lambda shown: shown.observed["month"].nunique())
    figure.update_layout(legend={"y": -0.12 if many(longest) else -0.19, "yanchor": "top"})
    figure.update_axis("yaxis", **from_zero(max(int(each.observed[each.main].max()) for each in by_date.values()),
                                            STEPS))  # fmt: skip
    axis_name(figure, first.text("chart.per_month", unit=first.count(first.main)), "left")
    month_axis(figure, longest)
    said = ", ".join(f"{_name(basis, shown)} {shown.number(int(shown.observed[shown.main].sum()))}"
                     for basis, shown in by_date.items())  # fmt: skip
    return Chart(figure, first.text("chart.dates_finding", title=first.title, dates=said))


def _line(basis: str, shown: Shown, place: int) -> Json:
    cells = shown.observed.dropna(subset=["month"])
    name = _name(basis, shown)
    return trace(
        "scatter",
        mode="lines",
        x=days(cells),
        y=[int(count) for count in cells[shown.main]],
        name=name,
        line={"color": KINDS[place][0], "width": 2.5, "dash": DASHES[place]},
        customdata=[[shown.label("month", month), None] for month in cells["month"]],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{y}}<extra></extra>",
    )


def _name(basis: str, shown: Shown) -> str:
    return shown.text(f"date_basis.{basis}")

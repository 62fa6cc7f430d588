"""Charts along months: of entry, or of what is there at the end of each."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from dashboard import formats
from dashboard.charts import overlays
from dashboard.charts.figure import Figure, Json, row_axis, rows, trace
from dashboard.charts.look import (
    FONT,
    HIGHEST,
    NEUTRAL,
    Chart,
    dressed,
    height_for,
    held,
    hue,
    nice_step,
    pattern,
    round_steps,
)
from dashboard.shown import Shown
from dashboard.tail import Tail
from pipelines.definitions import dimensions

STEPS, ROW_STEPS, ROOM = 5, 3, 1.02
"""About so many steps have the count axes, and the room above the highest."""

MOST_SEPARATE = 8
"""Up to so many months each has its own tick."""


def monthly_bars(shown: Shown, cumulative: Shown | None = None, tail: Tail | None = None) -> Chart:
    """Stacked bars by month and indication, with the running total on its own axis; both axes begin at 0.

    Args:
        tail: the months that are not final are hatched, with what they are expected to become.
    """
    figure = Figure()
    for code in found(shown, "indication_code"):
        figure.add_trace(_bars(shown, code))
    overlays.expected(figure, tail)
    total = cumulative if cumulative is not None and cumulative.state == "observed" else None
    if total is not None:
        figure.add_trace({**_line(total), "yaxis": "y2"})
        figure.update_axis("yaxis2", overlaying="y", side="right")
    dressed(figure, HIGHEST, barmode="stack", margin={"t": 34})
    figure.update_layout(legend={"y": -0.12 if many(shown) else -0.19, "yanchor": "top"})
    stacked = max(*sums(shown, "month").values(), overlays.highest(tail))
    running = max(cell[total.main] for cell in total.cells) if total is not None else 0
    steps = round_steps(STEPS, stacked, running)
    overlays.provisional(figure, tail, nice_step(stacked, steps) * steps)
    figure.update_axis("yaxis", **from_zero(stacked, steps))
    axis_name(figure, shown.text("chart.per_month", unit=shown.count(shown.main)), "left")
    if total is not None:
        figure.update_axis("yaxis2", showgrid=False, **from_zero(running, steps))
        axis_name(figure, shown.text("chart.cumulative"), "right")
    month_axis(figure, shown)
    said = tail.sentence if tail else ""
    return Chart(figure, " ".join([_finding(shown), said]).strip(),
                 " ".join([said, overlays.decisions(figure, shown)]).strip())  # fmt: skip


def small_multiples(shown: Shown, tail: Tail | None = None) -> Chart:
    """One row of bars for each indication, on the same axes; months that are not final are hatched."""
    indications = found(shown, "indication_code")
    names = [shown.label("indication_code", code) for code in indications]
    figure = rows(names, min(0.12, 0.5 / len(names)))
    highest = max(cell[shown.main] for cell in shown.cells)
    steps = round_steps(ROW_STEPS, highest)
    for place, code in enumerate(indications):
        axis = row_axis("y", place)
        figure.add_trace({**_bars(shown, code), "yaxis": axis})
        overlays.provisional(figure, tail, nice_step(highest, steps) * steps, axis)
    dressed(figure, height_for(len(names), 95), showlegend=False)
    figure.update_layout(margin={"t": 34})
    figure.update_yaxes(**from_zero(highest, steps))
    month_axis(figure, shown)
    hatched = shown.text("chart.hatched") if tail and tail.awaited else ""
    return Chart(figure, _finding(shown), " ".join([hatched, overlays.decisions(figure, shown)]).strip())


def month_ends(shown: Shown) -> Chart:
    """Stacked bars by end of month and indication, of patients who are there then; months do not add up."""
    figure, month = Figure(), _month(shown)
    for code in found(shown, "indication_code"):
        figure.add_trace(_bars(shown, code))
    dressed(figure, HIGHEST, barmode="stack", margin={"t": 30})
    figure.update_layout(legend={"y": -0.12 if many(shown, month) else -0.19, "yanchor": "top"})
    by_month = sums(shown, month)
    highest = max(by_month.values())
    figure.update_axis("yaxis", **from_zero(highest, round_steps(STEPS, highest)))
    axis_name(figure, shown.text("chart.at_month_end", unit=shown.count(shown.main)), "left")
    month_axis(figure, shown, month)
    return Chart(figure, _last_and_highest(shown, by_month))


def _month(shown: Shown) -> str:
    """The dimension that the bars stand along."""
    return next(each for each in shown.by if dimensions()[each].month)


def found(shown: Shown, dimension: str) -> list[str]:
    """The values of a dimension that were observed, in their order."""
    return [value for value in dict.fromkeys(cell[dimension] for cell in shown.cells) if value is not None]


def sums(shown: Shown, dimension: str, cells: Iterable[dict[str, Any]] | None = None) -> dict[str, int]:
    """The main count by a dimension, without what was not recorded.

    Args:
        cells: those that are added up, all unless said.
    """
    counter = Counter[str]()
    for cell in shown.cells if cells is None else cells:
        if cell[dimension] is not None:
            counter[cell[dimension]] += cell[shown.main]
    return dict(counter)


def _bars(shown: Shown, code: str) -> Json:
    month = _month(shown)
    cells = [cell for cell in shown.cells if cell["indication_code"] == code and cell[month] is not None]
    months = [cell[month] for cell in cells]
    name = shown.label("indication_code", code)
    return trace(
        "bar",
        x=days(months),
        y=[cell[shown.main] for cell in cells],
        name=name,
        marker={"color": hue(shown.programme, code), "pattern": pattern(shown.programme, code), "line": {"width": 0}},
        customdata=[held(shown.label(month, value), **{month: value, "indication_code": code})
                    for value in months],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{y}}<extra></extra>",
    )  # fmt: skip


def _line(shown: Shown) -> Json:
    cells = [cell for cell in shown.cells if cell["month"] is not None]
    name = shown.text("chart.cumulative")
    return trace(
        "scatter",
        x=days(cell["month"] for cell in cells),
        y=[cell[shown.main] for cell in cells],
        name=name,
        mode="lines",
        line={"color": NEUTRAL, "width": 2.5, "dash": "dot"},
        customdata=[[shown.label("month", cell["month"]), None, shown.number(cell[shown.main])] for cell in cells],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{customdata[2]}}<extra></extra>",
    )  # fmt: skip


def axis_name(figure: Figure, name: str, side: str) -> None:
    """The name of an axis above it, where it takes no width from the bars."""
    figure.add_annotation(text=name, x=0 if side == "left" else 1, y=1, xref="paper", yref="paper", xanchor=side,
                          yanchor="bottom", yshift=6, font={"size": FONT})  # fmt: skip


def days(months: Iterable[object]) -> list[str]:
    """The first day of each month, which stands for it on the axis."""
    return [f"{month}-01" for month in months]


def from_zero(highest: int, steps: int) -> dict[str, object]:
    """A count axis from 0 in whole numbers; two axes with the same steps share their grid."""
    step = nice_step(highest, steps)
    return {"range": [0, step * steps * ROOM], "tickmode": "linear", "tick0": 0, "dtick": step, "tickformat": ",d"}


def many(shown: Shown, dimension: str = "month") -> bool:
    """Whether there are too many months for a tick on two lines for each."""
    return len(found(shown, dimension)) > MOST_SEPARATE


def month_axis(figure: Figure, shown: Shown, dimension: str = "month") -> None:
    """Months along the bottom; when there are few, each has its name."""
    figure.update_xaxes(type="date", tickformat="%b %Y", showgrid=False, tickangle=0)
    if not many(shown, dimension):
        months = found(shown, dimension)
        figure.update_xaxes(
            tickvals=days(months),
            ticktext=[formats.month(month, shown.language).replace(" ", "<br>") for month in months],
        )


def _finding(shown: Shown) -> str:
    """The total, the indication with most of it, the highest month and the last one."""
    by_month = sums(shown, "month")
    by_indication = sums(shown, "indication_code", (cell for cell in shown.cells if cell["month"] is not None))
    first, total = max(by_indication, key=by_indication.__getitem__), sum(by_month.values())
    highest, last = max(by_month, key=by_month.__getitem__), max(by_month)
    return shown.text(
        "chart.monthly_finding",
        title=shown.title,
        total=shown.number(total),
        first=shown.label("indication_code", first),
        share=formats.share(by_indication[first], total, shown.language),
        highest=shown.label("month", highest),
        n_highest=shown.number(by_month[highest]),
        last=shown.label("month", last),
        n_last=shown.number(by_month[last]),
    )


def _last_and_highest(shown: Shown, by_month: dict[str, int]) -> str:
    """The last month with the indication that has most of it, and the highest one."""
    last, highest = max(by_month), max(by_month, key=by_month.__getitem__)
    counts = sums(shown, "indication_code", (cell for cell in shown.cells if cell[_month(shown)] == last))
    first, whole = max(counts, key=counts.__getitem__), by_month[last]
    return shown.text(
        "chart.month_ends_finding",
        title=shown.title,
        last=shown.label("month", last),
        n_last=shown.number(whole),
        first=shown.label("indication_code", first),
        share=formats.share(counts[first], whole, shown.language),
        highest=shown.label("month", highest),
        n_highest=shown.number(by_month[highest]),
    )

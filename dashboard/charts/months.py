"""Charts along months: of entry, or of what is there at the end of each."""

import pandas as pd

from dashboard import formats
from dashboard.charts import overlays
from dashboard.charts.figure import Figure, Json, row_axis, rows, trace
from dashboard.charts.look import FONT, HIGHEST, NEUTRAL, Chart, dressed, height_for, held, hue, nice_step, pattern
from dashboard.shown import Shown
from dashboard.tail import Tail
from pipelines.definitions import dimensions

STEPS, ROW_STEPS, ROOM = 5, 3, 1.02
"""Steps of the count axes, and the room above the highest."""

MOST_SEPARATE = 8
"""Up to so many months each has its own tick."""


def monthly_bars(shown: Shown, cumulative: Shown | None = None, tail: Tail | None = None) -> Chart:
    """Stacked bars by month and indication, with the running total on its own axis; both axes begin at 0.

    Args:
        tail: the months that are not final are hatched, with what they are expected to become.
    """
    figure = Figure()
    for code in shown.observed["indication_code"].dropna().unique():
        figure.add_trace(_bars(shown, code))
    overlays.expected(figure, tail)
    total = cumulative if cumulative is not None and cumulative.state == "observed" else None
    if total is not None:
        figure.add_trace({**_line(total), "yaxis": "y2"})
        figure.update_axis("yaxis2", overlaying="y", side="right")
    dressed(figure, HIGHEST, barmode="stack", margin={"t": 34})
    figure.update_layout(legend={"y": -0.12 if many(shown) else -0.19, "yanchor": "top"})
    stacked = max(int(shown.observed.groupby("month")[shown.main].sum().max()), overlays.highest(tail))
    overlays.provisional(figure, tail, nice_step(stacked, STEPS) * STEPS)
    figure.update_axis("yaxis", **from_zero(stacked, STEPS))
    axis_name(figure, shown.text("chart.per_month", unit=shown.count(shown.main)), "left")
    if total is not None:
        highest = int(total.observed[total.main].max())
        figure.update_axis("yaxis2", showgrid=False, **from_zero(highest, STEPS))
        axis_name(figure, shown.text("chart.cumulative"), "right")
    month_axis(figure, shown)
    said = tail.sentence if tail else ""
    return Chart(figure, " ".join([_finding(shown), said]).strip(),
                 " ".join([said, overlays.decisions(figure, shown)]).strip())  # fmt: skip


def small_multiples(shown: Shown, tail: Tail | None = None) -> Chart:
    """One row of bars for each indication, on the same axes; months that are not final are hatched."""
    indications = list(shown.observed["indication_code"].dropna().unique())
    names = [shown.label("indication_code", code) for code in indications]
    figure = rows(names, min(0.12, 0.5 / len(names)))
    highest = int(shown.observed[shown.main].max())
    for place, code in enumerate(indications):
        axis = row_axis("y", place)
        figure.add_trace({**_bars(shown, code), "yaxis": axis})
        overlays.provisional(figure, tail, nice_step(highest, ROW_STEPS) * ROW_STEPS, axis)
    dressed(figure, height_for(len(names), 95), showlegend=False)
    figure.update_layout(margin={"t": 34})
    figure.update_yaxes(**from_zero(highest, ROW_STEPS))
    month_axis(figure, shown)
    hatched = shown.text("chart.hatched") if tail and tail.awaited else ""
    return Chart(figure, _finding(shown), " ".join([hatched, overlays.decisions(figure, shown)]).strip())


def month_ends(shown: Shown) -> Chart:
    """Stacked bars by end of month and indication, of patients who are there then; months do not add up."""
    figure, month = Figure(), _month(shown)
    for code in shown.observed["indication_code"].dropna().unique():
        figure.add_trace(_bars(shown, code))
    dressed(figure, HIGHEST, barmode="stack", margin={"t": 30})
    figure.update_layout(legend={"y": -0.12 if many(shown, month) else -0.19, "yanchor": "top"})
    by_month = shown.observed.groupby(month)[shown.main].sum()
    figure.update_axis("yaxis", **from_zero(int(by_month.max()), STEPS))
    axis_name(figure, shown.text("chart.at_month_end", unit=shown.count(shown.main)), "left")
    month_axis(figure, shown, month)
    return Chart(figure, _last_and_highest(shown, by_month))


def _month(shown: Shown) -> str:
    """The dimension that the bars stand along."""
    return next(each for each in shown.by if dimensions()[each].month)


def _bars(shown: Shown, code: str) -> Json:
    month = _month(shown)
    cells = shown.observed[shown.observed["indication_code"] == code].dropna(subset=[month])
    name = shown.label("indication_code", code)
    return trace(
        "bar",
        x=days(cells, month),
        y=[int(count) for count in cells[shown.main]],
        name=name,
        marker={"color": hue(shown.programme, code), "pattern": pattern(shown.programme, code), "line": {"width": 0}},
        customdata=[held(shown.label(month, value), **{month: value, "indication_code": code})
                    for value in cells[month]],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{y}}<extra></extra>",
    )  # fmt: skip


def _line(shown: Shown) -> Json:
    cells = shown.observed.dropna(subset=["month"])
    name = shown.text("chart.cumulative")
    return trace(
        "scatter",
        x=days(cells),
        y=[int(count) for count in cells[shown.main]],
        name=name,
        mode="lines",
        line={"color": NEUTRAL, "width": 2.5, "dash": "dot"},
        customdata=[[shown.label("month", month), None, shown.number(int(value))]
                    for month, value in zip(cells["month"], cells[shown.main], strict=True)],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{customdata[2]}}<extra></extra>",
    )  # fmt: skip


def axis_name(figure: Figure, name: str, side: str) -> None:
    """The name of an axis above it, where it takes no width from the bars."""
    figure.add_annotation(text=name, x=0 if side == "left" else 1, y=1, xref="paper", yref="paper", xanchor=side,
                          yanchor="bottom", yshift=6, font={"size": FONT})  # fmt: skip


def days(cells: pd.DataFrame, dimension: str = "month") -> list[str]:
    """The first day of each month, which stands for it on the axis."""
    return [f"{month}-01" for month in cells[dimension]]


def from_zero(highest: int, steps: int) -> dict[str, object]:
    """A count axis from 0 in whole numbers; two axes with the same steps share their grid."""
    step = nice_step(highest, steps)
    return {"range": [0, step * steps * ROOM], "tickmode": "linear", "tick0": 0, "dtick": step, "tickformat": ",d"}


def many(shown: Shown, dimension: str = "month") -> bool:
    """Whether there are too many months for a tick on two lines for each."""
    return shown.observed[dimension].nunique() > MOST_SEPARATE


def month_axis(figure: Figure, shown: Shown, dimension: str = "month") -> None:
    """Months along the bottom; when there are few, each has its name."""
    figure.update_xaxes(type="date", tickformat="%b %Y", showgrid=False, tickangle=0)
    if not many(shown, dimension):
        months = shown.observed[dimension].dropna().unique()
        figure.update_xaxes(
            tickvals=[f"{month}-01" for month in months],
            ticktext=[formats.month(month, shown.language).replace(" ", "<br>") for month in months],
        )


def _finding(shown: Shown) -> str:
    """The total, the indication with most of it, the highest month and the last one."""
    cells = shown.observed.dropna(subset=["month"])
    by_month = cells.groupby("month")[shown.main].sum()
    by_indication = cells.groupby("indication_code", sort=False)[shown.main].sum()
    first, total = str(by_indication.idxmax()), int(by_month.sum())
    highest = str(by_month.idxmax())
    return shown.text(
        "chart.monthly_finding",
        title=shown.title,
        total=shown.number(total),
        first=shown.label("indication_code", first),
        share=formats.share(int(by_indication[first]), total, shown.language),
        highest=shown.label("month", highest),
        n_highest=shown.number(int(by_month[highest])),
        last=shown.label("month", by_month.index[-1]),
        n_last=shown.number(int(by_month.iloc[-1])),
    )


def _last_and_highest(shown: Shown, by_month: "pd.Series[int]") -> str:
    """The last month with the indication that has most of it, and the highest one."""
    last, highest = str(by_month.index[-1]), str(by_month.idxmax())
    cells = shown.observed[shown.observed[_month(shown)] == last].dropna(subset=["indication_code"])
    counts = cells.set_index("indication_code")[shown.main].astype(int)
    first, whole = str(counts.idxmax()), int(by_month.iloc[-1])
    return shown.text(
        "chart.month_ends_finding",
        title=shown.title,
        last=shown.label("month", last),
        n_last=shown.number(whole),
        first=shown.label("indication_code", first),
        share=formats.share(int(counts[first]), whole, shown.language),
        highest=shown.label("month", highest),
        n_highest=shown.number(int(by_month[highest])),
    )

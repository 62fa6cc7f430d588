"""Figures of the data themselves: empty fields, forms by centre and month, days until a form comes in."""

from dataclasses import dataclass

import pandas as pd

from dashboard import formats
from dashboard.charts.figure import Figure, trace
from dashboard.charts.lines import row_labels, row_lines
from dashboard.charts.look import CLEAR, FONT, HIGHEST, LOWEST, NEUTRAL, SHADES, Chart, dressed, wrapped
from dashboard.wording import counted_in, text_in

MOST_FIELDS, MOST_CENTRES, LAST_MONTHS = 6, 20, 12
EVERY = 3
"""Of so many months one is named, so that the names stand apart at 360 pixels."""

LINE = 42
ROW, CENTRE, AROUND = 48, 17, 74
"""Heights of a field with its label above its line, of a centre, and of what stands around."""

NOT_EXPECTED = "·"
INKS = ("#16202C", "#FFFFFF")
DARK = 0.55
"""Share of the shades from which the ink is white."""


@dataclass(frozen=True)
class Empty:
    """A field that is often empty: its name in words, its rows without a value, and all its rows."""

    label: str
    n_empty: int
    n_rows: int


def empty_fields(fields: list[Empty], most: float, language: str) -> Chart:
    """The share of rows without a value, the emptiest field first, with the line above which a field is named."""
    drawn = fields[:MOST_FIELDS]
    shares = [100 * each.n_empty / each.n_rows for each in drawn]
    places = list(range(len(drawn)))
    figure = Figure(
        row_lines(shares, [NEUTRAL] * len(drawn), ROW),
        trace(
            "scatter",
            x=shares,
            y=places,
            mode="markers+text",
            marker={"size": 11, "color": NEUTRAL},
            text=[f"  {formats.share(each.n_empty, each.n_rows, language)}" for each in drawn],
            textposition="middle right",
            textfont={"size": FONT},
            cliponaxis=False,
            customdata=[[each.label] for each in drawn],
            hovertemplate="%{customdata[0]}<extra></extra>",
        ),
        row_labels([wrapped(each.label, LINE) for each in drawn], ROW),
    )
    figure.add_shape(type="line", x0=100 * most, x1=100 * most, y0=-1, y1=len(drawn) - 0.5,
                     line={"color": NEUTRAL, "width": 2, "dash": "dot"})  # fmt: skip
    figure.add_annotation(x=100 * most, y=-1, text=text_in(language, "data_quality.threshold"), xanchor="left",
                          yanchor="top", xshift=4, font={"size": FONT})  # fmt: skip
    dressed(figure, max(LOWEST, AROUND + ROW * (len(drawn) + 1)), showlegend=False)
    figure.update_yaxes(visible=False, range=[len(drawn) - 0.5, -1.2])
    figure.update_xaxes(range=[0, max(shares) * 1.45], title={"text": text_in(language, "data_quality.share_empty")},
                        ticksuffix="\u202f%" if language == "fr" else "%")  # fmt: skip
    first = drawn[0]
    finding = counted_in(language, "data_quality.empty_finding", len(fields), first=first.label,
                         share=formats.share(first.n_empty, first.n_rows, language))  # fmt: skip
    note = _first_of(len(drawn), len(fields), language)
    return Chart(figure, finding, note)


def submission_grid(grid: pd.DataFrame, silent: dict[str, int], language: str) -> Chart:
    """Forms by centre and month: the number that came in, 0 where none did, a point before the centre's first.

    Args:
        grid: `centre_id`, `month`, `n_forms`, `expected`.
        silent: centre → months of silence, the longest first; these stand on top.
    """
    months = sorted(grid["month"].unique())[-LAST_MONTHS:]
    others = [each for each in grid["centre_id"].unique() if each not in silent]
    every = [*silent, *others]
    centres = every[:MOST_CENTRES]
    cells = {(row["centre_id"], row["month"]): row for row in grid.to_dict("records")}
    counts = [[int(cells[centre, month]["n_forms"]) for month in months] for centre in centres]
    known = [[bool(cells[centre, month]["expected"]) for month in months] for centre in centres]
    highest = max(max(row) for row in counts) or 1
    heads = [formats.month(month, language).replace(" ", "<br>") for month in months]
    figure = Figure(
        trace(
            "heatmap",
            z=[[n or None for n in row] for row in counts],
            x=heads,
            y=centres,
            colorscale=SHADES,
            zmin=0,
            zmax=highest,
            xgap=2,
            ygap=2,
            showscale=False,
            hovertemplate="%{y}, %{x} : %{z}<extra></extra>",
            hoverongaps=False,
        )
    )
    for row, centre in enumerate(centres):
        for column, head in enumerate(heads):
            n, expected = counts[row][column], known[row][column]
            ink = {"color": INKS[n > DARK * highest]} if n else {}
            written = formats.number(n, language) if n or expected else NOT_EXPECTED
            figure.add_annotation(x=head, y=centre, text=written, font={"size": FONT, **ink})
    dressed(figure, max(LOWEST, AROUND + CENTRE * len(centres)), plot_bgcolor=CLEAR)
    figure.update_xaxes(side="top", type="category", showgrid=False, tickangle=0, tickvals=heads[::-1][::EVERY])
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    finding = counted_in(language, "data_quality.grid_finding", len(silent),
                         forms=formats.number(int(grid["n_forms"].sum()), language),
                         centres=formats.number(len(every), language))  # fmt: skip
    return Chart(figure, finding, _first_of(len(centres), len(every), language))


def delay_ranges(delays: pd.DataFrame, language: str) -> Chart:
    """For each of the last months of receipt the median as a dot, quartiles as a line, the ninth decile as a tick."""
    last = delays.tail(LAST_MONTHS)
    days = [f"{month}-01" for month in last["received_month"]]
    figure = Figure()
    for day, lower, upper in zip(days, last["p25"], last["p75"], strict=True):
        figure.add_shape(type="line", x0=day, x1=day, y0=lower, y1=upper, line={"color": NEUTRAL, "width": 8})
    for column, symbol in (("p90", "line-ew-open"), ("median", "circle")):
        name = text_in(language, f"data_quality.{column}")
        figure.add_trace(
            trace(
                "scatter",
                x=days,
                y=[float(each) for each in last[column]],
                name=name,
                mode="markers",
                marker={"size": 12 if column == "median" else 16, "color": NEUTRAL, "symbol": symbol,
                        "line": {"width": 2, "color": NEUTRAL if column == "p90" else "#FFFFFF"}},
                customdata=[[formats.month(month, language)] for month in last["received_month"]],
                hovertemplate=f"%{{customdata[0]}} · {name} : %{{y}}<extra></extra>",
            )
        )  # fmt: skip
    dressed(figure, HIGHEST - 60)
    figure.update_xaxes(type="date", showgrid=False, tickangle=0, nticks=6, tickformat="%b %Y")
    figure.update_yaxes(rangemode="tozero", title={"text": text_in(language, "data_quality.days")})
    row = last.iloc[-1]
    finding = text_in(language, "data_quality.delay_finding",
                      month=formats.month(str(row["received_month"]), language),
                      median=formats.number(float(row["median"]), language),
                      p90=formats.number(float(row["p90"]), language),
                      n=formats.number(int(row["n_forms"]), language))  # fmt: skip
    return Chart(figure, finding)


def _first_of(shown: int, every: int, language: str) -> str:
    if shown == every:
        return ""
    return text_in(language, "chart.first_of", shown=formats.number(shown, language),
                   all=formats.number(every, language))  # fmt: skip

"""Age groups by sex, back to back."""

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import FONT, NEUTRAL, STRIPES, Chart, dressed, height_for, held, nice_step
from dashboard.charts.months import found
from dashboard.shown import Shown

STEPS = 2
"""Ticks on each side of the middle."""


def pyramid(shown: Shown) -> Chart:
    """Bars to the left and to the right of a common line, one side for each sex."""
    groups, sexes = found(shown, "age_group"), found(shown, "sex")
    counts = {(cell["age_group"], cell["sex"]): cell[shown.main] for cell in shown.cells}
    figure = Figure()
    for sex, side in zip(sexes, (-1, 1), strict=False):
        beside = {group: counts.get((group, sex), 0) for group in groups}
        figure.add_trace(_side(shown, sex, side, beside))
    highest = max(counts.values())
    dressed(figure, height_for(len(groups), 52, 80), barmode="overlay", showlegend=False, margin={"t": 34})
    step = nice_step(highest, STEPS)
    ticks = [step * place for place in range(-STEPS, STEPS + 1)]
    figure.update_xaxes(
        tickvals=ticks,
        ticktext=[shown.number(abs(tick)) for tick in ticks],
        range=[-highest * 1.35 - 0.5, highest * 1.35 + 0.5],
        title={"text": shown.count(shown.main)},
    )
    figure.update_yaxes(type="category", showgrid=False)
    for sex, anchor, place in zip(sexes, ("left", "right"), (0, 1), strict=False):
        figure.add_annotation(text=shown.label("sex", sex), x=place, y=1, xref="paper", yref="paper", xanchor=anchor,
                              yanchor="bottom", font={"size": FONT})  # fmt: skip
    return Chart(figure, _finding(shown, counts))


def _side(shown: Shown, sex: str, side: int, counts: dict[str, int]) -> Json:
    return trace(
        "bar",
        orientation="h",
        x=[side * count for count in counts.values()],
        y=[shown.label("age_group", group) for group in counts],
        name=shown.label("sex", sex),
        marker={
            "color": NEUTRAL,
            "pattern": {"shape": "" if side < 0 else "/", **STRIPES},
        },
        customdata=[held(shown.label("age_group", group), age_group=group, sex=sex) for group in counts],
        text=[shown.number(count) for count in counts.values()],
        textposition="outside",
        textfont={"size": FONT},
        cliponaxis=False,
        hovertemplate="%{y}<br>" + shown.label("sex", sex) + " : %{text}<extra></extra>",
    )


def _finding(shown: Shown, counts: dict[tuple[str, str], int]) -> str:
    group, sex = max(counts, key=lambda cell: counts[cell])
    return shown.text("chart.heat_finding", title=shown.title, count=shown.number(counts[group, sex]),
                      total=shown.number(sum(counts.values())),
                      row=shown.label("sex", sex), head=shown.label("age_group", group))  # fmt: skip

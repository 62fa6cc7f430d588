"""The account of treatment: above, who is on treatment at the end of each month; below, who came in and who left."""

from dashboard.accounts import Account
from dashboard.charts.figure import Json, rows, trace
from dashboard.charts.look import HIGHEST, NEUTRAL, Chart, dressed, held, kind, nice_step
from dashboard.charts.months import days, many, month_axis
from pipelines.ledger import MONTH, MOVEMENT, STOP

SPACING, HEAD = 0.2, 26
STEPS, ROOM = 2, 1.05
"""Steps of the axis of movements on either side of 0, and the room beyond them."""


def account(found: Account) -> Chart:
    """Two panels on one axis of months: the balance, then the movements, stops below 0."""
    shown = found.shown
    figure = rows([shown.text("account.closing"), shown.text("account.movements")], SPACING)
    figure.add_trace(_balance(found))
    for place, name in enumerate(found.kinds):
        if found.frame[name].sum():
            figure.add_trace(_bars(found, name, place))
    dressed(figure, HIGHEST, barmode="relative", margin={"t": HEAD})
    figure.update_layout(legend={"y": -0.12 if many(shown, MONTH) else -0.19, "yanchor": "top"})
    figure.update_axis("yaxis", rangemode="tozero", nticks=4, tickformat=",d")
    figure.update_axis("yaxis2", zeroline=True, **_unsigned(found))
    month_axis(figure, shown, MONTH)
    return Chart(figure, _finding(found), shown.text("account.note"))


def _balance(found: Account) -> Json:
    shown = found.shown
    months = [shown.label("month", month) for month in found.frame["month"]]
    return trace(
        "scatter",
        x=days(found.frame["month"]),
        y=[int(n) for n in found.frame["closing"]],
        name=shown.text("account.closing"),
        mode="lines+markers" if len(months) == 1 else "lines",
        line={"color": NEUTRAL, "width": 2.5},
        fill="tozeroy",
        fillcolor="rgba(117, 131, 150, 0.15)",
        showlegend=False,
        customdata=[[month, None] for month in months],
        hovertemplate="%{customdata[0]} : %{y}<extra></extra>",
    )


def _bars(found: Account, name: str, place: int) -> Json:
    """The movements of a kind; the months in which there was none have no mark."""
    shown, sign = found.shown, -1 if name == STOP else 1
    moved = found.frame[found.frame[name] > 0]
    label = shown.label(MOVEMENT, name)
    return trace(
        "bar",
        x=days(moved["month"]),
        y=[sign * int(n) for n in moved[name]],
        yaxis="y2",
        name=label,
        marker=kind(place),
        customdata=[[*held(shown.label("month", month), **{MONTH: month, MOVEMENT: name}), shown.number(int(n))]
                    for month, n in zip(moved["month"], moved[name], strict=True)],
        hovertemplate=f"%{{customdata[0]}}<br>{label} : %{{customdata[2]}}<extra></extra>",
    )  # fmt: skip


def _unsigned(found: Account) -> Json:
    """Ticks on both sides of 0, without sign: a stop is a patient too."""
    highest = max(int(found.frame[found.kinds_in].sum(axis=1).max()), int(found.frame[STOP].max()))
    step = nice_step(highest, STEPS)
    ticks = [step * place for place in range(-STEPS, STEPS + 1)]
    most = step * STEPS * ROOM
    return {"tickvals": ticks, "ticktext": [found.shown.number(abs(tick)) for tick in ticks], "range": [-most, most]}


def _finding(found: Account) -> str:
    """The last month: opening, in, out, closing."""
    shown, last = found.shown, found.frame.iloc[-1]
    return shown.text(
        "account.finding",
        month=shown.label("month", last["month"]),
        opening=shown.number(int(last["opening"])),
        entered=shown.number(int(last[found.kinds_in].sum())),
        left=shown.number(int(last[STOP])),
        closing=shown.number(int(last["closing"])),
    )

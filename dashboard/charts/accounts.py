"""The account of treatment: above, who is on treatment at the end of each month; below, who came in and who left."""

from dashboard.accounts import Account
from dashboard.charts.figure import Json, rows, trace
from dashboard.charts.look import FONT, HIGHEST, NEUTRAL, Chart, dressed, held
from pipelines.ledger import MONTH, MOVEMENT, STOP

IN, OUT = ("#5B8DB8", "#2F5D87", "#9CC2E0"), "#B45309"
PATTERNS = ("", "x", ".")
SPACING, HEAD = 0.2, 26


def account(found: Account) -> Chart:
    """Two panels on one axis of months: the balance, then the movements, stops below 0."""
    shown = found.shown
    figure = rows([shown.text("account.closing"), shown.text("account.movements")], SPACING)
    figure.add_trace(_balance(found))
    for place, kind in enumerate(found.kinds_in):
        if found.frame[kind].sum():
            figure.add_trace(_bars(found, kind, 1, IN[place % len(IN)], PATTERNS[place % len(PATTERNS)]))
    figure.add_trace(_bars(found, STOP, -1, OUT, "/"))
    dressed(figure, HIGHEST, barmode="relative", margin={"t": HEAD})
    figure.update_layout(legend={"y": -0.12, "yanchor": "top"})
    figure.update_axis("yaxis", rangemode="tozero", nticks=4, tickformat=",d")
    figure.update_axis("yaxis2", nticks=5, zeroline=True, **_unsigned(found))
    figure.update_xaxes(type="date", tickformat="%b %Y", showgrid=False, tickangle=0, nticks=6)
    for note in figure.layout["annotations"]:
        note["font"] = {"size": FONT}
    return Chart(figure, _finding(found), shown.text("account.note"))


def _balance(found: Account) -> Json:
    shown = found.shown
    months = [shown.label("month", month) for month in found.frame["month"]]
    return trace(
        "scatter",
        x=_days(found),
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


def _bars(found: Account, kind: str, sign: int, colour: str, shape: str) -> Json:
    """The movements of a kind; the months in which there was none have no mark."""
    shown = found.shown
    moved = found.frame[found.frame[kind] > 0]
    name = shown.label(MOVEMENT, kind)
    return trace(
        "bar",
        x=[f"{month}-01" for month in moved["month"]],
        y=[sign * int(n) for n in moved[kind]],
        yaxis="y2",
        name=name,
        marker={"color": colour, "pattern": {"shape": shape, "size": 7, "solidity": 0.25}, "line": {"width": 0}},
        customdata=[[*held(shown.label("month", month), **{MONTH: month, MOVEMENT: kind}), shown.number(int(n))]
                    for month, n in zip(moved["month"], moved[kind], strict=True)],
        hovertemplate=f"%{{customdata[0]}}<br>{name} : %{{customdata[2]}}<extra></extra>",
    )  # fmt: skip


def _days(found: Account) -> list[str]:
    return [f"{month}-01" for month in found.frame["month"]]


def _unsigned(found: Account) -> Json:
    """Ticks on both sides of 0, without sign: a stop is a patient too."""
    highest = max(int(found.frame[found.kinds_in].sum(axis=1).max()), int(found.frame[STOP].max()), 1)
    step = max(1, -(-highest // 2))
    ticks = [step * place for place in range(-2, 3)]
    return {"tickvals": ticks, "ticktext": [found.shown.number(abs(tick)) for tick in ticks],
            "range": [-2.1 * step, 2.1 * step]}  # fmt: skip


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

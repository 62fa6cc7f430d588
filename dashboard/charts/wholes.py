"""Parts of wholes: bars of 100 % where the whole is large enough for percentages, else one square for each thing."""

from dashboard import formats
from dashboard.charts.figure import Figure, Json, row_axis, rows, trace
from dashboard.charts.look import FONT, HIGHEST, LOWEST, Chart, dressed, held, kind, round_steps, wrapped
from dashboard.charts.months import ROW_STEPS, days, from_zero, month_axis
from dashboard.charts.stacks import finding
from dashboard.shown import Shown
from dashboard.tables import key, values

ROW, LINE, AROUND, WIDTH = 58, 18, 86, 40
"""Heights of a row with two lines of words, of one line more, and of legend and axis; characters of a line."""

Counts = dict[tuple[object, object], int]
HALVES = (0, 0.5, 1)


def wholes(shown: Shown) -> Chart:
    """A bar for each value of the first dimension, in the parts of the second; the counts stand above it."""
    down, part = shown.by
    names, parts, counts = values(shown.observed[down]), values(shown.observed[part]), _counts(shown)
    names = [name for name in names if sum(counts[name, each] for each in parts)]
    figure = Figure()
    for place, each in enumerate(parts):
        for drawn in (_shares(shown, names, parts, each, counts), _squares(shown, names, parts, each, counts)):
            marks = {"marker": {**drawn["marker"], **_mark(place, drawn["type"])}}
            figure.add_trace({**drawn, **marks, "legendgroup": str(each)})
    _one_entry_each(figure)
    heads = [wrapped(_head(shown, name, parts, counts), WIDTH) for name in names]
    high = ROW + LINE * max(head.count("<br>") for head in heads)
    for place, head in enumerate(heads):
        figure.add_annotation(x=0, y=place - 0.2, text=head, xanchor="left", yanchor="bottom", align="left",
                              font={"size": FONT})  # fmt: skip
    dressed(figure, max(LOWEST, AROUND + len(names) * high), barmode="stack", bargap=0.65)
    figure.update_layout(legend={"y": -0.1, "yanchor": "top"})
    figure.update_yaxes(visible=False, range=[len(names) - 0.6, -1])
    figure.update_xaxes(range=[0, 1.01], **_percents(shown))
    return Chart(figure, finding(shown, part), shown.text("chart.squares", n=formats.SMALLEST_BASE))


def wholes_by_month(shown: Shown) -> Chart:
    """Shares by month where the month is large enough, above the counts of every month."""
    month, part = shown.by
    months, parts, counts = values(shown.observed[month]), values(shown.observed[part]), _counts(shown)
    sums = {each: sum(counts[each, one] for one in parts) for each in months}
    large = [each for each in months if sums[each] >= formats.SMALLEST_BASE]
    panels = [shown.text("chart.shares_panel", n=formats.SMALLEST_BASE)] if large else []
    figure = rows([*panels, shown.count(shown.main)], 0.16)
    for place, each in enumerate(parts):
        if large:
            figure.add_trace(_bars(shown, large, each, [counts[one, each] / sums[one] for one in large], place, counts))
        below = _bars(shown, months, each, [counts[one, each] for one in months], place, counts)
        figure.add_trace({**below, "yaxis": row_axis("y", len(panels)), "showlegend": not large})
    dressed(figure, HIGHEST if large else LOWEST, barmode="stack", margin={"t": 30})
    figure.update_layout(legend={"y": -0.12, "yanchor": "top"})
    if large:
        figure.update_axis("yaxis", range=[0, 1.02], **_percents(shown))
    highest = max(sums.values())
    figure.update_axis(row_axis("yaxis", len(panels)), **from_zero(highest, round_steps(ROW_STEPS, highest)))
    month_axis(figure, shown, month)
    return Chart(figure, finding(shown, part))


def _counts(shown: Shown) -> Counts:
    down, part = shown.by
    cells = shown.observed[[down, part, shown.main]].itertuples(index=False, name=None)
    found = {(key(first), key(second)): int(count) for first, second, count in cells}
    rows_of, parts = values(shown.observed[down]), values(shown.observed[part])
    return {(row, each): found.get((row, each), 0) for row in rows_of for each in parts}


def _shares(shown: Shown, names: list[object], parts: list[object], part: object, counts: Counts) -> Json:
    """The part of the wholes that are large enough."""
    sums = {name: sum(counts[name, each] for each in parts) for name in names}
    large = [place for place, name in enumerate(names) if sums[name] >= formats.SMALLEST_BASE]
    shares = [counts[names[place], part] / sums[names[place]] for place in large]
    said = _said(shown, [names[place] for place in large], part, counts)
    return trace("bar", orientation="h", x=shares, y=large, marker={}, **said)


def _squares(shown: Shown, names: list[object], parts: list[object], part: object, counts: Counts) -> Json:
    """One square for each counted thing of the part of the small wholes, beside those of the parts before it."""
    placed, cells = [], []
    for place, name in enumerate(names):
        if sum(counts[name, each] for each in parts) >= formats.SMALLEST_BASE:
            continue
        before = sum(counts[name, each] for each in parts[: parts.index(part)])
        placed += [((before + number + 0.5) / formats.SMALLEST_BASE, place) for number in range(counts[name, part])]
        cells += [name] * counts[name, part]
    return trace("scatter", mode="markers", x=[x for x, _ in placed], y=[y for _, y in placed], marker={"size": 16},
                 **_said(shown, cells, part, counts))  # fmt: skip


def _bars(shown: Shown, months: list[object], part: object, high: list[float], place: int, counts: Counts) -> Json:
    return trace("bar", x=days(months), y=high, marker=kind(place), legendgroup=str(part),
                 **_said(shown, months, part, counts))  # fmt: skip


def _said(shown: Shown, cells: list[object], part: object, counts: Counts) -> Json:
    """What the marks of a part hold and say."""
    down, across = shown.by
    name = shown.label(across, part)
    return {
        "name": name,
        "customdata": [[*held(shown.label(down, cell), **{down: cell, across: part}), shown.number(counts[cell, part])]
                       for cell in cells],
        "hovertemplate": f"%{{customdata[0]}}<br>{name} : %{{customdata[2]}}<extra></extra>",
    }  # fmt: skip


def _mark(place: int, drawn: str) -> Json:
    """Bars have colour and pattern; squares, which have no pattern, a sign of their own."""
    look = kind(place)
    return look if drawn == "bar" else {"color": look["color"], "symbol": SYMBOLS[place % len(SYMBOLS)]}


SYMBOLS = ("square", "square-x-open", "square-open")


def _one_entry_each(figure: Figure) -> None:
    """Each part stands once in the legend, by its first mark."""
    seen: set[str] = set()
    for each in figure.data:
        each["showlegend"] = bool(each["x"]) and each["legendgroup"] not in seen
        if each["showlegend"]:
            seen.add(each["legendgroup"])


def _head(shown: Shown, name: object, parts: list[object], counts: Counts) -> str:
    said = " · ".join(f"{shown.label(shown.by[1], each)} {shown.number(counts[name, each])}".replace(" ", "\u00a0")
                      for each in parts)  # fmt: skip
    return shown.text("chart.whole", name=shown.label(shown.by[0], name), parts=said)


def _percents(shown: Shown) -> Json:
    sign = formats.PERCENT_SIGN[shown.language]
    return {
        "tickvals": list(HALVES),
        "ticklabeloverflow": "allow",
        "ticktext": [f"{shown.number(int(100 * each))}{sign}" for each in HALVES],
    }

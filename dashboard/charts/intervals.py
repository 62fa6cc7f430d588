"""Estimates with their intervals: the label above its row, a dot with whiskers, and the figure beside it."""

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import FONT, NEUTRAL, Chart, dressed, held, hue, wrapped
from dashboard.estimated import COUNTS, Estimates
from dashboard.formats import PERCENT_SIGN, SMALLEST_BASE
from dashboard.labels import table_name
from dashboard.shown import Shown
from dashboard.tables import key
from pipelines.states import OBSERVED

MOST_SHOWN = 12
LINE = 42
"""Characters of a label on one line, so that it is read at 360 pixels."""

ROW, LINE_HEIGHT, AXIS = 46, 18, 74
"""Heights: a row with one line for its label and one for its figure, a further line of either, the axis."""

LABEL = 9
"""How far a label stands above its dot."""

PLOT = 0.5
"""Share of the width for the dots; the figures stand on the right of them."""

ROOM = 1.06
TICKS = 4


def intervals(found: Estimates, unit: str, in_order: bool = False, most: int = MOST_SHOWN) -> Chart:
    """A dot and its interval for each value of the first dimension.

    Args:
        unit: an estimate of the measure, or one of its counts, which has no interval.
        in_order: keep the order of the list instead of the order of the counts.
        most: how many rows are drawn.
    """
    shown, dimension = found.shown, found.shown.by[0]
    rows = list(shown.frame.index) if in_order else _by_count(shown, found.count(unit))
    names = {row: _name(shown, dimension, row) for row in rows[:most]}
    values = {row: value for row in names if (value := _value(found, unit, row))}
    figures = {row: _figure(found, unit, row) for row in names}
    places, below = _places(names, figures)
    figure = Figure(_dots(found, unit, values, names) | {"y": [places[row] for row in values]})
    for row, name in names.items():
        text = {"y": places[row], "xref": "paper", "xanchor": "left", "align": "left", "font": {"size": FONT}}
        figure.add_annotation(x=0, text=name, yanchor="bottom", yshift=LABEL, **text)
        figure.add_annotation(x=PLOT + 0.02, text=figures[row], yanchor="top", yshift=LABEL, **text)
    dressed(figure, below + AXIS, showlegend=False, margin={"t": 0, "r": 0, "b": AXIS})
    figure.update_yaxes(visible=False, range=[below, 0])
    highest = max((value[2] for value in values.values()), default=0) * ROOM or 1
    figure.update_xaxes(
        domain=[0, PLOT],
        range=[-0.02 * highest, highest],
        nticks=TICKS,
        automargin=False,
        title={"text": wrapped(found.title(unit), LINE // 2), "standoff": 6},
        **_ticks(found, unit, highest),
    )
    return Chart(figure, _finding(found, unit, rows), _note(found, unit, len(names), len(rows)), found.count(unit))


def _places(names: dict[int, str], figures: dict[int, str]) -> tuple[dict[int, int], int]:
    """Where each row's dot stands, in pixels from the top, and where the last row ends."""
    places, below = {}, 0
    for row, name in names.items():
        above = LINE_HEIGHT * name.count("<br>")
        places[row] = below + ROW - LINE_HEIGHT + above
        below += ROW + above + max(0, LINE_HEIGHT * figures[row].count("<br>") - LABEL // 2)
    return places, below


def _has_interval(found: Estimates, unit: str) -> bool:
    return unit in found.found and found.found[unit].estimate.kind != "ratio"


def _is_share(found: Estimates, unit: str) -> bool:
    return unit in found.found and found.found[unit].estimate.kind == "share"


def _by_count(shown: Shown, count: str) -> list[int]:
    """The rows, the highest count first; what was not recorded comes last."""
    frame = shown.frame.assign(_missing=shown.frame[shown.by[0]].isna())
    return list(frame.sort_values(["_missing", count], ascending=[True, False], kind="stable").index)


def _name(shown: Shown, dimension: str, row: int) -> str:
    value = key(shown.frame.loc[row, dimension])
    return shown.text("state.not_recorded") if value is None else wrapped(shown.named(dimension, value), LINE)


def _value(found: Estimates, unit: str, row: int) -> tuple[float, float, float] | None:
    """Estimate and limits as they are drawn; a count is its own limits; none where there is no estimate."""
    if unit not in found.found:
        cell = found.cells[COUNTS][row]
        return (float(cell[unit]),) * 3 if cell["state"] == OBSERVED else None
    cell, each = found.cells[unit][row], found.found[unit].estimate
    if cell["state"] != OBSERVED:
        return None
    factor = 1 if each.kind == "rate" else 100
    sides = ("value",) * 3 if each.kind == "ratio" else ("value", "low", "high")
    value, low, high = (float(cell[side]) * factor for side in sides)
    return value, low, high


def _figure(found: Estimates, unit: str, row: int) -> str:
    """What stands beside the dot: a share has its limits on a second line, so that a phone has room for them."""
    if not _is_share(found, unit):
        return _told(found, unit, row)
    limits = found.limits(unit, row) if found.cells[unit][row]["state"] == OBSERVED else ""
    left_out = found.not_evaluable(unit, row)
    more = found.shown.counted("estimate.and_not_evaluable", left_out) if left_out else ""
    return "<br>".join(each for each in (found.part(unit, row), limits, more) if each)


def _dots(found: Estimates, unit: str, values: dict[int, tuple[float, float, float]], names: dict[int, str]) -> Json:
    shown, dimension = found.shown, found.shown.by[0]
    cells = [key(shown.frame.loc[row, dimension]) for row in values]
    coloured = dimension == "indication_code"
    colours = [hue(shown.programme, str(value)) if coloured and value else NEUTRAL for value in cells]
    whiskers = {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, _, high in values.values()],
        "arrayminus": [value - low for value, low, _ in values.values()],
        "color": NEUTRAL,
        "thickness": 2.5,
        "width": 5,
    }
    return trace(
        "scatter",
        x=[value for value, _, _ in values.values()],
        mode="markers",
        marker={"size": 11, "color": colours},
        **({"error_x": whiskers} if _has_interval(found, unit) else {}),
        cliponaxis=False,
        customdata=[[*held(names[row], **{dimension: value}), _told(found, unit, row)]
                    for row, value in zip(values, cells, strict=True)],
        hovertemplate="%{customdata[0]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _told(found: Estimates, unit: str, row: int) -> str:
    if unit in found.found:
        return found.words(unit, row)
    cell = found.cells[COUNTS][row]
    return found.shown.cell(cell[unit], str(cell["state"]))


def _ticks(found: Estimates, unit: str, highest: float) -> Json:
    if unit in found.found and found.found[unit].estimate.kind != "rate":
        return {"ticksuffix": PERCENT_SIGN[found.shown.language]}
    return {"dtick": 1} if unit not in found.found and highest <= TICKS else {}


def _finding(found: Estimates, unit: str, rows: list[int]) -> str:
    """The first row in words, with its interval."""
    shown = found.shown
    if not rows:
        return shown.empty
    first = shown.label(shown.by[0], key(shown.frame.loc[rows[0], shown.by[0]]))
    return shown.counted("chart.intervals_finding", len(rows), title=shown.title, first=first, unit=found.title(unit),
                         figure=_told(found, unit, rows[0]))  # fmt: skip


def _note(found: Estimates, unit: str, drawn: int, rows: int) -> str:
    """How the estimate was made, which rows are not drawn, and that a small base has no share."""
    shown, parts = found.shown, []
    if unit in found.found:
        over, kind = found.found[unit].over, found.found[unit].estimate.kind
        if over is not None and over.not_sent:
            tables = ", ".join(table_name(each, shown.language) for each in over.not_sent)
            parts.append(shown.text("state.not_sent", tables=tables))
        parts.append(shown.text(f"estimate.method_{kind}", n=SMALLEST_BASE))
    if rows > drawn:
        parts.append(shown.text("chart.first_of", shown=shown.number(drawn), all=shown.number(rows)))
    return " ".join(parts)

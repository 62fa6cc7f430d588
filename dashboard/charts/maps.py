"""The regions of France: the mainland and Corsica, and the five overseas regions as insets on the left."""

from collections.abc import Sequence

from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import FONT, HIGHEST, NEUTRAL, Chart, dressed, held
from dashboard.charts.outlines import OVERSEAS, Ring, rings
from dashboard.shown import Shown

SIDE, INSET, MARGIN = 250, 200, 50
"""Width of the column of insets, height of each with its name, and of its name alone."""

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
SHADES = ("#D9E8F6", "#9CC3E6", "#5B97CC", "#2A67A5", "#123A66")
INKS = ("#16202C", "#16202C", "#16202C", "#FFFFFF", "#FFFFFF")
"""One shade for each class of counts, and the ink that is read on it."""

EMPTY = "rgba(128, 138, 150, 0.12)"
UNKNOWN = "#8A8F98"


def region_map(shown: Shown) -> Chart:
    """Each region in the shade of its count, with the count on it; a region without patients has none."""
    dimension = shown.by[0]
    counts = {str(code): int(count) for code, count in
              shown.observed.dropna(subset=[dimension])[[dimension, shown.main]].itertuples(index=False)}  # fmt: skip
    missing = {str(code) for code in shown.frame.loc[shown.frame["state"] != "observed", dimension].dropna()}
    drawn = {code: counts.get(code, 0) for code in rings()}
    floors = classes(max(drawn.values()))
    figure = Figure()
    for code, count in drawn.items():
        shade = UNKNOWN if code in missing else SHADES[_class(count, floors)] if count else EMPTY
        figure.add_trace(_region(shown, code, shade, "" if code in missing else shown.number(count)))
    for place, name in enumerate(_names(shown, floors)):
        figure.add_trace(_key(name, SHADES[place]))
    for code, count in drawn.items():
        _label(figure, shown, code, count, floors, code in missing)
    dressed(figure, HIGHEST)
    figure.update_layout(legend={"y": -0.02, "yanchor": "top", "itemclick": False, "itemdoubleclick": False})
    figure.update_xaxes(visible=False, range=[0, SIDE + 1010], constrain="domain", scaleanchor="y")
    figure.update_yaxes(visible=False, range=[1010, 0], constrain="domain")
    return Chart(figure, _finding(shown, drawn), _off_the_map(shown, drawn))


def classes(highest: int) -> list[int]:
    """The least count of each class: the five round steps under the highest, the first of them 1."""
    under = [step for step in STEPS if step <= highest][-len(SHADES) :]
    return [1, *under[1:]]


def _class(count: int, floors: Sequence[int]) -> int:
    return max(place for place, floor in enumerate(floors) if floor <= count)


def _names(shown: Shown, floors: Sequence[int]) -> list[str]:
    last = len(floors) - 1
    return [
        shown.text("chart.and_more", n=shown.number(floor)) if place == last
        else shown.number(floor) if floors[place + 1] == floor + 1
        else f"{shown.number(floor)}–{shown.number(floors[place + 1] - 1)}"
        for place, floor in enumerate(floors)
    ]  # fmt: skip


def _placed(code: str) -> list[Ring]:
    """The rings of a region where the map has them."""
    left, top, scale = SIDE, 0.0, 1.0
    if code in OVERSEAS:
        left, top, scale = 10, OVERSEAS.index(code) * INSET + MARGIN, (INSET - MARGIN - 10) / 100
    return [[(left + x * scale, top + y * scale) for x, y in ring] for ring in rings()[code]]


def _region(shown: Shown, code: str, shade: str, count: str) -> Json:
    points: list[tuple[float | None, float | None]] = []
    for ring in _placed(code):
        points += [*ring, ring[0], (None, None)]
    name = shown.label(shown.by[0], code)
    return trace(
        "scatter",
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="lines",
        fill="toself",
        fillcolor=shade,
        line={"color": NEUTRAL, "width": 1},
        hoveron="fills",
        hoverinfo="text",
        customdata=[held(name, **{shown.by[0]: code})],
        text=f"{name}<br>{shown.count(shown.main)} : {count}",
        name=name,
        showlegend=False,
    )


def _key(name: str, shade: str) -> Json:
    """An entry of the legend."""
    return trace("scatter", x=[None], y=[None], mode="markers", name=name, hoverinfo="skip",
                      marker={"symbol": "square", "size": 14, "color": shade,
                              "line": {"color": NEUTRAL, "width": 1}})  # fmt: skip


def _label(figure: Figure, shown: Shown, code: str, count: int, floors: Sequence[int], missing: bool) -> None:
    """The count on its region; the name of an inset, with its count, above it."""
    written = shown.cell(None, "not_collected") if missing else shown.number(count)
    if code in OVERSEAS:
        figure.add_annotation(x=0, y=OVERSEAS.index(code) * INSET + MARGIN / 2, xanchor="left",
                              text=f"{shown.label(shown.by[0], code)} {written}", font={"size": FONT})  # fmt: skip
    elif count:
        x, y = _middle(max(_placed(code), key=len))
        ink = {"size": FONT, "color": INKS[_class(count, floors)]}
        figure.add_trace(trace("scatter", x=[x], y=[y], mode="text", text=[written], textfont=ink, hoverinfo="skip",
                                    showlegend=False))  # fmt: skip


def _middle(ring: Ring) -> tuple[float, float]:
    """The centroid of a ring."""
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    parts = [a[0] * b[1] - b[0] * a[1] for a, b in pairs]
    area = sum(parts) * 3
    x = sum((a[0] + b[0]) * part for (a, b), part in zip(pairs, parts, strict=True)) / area
    return x, sum((a[1] + b[1]) * part for (a, b), part in zip(pairs, parts, strict=True)) / area


def _finding(shown: Shown, drawn: dict[str, int]) -> str:
    first = max(drawn, key=lambda code: drawn[code])
    return shown.text("chart.map_finding", title=shown.title, first=shown.label(shown.by[0], first),
                      count=shown.number(drawn[first]), total=shown.number(sum(drawn.values())),
                      none=shown.number(sum(not count for count in drawn.values())))  # fmt: skip


def _off_the_map(shown: Shown, drawn: dict[str, int]) -> str:
    """Patients of other territories, or whose region was not recorded."""
    others = int(shown.observed[shown.main].sum()) - sum(drawn.values())
    return shown.counted("chart.off_the_map", others) if others else ""

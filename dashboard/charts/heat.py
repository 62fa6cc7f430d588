"""Two dimensions as a table of shades, each cell with its count."""

from dashboard import formats
from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import FONT, LOWEST, SHADES, Chart, dressed, held, wrapped
from dashboard.estimated import Estimates
from dashboard.shown import Shown
from dashboard.tables import key, values
from pipelines.definitions import dimension_labels

HEAD_WIDTH, NAME_WIDTH = 7, 42
LABEL, CELL, LINE = 24, 44, 18
"""Heights of a row's label, of its cells of two lines, and of one line more: the label stands above, so that the cells
keep the width."""


def heat_table(shown: Shown, count: str = "", most: int | None = None) -> Chart:
    """Counts by two dimensions; under each count its share of the row, where the row is large enough.

    Args:
        count: which of the counts, one that adds up along the rows; the main one unless said.
        most: how many rows at most, those with the highest counts first; all in their order unless said.
    """
    (down, across), count = shown.by, count or shown.main
    rows, heads = values(shown.frame[down]), values(shown.frame[across])
    counts = {(key(cell[down]), key(cell[across])): int(cell[count]) for cell in shown.observed.to_dict("records")}
    all_rows = len(rows)
    if most is not None:
        sums = {key(row): sum(counts.get((key(row), key(head)), 0) for head in heads) for row in rows}
        rows = sorted(rows, key=lambda row: -sums[key(row)])[:most]
    grid = [[counts.get((key(row), key(head)), 0) for head in heads] for row in rows]
    texts = [[_written(shown, cell, sum(cells)) for cell in cells] for cells in grid]
    figure = _table(shown, rows, heads, grid, texts)
    note = shown.text("chart.row_share", unit=shown.count(count).lower(), n=formats.SMALLEST_BASE)
    if len(rows) < all_rows:
        note = f"{note} {shown.text('chart.first_of', shown=shown.number(len(rows)), all=shown.number(all_rows))}"
    return Chart(figure, _finding(shown, rows, heads, grid), note, count)


def share_table(found: Estimates, name: str) -> Chart:
    """A share by two dimensions: n/N in each cell, under it the percentage, and how many could not be evaluated.

    A cell that holds nobody is not applicable.
    """
    shown = found.shown
    down, across = shown.by
    rows, heads = values(shown.frame[down]), _in_order(shown, across)
    cells = shown.observed[shown.observed[shown.main] > 0]
    places = {
        (key(row), key(head)): int(place)
        for place, row, head in zip(cells.index, cells[down], cells[across], strict=True)
    }
    counts = dict(zip(places, cells[shown.main], strict=True))
    grid = [[int(counts.get((row, head), 0)) for head in heads] for row in rows]
    texts = [[_share(found, name, places.get((row, head))) for head in heads] for row in rows]
    figure = _table(shown, rows, heads, grid, texts, CELL + LINE)
    finding = shown.text("chart.share_table_finding", title=shown.title, rows=shown.number(len(rows)),
                         cells="; ".join(_said(found, name, place) for place in places.values()))  # fmt: skip
    return Chart(figure, finding, shown.text("chart.share_table", n=formats.SMALLEST_BASE))


def _in_order(shown: Shown, dimension: str) -> list[object]:
    """The values of a dimension in the order of its list, a missing one last."""
    there = values(shown.frame[dimension])
    known = [each for each in dimension_labels(dimension, shown.programme) if each in there]
    return [*known, *(each for each in there if each not in known)]


def _share(found: Estimates, name: str, place: int | None) -> str:
    if place is None:
        return formats.NOT_APPLICABLE
    left_out = found.not_evaluable(name, place)
    more = [found.shown.text("chart.not_evaluable", n=found.shown.number(left_out))] if left_out else []
    return "<br>".join([*found.part(name, place).replace(" (", "<br>").rstrip(")").split("<br>"), *more])


def _said(found: Estimates, name: str, place: int) -> str:
    shown = found.shown
    cell = shown.frame.loc[place]
    return f"{', '.join(shown.label(each, cell[each]) for each in shown.by)} {found.words(name, place)}"


def _table(shown: Shown, rows: list[object], heads: list[object], grid: list[list[int]], texts: list[list[str]],
           height: int = CELL) -> Figure:  # fmt: skip
    """The cells with their texts; the label of a row stands above it, on as many lines as the longest takes."""
    names = [wrapped(shown.label(shown.by[0], row), NAME_WIDTH) for row in rows]
    label = LABEL + LINE * max((name.count("<br>") for name in names), default=0)
    figure = Figure(_cells(shown, rows, heads, grid, texts, label, height))
    dressed(figure, max(LOWEST, len(rows) * (label + height) + 70))
    figure.update_xaxes(side="top", showgrid=False, type="category", tickangle=0)
    figure.update_yaxes(visible=False, range=[len(rows) * (label + height), 0])
    for place, name in enumerate(names):
        figure.add_annotation(x=0, xref="paper", y=place * (label + height) + label / 2, text=name, xanchor="left",
                              align="left", font={"size": FONT})  # fmt: skip
    return figure


def _cells(shown: Shown, rows: list[object], heads: list[object], grid: list[list[int]], texts: list[list[str]],
           label: int, height: int) -> Json:  # fmt: skip
    """The shaded cells, each row after an empty one for its label."""
    down, across = shown.by
    empty: list[int | None] = [None] * len(heads)
    held_by = [[held("", **{down: row, across: head}) for head in heads] for row in rows]
    blank = [""] * len(heads)
    return trace(
        "heatmap",
        z=[line for cells in grid for line in (empty, cells)],
        x=[wrapped(shown.label(across, head), HEAD_WIDTH) for head in heads],
        y=[edge for place in range(len(grid)) for edge in (place * (label + height), place * (label + height) + label)]
        + [len(grid) * (label + height)],
        text=[line for cells in texts for line in (blank, cells)],
        texttemplate="%{text}",
        textfont={"size": FONT},
        customdata=[line for cells in held_by for line in (empty, cells)],
        hoverinfo="none",
        colorscale=SHADES,
        zmin=0,
        xgap=3,
        showscale=False,
    )


def _written(shown: Shown, count: int, whole: int) -> str:
    percentage = formats.percent(count, whole, shown.language) if count else ""
    return f"{shown.number(count)}<br>{percentage}" if percentage else shown.number(count)


def _finding(shown: Shown, rows: list[object], heads: list[object], grid: list[list[int]]) -> str:
    count, row, head = max(
        (cell, -down, -across) for down, cells in enumerate(grid) for across, cell in enumerate(cells)
    )
    return shown.text(
        "chart.heat_finding",
        title=shown.title,
        count=shown.number(count),
        total=shown.number(sum(map(sum, grid))),
        row=shown.label(shown.by[0], rows[-row]),
        head=shown.label(shown.by[1], heads[-head]),
    )

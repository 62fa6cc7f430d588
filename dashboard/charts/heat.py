"""Two dimensions as a table of shades, each cell with its count."""

from dashboard import formats
from dashboard.charts.figure import Figure, Json, trace
from dashboard.charts.look import FONT, LOWEST, SHADES, Chart, dressed, held, wrapped
from dashboard.shown import Shown
from dashboard.tables import key, values

HEAD_WIDTH = 7
LABEL, CELL = 24, 44
"""Heights of a row's label and of its cells: the label stands above, so that the cells keep the width."""


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
    figure = Figure(_cells(shown, rows, heads, grid))
    dressed(figure, max(LOWEST, len(rows) * (LABEL + CELL) + 70))
    figure.update_xaxes(side="top", showgrid=False, type="category", tickangle=0)
    figure.update_yaxes(visible=False, range=[len(rows) * (LABEL + CELL), 0])
    for place, row in enumerate(rows):
        figure.add_annotation(x=0, xref="paper", y=place * (LABEL + CELL) + LABEL / 2, text=shown.label(down, row),
                              xanchor="left", font={"size": FONT})  # fmt: skip
    note = shown.text("chart.row_share", unit=shown.count(count).lower(), n=formats.SMALLEST_BASE)
    if len(rows) < all_rows:
        note = f"{note} {shown.text('chart.first_of', shown=shown.number(len(rows)), all=shown.number(all_rows))}"
    return Chart(figure, _finding(shown, rows, heads, grid), note, count)


def _cells(shown: Shown, rows: list[object], heads: list[object], grid: list[list[int]]) -> Json:
    """The shaded cells, each row after an empty one for its label."""
    down, across = shown.by
    empty: list[int | None] = [None] * len(heads)
    held_by = [[held("", **{down: row, across: head}) for head in heads] for row in rows]
    blank = [""] * len(heads)
    return trace(
        "heatmap",
        z=[line for cells in grid for line in (empty, cells)],
        x=[wrapped(shown.label(across, head), HEAD_WIDTH) for head in heads],
        y=[edge for place in range(len(grid)) for edge in (place * (LABEL + CELL), place * (LABEL + CELL) + LABEL)]
        + [len(grid) * (LABEL + CELL)],
        text=[line for cells in grid for line in (blank, [_written(shown, cell, sum(cells)) for cell in cells])],
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

"""The twin of each chart: the same cells as a table to read, and as a file."""

import csv
import io
import re
from collections.abc import Hashable, Mapping

import pandas as pd

from dashboard import formats
from dashboard.shown import Shown
from pipelines.definitions import dimensions
from pipelines.inert import inert
from pipelines.states import NOT_SENT, OBSERVED, sign

NUMERIC = re.compile(r"^[+-]?[0-9]+([.,][0-9]+)?$")
SEPARATORS = {"fr": ";", "en": ","}
TWO = 2


def readable(shown: Shown, wide: bool = True) -> pd.DataFrame:
    """The cells in words.

    Args:
        wide: a table by two dimensions has the second one across, when there is a single count.
    """
    if wide and is_wide(shown):
        return _wide(shown)
    frame = shown.frame
    columns = {shown.dimension(each): [shown.label(each, value) for value in frame[each]] for each in shown.by}
    for count in shown.counts:
        cells = zip(frame[count], frame["state"], strict=True)
        columns[shown.count(count)] = [shown.cell(value, state) for value, state in cells]
    return pd.DataFrame(columns)


def is_wide(shown: Shown) -> bool:
    """Whether the second dimension stands across."""
    return len(shown.by) == TWO and len(shown.counts) == 1


def marked(frame: pd.DataFrame) -> pd.DataFrame:
    """A table of words whose signs are not taken for Markdown."""
    shown = frame.map(formats.plain)
    shown.columns = [formats.plain(column) for column in frame.columns]
    return shown


def _wide(shown: Shown) -> pd.DataFrame:
    down, across = shown.by
    rows, heads = values(shown.frame[down]), values(shown.frame[across])
    cells = {
        (key(row[down]), key(row[across])): shown.cell(row[shown.main], row["state"])
        for row in shown.frame.to_dict("records")
    }
    columns = {shown.dimension(down): [shown.label(down, value) for value in rows]}
    for head in heads:
        columns[shown.label(across, head)] = [cells.get((key(row), key(head)), shown.number(0)) for row in rows]
    return pd.DataFrame(columns)


def values(column: "pd.Series[str]") -> list[object]:
    """The different values in their order, a missing one last."""
    return [*column.dropna().unique(), *([None] if column.isna().any() else [])]


def key(value: object) -> object:
    """A value that can be looked up: a missing one is always none."""
    return None if value is None or pd.isna(value) else value  # type: ignore[call-overload]


def csv_of(shown: Shown) -> bytes:
    """The cells as a file, one row each with its state in words, as a spreadsheet of the language opens it.

    A table that was not sent is one row that says so: no row would read as nothing observed.
    """
    heads = [*(shown.dimension(each) for each in shown.by), *(shown.count(each) for each in shown.counts),
             shown.text("card.state")]  # fmt: skip
    rows = [
        [*(written(shown, each, row[each]) for each in shown.by), *(_count(shown, row, each) for each in shown.counts),
         shown.state_of(row["state"])]
        for row in shown.frame.to_dict("records")
    ]  # fmt: skip
    if shown.table.not_sent:
        signs = [sign(NOT_SENT, shown.language)] * (len(heads) - 1)
        rows = [[*signs, shown.state_of(NOT_SENT)]]
    return csv_text(heads, rows, shown.language)


def csv_text(heads: list[str], rows: list[list[str]], language: str) -> bytes:
    """Rows of text as CSV with a byte order mark; no cell is read as a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=SEPARATORS[language], lineterminator="\r\n")
    writer.writerows([[_harmless(cell) for cell in row] for row in [heads, *rows]])
    return stream.getvalue().encode("utf-8-sig")


def file_name(shown: Shown, cutoff: str) -> str:
    """`<programme>_new-patients_2022-08-31_exact.csv`."""
    return f"{shown.programme.name}_{shown.name.replace('_', '-')}_{cutoff}_exact.csv"


def written(shown: Shown, dimension: str, value: object) -> str:
    """A value in a file: months stay sortable."""
    missing = value is None or pd.isna(value)  # type: ignore[call-overload]
    return str(value) if dimensions()[dimension].month and not missing else shown.label(dimension, value)


def _count(shown: Shown, row: Mapping[Hashable, object], count: str) -> str:
    return str(row[count]) if row["state"] == OBSERVED else sign(str(row["state"]), shown.language)


def _harmless(cell: str) -> str:
    return cell if NUMERIC.match(cell) else inert(cell)


def beside(columns: list[tuple[str, Shown]]) -> pd.DataFrame:
    """Measures by one and the same dimension as the columns of one table."""
    first = columns[0][1]
    dimension = first.by[0]
    rows = list(dict.fromkeys(key(value) for _, shown in columns for value in values(shown.frame[dimension])))
    if dimensions()[dimension].month:
        rows.sort(key=str)
    frame = {first.dimension(dimension): [first.label(dimension, row) for row in rows]}
    for head, shown in columns:
        frame[head] = [_beside(shown, dimension, row) for row in rows]
    return pd.DataFrame(frame)


def compared(columns: Mapping[str, tuple[Shown | None, Shown]], total: Mapping[str, tuple[Shown | None, Shown]],
             head: str) -> pd.DataFrame:  # fmt: skip
    """Measures by one and the same dimension, before → after and the difference; the last row is everyone.

    Args:
        columns: head of the column → the measure by the dimension, before and after.
        total: the same without the dimension.
        head: what the last row is called.
    """
    _, first = next(iter(columns.values()))
    dimension = first.by[0]
    known = [shown for pair in columns.values() for shown in pair[::-1] if shown]
    rows = list(dict.fromkeys(key(value) for shown in known for value in values(shown.frame[dimension])))
    frame = {first.dimension(dimension): [*(first.label(dimension, row) for row in rows), head]}
    for name, (before, after) in columns.items():
        cells = [_change(_number(before, dimension, row), _number(after, dimension, row), after) for row in rows]
        whole, now = total[name]
        frame[name] = [*cells, _change(whole.single if whole else None, now.single, now)]
    return pd.DataFrame(frame)


def _number(shown: Shown | None, dimension: str, row: object) -> int | None:
    """The count of one value of a dimension; none when it is not known."""
    if shown is None or shown.state in {"not_sent", "not_collected"}:
        return None
    column = shown.frame[dimension]
    found = shown.frame[column.isna() if row is None else column == row]
    return int(found[shown.main].iloc[0]) if len(found) else 0


def _change(before: int | None, after: int | None, shown: Shown) -> str:
    now = formats.NOT_COLLECTED[shown.language] if after is None else shown.number(after)
    if before is None or after is None:
        return now
    change = formats.difference(after - before, shown.language) if after != before else "="
    return f"{shown.number(before)} → {now} ({change})"


def _beside(shown: Shown, dimension: str, row: object) -> str:
    if shown.state in {"not_sent", "not_collected"}:
        return formats.NOT_COLLECTED[shown.language]
    found = shown.frame[shown.frame[dimension].map(key) == row] if row is not None else (
        shown.frame[shown.frame[dimension].isna()])  # fmt: skip
    if not len(found):
        return shown.number(0)
    return shown.cell(found[shown.main].iloc[0], str(found["state"].iloc[0]))

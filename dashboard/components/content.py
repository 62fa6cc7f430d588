"""What a card holds: a chart, the same cells as a table and as a file, and the statements behind them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from dashboard import charts, estimate_tables, tables
from dashboard.accounts import Account
from dashboard.charts.boxes import Limits
from dashboard.estimated import Curved, Estimates, Run, Spread
from dashboard.shown import Shown, State


@dataclass(frozen=True)
class Content:
    """What a card shows.

    Attributes:
        shown: the counts, whose rows are the lines behind the figure.
        state: whether there is anything to draw.
        title: the title, unless the page has another.
        name: tells two kinds of content of one measure apart.
        units: what is counted, for the line under the title.
        draw: makes the chart; none for a card that opens on its table.
        table: the cells in words; `labels` of its columns are no figures.
        rows: rows of the file.
        file: the file.
        runs: the statements as run.
        empty: what is said where the counts are there and nothing can be made of them.
    """

    shown: Shown
    state: State
    title: str
    name: str
    units: str
    draw: Callable[[], charts.Chart] | None
    table: Callable[[], pd.DataFrame]
    labels: int
    rows: int
    file: Callable[[], bytes]
    runs: list[Run]
    empty: str = ""


def counts(shown: Shown, draw: Callable[[Shown], charts.Chart] | None) -> Content:
    """The counts of a measure."""
    return Content(
        shown,
        shown.state,
        shown.title,
        "-".join([shown.name, *shown.by]),
        _counted(shown),
        (lambda: draw(shown)) if draw else None,
        lambda: tables.readable(shown),
        1 if tables.is_wide(shown) else len(shown.by),
        len(shown.frame),
        lambda: tables.csv_of(shown),
        [(shown.table.statement, shown.table.parameters)],
    )


def estimates(found: Estimates, unit: str, in_order: bool, most: int) -> Content:
    """Estimates of a measure with their intervals."""
    shown = found.shown
    return Content(
        shown,
        found.state,
        shown.title,
        "-".join([shown.name, *shown.by, "estimates"]),
        _counted(shown),
        lambda: charts.intervals(found, unit, in_order, most),
        lambda: estimate_tables.of_estimates(found),
        len(shown.by),
        len(shown.frame) * (len(shown.counts) + len(found.found)),
        lambda: estimate_tables.file_of_estimates(found),
        found.runs,
    )


def share_table(found: Estimates, name: str) -> Content:
    """One share by two dimensions as a table of cells; the table and the file hold every estimate."""
    return replace(estimates(found, name, True, 0), draw=lambda: charts.share_table(found, name))


def dates(by_date: Mapping[str, Shown]) -> Content:
    """A measure by month, by each of the dates that can give a patient the month."""
    first = next(iter(by_date.values()))
    columns = [(first.text(f"date_basis.{basis}"), shown) for basis, shown in by_date.items()]
    observed = all(shown.state == "observed" for shown in by_date.values())
    frame = tables.beside(columns)
    return Content(
        first,
        "observed" if observed else first.state,
        first.title,
        f"{first.name}-dates",
        _counted(first),
        (lambda: charts.dates(by_date)) if observed else None,
        lambda: frame,
        1,
        len(frame),
        lambda: tables.csv_text(list(frame.columns), frame.to_numpy().tolist(), first.language),
        [(shown.table.statement, shown.table.parameters) for shown in by_date.values()],
    )


def curves(found: Curved) -> Content:
    """Time-to-event curves."""
    shown = found.shown
    return Content(
        shown,
        found.state,
        found.title,
        "-".join([shown.name, *shown.where.values(), *shown.by, "curve"]),
        shown.count(shown.main),
        (lambda: charts.steps(found)) if found.curves else None,
        lambda: estimate_tables.of_curves(found),
        len(found.found.by),
        sum(len(curve.steps) for curve in found.found.curves.values()),
        lambda: estimate_tables.file_of_curves(found),
        found.runs,
    )


def spread(found: Spread, limits: Limits | None) -> Content:
    """The distribution of a quantity."""
    shown = found.shown
    return Content(
        shown,
        found.state,
        found.title,
        "-".join([shown.name, found.found.quantity, *shown.by]),
        found.unit,
        lambda: charts.boxes(found, limits),
        lambda: estimate_tables.of_spread(found),
        len(found.found.by),
        len(found.found.frame),
        lambda: estimate_tables.file_of_spread(found),
        found.runs,
        shown.text("spread.empty"),
    )


def account(found: Account) -> Content:
    """The ledger of treatment; the lines behind are the movements."""
    shown = found.shown
    return Content(
        shown,
        shown.state,
        shown.text("account.title"),
        "-".join(["account", *shown.where.values()]),
        shown.count("n_patients"),
        lambda: charts.account(found),
        found.readable,
        1,
        len(found.frame),
        found.file,
        [(shown.table.statement, shown.table.parameters)],
    )


def _counted(shown: Shown) -> str:
    return ", ".join([shown.count(shown.main), *(shown.count(each).lower() for each in shown.counts[1:])])

"""One measure by each of the dates that can give a patient the month: start, form signed, form received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from pipelines.definitions import collected
from pipelines.measure import MeasureTable, measure
from pipelines.opened import Opened
from pipelines.selection import DATE_BASES, DateBasis, Selection


@dataclass(frozen=True)
class SideBySide:
    """A measure by each date.

    Attributes:
        tables: date → the measure by it; its line lists are those of the selection with that date.
        frame: the dimensions `by` and a column for each date (Int64, the main count), null throughout if the programme
            does not collect the date; the period of the selection holds for each date on its own.
    """

    tables: Mapping[DateBasis, MeasureTable]
    by: tuple[str, ...]
    frame: pd.DataFrame


def side_by_side(opened: Opened, name: str, selection: Selection, by: Sequence[str] = ("month",)) -> SideBySide:
    """A measure by the three dates, in one table.

    Raises:
        MeasureError: an unknown measure or dimension.
    """
    tables: dict[DateBasis, MeasureTable] = {}
    frame: pd.DataFrame | None = None
    keys = list(by)
    for basis in DATE_BASES:
        dated = replace(selection, date_basis=basis)
        tables[basis] = measure(opened, name, dated, by)
        if not collected("month", dated, opened.programme):
            continue
        counts = tables[basis].frame[[*keys, tables[basis].definition.main]].set_axis([*keys, basis], axis="columns")
        frame = counts if frame is None else frame.merge(counts, how="outer", on=keys)
    frame = (pd.DataFrame(columns=keys) if frame is None else frame).reindex(columns=[*keys, *DATE_BASES])
    observed = [
        basis for basis in DATE_BASES if collected("month", replace(selection, date_basis=basis), opened.programme)
    ]
    frame = frame.astype(dict.fromkeys(DATE_BASES, "Int64")).fillna(dict.fromkeys(observed, 0))
    return SideBySide(tables, tuple(by), frame.sort_values(keys, kind="stable", ignore_index=True))

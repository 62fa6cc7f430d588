"""Quantities of a measure's rows: how long, how much, how late; quantiles of the values that are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines import sql
from pipelines.definitions import Definition, definition
from pipelines.errors import MeasureError
from pipelines.measure import known, lines_of, missing_tables
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.states import NOT_APPLICABLE, NOT_RECORDED, OBSERVED

QUANTILES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
COLUMNS = ("n", "n_missing", "least", *QUANTILES, "most")


@dataclass(frozen=True)
class Distribution:
    """The values of a quantity on a release and a selection.

    Attributes:
        frame: one row for each cell that has a row: the dimensions `by`, `n` counted things with a value, `n_missing`
            without one, and `least`, quantiles and `most` (Float64, null where `n` is 0) in the quantity's unit;
            and `state`: `observed`, `not_recorded` (no value is known), `not_applicable` (nothing is counted).
            Quantiles lie between neighbours in proportion (type 7 of Hyndman and Fan, R's default).
        not_sent: tables it needs that the export did not hold; the frame is then empty.
    """

    definition: Definition
    quantity: str
    release: str
    selection: Selection
    by: tuple[str, ...]
    frame: pd.DataFrame
    not_sent: tuple[str, ...]
    statement: str
    parameters: Mapping[str, object]


def distribution(opened: Opened, name: str, quantity: str, selection: Selection, by: Sequence[str] = (),
                 where: Mapping[str, str] | None = None) -> Distribution:  # fmt: skip
    """The distribution of a quantity of a measure; a key counts once in a cell.

    Raises:
        MeasureError: an unknown measure, quantity or dimension.
    """
    asked = definition(name)
    if quantity not in asked.quantities:
        raise MeasureError("measure.unknown_quantity", measure=name, known=", ".join(asked.quantities) or "0")
    known(asked, [*by, *(where or {})])
    lines, parameters = lines_of(asked, selection, where or {})
    key, value, grouped = asked.counts[asked.main].key, sql.name(quantity), sql.names(by)
    quantiles = ", ".join(f"quantile_cont({value}, {share}) as {sql.name(each)}" for each, share in QUANTILES.items())
    cells = f"{grouped}, " if by else ""
    statement = (
        f"{lines},\nvalued as (select {cells}{sql.name(key)}, cast(max({value}) as double) as {value} from lines"
        f" group by {cells}{sql.name(key)})\n"
        f"select {cells}count({value}) as n, count(*) - count({value}) as n_missing, min({value}) as least,"
        f" {quantiles}, max({value}) as most from valued" + (f" group by {grouped} order by {grouped}" if by else "")
    )
    not_sent = missing_tables(opened.release, opened.programme, asked)
    frame = pd.DataFrame(columns=[*by, *COLUMNS]) if not_sent else opened.query(statement, parameters)
    frame = frame.astype({each: "Int64" if each.startswith("n") else "Float64" for each in COLUMNS})
    frame["state"] = OBSERVED
    frame.loc[frame["n"] == 0, "state"] = NOT_RECORDED
    frame.loc[frame["n"] + frame["n_missing"] == 0, "state"] = NOT_APPLICABLE
    return Distribution(
        asked, quantity, opened.release.name, selection, tuple(by), frame, not_sent, statement, parameters
    )

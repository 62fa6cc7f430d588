"""The ledger of treatment: month by month, who was on treatment, came in, left, and is on treatment since."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data_schemas.vocabularies import codes
from pipelines.cells import months
from pipelines.errors import MeasureError
from pipelines.measure import MeasureTable, measure
from pipelines.opened import Opened
from pipelines.selection import Selection

MONTH, MOVEMENT, STOP = "movement_month", "movement", "STOP"


@dataclass(frozen=True)
class Ledger:
    """The movements of a release and a selection, with what was there before and after each month.

    Attributes:
        movements: the measure `treatment_movements` that it is made of, by month, movement and `by`.
        by: the dimensions that have an account of their own.
        frame: one row for each value of `by` and each month from the first movement to the cut-off: `by`, `month`
            (`yyyy-mm`), `opening`, a column for each way in (`FIRST_START`, `CONTINUATION`, `RESTART`), `STOP`, and
            `closing`, patients (Int64). Opening and ways in, less the stops, is closing; the closing of a month is the
            opening of the next; the last closing is the measure `on_treatment`. Empty if nothing moved or a table was
            not sent.
    """

    movements: MeasureTable
    by: tuple[str, ...]
    frame: pd.DataFrame


def ledger(opened: Opened, selection: Selection, by: Sequence[str] = ("indication_code",)) -> Ledger:
    """The ledger, with an account for each value of the dimensions `by`.

    Raises:
        MeasureError: a dimension that movements do not have, or an account whose last balance is not the number of
            patients on treatment at the cut-off.
    """
    movements = measure(opened, "treatment_movements", selection, [*by, MONTH, MOVEMENT])
    kinds = codes("movement", opened.programme)
    months_of = months(movements.frame[MONTH].min(), opened.months[1]) if len(movements.frame) else []
    accounts = movements.frame[list(by)].drop_duplicates() if by else pd.DataFrame(index=[0])
    frame = accounts.merge(pd.DataFrame({MONTH: months_of}, dtype=object), how="cross")
    for kind in kinds:
        moved = movements.frame[movements.frame[MOVEMENT] == kind].rename(columns={"n_movements": kind})
        frame = frame.merge(moved[[*by, MONTH, kind]], how="left", on=[*by, MONTH])
    frame = frame.fillna(dict.fromkeys(kinds, 0)).astype(dict.fromkeys(kinds, "Int64")).rename(columns={MONTH: "month"})
    change = frame[kinds].sum(axis=1) - 2 * frame[STOP]
    frame["closing"] = change.groupby([frame[each] for each in by], dropna=False).cumsum() if by else change.cumsum()
    frame["opening"] = frame["closing"] - change
    _balanced(opened, selection, tuple(by), frame)
    return Ledger(movements, tuple(by), frame[[*by, "month", "opening", *kinds, "closing"]])


def _balanced(opened: Opened, selection: Selection, by: tuple[str, ...], frame: pd.DataFrame) -> None:
    """Refuse a ledger whose accounts do not end with those on treatment at the cut-off."""
    there = measure(opened, "on_treatment", selection, by)
    if there.not_sent:
        return
    last = frame[frame["month"] == opened.months[1]]
    if _accounts(last, by, "closing") != _accounts(there.frame, by, "n_patients"):
        raise MeasureError("measure.unbalanced", measure="treatment_movements", other="on_treatment")


def _accounts(frame: pd.DataFrame, by: tuple[str, ...], column: str) -> dict[tuple[str, ...], int]:
    """The balances that are not 0."""
    keys = frame[list(by)].astype("str").itertuples(index=False, name=None) if by else [()] * len(frame)
    return {key: int(number) for key, number in zip(keys, frame[column], strict=True) if number}

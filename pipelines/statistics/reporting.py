"""The reporting triangle: how many events of each month were received after so many months."""

import numpy as np
import pandas as pd


def reporting_triangle(reports: pd.DataFrame, cutoff: pd.Period, first: pd.Period | None = None) -> pd.DataFrame:
    """How many events of each month were received after so many months.

    Args:
        reports: `event_month`, `received_month` (periods, dates or `yyyy-mm`), `n`; an event counts once, at its first
            receipt.
        cutoff: the last month whose receipts are complete.
        first: the month the following began; the oldest event's when not given.

    Returns:
        Indexed by event month from `first` to `cutoff`, a column for each delay from 0; Int64, null where to come.

    Raises:
        ValueError: a missing month, an event before `first`, a receipt before its event or after the cut-off, or a
            number that is negative or not whole.
    """
    events, receipts = (pd.PeriodIndex(reports[each], freq="M") for each in ("event_month", "received_month"))
    n = reports["n"].to_numpy(float)
    if events.hasnans or receipts.hasnans or not ((n >= 0) & (n % 1 == 0)).all():
        raise ValueError("each report has the month of its event, that of its receipt and a number")
    start = first if first is not None else events.min() if len(events) else cutoff
    rows, columns = (months.astype("int64").to_numpy() for months in (events, receipts))
    if len(n) and (rows.min() < start.ordinal or (columns < rows).any() or columns.max() > cutoff.ordinal):
        raise ValueError("an event lies in the months followed and is received from its month to the cut-off")
    months = pd.period_range(start, cutoff, freq="M", name="month")
    size = len(months)
    counts = np.zeros((size, size), dtype="int64")
    np.add.at(counts, (rows - start.ordinal, columns - rows), n.astype("int64"))
    to_come = np.add.outer(np.arange(size), np.arange(size)) >= size
    return pd.DataFrame(counts, months, pd.RangeIndex(size, name="delay")).astype("Int64").mask(to_come)

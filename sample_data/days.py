"""Days as whole numbers (days since 1970-01-01), so that a delay is a sum; conversion to and from dates.

How a day is written in a file is the dialect's affair (`dialects.py`).
"""

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Anything = npt.NDArray[Any]

NO_DAY = -1
"""An empty date."""
NEVER = 1_000_000
"""Later than every cut-off."""
YEAR = 365.25

_EPOCH = dt.date(1970, 1, 1)


def day(text: str) -> int:
    """The number of a day written `yyyy-mm-dd`."""
    return (dt.date.fromisoformat(text) - _EPOCH).days


def date(number: int) -> dt.date:
    """The date of a day number."""
    return _EPOCH + dt.timedelta(days=int(number))


def year_of(days: Ints) -> Ints:
    """The calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def completed_years(since: Ints, until: Ints) -> Ints:
    """Whole years between two days, as an age is said."""
    return np.floor((until - since) / YEAR).astype(np.int64)


def month_ends(first: str, last: str) -> tuple[str, ...]:
    """The last day of each month from `first` to `last`, both written `yyyy-mm`."""
    months = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    return tuple(str(month.astype("datetime64[M]") + 1 - np.timedelta64(1, "D")) for month in months)

"""Late reporting of new patients: what has been received of each month, and what it is expected to become."""

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd

from pipelines.measure import MeasureTable, measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.statistics.nowcast import Nowcast, nowcast
from pipelines.statistics.reporting import reporting_triangle

MEASURE = "reporting_triangle"


@dataclass(frozen=True)
class LateReporting:
    """The reporting of new patients on a release and a selection, whatever its period and its date.

    Attributes:
        table: new patients by month of start and month known, of which each cell has its line list.
        triangle: the same by month of start and delay in months, up to the last whole month; none if the tables were
            not sent or the date of receipt is not collected.
        nowcast: what the months are expected to become; none likewise. Its `state` says whether there are too few data.
        unfinished: the month of the cut-off when it is not whole; it is not in the triangle.
    """

    table: MeasureTable
    triangle: pd.DataFrame | None
    nowcast: Nowcast | None
    unfinished: str | None


def late_reporting(opened: Opened, selection: Selection, level: float = 0.95) -> LateReporting:
    """The reporting triangle of the new patients of a selection, and the expectations that follow from it.

    A month is followed from the first month with a new patient in the release, so that a selection without patients in
    the first months has zeros there.

    Raises:
        ValueError: a level that is not between 0 and 1.
    """
    everytime = replace(selection, from_month="", to_month="", date_basis="treatment_start")
    table = measure(opened, MEASURE, everytime, ["start_month", "known_month"])
    last = last_whole_month(opened.release.cutoff)
    first, cutoff = (pd.Period(month, freq="M") for month in opened.months)
    unfinished = None if last == cutoff else str(cutoff)
    if table.not_sent:
        return LateReporting(table, None, None, unfinished)
    known = table.frame[table.frame["known_month"] <= str(last)]
    reports = known.set_axis(["event_month", "received_month", "n", "state"], axis="columns")
    triangle = reporting_triangle(reports, last, first)
    return LateReporting(table, triangle, nowcast(triangle, level), unfinished)


def last_whole_month(cutoff: dt.date) -> pd.Period:
    """The last month of which every day is before the cut-off or its day."""
    month = pd.Period(cutoff, freq="M")
    return month if month.end_time.date() == cutoff else month - 1

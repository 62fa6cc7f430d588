"""The last return to the regulator that an export tells of, and the release that it rests on."""

import datetime as dt
from dataclasses import dataclass

from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.store import Store

LAST = """
with last as (from core_declarations where cutoff_date <= $cutoff
              order by sent_on desc, cutoff_date desc, period desc, version desc limit 1)
select d.period, d.version, d.sent_on, d.cutoff_date,
       coalesce(max(d.n_new_patients) filter (d.indication_code is null), sum(d.n_new_patients)) as declared
from core_declarations d join last using (period, version, sent_on, cutoff_date) group by all
"""


@dataclass(frozen=True)
class Return:
    """What was declared last.

    Attributes:
        period: its month, `yyyy-mm`.
        declared: the new patients declared for the month, all indications together.
        release: the release that it rests on; none where the store does not hold it.
    """

    period: str
    version: int
    sent_on: dt.date
    cutoff: dt.date
    declared: int
    release: Release | None


def last_return(store: Store, opened: Opened) -> Return | None:
    """The last return; none where the export holds no declaration."""
    if not opened.release.was_sent("declarations"):
        return None
    found = opened.query(LAST, {"cutoff": opened.release.cutoff}).to_dict("records")
    if not found:
        return None
    row = found[0]
    cutoff, sent_on = row["cutoff_date"].date(), row["sent_on"].date()
    release = store.declared_from(cutoff, sent_on, opened.release)
    return Return(str(row["period"]), int(row["version"]), sent_on, cutoff, int(row["declared"]), release)

"""Every figure that was declared, and when: those of sealed returns, and those that an export brought along.

An export may repeat what was sealed here; the sealed figure is then the one that is kept.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.returns.clock import PARIS
from pipelines.returns.packs import Pack, packs
from pipelines.store import Store

COLUMNS = ("period", "version", "indication_code", "declared", "cutoff_date", "sent_on", "release", "imported")
CELL = ["period", "version", "indication_code"]
IMPORTED = """
select period, version, indication_code, n_new_patients as declared, cutoff_date, sent_on, '' as release,
    true as imported
from core_declarations
"""


@dataclass(frozen=True)
class History:
    """What was declared.

    Attributes:
        frame: `COLUMNS`, one row for each month, version and indication (null for the total), the oldest first.
        repeated: months and versions that an export repeats otherwise than they were sealed.
    """

    frame: pd.DataFrame
    repeated: tuple[str, ...]

    @property
    def last(self) -> pd.DataFrame:
        """The last version of each cell."""
        return self.frame.drop_duplicates(["period", "indication_code"], keep="last", ignore_index=True)

    def last_version(self, period: str) -> int:
        """The number of the month's last version; 0 where it was never declared."""
        return max((int(each) for each in self.of(period)["version"]), default=0)

    def of(self, period: str) -> pd.DataFrame:
        """What was declared of a month."""
        return self.frame[self.frame["period"] == period]


def history(store: Store, release: Release | None, before: dt.datetime | None = None) -> History:
    """What was declared.

    Args:
        release: the release whose export may bring earlier declarations along.
        before: only returns signed before this moment.
    """
    sealed = _sealed([each for each in packs(store) if before is None or each.signed_at < before])
    imported = _imported(release) if release is not None else sealed.iloc[:0]
    both = sealed.merge(imported, how="inner", on=CELL, suffixes=("", "_imported"))
    other = both[both["declared"] != both["declared_imported"]]
    frame = pd.concat([each for each in (imported, sealed) if len(each)] or [sealed], ignore_index=True)
    frame = frame.drop_duplicates(CELL, keep="last").sort_values(CELL, na_position="last", ignore_index=True)
    repeated = {f"{period}-v{version}" for period, version in zip(other["period"], other["version"], strict=True)}
    return History(frame, tuple(sorted(repeated)))


def _imported(release: Release) -> pd.DataFrame:
    if not release.was_sent("declarations"):
        return _typed([])
    opened = Opened(release)
    try:
        return _typed(opened.query(IMPORTED)[list(COLUMNS)].itertuples(index=False, name=None))
    finally:
        opened.close()


def _sealed(found: Sequence[Pack]) -> pd.DataFrame:
    rows = []
    for pack in found:
        said, sent_on = pack.statement, pack.signed_at.astimezone(PARIS).date()
        rows += [(said.period, said.version, line.indication_code, line.recounted, said.cutoff, sent_on, said.release,
                  False)
                 for line in said.lines if line.period == said.period]  # fmt: skip
    return _typed(rows)


def _typed(rows: object) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS))  # type: ignore[call-overload]
    frame["indication_code"] = frame["indication_code"].astype(object).where(frame["indication_code"].notna(), None)
    numbers = frame.astype({"version": "int64", "declared": "int64", "imported": "bool", "release": "object"})
    return numbers.astype({"cutoff_date": "datetime64[us]", "sent_on": "datetime64[us]"})


def compare(first: Pack, second: Pack) -> pd.DataFrame:
    """Two sealed returns on the months that both speak of.

    Returns:
        `period`, `indication_code` (null for the total), `first`, `second`, `difference`.
    """
    frames = [pd.DataFrame([(line.period, line.indication_code or "", line.recounted) for line in each.statement.lines],
                           columns=["period", "indication_code", name])
              for name, each in (("first", first), ("second", second))]  # fmt: skip
    both = frames[0].merge(frames[1], on=["period", "indication_code"])
    codes = both["indication_code"].astype(object)
    return both.assign(indication_code=codes.where(codes != "", None), difference=both["second"] - both["first"])

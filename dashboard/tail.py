"""The provisional tail of a count by month: the months whose forms are still arriving, and what is expected of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from dashboard import formats
from dashboard.shown import Shown
from pipelines.nowcasting import LateReporting
from pipelines.statistics.nowcast import Nowcast

FINAL = ("final", "unknown")


@dataclass(frozen=True)
class Awaited:
    """A month that is not yet final.

    Attributes:
        received: new patients whose form has arrived.
        completeness: the share of the month's forms that this is expected to be, 0 to 1; none while the month runs.
        expected: what the month is expected to become, with its limits; none where it is too early to say.
    """

    month: str
    received: int
    completeness: float | None = None
    expected: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Tail:
    """What is said and drawn about the last months of a count of new patients by their start.

    Attributes:
        shown: new patients by month of start and month known, whose rows are the lines behind.
        months: the first and the last month that the page keeps.
    """

    shown: Shown
    late: LateReporting
    months: tuple[str, str]

    @property
    def nowcast(self) -> Nowcast | None:
        """The expectations; none where the date of receipt is not known."""
        return self.late.nowcast

    @cached_property
    def awaited(self) -> Sequence[Awaited]:
        """The months of the page that are not final, the oldest first."""
        if self.nowcast is None:
            return []
        rows = [_awaited(str(month), row) for month, row in self.nowcast.months.iterrows()
                if row["state"] not in FINAL]  # fmt: skip
        if self.late.unfinished:
            cells = self.shown.frame[self.shown.frame["start_month"] == self.late.unfinished]
            rows.append(Awaited(self.late.unfinished, int(cells[self.shown.main].sum())))
        first, last = self.months
        return [row for row in rows if first <= row.month <= last]

    def words(self, row: Awaited) -> str:
        """`37 [35 – 41]`; a dot where it is too early to say."""
        if row.expected is None or row.low is None or row.high is None:
            return formats.NOT_APPLICABLE
        low, high = self.shown.number(row.low), self.shown.number(row.high)
        return f"{self.shown.number(row.expected)} [{low} –\u2060 {high}]".replace(" ", "\u00a0")

    def share(self, row: Awaited) -> str:
        """The expected completeness of a month."""
        return (
            formats.NOT_APPLICABLE if row.completeness is None
            else formats.percentage(row.completeness, self.shown.language)
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """What the last month lacks, or why nothing is expected; empty when every month is final."""
        if self.nowcast is None:
            return ""
        if self.nowcast.state != "estimated":
            return self.shown.text(f"tail.{self.nowcast.state}")
        said = [row for row in self.awaited if row.expected is not None]
        if not said:
            return self.shown.text("tail.too_early") if self.awaited else ""
        last = said[-1]
        return self.shown.text("tail.last", month=self.shown.label("start_month", last.month),
                               received=self.shown.number(last.received), share=self.share(last),
                               expected=self.words(last))  # fmt: skip

    @property
    def method(self) -> str:
        """How the expectation is made, and how often it was right."""
        if self.nowcast is None or self.nowcast.state != "estimated":
            return ""
        past = self.nowcast.calibration
        level = formats.number(round(self.nowcast.level * 100), self.shown.language)
        return self.shown.text("tail.method", level=level, inside=self.shown.number(past.inside),
                               n=self.shown.number(past.n))  # fmt: skip


def _awaited(month: str, row: "pd.Series[float]") -> Awaited:
    low, high = (None if pd.isna(row[side]) else int(row[side]) for side in ("low", "high"))
    expected = None if pd.isna(row["estimate"]) else round(row["estimate"])
    return Awaited(month, int(row["received"]), float(row["completeness"]), expected, low, high)

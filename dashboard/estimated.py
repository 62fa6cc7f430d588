"""Estimates, curves and distributions of a measure as they are shown: with the counts that they are made from.

Each holds a `Shown`, whose rows are the line list behind, and what was estimated, cell by cell.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.shown import Shown, State
from pipelines.definitions import Curve as Head
from pipelines.definitions import Quantity
from pipelines.distributions import Distribution
from pipelines.estimates import Estimated
from pipelines.states import NOT_COLLECTED, NOT_SENT, OBSERVED, UNDEFINED
from pipelines.statistics.curves import Curve, Point
from pipelines.statistics.rates import DAYS_PER_YEAR
from pipelines.survival import Curves

DAYS_PER_MONTH = DAYS_PER_YEAR / 12
COUNTS = ""
Run = tuple[str, Mapping[str, object]]
"""A statement as it was run, and what was bound to it."""


@dataclass(frozen=True)
class Estimates:
    """The estimates of a measure, on the cells of its table.

    Attributes:
        found: name of each estimate → its cells, in the rows of the counts.
    """

    shown: Shown
    found: Mapping[str, Estimated]

    @property
    def state(self) -> State:
        """As that of the counts; no event among persons who could have had one is a result, and shown."""
        known = self.shown.state
        whole = any(each.frame["total"].fillna(0).sum() for each in self.found.values())
        return "observed" if known == "empty" and len(self.shown.frame) and whole else known

    @cached_property
    def cells(self) -> Mapping[str, Mapping[Hashable, Mapping[Hashable, Any]]]:
        """Name of each estimate → row → its numbers; those of the counts under `COUNTS`."""
        frames = {COUNTS: self.shown.frame, **{name: each.frame for name, each in self.found.items()}}
        return {name: frame.to_dict("index") for name, frame in frames.items()}

    @property
    def units(self) -> tuple[str, ...]:
        """What the cells can be drawn in: shares and ratios, then the counts behind rates, then the rates."""
        shares = [name for name, each in self.found.items() if each.estimate.kind != "rate"]
        return (*shares, *dict.fromkeys(self.found[name].estimate.of for name in self.rates), *self.rates)

    @property
    def rates(self) -> tuple[str, ...]:
        """The estimates that are rates of patient-time."""
        return tuple(name for name, each in self.found.items() if each.estimate.kind == "rate")

    @property
    def runs(self) -> list[Run]:
        """The statements behind: the counts, and what stands below the lines."""
        over = [each.over for each in self.found.values() if each.over is not None]
        return [(table.statement, table.parameters) for table in (self.shown.table, *over)]

    def count(self, unit: str) -> str:
        """The count of the measure that a unit shows, or that its estimate has above the line."""
        return self.found[unit].estimate.of if unit in self.found else unit

    def unit(self, unit: str) -> str:
        """A unit in one or two words."""
        rate = unit in self.found and self.found[unit].estimate.kind == "rate"
        return self.shown.text("estimate.rate_unit") if rate else self.shown.count(self.count(unit))

    def title(self, unit: str) -> str:
        """A unit in words."""
        return self.shown.say(self.found[unit].estimate.title) if unit in self.found else self.shown.count(unit)

    def words(self, name: str, row: Hashable) -> str:
        """A cell with its interval: `12/254 (4,7 %) [2,5 – 8,1]`, `9,9 [0,3 – 55,2]`, or why there is none.

        A ratio is a percentage without one.
        """
        cell = self.cells[name][row]
        if self.found[name].estimate.kind == "share":
            limits = f" {self.limits(name, row)}" if cell["state"] == OBSERVED else ""
            return self.part(name, row) + limits
        if cell["state"] != OBSERVED:
            return self.sign(str(cell["state"]))
        if self.found[name].estimate.kind == "ratio":
            return formats.percentage(float(cell["value"]), self.shown.language)
        return f"{formats.decimal(float(cell['value']), self.shown.language)} {self.limits(name, row)}"

    def part(self, name: str, row: Hashable) -> str:
        """A share without its interval: `12/254 (4,7 %)`, or `3/7`."""
        cell = self.cells[name][row]
        if cell["state"] in {NOT_COLLECTED, NOT_SENT, UNDEFINED}:
            return self.sign(str(cell["state"]))
        return formats.share(int(cell["n"]), int(cell["total"]), self.shown.language)

    def limits(self, name: str, row: Hashable) -> str:
        """The interval of a cell that has one."""
        cell = self.cells[name][row]
        factor = 100 if self.found[name].estimate.kind == "share" else 1
        return formats.interval(float(cell["low"]), float(cell["high"]), self.shown.language, factor)

    def sign(self, state: str) -> str:
        """What stands for an estimate that there is none of."""
        return formats.NOT_APPLICABLE if state == UNDEFINED else formats.NOT_COLLECTED[self.shown.language]

    def not_evaluable(self, name: str, row: Hashable) -> int:
        """How many of the cell could not be evaluated: counted, but not below the line of the same measure."""
        over = self.found[name].estimate.over
        if over not in self.shown.counts:
            return 0
        cell = self.cells[COUNTS][row]
        return 0 if pd.isna(cell[over]) else int(cell[self.shown.main]) - int(cell[over])

    def at_least(self, n: int) -> "Estimates":
        """Only the cells in which the main count is so high."""
        frame = self.shown.frame
        kept = frame[self.shown.main].fillna(n) >= n
        table = replace(self.shown.table, frame=frame[kept])
        found = {name: replace(each, frame=each.frame[kept]) for name, each in self.found.items()}
        return Estimates(replace(self.shown, table=table), found)


@dataclass(frozen=True)
class Curved:
    """The time-to-event curves of a measure, one for each value of the dimensions of its table."""

    shown: Shown
    found: Curves

    @property
    def state(self) -> State:
        """As that of the persons: a curve without any event is one."""
        return self.shown.state

    @property
    def head(self) -> Head:
        """What the curve is of."""
        return self.found.head

    @property
    def title(self) -> str:
        """What the curve shows."""
        return self.shown.say(self.head.title)

    @property
    def runs(self) -> list[Run]:
        """The statement whose counts the curves are estimated from."""
        return [(self.found.statement, self.found.parameters)]

    @cached_property
    def curves(self) -> Mapping[tuple[str | None, ...], Curve]:
        """Values of the dimensions → curve, in the order of their lists, where there are enough persons for a share."""
        return {cell: curve for cell, curve in self._ordered.items() if self.last_day(curve)}

    @property
    def too_few(self) -> Mapping[tuple[str | None, ...], Curve]:
        """Those with fewer persons: only events and persons are said."""
        return {cell: curve for cell, curve in self._ordered.items() if curve.n and not self.last_day(curve)}

    @property
    def _ordered(self) -> dict[tuple[str | None, ...], Curve]:
        """The curves in the order of the table."""
        by = list(self.found.by)
        cells = self.shown.frame[by].itertuples(index=False, name=None) if by else [()]
        keys = [tuple(None if pd.isna(value) else str(value) for value in cell) for cell in cells]
        return {key: self.found.curves[key] for key in dict.fromkeys(keys) if key in self.found.curves}

    def last_day(self, curve: Curve) -> int:
        """The last day on which enough persons are at risk for a share; 0 if there never are."""
        enough = curve.steps[curve.steps["at_risk"] >= formats.SMALLEST_BASE]
        return int(enough["day"].max()) if len(enough) else 0

    @cached_property
    def months(self) -> list[int]:
        """The months at which the curves are read: six at most, evenly apart, up to the end of the longest."""
        last = max((self.last_day(curve) for curve in self.curves.values()), default=0) / DAYS_PER_MONTH
        step = next((each for each in (1, 2, 3, 6, 12, 24) if last / each <= MOST_MONTHS), 60)
        return list(range(0, int(last) + 1, step))

    def point(self, curve: Curve, month: int) -> Point:
        """A curve at the end of a month; without estimate where too few are at risk."""
        found = curve.at(round(month * DAYS_PER_MONTH))
        few = found.at_risk < formats.SMALLEST_BASE
        return Point(found.day, found.at_risk, None, None, None) if few else found

    def words(self, point: Point) -> str:
        """`15,6 % [13,4 – 18,1]`; a dot where too few are at risk."""
        if point.estimate is None:
            return formats.NOT_APPLICABLE
        written = formats.percentage(point.estimate, self.shown.language)
        if point.low is None or point.high is None:
            return written
        return f"{written} {formats.interval(point.low, point.high, self.shown.language, 100)}"

    def name(self, cell: tuple[str | None, ...]) -> str:
        """The persons of a curve in words."""
        return ", ".join(self.shown.named(each, value) for each, value in zip(self.found.by, cell, strict=True))


MOST_MONTHS = 5.99
"""Steps of the axis of a curve."""


@dataclass(frozen=True)
class Spread:
    """The distribution of a quantity of a measure, on the cells of its table."""

    shown: Shown
    found: Distribution

    @property
    def state(self) -> State:
        """Nothing to draw where no value is known."""
        known = self.shown.state
        return "empty" if known == "observed" and not self.found.frame["n"].sum() else known

    @property
    def quantity(self) -> Quantity:
        """What is distributed."""
        return self.found.definition.quantities[self.found.quantity]

    @property
    def title(self) -> str:
        """The quantity in words."""
        return self.shown.say(self.quantity.title)

    @property
    def unit(self) -> str:
        """Its unit in words."""
        return self.shown.say(self.quantity.unit)

    @property
    def runs(self) -> list[Run]:
        """The statement that gave the quantiles."""
        return [(self.found.statement, self.found.parameters)]

    def number(self, value: object) -> str:
        """A value of the quantity; nothing known is a dash."""
        return formats.NOT_RECORDED if pd.isna(value) else self.shown.number(round(float(value), 1))  # type: ignore[call-overload,arg-type]

    def name(self, row: Mapping[Hashable, object]) -> str:
        """The cell of a row in words."""
        return ", ".join(self.shown.named(each, row[each]) for each in self.found.by)

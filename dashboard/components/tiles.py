"""Tiles: a label, a value, and where it comes from. Their colour is neutral: more patients is neither good nor bad."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from dashboard import formats
from dashboard.components import marks, states
from dashboard.estimated import Estimates
from dashboard.shown import Shown
from dashboard.tail import Tail
from dashboard.wording import text
from pipelines.statistics.rates import DAYS_PER_YEAR

NARROWEST = 150
"""Width of a tile from which another one finds room beside it: two on a phone."""

MOST_MONTHS = 12
"""Months that the line of a tile goes back."""


@dataclass(frozen=True)
class Tile:
    """A figure with its label.

    Attributes:
        change: the difference from what `under` names.
        under: what the figure is compared with, or a part of.
        part: the figure and its whole, drawn as a bar.
        history: month in words → count, drawn as a line.
    """

    label: str
    value: str
    help: str
    change: str | None = None
    under: str | None = None
    part: tuple[int, int] | None = None
    history: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, label: str, shown: Shown, count: str | None = None, under: str = "") -> "Tile":
        """One figure; what nobody sent or collects is not 0."""
        if shown.single is None:
            return cls.unknown(label, shown)
        value = int(shown.frame[count or shown.main].iloc[0])
        first = shown.label("month", shown.months[0])
        return cls(
            text(label), shown.number(value), _question(shown), under=text(under, month=first) if under else None
        )

    @classmethod
    def part_of(cls, label: str, shown: Shown, whole: Shown) -> "Tile":
        """A figure as a part of another one."""
        if shown.single is None or whole.single is None:
            return cls.unknown(label, shown)
        value, base = shown.single, whole.single
        under = formats.share(value, base, shown.language) if base else None
        return cls(text(label), shown.number(value), _question(shown), under=under, part=(value, base))

    @classmethod
    def years(cls, label: str, shown: Shown) -> "Tile":
        """A sum of patient-days, in years."""
        if shown.single is None:
            return cls.unknown(label, shown)
        return cls(text(label), shown.number(round(shown.single / DAYS_PER_YEAR)), _question(shown))

    @classmethod
    def ratio(cls, label: str, found: Estimates) -> "Tile":
        """The one ratio of patient-days of a table without breakdown, over its years."""
        shown, (name,) = found.shown, found.found
        if shown.single is None:
            return cls.unknown(label, shown)
        cell = found.found[name].frame.iloc[0]
        part, whole = (shown.number(round(int(cell[side]) / DAYS_PER_YEAR)) for side in ("n", "total"))
        under = text("tile.years_of", part=part, whole=whole)
        return cls(text(label), found.words(name, cell.name), _question(shown), under=under)

    @classmethod
    def last_month(cls, label: str, shown: Shown, tail: Tail | None = None) -> "Tile":
        """The last month of a measure by month, with the change since the month before.

        Of a month whose forms are still arriving no change is given, but what it is expected to become.
        """
        counts = [int(count) for count in shown.observed[shown.main]]
        if not counts:
            return cls.unknown(label, shown)
        *before, last = shown.frame["month"]
        title = text(label, month=shown.label("month", last))
        change = formats.difference(counts[-1] - counts[-2], shown.language) if before else None
        under = text("tile.against", month=shown.label("month", before[-1])) if before else None
        if tail and tail.awaited and tail.awaited[-1].month == last:
            change, under = None, text("tile.provisional", expected=tail.words(tail.awaited[-1]))
        return cls(title, shown.number(counts[-1]), _question(shown), change, under).along(shown)

    @classmethod
    def unknown(cls, label: str, shown: Shown) -> "Tile":
        """A figure that cannot be given, with the reason."""
        month = shown.label("month", shown.months[1])
        reason = states.sentence(shown) or shown.empty
        value = formats.NOT_COLLECTED[shown.language]
        return cls(text(label, month=month), value, reason, under=text(f"tile.{shown.state}"))

    def along(self, by_month: Shown) -> "Tile":
        """The tile with the last months of a measure by month."""
        if by_month.state != "observed":
            return self
        month = by_month.by[0]
        cells = by_month.observed.dropna(subset=[month]).tail(MOST_MONTHS)
        months = [by_month.label(month, value) for value in cells[month]]
        return replace(self, history=dict(zip(months, map(int, cells[by_month.main]), strict=True)))


def _question(shown: Shown) -> str:
    return shown.say(shown.table.definition.question)


def tiles(several: list[Tile], columns: int = 3, narrowest: int = NARROWEST) -> None:
    """Tiles beside each other, as many as the width takes."""
    with st.grid(columns, min_column_width=narrowest, gap="small"):
        for place, tile in enumerate(several):
            with st.container(border=True, height="stretch", gap="xsmall", key=f"tile-{place}"):
                _tile(tile)


def _tile(tile: Tile) -> None:
    st.metric(
        formats.plain(tile.label),
        tile.value,
        delta=tile.change,
        delta_color="off",
        delta_arrow="off",
        delta_description=tile.under if tile.change else None,
        help=formats.plain(tile.help),
    )
    if tile.under and not tile.change:
        st.caption(formats.plain(tile.under))
    if len(tile.history) > 1:
        marks.sparkline(list(tile.history.values()), _told(tile.history))
    elif tile.part and tile.part[1]:
        marks.share(*tile.part, alt=tile.under or tile.value)


def _told(history: Mapping[str, int]) -> str:
    """The line of a tile in words."""
    months = list(history)
    highest = max(months, key=lambda month: history[month])
    return text("tile.history", first=months[0], n_first=history[months[0]], last=months[-1],
                n_last=history[months[-1]], highest=highest, n_highest=history[highest])  # fmt: skip

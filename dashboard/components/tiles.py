"""Tiles: a label, a value, and where it comes from. Their colour is neutral: more patients is neither good nor bad."""

from dataclasses import dataclass

import streamlit as st

from dashboard import formats
from dashboard.components import states
from dashboard.shown import Shown
from dashboard.wording import text

NARROWEST = 230


@dataclass(frozen=True)
class Tile:
    """A figure with its label; `under` says what it is compared with."""

    label: str
    value: str
    help: str
    change: str | None = None
    under: str | None = None

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
        return cls(text(label), shown.number(value), _question(shown), under=under)

    @classmethod
    def last_month(cls, label: str, shown: Shown) -> "Tile":
        """The last month of a measure by month, with the change since the month before."""
        counts = [int(count) for count in shown.observed[shown.main]]
        if not counts:
            return cls.unknown(label, shown)
        *before, last = shown.frame["month"]
        title = text(label, month=shown.label("month", last))
        change = formats.difference(counts[-1] - counts[-2], shown.language) if before else None
        under = text("tile.against", month=shown.label("month", before[-1])) if before else None
        return cls(title, shown.number(counts[-1]), _question(shown), change, under)

    @classmethod
    def unknown(cls, label: str, shown: Shown) -> "Tile":
        """A figure that cannot be given, with the reason."""
        month = shown.label("month", shown.months[1])
        reason = states.sentence(shown) or text("empty.n_patients")
        value = formats.NOT_COLLECTED[shown.language]
        return cls(text(label, month=month), value, reason, under=text(f"tile.{shown.state}"))


def _question(shown: Shown) -> str:
    return shown.say(shown.table.definition.question)


def tiles(several: list[Tile], columns: int = 3, narrowest: int = NARROWEST) -> None:
    """Tiles beside each other, as many as the width takes."""
    with st.grid(columns, min_column_width=narrowest, gap="small"):
        for tile in several:
            st.metric(
                formats.plain(tile.label),
                tile.value,
                delta=tile.change or tile.under,
                delta_color="off",
                delta_arrow="off",
                delta_description=tile.under if tile.change else None,
                help=formats.plain(tile.help),
                border=True,
                height="stretch",
            )

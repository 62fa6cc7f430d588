"""A bridge as it is shown: the figure before and now, and the reasons between them, in the reader's language."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from dashboard import formats
from dashboard.wording import said, text_in
from data_schemas.programme import Programme
from pipelines.bridge.bridges import AFTER, BEFORE, Bridge
from pipelines.bridge.reasons import every_reason


@dataclass(frozen=True)
class Move:
    """What one reason did to a figure.

    Attributes:
        net: what it adds to the figure.
        entered, left: how many records came in and went out for it; 0 for what is not known record by record.
    """

    reason: str
    label: str
    sentence: str
    net: int
    entered: int
    left: int


@dataclass(frozen=True)
class Moved:
    """What the chart, the table and the sentence of a bridge are made from; the bridge has a single cell.

    Attributes:
        since, until: cut-offs of the two releases.
    """

    bridge: Bridge
    programme: Programme
    language: str
    since: dt.date
    until: dt.date

    @property
    def name(self) -> str:
        """The measure's name."""
        return self.bridge.definition.name

    @property
    def title(self) -> str:
        """The measure's title."""
        return said(self.bridge.definition.title, self.language)

    @property
    def known(self) -> bool:
        """Whether both exports held what the figure needs."""
        return not self.bridge.not_sent

    @property
    def before(self) -> int:
        """The figure of the earlier release."""
        return self._cell[BEFORE]

    @property
    def after(self) -> int:
        """The figure of today's release."""
        return self._cell[AFTER]

    @property
    def difference(self) -> int:
        """What the reasons sum to."""
        return self.after - self.before

    @cached_property
    def moves(self) -> list[Move]:
        """The reasons that moved a record, in the order in which they are shown; one may add up to nothing."""
        found, changes = [], self.bridge.moves
        for code, reason in every_reason().items():
            mine = changes.loc[changes["reason"] == code, "change"]
            entered, left = int((mine > 0).sum()), int((mine < 0).sum())
            if self._cell[code] or entered or left:
                label, sentence = said(reason.label, self.language), said(reason.sentence, self.language)
                found.append(Move(code, label, sentence, self._cell[code], entered, left))
        return found

    def records(self, reason: str) -> pd.DataFrame:
        """The records behind a reason: `key` and `change`; restricted circle."""
        changes = self.bridge.moves
        return changes.loc[changes["reason"] == reason, ["key", "change"]].reset_index(drop=True)

    def day(self, which: str) -> str:
        """The cut-off `since` or `until` as written."""
        return formats.day(getattr(self, which), self.language)

    def signed(self, value: int) -> str:
        """A change with its sign."""
        return formats.difference(value, self.language)

    def number(self, value: int) -> str:
        """A number as the language writes it."""
        return formats.number(value, self.language)

    def written(self, move: Move) -> str:
        """What a reason did: `+3`, or `−21 (+5 −26)` where records both came and went."""
        if move.entered and move.left:
            return f"{self.signed(move.net)} ({self.signed(move.entered)} {self.signed(-move.left)})"
        return self.signed(move.net)

    @property
    def why(self) -> str:
        """The reasons in one line, by what they did."""
        return ", ".join(f"{_lower(move.label)} {self.written(move)}" for move in self.moves)

    @property
    def finding(self) -> str:
        """The whole bridge in one sentence."""
        key = "what_changed.finding" if self.moves else "what_changed.finding_same"
        return text_in(self.language, key, title=self.title, before=self.number(self.before),
                       after=self.number(self.after), difference=self.signed(self.difference), why=self.why,
                       since=self.day("since"), until=self.day("until"))  # fmt: skip

    @cached_property
    def _cell(self) -> Mapping[str, int]:
        """The one row of the bridge."""
        frame = self.bridge.frame
        return {name: int(frame[name].iloc[0]) if len(frame) and name in frame else 0
                for name in (BEFORE, *every_reason(), AFTER)}  # fmt: skip


def _lower(label: str) -> str:
    """A label inside a sentence; an abbreviation stays as it is."""
    return label if label[:2].isupper() else label[0].lower() + label[1:]

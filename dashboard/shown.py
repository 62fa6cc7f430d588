"""A measure as it is shown: its table, with the programme's labels and the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from dashboard import formats
from dashboard.wording import counted_in, said, text_in
from data_schemas.programme import Programme
from data_schemas.programme_parts import Text
from pipelines.definitions import collected, count_texts, dimension_labels, dimensions
from pipelines.measure import MeasureTable
from pipelines.states import OBSERVED, sign
from pipelines.states import label as state_label

YES_NO = "yes_no"
State = Literal["not_sent", "not_collected", "empty", "observed"]


@dataclass(frozen=True)
class Shown:
    """What charts, tables, cards and files are made from.

    Attributes:
        where: the cell of the measure, beside the selection.
        months: the first and the last month that the selection keeps.
    """

    table: MeasureTable
    programme: Programme
    language: str
    months: tuple[str, str]
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The measure's name, as in its file."""
        return self.table.definition.name

    @property
    def title(self) -> str:
        """The measure's title."""
        return self.say(self.table.definition.title)

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions of the table."""
        return self.table.by

    @property
    def counts(self) -> tuple[str, ...]:
        """The names of its counts."""
        return tuple(self.table.definition.counts)

    @property
    def main(self) -> str:
        """The name of the first count."""
        return self.table.definition.main

    @property
    def frame(self) -> pd.DataFrame:
        """The cells."""
        return self.table.frame

    @cached_property
    def observed(self) -> pd.DataFrame:
        """The cells that hold a count."""
        return self.frame[self.frame["state"] == OBSERVED]

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """The same as dictionaries: dimensions, none where not recorded, and counts; quicker to go through."""
        columns = {str(name): self.frame[name].tolist() for name in self.frame.columns}
        cells = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
        return [cell for cell in cells if cell["state"] == OBSERVED]

    @cached_property
    def state(self) -> State:
        """Why there may be nothing to draw: not sent and not collected are not the same as nothing observed."""
        if self.table.not_sent:
            return "not_sent"
        if self.not_collected:
            return "not_collected"
        return "observed" if any(cell[self.main] for cell in self.cells) else "empty"

    @property
    def alone(self) -> "Shown":
        """The main count without the others, so that a table by two dimensions has the second one across."""
        definition = self.table.definition
        head = definition.model_copy(update={"counts": {self.main: definition.counts[self.main]}})
        frame = self.frame[[*self.by, self.main, "state"]]
        return replace(self, table=replace(self.table, definition=head, frame=frame))

    @property
    def not_collected(self) -> list[str]:
        """The dimensions of the table or of its cell that the programme does not collect."""
        selection = self.table.selection
        asked = dict.fromkeys([*self.by, *self.where, *selection.looks_at])
        return [each for each in asked if not collected(each, selection, self.programme)]

    @property
    def single(self) -> int | None:
        """The one figure of a table without breakdown; none when it is not known."""
        return None if self.state in {"not_sent", "not_collected"} else self.table.single

    def say(self, written: Text) -> str:
        """A text of the definition or of the programme in the reader's language."""
        return said(written, self.language)

    def text(self, key: str, **values: object) -> str:
        """A sentence of the screens in the reader's language."""
        return text_in(self.language, key, **values)

    def counted(self, key: str, n: int, **values: object) -> str:
        """A sentence about so many things, in the form that their number takes."""
        return counted_in(self.language, key, n, **values)

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return formats.number(value, self.language)

    def label(self, dimension: str, value: object) -> str:
        """A value of a dimension in words; a sign when it was not recorded, another when nobody collects it."""
        if value is None or pd.isna(value):  # type: ignore[call-overload]
            return formats.NOT_COLLECTED[self.language] if dimension in self.not_collected else formats.NOT_RECORDED
        if dimensions()[dimension].month:
            return formats.month(str(value), self.language)
        known = dimension_labels(dimension, self.programme)
        parts = str(value).split(" + ") if dimensions()[dimension].several else [str(value)]
        return " + ".join(self.say(known[part]) if part in known else part for part in parts)

    def named(self, dimension: str, value: object) -> str:
        """A value in words, with its dimension where yes or no alone says nothing."""
        label = self.label(dimension, value)
        vocabulary = dimensions()[dimension].vocabulary or ""
        if not vocabulary.startswith(YES_NO) or label == formats.NOT_RECORDED:
            return label
        return self.text("chart.named", dimension=self.dimension(dimension), value=label.lower())

    def dimension(self, name: str) -> str:
        """A dimension in words."""
        return self.say(dimensions()[name].label)

    def count(self, name: str) -> str:
        """A count in words."""
        return self.say(count_texts()[name].label)

    @property
    def empty(self) -> str:
        """What is said where nothing was observed."""
        return self.say(count_texts()[self.main].empty)

    def cell(self, count: object, state: str) -> str:
        """A count in words: a number, or the sign of why there is none."""
        return self.number(int(count)) if state == OBSERVED else sign(state, self.language)  # type: ignore[call-overload]

    def state_of(self, state: str) -> str:
        """The state of a cell in words."""
        return state_label(state, self.language)

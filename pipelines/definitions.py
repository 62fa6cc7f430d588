"""What measures and dimensions are: the heads of `measures/<name>.sql`, and `measures/dimensions.yml`.

Counting them on a release is `measure.py`.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data_schemas import shipped
from data_schemas.programme import Programme
from data_schemas.programme_parts import Text
from data_schemas.vocabularies import labels
from pipelines.errors import MeasureError
from pipelines.selection import Selection

FOLDER = Path(__file__).parent / "measures"
INHERITED = ("body", "unit", "denominator", "included", "excluded", "counts", "exclusions", "dimensions", "complete",
             "only_counted", "needs", "collects")  # fmt: skip
"""What a measure has from the one that it is `same_as`."""


class Review(BaseModel):
    """Who answers for the definition, and when it was last read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    author: str
    reviewed_on: dt.date


class Count(BaseModel):
    """A figure that a measure gives: how many different values of a key, or a sum over them.

    Attributes:
        key: the column whose distinct values are counted; one row of the line list each.
        sum: a column of whole numbers to add up instead; a key then stands in one row of a cell only.
        when: a boolean column of the body; only its true rows count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str
    sum: str | None = None
    when: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        return {"key": given} if isinstance(given, str) else given


class Estimate(BaseModel):
    """A figure made from two counts, with an exact interval where chance has a part in it.

    Attributes:
        kind: `share` (Clopper–Pearson), `rate` for 100 patient-years (Garwood), or `ratio` of two sums of days, which
            has no interval.
        of: the count above the line.
        over: the count below it: of the same measure, or `measure.count` of another, taken by the dimensions that both
            know; persons for a share, patient-days for a rate or a ratio.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Text
    kind: Literal["share", "rate", "ratio"]
    of: str
    over: str


class Quantity(BaseModel):
    """A number that each counted thing has, of which quantiles are shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Text
    unit: Text


class Curve(BaseModel):
    """What makes a measure's rows a time-to-event curve: one row for each person or episode.

    Attributes:
        kind: `survival` (Kaplan–Meier) or `incidence` (Aalen–Johansen, with competing events).
        days: the column of days, start = day 1.
        outcome: the column that says how the time ended.
        event: its value for the event; `competing` the values that exclude the event; any other is censored.
        apart: dimensions for each value of which a person has a row: one curve for each value, never one for all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Text
    kind: Literal["survival", "incidence"]
    days: str = "days"
    outcome: str = "outcome"
    event: str
    competing: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


class Definition(BaseModel):
    """The head of a measure: what a reader is told about the figure.

    Attributes:
        counts: name of each figure → what it counts, by the name of its key alone or as a `Count`; the first is the
            main one.
        exclusions: why a row that was looked at does not count → its words; the body then says so in a column
            `excluded`, null for the rows that count.
        estimates, quantities, curve: what else the same rows give (`estimates.py`, `distributions.py`, `curves.py`);
            a quantity is named by its column.
        by: the breakdown shown unless another is asked for.
        complete: dimensions all of whose values are shown, with 0 where nothing was observed.
        cumulative: dimension along which the figure includes what came before.
        by_patient: whether a selection keeps or drops each row by its `patient_id` alone and changes nothing in it, so
            that figures of patients add up; a row about several patients, or about what is selected, does not.
        only_counted: indications outside the programme's figure have no place in it.
        needs: tables without which the figure was not sent.
        collects: columns (`table.column`) without which the figure cannot be observed.
        same_as: the measure that counts the same rows; whatever of `INHERITED` the head does not say holds as there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    body: str
    title: Text
    question: Text
    unit: Text
    denominator: Text
    included: Text
    excluded: Text
    not_additive: Text | None = None
    counts: Mapping[str, Count] = Field(min_length=1)
    exclusions: Mapping[str, Text] = Field(default_factory=dict)
    estimates: Mapping[str, Estimate] = Field(default_factory=dict)
    quantities: Mapping[str, Quantity] = Field(default_factory=dict)
    curve: Curve | None = None
    dimensions: tuple[str, ...]
    by: tuple[str, ...]
    complete: tuple[str, ...] = ()
    cumulative: str | None = None
    by_patient: bool = True
    only_counted: bool = False
    needs: tuple[str, ...]
    collects: tuple[str, ...] = ()
    same_as: str | None = None
    review: Review

    @property
    def main(self) -> str:
        """Name of the main count."""
        return next(iter(self.counts))


class CountText(BaseModel):
    """How a figure is called, and what is said where nothing was observed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: Text
    empty: Text


class Dimension(BaseModel):
    """Something that figures are broken down by.

    The values of a `month` are `yyyy-mm`; a value of `several` is codes of the vocabulary joined by ` + `.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: Text
    month: bool = False
    vocabulary: str | None = None
    several: bool = False
    columns: tuple[str, ...] = ()
    value_columns: Mapping[str, str] = Field(default_factory=dict)

    def collected(self, programme: Programme) -> bool:
        """Whether the programme collects what the dimension comes from."""
        return all(programme.collects(*column.split(".")) for column in self.columns)

    def missing_values(self, programme: Programme) -> list[str]:
        """Values that cannot be observed because the programme does not collect the column that would say so."""
        return [value for value, column in self.value_columns.items() if not programme.collects(*column.split("."))]


@functools.cache
def names() -> tuple[str, ...]:
    """The measures there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))


@functools.cache
def definition(name: str) -> Definition:
    """The definition of a measure.

    Raises:
        MeasureError: there is none of this name.
    """
    if name not in names():
        raise MeasureError("measure.unknown", known=", ".join(names()))
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    head, body = text.removeprefix("/* ---").split("--- */", 1)
    said = shipped.read(head)
    if "same_as" not in said:
        return Definition(name=name, body=body.strip(), **said)
    other = definition(said["same_as"])
    return Definition(name=name, **{each: getattr(other, each) for each in INHERITED} | said)


@functools.cache
def count_texts() -> Mapping[str, CountText]:
    """The words of every figure, by name."""
    entries = shipped.read((FOLDER / "counts.yml").read_text(encoding="utf-8"))
    return {name: CountText.model_validate(entry) for name, entry in entries.items()}


@functools.cache
def line_columns() -> Mapping[str, Text]:
    """The words of columns that only line lists have."""
    entries = shipped.read((FOLDER / "columns.yml").read_text(encoding="utf-8"))
    return {name: Text.model_validate(entry) for name, entry in entries.items()}


@functools.cache
def dimensions() -> Mapping[str, Dimension]:
    """Everything that measures can be broken down by, by name."""
    entries = shipped.read((FOLDER / "dimensions.yml").read_text(encoding="utf-8"))
    return {name: Dimension.model_validate(entry) for name, entry in entries.items()}


def dimension_labels(name: str, programme: Programme) -> Mapping[str, Text]:
    """The values of a dimension that has a list, with their labels."""
    vocabulary = dimensions()[name].vocabulary
    return labels(vocabulary, programme) if vocabulary else {}


def collected(dimension: str, selection: Selection, programme: Programme) -> bool:
    """Whether the programme collects what a dimension comes from; the month comes from the selection's date."""
    if dimension == "month":
        return programme.collects("initiations", f"{selection.date_basis}_date")
    return dimensions()[dimension].collected(programme)

"""The parts of a programme: texts, indications, ages, doses, calendars, and the mapping of foreign exports.

How they fit together, and how a programme is read, is `programme.py`.
"""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

K = TypeVar("K")
V = TypeVar("V")
Frozen = Annotated[Mapping[K, V], AfterValidator(MappingProxyType), PlainSerializer(dict)]
EMPTY: Any = Field(default_factory=dict, validate_default=True)

Severity = Literal["block", "reject", "warn"]
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$")]


class Part(BaseModel):
    """A part of a programme: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Part):
    """A text in both languages."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """The text in French, or in English for `en`."""
        return self.en if language == "en" else self.fr


class Decision(Part):
    """A public decision that the programme rests on."""

    date: dt.date
    title: Text
    holds_until: dt.date | None = None


class Wording(Part):
    """The official wording of an indication, as quoted, and the days on which it holds."""

    holds_from: dt.date
    holds_until: dt.date | None = None
    source: Text
    quoted: str = Field(min_length=1)

    @model_validator(mode="after")
    def _not_empty(self) -> "Wording":
        if self.holds_until is not None and self.holds_until < self.holds_from:
            raise ValueError("'holds_until' must not precede 'holds_from'")
        return self


class AgeRange(Part):
    """Ages in completed years: `at_least` ≤ age < `below`."""

    at_least: int = Field(0, ge=0)
    below: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _not_empty(self) -> "AgeRange":
        if self.below is not None and self.below <= self.at_least:
            raise ValueError("'below' must be greater than 'at_least'")
        return self


class AgeBand(AgeRange):
    """A band of ages that patients are shown in."""

    code: Code
    label: Text


class AgeRule(AgeRange):
    """Ages that an indication names, with the rule in words."""

    label: Text


class DoseRange(Part):
    """Daily dose to start with, in mg, or in mg per kg of body weight."""

    unit: Literal["mg_day", "mg_kg_day"] = "mg_day"
    least: float = Field(ge=0)
    most: float = Field(gt=0)
    source: Text

    @model_validator(mode="after")
    def _not_empty(self) -> "DoseRange":
        if self.most < self.least:
            raise ValueError("'most' must not be less than 'least'")
        return self


class DoseBand(Part):
    """Mean daily doses: `above` < dose ≤ `up_to`, in mg."""

    code: Code
    label: Text
    above: float = Field(ge=0)
    up_to: float | None = None


class CumulativeDoseBand(Part):
    """Cumulative doses: `at_least` ≤ dose < `below`, in g."""

    code: Code
    label: Text
    at_least: float
    below: float | None


class Criterion(Part):
    """What must have been tried before: each group needs at least one of its treatment classes."""

    any_of: tuple[Code, ...]

    @property
    def code(self) -> str:
        """The classes of the group, one of which is enough."""
        return "/".join(self.any_of)


class Indication(Part):
    """An indication; `counted` ones make up the figure sent to the regulator.

    `age` is part of the indication and shown as such; outside `usual_age` a row is only listed for a second look.
    """

    code: Code
    label: Text
    counted: bool = True
    wordings: tuple[Wording, ...] = ()
    age: AgeRule | None = None
    usual_age: AgeRange | None = None
    start_dose: DoseRange | None = None
    prior_treatments: tuple[Criterion, ...] = ()
    subtypes: Frozen[Code, Text] = EMPTY


class SpecialInterest(Part):
    """Effects that are watched: a list of preferred-term labels, editable; MedDRA itself is not shipped.

    `dose_related` ones are also shown by dose.
    """

    code: Code
    label: Text
    dose_related: bool = False
    preferred_terms: tuple[str, ...] = Field(min_length=1)


class ScheduledVisit(Part):
    """A visit that is expected on a day after the start, give or take a window."""

    label: Text
    day: int = Field(ge=0)
    window_days: int = Field(ge=0)


class PregnancyPrevention(Part):
    """Days of the pregnancy prevention programme, and the methods of contraception that it advises against.

    A test is on time up to `test_grace_days` after the day on which it is due.
    """

    test_every_days: int = Field(28, ge=1)
    test_grace_days: int = Field(3, ge=0)
    test_before_start_days: int = Field(3, ge=0)
    prescription_days: int = Field(28, ge=1)
    dispensing_within_days: int = Field(7, ge=0)
    contraception_after_stop_days: int = Field(30, ge=0)
    not_recommended_methods: tuple[Code, ...] = ()


class Calendar(Part):
    """When things are expected to happen."""

    visits: tuple[ScheduledVisit, ...] = ()
    pregnancy_prevention: PregnancyPrevention | None = None
    visits_after_stop_days: int = Field(30, ge=0)
    effects_after_stop_days: int = Field(180, ge=0)
    serious_report_days: int = Field(15, ge=1)
    other_report_days: int = Field(90, ge=1)
    silent_after_months: int = Field(3, ge=1)


class Return(Part):
    """The monthly return to the regulator, and how many persons sign it."""

    title: Text
    recipient: Text
    legal_basis: Text
    definition: Text
    signatures: Literal[1, 2] = 1


class Source(Part):
    """Where a column of the contract comes from in a foreign export: one of
    a column, several joined by a separator, a fixed value, or a column of another file found by a shared key.
    """

    column: str | None = None
    columns: tuple[str, ...] = ()
    separator: str = "-"
    value: str | None = None
    file: str | None = None
    by: str | None = None
    codes: Frozen[str, str] = EMPTY

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        return {"column": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _one_origin(self) -> "Source":
        if sum([self.column is not None, bool(self.columns), self.value is not None]) != 1:
            raise ValueError("give one of 'column', 'columns' and 'value'")
        if (self.file is None) != (self.by is None) or (self.file and not self.column):
            raise ValueError("'file' goes with 'column' and 'by'")
        return self


class TableMapping(Part):
    """How a table of the contract is made from a file of a foreign export.

    `distinct`: one row for each different value, as for a list of centres that is only a column elsewhere.
    `ignored`: columns known and left out; a column that is neither mapped nor ignored is refused.
    """

    file: str
    distinct: bool = False
    columns: Frozen[str, Source]
    ignored: tuple[str, ...] = ()

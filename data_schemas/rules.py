"""Named rules: what each is called, how severe it is, and its words in both languages.

Column rules follow from the schemas (`tables.py`); rules between columns and tables carry the condition under which a
row fails, written in `rules.yml` beside its words.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data_schemas import shipped
from data_schemas.programme import Programme
from data_schemas.programme_parts import Severity, Text

FILE = Path(__file__).parent / "rules.yml"


class Words(BaseModel):
    """What a rule says, and what the operator can do."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    text: Text
    remedy: Text


class Rule(Words):
    """A rule between columns or tables: either a condition on one row, or a query over the loaded tables."""

    table: str
    columns: tuple[str, ...]
    severity: Severity
    fails_when: str | None = None
    rows: str | None = None
    joined: tuple[str, ...] = Field((), alias="with")

    @property
    def can_be_asked_again(self) -> bool:
        """Whether the loaded tables alone answer the query, so that a release can be asked without its export."""
        return self.rows is not None and not self.joined

    @model_validator(mode="after")
    def _one_form(self) -> "Rule":
        if (self.fails_when is None) == (self.rows is None):
            raise ValueError("give one of 'fails_when' and 'rows'")
        if self.rows is not None and self.severity != "warn":
            raise ValueError("a rule over the loaded tables can only warn")
        return self


@functools.cache
def _file() -> Mapping[str, Mapping[str, dict[str, object]]]:
    return shipped.read(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@functools.cache
def column_rules() -> Mapping[str, Words]:
    """The rules that follow from the schemas, by name."""
    return {name: Words.model_validate(entry) for name, entry in _file()["column_rules"].items()}


@functools.cache
def named_rules() -> Mapping[str, Rule]:
    """The rules between columns and tables, by name."""
    return {name: Rule.model_validate(entry) for name, entry in _file()["rules"].items()}


def words(rule: str) -> Words:
    """The words of any rule."""
    return named_rules().get(rule) or column_rules()[rule]


def severity(rule: str, programme: Programme) -> Severity:
    """How severe a named rule is under a programme, which may soften or harden it."""
    return programme.severities.get(rule, named_rules()[rule].severity)

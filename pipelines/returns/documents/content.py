"""What the documents of a return say in a language: words, figures and dates as they are read, laid out nowhere yet."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal

from data_schemas import shipped
from data_schemas.programme_parts import Text
from pipelines.bridge.reasons import every_reason
from pipelines.messages import say
from pipelines.returns.clock import PARIS, first_day
from pipelines.returns.drafts import Signature
from pipelines.returns.statement import Finding, Line, Statement
from pipelines.typography import typeset

FILE = Path(__file__).parent / "words.yml"
SHORT = "LLL yyyy"
NOTHING = "–"
MINUS = "\u2212"
RECENT = 12
"""Months before the return on which the provisional note looks back."""


@functools.cache
def words() -> Mapping[str, Text]:
    """Every text of the documents by its key."""
    entries = shipped.read(FILE.read_text(encoding="utf-8"))
    return {key: Text.model_validate(entry) for key, entry in entries.items()}


class Language:
    """French or English, as the documents write it."""

    def __init__(self, language: str) -> None:
        self.code = language

    def __call__(self, key: str, **details: object) -> str:
        """One of `words`."""
        return typeset(words()[key].in_language(self.code), self.code).format(**details)

    def number(self, value: int | None) -> str:
        """A whole number, or a dash where there is none."""
        return NOTHING if value is None else str(format_decimal(value, locale=self.code)).replace("-", MINUS)

    def signed(self, value: int | None) -> str:
        """A difference with its sign."""
        return f"+{self.number(value)}" if value and value > 0 else self.number(value)

    def day(self, value: dt.date | None) -> str:
        """31/10/2026, in English 31 Oct 2026."""
        if value is None:
            return NOTHING
        return str(format_date(value, "dd/MM/yyyy" if self.code == "fr" else "d MMM yyyy", locale=self.code))

    def month(self, period: str, pattern: str = "LLLL yyyy") -> str:
        """`octobre 2026`; `oct. 2026` where `SHORT` is asked for."""
        return str(format_date(first_day(period), pattern, locale=self.code))

    def moment(self, value: dt.datetime) -> str:
        """A day and minute in Paris."""
        local = value.astimezone(PARIS)
        return f"{self.day(local.date())} {local:%H:%M}"

    def text(self, text: Text) -> str:
        """A text that has both languages."""
        return typeset(text.in_language(self.code), self.code)


def marking(said: Statement, to: Language) -> str:
    """For whom the exact figures are."""
    return to("marking", recipient=to.text(said.recipient))


def indication(said: Statement, code: str | None, to: Language) -> str:
    """The name of an indication, or of all."""
    names = {each.code: to.text(each.label) for each in said.indications}
    return to("total") if code is None else names[code]


def headline(said: Statement, to: Language) -> str:
    """What the figure counts, to be read after it; the whole sentence where it is 0."""
    kind = {0: "none", 1: "one"}.get(said.figure, "many")
    return to(f"figure.{kind}", month=to.month(said.period))


def why(line: Line, to: Language) -> str:
    """The reasons of a difference, each with its sign; where nothing decomposes it, that."""
    found = [f"{to.signed(line.reasons[code])} {_small(to.text(reason.label))}"
             for code, reason in every_reason().items() if code in line.reasons]  # fmt: skip
    if not line.decomposed:
        return _small(typeset(say(f"reconcile.{line.state}", to.code), to.code))
    return typeset(" ; " if to.code == "fr" else "; ", to.code).join(found) or NOTHING


def origin(line: Line, to: Language) -> str:
    """Where a declared figure comes from."""
    return NOTHING if line.declared is None else to("imported" if line.imported else "sealed")


def provisional(said: Statement, to: Language) -> str:
    """How provisional figures have been so far."""
    earlier = [
        line
        for line in said.lines
        if line.indication_code is None and line.declared is not None and line.period < said.period
    ][-RECENT:]
    if not earlier:
        return to("provisional.first")
    changed = [line for line in earlier if line.difference]
    total = sum(line.difference or 0 for line in earlier)
    return to("provisional.note", n=len(earlier), changed=len(changed), total=to.signed(total))


def finding(found: Finding, to: Language) -> str:
    """A finding in words."""
    details = dict(found.details)
    if found.rule is not None:
        details["rule"] = to.text(found.rule)
    if "day" in details:
        details["day"] = to.day(dt.date.fromisoformat(str(details["day"])))
    if "period" in details:
        details["period"] = to.month(str(details["period"]))
    return typeset(say(f"return.finding.{found.code}", to.code, **details), to.code)


def identifiers(said: Statement, to: Language) -> list[tuple[str, str]]:
    """What every figure of the return can be traced by."""
    decisions = ", ".join(to.day(dt.date.fromisoformat(each)) for each in said.decisions)
    return [
        (to("month"), to.month(said.period)), (to("version"), str(said.version)), (to("cutoff"), to.day(said.cutoff)),
        (to("release"), said.release), (to("imported_at"), said.imported_at),
        (to("programme"), f"{to.text(said.programme_label)} ({said.programme}, SHA-256 {said.programme_sha256})"),
        (to("framework"), to.text(said.framework)), (to("decisions"), decisions or to("decisions.none")),
        (to("software"), said.software), (to("statement"), said.sha256),
    ]  # fmt: skip


def sources(said: Statement) -> list[tuple[str, str]]:
    """Each file that was received, and its SHA-256."""
    return sorted(said.sources.items())


def signed(signatures: Sequence[Signature], to: Language) -> list[tuple[str, str, str]]:
    """Name, role and time of each signature."""
    return [(each.name, each.role, to.moment(each.at)) for each in signatures]


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]

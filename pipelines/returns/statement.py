"""What a return says, whole: figures, reasons, findings and where they come from. No layout, no language, no clock."""

import datetime as dt
import hashlib
from typing import Literal

from pydantic import Field

from data_schemas.programme_parts import Part, Text
from pipelines.bridge.reconcile import EXPLAINED, UNEXPLAINED, UNKNOWN_RELEASE
from pipelines.signing import canonical

BLOCK, WARN = "block", "warn"


class Finding(Part):
    """Something that touches the figure: it forbids signing (`block`) or is told with the figure (`warn`).

    Attributes:
        code: name of its text, `return.finding.<code>`.
        rule: text of the data rule, for a finding that is one.
        details: what the text mentions.
    """

    severity: Literal["block", "warn"]
    code: str
    details: dict[str, str | int] = Field(default_factory=dict)
    rule: Text | None = None


class Line(Part):
    """A month and indication, or a month's total: declared last, recounted now, and why they differ.

    Attributes:
        version, declared, sent_on: of the last declaration; none where there was none.
        imported: whether that declaration was read from an export, and not sealed here.
        cumulative: new patients up to the month, recounted.
        reasons: reason → how much of the difference it makes; zeros are left out. A figure of before the software that
            is taken over, and one that this return declares again, have one of their own for what records do not give.
        residual: what of the difference they leave.
        state: one of `reconcile.STATES`.
        note: what an officer has added.
    """

    period: str
    indication_code: str | None
    version: int | None
    declared: int | None
    sent_on: dt.date | None
    imported: bool
    recounted: int
    cumulative: int
    difference: int | None
    reasons: dict[str, int]
    residual: int | None
    state: str
    note: str = ""

    @property
    def by_record(self) -> bool:
        """Whether the records behind the difference are known: the store holds the release that was declared from."""
        return self.state in {EXPLAINED, UNEXPLAINED}

    @property
    def decomposed(self) -> bool:
        """Whether the difference has its reasons."""
        return self.by_record or bool(self.reasons)

    @property
    def undocumented(self) -> bool:
        """Whether the difference rests on an imported figure whose release the store never held."""
        return self.imported and self.state == UNKNOWN_RELEASE


class Balance(Part):
    """An indication, or all: declared up to the month before + never declared + difference + new = cumulative.

    Attributes:
        declared: sum of the last declarations of the earlier months.
        undeclared: recount of the earlier months that were never declared.
        difference: recount less declaration, over the earlier months that were declared.
        new: the figure of the return.
    """

    indication_code: str | None
    declared: int
    undeclared: int
    difference: int
    new: int
    cumulative: int


class Named(Part):
    """An indication that makes up the figure, and its name."""

    code: str
    label: Text


class Statement(Part):
    """A return without its signatures.

    Attributes:
        lines: every month up to that of the return, each indication and then the total.
        undocumented: why imported figures without a release stand undecomposed; empty where none may.
        sources: file → SHA-256 of what the release was made from.
        tables: table → SHA-256 of the release's file.
        definitions: kind → name → hash of what decides the figures.
    """

    programme: str
    programme_sha256: str
    programme_label: Text
    medicine: Text
    framework: Text
    decisions: tuple[str, ...]
    title: Text
    recipient: Text
    legal_basis: Text
    definition: Text
    indications: tuple[Named, ...]
    required_signatures: int
    period: str
    version: int
    reason: str
    release: str
    cutoff: dt.date
    imported_at: str
    synthetic: bool
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    undocumented: str
    sources: dict[str, str]
    tables: dict[str, str]
    statement: str
    parameters: dict[str, object]
    software: str
    definitions: dict[str, dict[str, str]]

    @property
    def name(self) -> str:
        """`<period>-v<version>`."""
        return f"{self.period}-v{self.version}"

    @property
    def figure(self) -> int:
        """New patients of the month."""
        return self.line(self.period, None).recounted

    @property
    def balances(self) -> list[Balance]:
        """One for each indication, and the total."""
        return [self._balance(code) for code in (*(each.code for each in self.indications), None)]

    @property
    def restated(self) -> list[Line]:
        """Earlier declarations that are no longer what is counted, or whose reasons cancel out."""
        return [line for line in self.lines if line.difference or line.reasons]

    @property
    def unexplained(self) -> list[Line]:
        """Lines with a residual, which keep the return from being signed."""
        return [line for line in self.lines if line.residual]

    def line(self, period: str, code: str | None) -> Line:
        """The line of a month and indication."""
        return next(each for each in self.lines if (each.period, each.indication_code) == (period, code))

    def canonical(self) -> bytes:
        """The statement as it is sealed; the same statement has the same bytes."""
        return canonical(self.model_dump(mode="json"))

    @property
    def sha256(self) -> str:
        """The hash that a signature names."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def _balance(self, code: str | None) -> Balance:
        earlier = [line for line in self.lines if line.indication_code == code and line.period < self.period]
        own = self.line(self.period, code)
        return Balance(
            indication_code=code, declared=sum(line.declared or 0 for line in earlier),
            undeclared=sum(line.recounted for line in earlier if line.declared is None),
            difference=sum(line.difference or 0 for line in earlier), new=own.recounted, cumulative=own.cumulative,
        )  # fmt: skip

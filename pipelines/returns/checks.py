"""What touches the figure of a return: findings that forbid signing it, and those that are told with it.

All follow from the locked release and the programme, so that a return reopened later finds the same. What only holds
today, such as another release in service, is a notice of `steps`.
"""

from collections.abc import Sequence

from data_schemas.programme import Programme
from data_schemas.programme_parts import Decision
from data_schemas.rules import words
from pipelines.bridge.reconcile import MEASURE
from pipelines.opened import Opened
from pipelines.passport import Passport, passport
from pipelines.returns.clock import first_day, last_day
from pipelines.returns.statement import BLOCK, WARN, Finding
from pipelines.selection import Selection

NAMING = ("patients", "initiations")
"""The tables whose quarantined rows may hold a new patient."""


def findings(opened: Opened, period: str, repeated: Sequence[str]) -> tuple[Finding, ...]:
    """Everything that touches the figure of a month, what forbids signing first.

    Args:
        repeated: earlier returns that the export repeats otherwise than they were sealed.
    """
    said = passport(opened, MEASURE, Selection(), {"month": period})
    found = [*_framework(opened.programme, period), *_release(opened, said), *_rows(opened, said)]
    if repeated:
        found.append(Finding(severity=WARN, code="repeated", details={"names": ", ".join(repeated)}))
    return tuple(sorted(found, key=lambda each: each.severity != BLOCK))


def in_force(programme: Programme, period: str) -> list[Decision]:
    """The decisions that hold on a day of the month."""
    first, last = first_day(period), last_day(period)
    return [each for each in programme.decisions
            if each.date <= last and (each.holds_until is None or each.holds_until >= first)]  # fmt: skip


def _framework(programme: Programme, period: str) -> list[Finding]:
    """Whether the month lies within the framework, and what changes in its middle."""
    first, last = first_day(period), last_day(period)
    holding = in_force(programme, period)
    if last < programme.established_on or (programme.decisions and not holding):
        return [Finding(severity=BLOCK, code="no_decision", details={"period": period})]
    begun = [Finding(severity=WARN, code="decision_begins", details={"day": each.date.isoformat()})
             for each in holding if first < each.date]  # fmt: skip
    ended = [Finding(severity=WARN, code="decision_ends", details={"day": each.holds_until.isoformat()})
             for each in holding if each.holds_until is not None and each.holds_until < last]  # fmt: skip
    return begun + ended


def _release(opened: Opened, said: Passport) -> list[Finding]:
    found = []
    if said.not_sent:
        found.append(Finding(severity=BLOCK, code="not_sent", details={"tables": ", ".join(said.not_sent)}))
    if opened.release.synthetic:
        found.append(Finding(severity=WARN, code="synthetic"))
    if opened.release.record["programme_sha256"] != opened.programme.sha256:
        found.append(Finding(severity=WARN, code="programme_changed"))
    return found


def _rows(opened: Opened, said: Passport) -> list[Finding]:
    """Rows that were not loaded and might count, and rules that warn of rows that do count."""
    quarantined = [Finding(severity=WARN, code="quarantined",
                           details={"table": each["table"], "n": each["quarantined"]})
                   for each in opened.release.record["counts"]
                   if each["table"] in NAMING and each["quarantined"]]  # fmt: skip
    warned = [Finding(severity=WARN, code="rule", rule=words(str(row["rule"])).text,
                      details={"table": str(row["table_name"]), "n": int(row["n_touching"])})
              for row in said.findings.to_dict("records") if row["n_touching"]]  # fmt: skip
    return quarantined + warned

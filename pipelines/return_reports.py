"""What is said of monthly returns: where one stands, its findings, its figures, the history, and how two differ."""

from collections.abc import Sequence

import pandas as pd

from pipelines.bridge.reasons import every_reason
from pipelines.messages import say
from pipelines.returns.documents import content
from pipelines.returns.documents.content import Language
from pipelines.returns.drafts import Draft
from pipelines.returns.history import History
from pipelines.returns.statement import Line, Statement
from pipelines.returns.steps import STEPS, Progress


def status_report(found: Progress, language: str) -> str:
    """The steps, done or open, and what only holds today."""
    said = found.statement
    lines = [say("return.status", language, name=said.name, release=said.release, n=said.figure)]
    lines += [say("return.done" if step in found.done else "return.open", language,
                  step=say(f"return.step.{step}", language)) for step in STEPS]  # fmt: skip
    return "\n".join(lines + [say(key, language, **details) for key, details in found.notices.items()])


def check_report(found: Progress, language: str) -> str:
    """Each finding that touches the figure, and what only holds today."""
    to = Language(language)
    lines = [say("return.check.line", language, severity=say(f"return.severity.{each.severity}", language),
                 text=content.finding(each, to)) for each in found.statement.findings]  # fmt: skip
    notices = [say(key, language, **details) for key, details in found.notices.items()]
    return "\n".join((lines or [say("return.check.none", language)]) + notices)


def balance_report(said: Statement, language: str) -> str:
    """The central table: for each indication declared then, recounted now, new in the month, and the sum."""
    lines = [say("return.balance.columns", language)]
    for each in said.balances:
        name = each.indication_code or say("return.total", language)
        lines.append(f"{name:<14}{each.declared:>10}{each.undeclared:>16}{each.difference:>+8}{each.new:>10}"
                     f"{each.cumulative:>8}")  # fmt: skip
    return "\n".join(lines)


def explanation_report(said: Statement, moves: pd.DataFrame | None, language: str) -> str:
    """Each declared figure that changed, with its reasons and its note; with the records, if they are given."""
    to, lines = Language(language), [balance_report(said, language)]
    for line in said.restated:
        why = content.why(line, to) if line.decomposed else ""
        state, note = say(f"reconcile.{line.state}", language), f"  « {line.note} »" if line.note else ""
        lines.append(f"{line.period:<9}{_name(line, language):<14}{line.declared:>6} → {line.recounted:<6}"
                     f"{line.difference or 0:+d}  {why}  {state}{note}")  # fmt: skip
        if moves is not None and line.indication_code is not None:
            lines += _records(moves, line, language)
    return "\n".join(lines)


def lines_frame(said: Statement) -> pd.DataFrame:
    """The lines of a statement as a table: its fields, one column for each reason."""
    rows = [each.model_dump(mode="json", exclude={"reasons"})
            | {reason: each.reasons.get(reason, 0) if each.decomposed else None for reason in every_reason()}
            for each in said.lines]  # fmt: skip
    return pd.DataFrame(rows).convert_dtypes()


def history_frame(found: History) -> pd.DataFrame:
    """What was declared as a table, with its days as they are written in data."""
    days = {each: found.frame[each].dt.strftime("%Y-%m-%d") for each in ("cutoff_date", "sent_on")}
    return found.frame.assign(**days)


def history_report(found: History, waiting: Sequence[Draft], language: str) -> str:
    """Every figure declared for a month as a whole, version by version, and the returns being prepared."""
    to, totals = Language(language), found.frame[found.frame["indication_code"].isna()]
    if totals.empty and not waiting:
        return say("return.history.none", language)
    lines = [say("return.history.columns", language)]
    for row in totals.to_dict("records"):
        origin = say("return.imported" if row["imported"] else "return.sealed_here", language)
        lines.append(f"{row['period']:<9}v{row['version']:<7}{row['declared']:>9}  {to.day(row['sent_on'].date()):<12}"
                     f" {to.day(row['cutoff_date'].date()):<12} {origin}")  # fmt: skip
    preparing = say("return.draft", language)
    lines += [f"{each.period:<9}v{each.version:<7}{'':>9}  {'':<25} {preparing}" for each in waiting]
    return "\n".join(lines)


def comparison_report(first: str, second: str, frame: pd.DataFrame, language: str) -> str:
    """The months and indications that two returns count differently."""
    moved = frame[frame["difference"] != 0]
    if moved.empty:
        return say("return.compare.none", language)
    lines = [say("return.compare.columns", language, a=first, b=second)]
    for row in moved.to_dict("records"):
        name = say("return.total", language) if pd.isna(row["indication_code"]) else row["indication_code"]
        lines.append(f"{row['period']:<9}{name:<18}{row['first']:>13} {row['second']:>13} {row['difference']:>+8}")
    return "\n".join(lines)


def _name(line: Line, language: str) -> str:
    return line.indication_code or say("return.total", language)


def _records(moves: pd.DataFrame, line: Line, language: str) -> list[str]:
    mine = moves[(moves["period"] == line.period) & (moves["indication_code"] == line.indication_code)]
    return [f"      {'+' if change > 0 else '−'} {key}  {every_reason()[reason].label.in_language(language)}"
            for key, change, reason in mine[["key", "change", "reason"]].itertuples(index=False)]  # fmt: skip

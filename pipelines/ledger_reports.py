"""What the commands on the protected ledger print."""

from pipelines.messages import say
from pipelines.protected.audit import Report
from pipelines.protected.entries import Batch, Block, Cut, Entry, Link, Publication
from pipelines.protected.publication import Published

NONE = "–"


def published_report(done: Published, language: str) -> str:
    """What became of the ledger."""
    if done.report is None:
        return say("ledger.already" if done.outcome == "already" else "ledger.older", language)
    report = done.report
    return say("ledger.published", language, n=done.n_entries, asked=report.asked, possible=report.possible,
               seed=(report.seed or NONE)[:16], narrowest=_or_none(report.narrowest))  # fmt: skip


def audit_report(report: Report, threshold: int, language: str) -> str:
    """What an audit did, and all that it found."""
    lines = [say("ledger.against_plan", language, line=line) for line in report.broken]
    lines += [say("ledger.finding", language, where=each.where, least=each.interval.least, most=each.interval.most)
              for each in report.findings]  # fmt: skip
    if report.is_safe:
        lines.append(say("ledger.safe", language, asked=report.asked, possible=report.possible, threshold=threshold,
                         seed=report.seed or NONE, narrowest=_or_none(report.narrowest)))  # fmt: skip
    return "\n".join(lines)


def entry_line(entry: Entry, language: str) -> str:
    """An entry in words, with the codes of the plan."""
    if isinstance(entry, Publication):
        return say("ledger.publication", language, cutoff=entry.cutoff)
    if isinstance(entry, Block):
        return say("ledger.block", language, indication=entry.indication, number=entry.number, n=entry.n,
                   first=entry.first_month, last=entry.last_month)  # fmt: skip
    if isinstance(entry, Link):
        return say("ledger.link", language, indication=entry.indication, event=entry.event, number=entry.number,
                   n=entry.n)  # fmt: skip
    if isinstance(entry, Batch | Cut):
        event = f", {entry.event}" if entry.event else ""
        if isinstance(entry, Batch):
            return say("ledger.batch", language, indication=entry.indication, event=event, number=entry.number,
                       n=entry.n, first=entry.first, last=entry.last)  # fmt: skip
        numbers = ", ".join(f"{code} {n}" for code, n in entry.numbers.items())
        return say("ledger.cut", language, indication=entry.indication, event=event, number=entry.batch,
                   column=entry.column, numbers=numbers)  # fmt: skip
    return entry.programme


def _or_none(number: int | None) -> str:
    return NONE if number is None else str(number)

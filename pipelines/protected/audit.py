"""The audit: before anything is published, an attacker who knows the code and the whole ledger is let loose on it.

Every entry is held against the plan (`rules.py`); then questions (`questions.py`, `cases.py`) are put to the attacker
(`attack.py`): a ledger in which a number of 1 to T - 1 people can be told to less than T - 1 is not published. Of a
real ledger there are too many questions to put them all: so many are drawn, with a seed that is recorded. No people
are looked at: whoever has the ledger can do the audit.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from data_schemas.disclosure import Node, Variable
from pipelines.protected.attack import Interval
from pipelines.protected.cases import cases
from pipelines.protected.entries import Batch
from pipelines.protected.history import History, histories
from pipelines.protected.lines import Ledger
from pipelines.protected.questions import Fact, Questions, crossed, dated
from pipelines.protected.rules import breaks

DRAWN = 400
"""Questions at each publication (measured: `GUARANTEE.md`)."""


@dataclass(frozen=True)
class Finding:
    """A question whose answer tells a small number apart.

    Attributes:
        where: what it is about, in codes of the plan.
    """

    where: str
    interval: Interval


@dataclass(frozen=True)
class Report:
    """What an audit did and found.

    Attributes:
        broken: lines with an entry that is not as the plan has it; the attack is then left out.
        asked: how many questions were put, of how many there are.
        seed: with which they were drawn; none where all were put.
        narrowest: the smallest width met where a small number is possible.
    """

    broken: tuple[int, ...]
    asked: int
    possible: int
    seed: str | None
    narrowest: int | None
    findings: tuple[Finding, ...]

    @property
    def is_safe(self) -> bool:
        """Whether the ledger may be published."""
        return not self.broken and not self.findings


def audit(ledger: Ledger, facts: Sequence[Fact] = (), drawn: int | None = DRAWN, seed: str | None = None) -> Report:
    """Attack a ledger.

    Args:
        facts: numbers that were published elsewhere.
        drawn: how many questions are put, and as many again where numbers published elsewhere bear on them; none for
            all.
        seed: the hash of the ledger's last line unless given.
    """
    if broken := tuple(breaks(ledger)):
        return Report(broken, 0, 0, None, None, ())
    groups = list(_groups(ledger, facts))
    possible = sum(_size(each) for each in groups)
    chosen: Iterator[tuple[Questions, dict[str, Any]]]
    if drawn is None or possible <= drawn:
        seed, chosen = None, ((each, question) for each in groups for question in each.every())
    else:
        random = Random(seed := seed or ledger.head)  # noqa: S311 - repeatable, not secret
        told = [each for each in groups if each.beside is not None]
        chosen = ((each, each.drawn(random)) for some in (groups, told) if some
                  for each in (random.choice(some) for _ in range(drawn)))  # fmt: skip
    return _attacked(chosen, ledger.begun.plan.threshold, possible, seed)


def _groups(ledger: Ledger, facts: Sequence[Fact]) -> Iterator[Questions]:
    plan = ledger.begun.plan
    for history in histories(ledger).values():
        yield from (crossed(plan, history, batch) for batch in history.blocks.batches)
        for event, series in history.chains.items():
            yield from (cases(plan, history, event, link) for link in series.published)
        yield from _dated(ledger, history, [each for each in facts if each.indication == history.indication])


def _dated(ledger: Ledger, history: History, facts: Sequence[Fact]) -> Iterator[Questions]:
    """By month; where something was published elsewhere, by month and each variable."""
    if history.blocks.published:
        columns = {each.column for each in ledger.begun.plan.variables} if facts else set()
        yield from (dated(ledger.begun.plan, history, column, facts) for column in (None, *sorted(columns)))


def _size(questions: Questions) -> int:
    size = 1
    for options in questions.axes.values():
        size *= len(options)
    return size


def _attacked(chosen: Iterator[tuple[Questions, dict[str, Any]]], threshold: int, possible: int, seed: str | None
              ) -> Report:  # fmt: skip
    findings: list[Finding] = []
    narrowest: int | None = None
    met: dict[str, None] = {}
    for questions, question in chosen:
        where = _words(questions, question)
        if where in met:
            continue
        met[where] = None
        table, cells = questions.ask(question)
        interval = table.interval(cells)
        if interval.most >= 1 and interval.least < threshold:
            width = interval.most - interval.least
            narrowest = width if narrowest is None else min(width, narrowest)
        if interval.tells(threshold) and not _was_known(questions, question, interval):
            findings.append(Finding(where, interval))
    return Report((), len(met), possible, seed, narrowest, tuple(findings))


def _was_known(questions: Questions, question: dict[str, Any], interval: Interval) -> bool:
    """Whether what was published elsewhere tells as much without the ledger."""
    if questions.beside is None:
        return False
    table, cells = questions.beside(question)
    return table.interval(cells) == interval


def _words(questions: Questions, question: dict[str, Any]) -> str:
    said = itertools.chain(questions.about.items(), question.items())
    return ", ".join(f"{name} {_word(value)}" for name, value in said if value is not None)


def _word(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(_word, value))
    if isinstance(value, Batch):
        return f"batch {value.number}"
    return value.code if isinstance(value, Node) else value.column if isinstance(value, Variable) else str(value)

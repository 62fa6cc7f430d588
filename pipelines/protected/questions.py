"""What an attacker asks: each question is a set of people that nobody published, and the table in which to look.

Three kinds: people of a batch crossed by several variables and the month of entry; people by month and one variable,
with numbers that were published elsewhere; cases of an event crossed by a variable of a batch.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import pandas as pd

from data_schemas.disclosure import Disclosure, Node, Variable
from pipelines.cells import months
from pipelines.protected.atoms import ELSEWHERE, TARGET, Atoms, atoms_of, targets
from pipelines.protected.attack import Cells, Table
from pipelines.protected.entries import Batch
from pipelines.protected.history import History, Published

Asked = tuple[Table, Cells]
LAST, BEFORE = "last", "before"


@dataclass(frozen=True)
class Questions:
    """Questions of one kind about one batch or link: one for each way to choose an option of every axis.

    Attributes:
        about: what it is about, for the report: indication, batch, event.
        axes: name → options; the first option of each leaves the axis out.
        ask: chosen options → the table, and the cells that the question is about.
        beside: the same with nothing but what was published elsewhere, where something was.
    """

    about: dict[str, object]
    axes: dict[str, Sequence[Any]]
    ask: Callable[[dict[str, Any]], Asked]
    beside: Callable[[dict[str, Any]], Asked] | None = None

    def drawn(self, random: Random) -> dict[str, Any]:
        """One question at random: about half of the axes are left out."""
        return {name: random.choice(options[1:]) if len(options) > 1 and random.random() < 1 / 2 else options[0]
                for name, options in self.axes.items()}  # fmt: skip

    def every(self) -> Iterator[dict[str, Any]]:
        """All questions."""
        for chosen in itertools.product(*self.axes.values()):
            yield dict(zip(self.axes, chosen, strict=True))


def crossed(plan: Disclosure, history: History, batch: Batch) -> Questions:
    """People of a batch crossed by any variables and the month of entry."""
    blocks = history.blocks.of(batch)
    dates = [month for block in blocks for month in months(*block.months)]
    axes: dict[str, Sequence[Any]] = {"month": [None, *dates]}
    axes |= {each.column: [None, *targets(each, history.indication)] for each in plan.variables}

    def ask(chosen: dict[str, Any]) -> Asked:
        pieces: list[Atoms] = []
        if chosen["month"]:
            pieces.append(_dated(blocks, chosen["month"]))
        for each in plan.variables:
            if chosen[each.column]:
                numbers = history.blocks.cuts.get((batch.number, each.column), {})
                pieces.append(atoms_of(each, history.indication, numbers, batch.n, chosen[each.column]))
        table = Table(list(itertools.product(*(each.names for each in pieces))))
        table.add(lambda _: True, batch.n)
        for place, atoms in enumerate(pieces):
            _learn(table, place, atoms, plan.threshold)
        return table, table.where(lambda cell: all(atom == TARGET for atom in cell))

    return Questions({"indication": history.indication, "batch": batch.number}, axes, ask)


def _dated(blocks: Sequence[Published], month: str) -> Atoms:
    """The pieces of a batch to look at one month: a block closes at the first month end at which it is not small."""
    block = next(each for each in blocks if each.months[0] <= month <= each.months[1])
    dates = months(*block.months)
    names = [TARGET]
    if len(dates) > 1 + (month != dates[-1]):
        names.append(BEFORE)
    if month != dates[-1]:
        names.append(LAST)
    early = frozenset(names) - ({LAST} if month != dates[-1] else {TARGET})
    elsewhere = [ELSEWHERE] if len(blocks) > 1 else []
    return Atoms((*names, *elsewhere), ((frozenset(names), block.n),), (early,) if early else ())


def _learn(table: Table, place: int, atoms: Atoms, threshold: int) -> None:
    """What is known of the pieces of one axis."""
    for names, n in atoms.sums:
        table.add(lambda cell, names=names: cell[place] in names, n)
    if atoms.few:
        table.some_are_few([lambda cell, names=names: cell[place] in names for names in atoms.few], threshold - 1)


@dataclass(frozen=True)
class Fact:
    """A number of new patients published elsewhere: of some months, and if given, of some leaves of a column."""

    indication: str
    first_month: str
    last_month: str
    n: int
    column: str | None = None
    codes: frozenset[str] = frozenset()


Run = tuple[str, str]
"""Consecutive months, the first and the last of them."""


def _runs(history: History, facts: Sequence[Fact]) -> list[Run]:
    """The months of the blocks, together where nothing that is known tells them apart."""
    starts = {fact.first_month for fact in facts} | {_next(fact.last_month) for fact in facts}
    runs: list[Run] = []
    for block in history.blocks.published:
        first, last = block.months
        edges = sorted({first, last, *(month for month in starts if first < month <= last)})
        runs += [(edge, _previous(later)) for edge, later in itertools.pairwise([*edges, _next(last)])]
    return runs


def _next(month: str) -> str:
    return str(pd.Period(month, freq="M") + 1)


def _previous(month: str) -> str:
    return str(pd.Period(month, freq="M") - 1)


def dated(plan: Disclosure, history: History, column: str | None, facts: Sequence[Fact]) -> Questions:
    """People by month of entry and leaf of one variable, all blocks together, with numbers published elsewhere.

    A number of other months than those of the blocks tells nothing of them.
    """
    runs = _runs(history, facts)
    dates = [month for run in runs for month in run]
    variable = plan.variable(column) if column else None
    tree = variable.tree_of(history.indication) if variable else ()
    leaves = [leaf.code for node in tree for leaf in node.leaves] or [""]
    inside = [each for each in facts if each.column in (None, column) and min(dates) <= each.first_month
              and each.last_month <= max(dates)]  # fmt: skip

    def ask(chosen: dict[str, Any], of_ledger: bool = True) -> Asked:
        table = Table(list(itertools.product(runs, leaves)))
        for fact in inside:
            held = _within((fact.first_month, fact.last_month), fact.codes or frozenset(leaves))
            table.add(held, fact.n)
        if of_ledger:
            _whole(table, plan, history, variable)
        wanted = frozenset(leaf.code for leaf in chosen["code"].leaves) if chosen["code"] else frozenset(leaves)
        return table, table.where(_within(chosen["months"] or (min(dates), max(dates)), wanted))

    spans = [(first, last) for (first, _), (_, last) in itertools.combinations_with_replacement(runs, 2)]
    nodes = targets(variable, history.indication) if variable else []
    axes: dict[str, Sequence[Any]] = {"months": [None, *spans], "code": [None, *nodes]}
    return Questions({"indication": history.indication, "column": column}, axes, ask,
                     partial(ask, of_ledger=False) if inside else None)  # fmt: skip


def _within(span: Run, leaves: frozenset[str]) -> Callable[[tuple[Run, str]], bool]:
    return lambda cell: span[0] <= cell[0][0] and cell[0][1] <= span[1] and cell[1] in leaves


def _whole(table: Table, plan: Disclosure, history: History, variable: Variable | None) -> None:
    """All that the ledger tells of months and one variable."""
    leaves = frozenset(leaf for _, leaf in table.cells)
    for block in history.blocks.published:
        first, last = block.months
        table.add(_within(block.months, leaves), block.n)
        if first < last:
            table.some_are_few([_within((first, _previous(last)), leaves)], plan.threshold - 1)
    for batch in history.blocks.batches if variable else ():
        blocks = history.blocks.of(batch)
        span = (blocks[0].months[0], blocks[-1].months[1])
        if variable:
            numbers = history.blocks.cuts.get((batch.number, variable.column), {})
            _leaves(table, plan, variable, variable.tree_of(history.indication), span, numbers)


def _leaves(table: Table, plan: Disclosure, variable: Variable, tree: Sequence[Node], span: Run,
            numbers: Mapping[str, int]) -> None:  # fmt: skip
    def inside(node: Node) -> Callable[[tuple[Run, str]], bool]:
        return _within(span, frozenset(leaf.code for leaf in node.leaves))

    uncut = [node for root in tree for node in root.walk() if node.code in numbers]
    for node in uncut:
        table.add(inside(node), numbers[node.code])
    for nodes in (node.into for node in uncut) if numbers else (tree,):
        if nodes and not variable.least_centres:
            table.some_are_few([inside(each) for each in nodes], plan.threshold - 1)

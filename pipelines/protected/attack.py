"""An attacker: what integer programming tells of a number of people from all that is known about others.

The unknowns are the numbers of people in the cells of a table that nobody published. What is published are sums of
cells. What was not published tells something too, to one who knows the plan: one of some sets of cells is small.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import LedgerError

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

Cells = NDArray[np.intp]
HIDDEN = 1e-6
"""What a solver may miss an integer by."""


@dataclass(frozen=True)
class Sum:
    """So many people are in these cells together."""

    cells: Cells
    n: int


@dataclass(frozen=True)
class SomeAreFew:
    """Of these sets of cells, one at least holds at most so many people."""

    sets: tuple[Cells, ...]
    most: int


@dataclass(frozen=True)
class Interval:
    """What the number of people in a set of cells must lie between, both included."""

    least: int
    most: int

    def tells(self, threshold: int) -> bool:
        """Whether it tells a small number apart: it can be one of 1 to threshold - 1, to less than that many values."""
        can_be_small = self.most >= 1 and self.least < threshold
        return can_be_small and self.most - self.least < threshold - 1


class Table:
    """The cells, and all that is known of them.

    Args:
        cells: what each cell is.
    """

    def __init__(self, cells: Sequence[Any]) -> None:
        self.cells = list(cells)
        self.known: list[Sum | SomeAreFew] = []

    def where(self, holds: Callable[..., bool]) -> Cells:
        """The cells for which something holds."""
        return np.array([place for place, cell in enumerate(self.cells) if holds(cell)], dtype=np.intp)

    def add(self, holds: Callable[..., bool], n: int) -> None:
        """Learn how many people are in the cells for which something holds."""
        self.known.append(Sum(self.where(holds), n))

    def some_are_few(self, sets: Sequence[Callable[..., bool]], most: int) -> None:
        """Learn that one at least of these sets of cells is small."""
        self.known.append(SomeAreFew(tuple(self.where(each) for each in sets), most))

    def interval(self, target: Cells) -> Interval:
        """What can be said of the number of people in some cells.

        Raises:
            LedgerError: what is known contradicts itself.
        """
        if not len(target):
            return Interval(0, 0)
        return Interval(math.ceil(self._least(target, 1) - HIDDEN), math.floor(-self._least(target, -1) + HIDDEN))

    def _least(self, target: Cells, sign: int) -> float:
        from scipy.optimize import Bounds, milp  # noqa: PLC0415 - slow to load, and only needed here

        few = [each for each in self.known if isinstance(each, SomeAreFew)]
        choices = sum(len(each.sets) for each in few)
        objective = np.zeros(len(self.cells) + choices)
        objective[target] = sign
        most = self._most()
        solved = milp(objective, constraints=self._constraints(few, choices, most),
                      bounds=Bounds(np.zeros_like(objective), np.concatenate([most, np.ones(choices)])),
                      integrality=np.ones(len(objective), dtype=np.intp))  # fmt: skip
        if solved.status != 0 or solved.fun is None:
            raise LedgerError("ledger.contradiction")
        return float(solved.fun)

    def _most(self) -> NDArray[np.float64]:
        """How many people a cell can hold: as many as the smallest sum that it is part of."""
        sums = [each for each in self.known if isinstance(each, Sum)]
        most = np.full(len(self.cells), float(sum(each.n for each in sums)))
        for each in sums:
            most[each.cells] = np.minimum(most[each.cells], each.n)
        return most

    def _constraints(self, few: Sequence[SomeAreFew], choices: int, most: NDArray[np.float64]) -> "LinearConstraint":
        """The sums; and for each choice of a set that is few, that it is, if it is chosen."""
        from scipy.optimize import LinearConstraint  # noqa: PLC0415 - slow to load, and only needed here
        from scipy.sparse import csr_array  # noqa: PLC0415

        rows: list[tuple[Cells, Cells, float, float, float]] = []
        none = np.empty(0, dtype=np.intp)
        for each in self.known:
            if isinstance(each, Sum):
                rows.append((each.cells, none, 0, each.n, each.n))
        place = len(self.cells)
        for few_of in few:
            chosen = np.arange(place, place + len(few_of.sets), dtype=np.intp)
            place += len(chosen)
            rows.append((none, chosen, 1, 1, len(chosen)))
            for cells, choice in zip(few_of.sets, chosen, strict=True):
                everyone = float(most[cells].sum())
                rows.append((cells, np.array([choice]), everyone, -np.inf, everyone + few_of.most))
        starts = np.cumsum([0, *(len(cells) + len(chosen) for cells, chosen, *_ in rows)])
        columns = np.concatenate([part for cells, chosen, *_ in rows for part in (cells, chosen)])
        values = np.concatenate([part for cells, chosen, weight, *_ in rows
                                 for part in (np.ones(len(cells)), np.full(len(chosen), weight))])  # fmt: skip
        matrix = csr_array((values, columns, starts), shape=(len(rows), len(self.cells) + choices))
        return LinearConstraint(matrix, [row[3] for row in rows], [row[4] for row in rows])

"""What an attacker asks of an event: its cases, by link and category, crossed by a variable of a batch of people.

People are told apart by the publication with which their block closed: a link holds only people who were counted by
then, and of an event that implies another only cases of that one.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from data_schemas.disclosure import Disclosure, Node, Variable
from pipelines.protected.atoms import TARGET, Atoms, atoms_of, targets
from pipelines.protected.attack import Table
from pipelines.protected.entries import Batch
from pipelines.protected.history import History, Published, Series
from pipelines.protected.questions import Asked, Questions

NOBODY, WHOLE, EARLY, LATE, LEFT = 0, "", "early", "late", "left"


@dataclass(frozen=True)
class Cell:
    """Some people.

    Attributes:
        joined: the place of the publication that closed their block, among those that matter.
        piece: of the batch that is looked at; empty for those of other batches.
        link, parent: number of the link that holds them, of the event and of the one it implies; 0 for none.
        part: of the link that is looked at, the category, or whether they had the event before the publication before.
    """

    joined: int
    piece: str
    link: int
    parent: int
    part: str


def cases(plan: Disclosure, history: History, event: str, link: Published) -> Questions:
    """The cases of one link, whole or in part, or those it left without, crossed by one variable of any batch."""
    own = history.series(event)
    parent = plan.parent(event)
    parents = history.series(parent) if parent else Series()
    held_in = own.batch_of(link.number)
    since = next((each.publication for each in reversed(own.published[: link.number - 1])), -1)
    looked = link.publication - 1 if link.publication - 1 > since else None
    cuts = plan.chain(event).cuts if held_in else ()
    parts: list[Any] = [None, LEFT, *([EARLY, LATE] if looked is not None else [])]
    parts += [(each, node) for each in cuts for node in targets(each, history.indication)]
    people: list[Any] = [None]
    people += [(batch, each, node) for batch in history.blocks.batches for each in plan.variables
               for node in targets(each, history.indication)]  # fmt: skip

    def ask(chosen: dict[str, Any]) -> Asked:
        asked = _Asked(plan, history, own, parents, bool(parent), link, held_in)
        return asked.about(chosen["people"], chosen["part"], looked)

    about = {"indication": history.indication, "event": event, "link": link.number}
    return Questions(about, {"part": parts, "people": people}, ask)


@dataclass(frozen=True)
class _Asked:
    plan: Disclosure
    history: History
    own: Series
    parents: Series
    has_parent: bool
    link: Published
    held_in: Batch | None

    def about(self, people: tuple[Batch, Variable, Node] | None, part: Any, looked: int | None) -> Asked:
        ends = sorted({each.publication for each in (*self.own.published, *self.parents.published)}
                      | ({looked} if looked is not None else set()))  # fmt: skip
        pieces = self._pieces(people)
        parted = self._parts(part)
        table = Table([cell for joined in range(len(ends) + 1) for cell in self._cells(joined, ends, pieces, parted)])
        self._people(table, ends, people, pieces)
        self._links(table)
        if isinstance(part, tuple) and parted:
            for names, n in parted.sums:
                table.add(lambda cell, names=names: self._held(cell.link) and cell.part in names, n)
            if parted.few:
                table.some_are_few([lambda cell, names=names: self._held(cell.link) and cell.part in names
                                    for names in parted.few], self.plan.threshold - 1)  # fmt: skip
        if part in (EARLY, LATE) and looked is not None:
            self._not_published(table, ends, looked)
        if part == LEFT:
            left = self._left(ends, self.link.publication)
            return table, table.where(lambda cell: left(cell) and (people is None or cell.piece == TARGET))
        wanted = TARGET if isinstance(part, tuple) else part
        return table, table.where(lambda cell: cell.link == self.link.number and wanted in (None, cell.part)
                                  and (people is None or cell.piece == TARGET))  # fmt: skip

    def _pieces(self, people: tuple[Batch, Variable, Node] | None) -> Atoms | None:
        if people is None:
            return None
        batch, variable, node = people
        numbers = self.history.blocks.cuts.get((batch.number, variable.column), {})
        return atoms_of(variable, self.history.indication, numbers, batch.n, node)

    def _parts(self, part: Any) -> Atoms | None:
        if part in (None, LEFT):
            return None
        if not isinstance(part, tuple) or self.held_in is None:
            return Atoms((EARLY, LATE), ())
        variable, node = part
        numbers = self.own.cuts.get((self.held_in.number, variable.column), {})
        return atoms_of(variable, self.history.indication, numbers, self.held_in.n, node)

    def _cells(self, joined: int, ends: Sequence[int], pieces: Atoms | None, parted: Atoms | None) -> list[Cell]:
        """What people who joined then can be: of which links, and of which part."""
        found = []
        for piece in (WHOLE, *(pieces.names if pieces else ())):
            for parent in (NOBODY, *(each.number for each in self.parents.published)):
                if parent and bisect_left(ends, self.parents.published[parent - 1].publication) < joined:
                    continue
                for link in (NOBODY, *(each.number for each in self.own.published)):
                    if self._can_be(joined, ends, parent, link):
                        found += [Cell(joined, piece, link, parent, part) for part in self._parts_of(link, parted)]
        return found

    def _can_be(self, joined: int, ends: Sequence[int], parent: int, link: int) -> bool:
        if not link:
            return True
        at = self.own.published[link - 1].publication
        if not self.has_parent:
            return joined <= bisect_left(ends, at)
        return bool(parent) and self.parents.published[parent - 1].publication <= at

    def _held(self, link: int) -> bool:
        return self.held_in is not None and self.held_in.first <= link <= self.held_in.last

    def _parts_of(self, link: int, parted: Atoms | None) -> tuple[str, ...]:
        if parted is None:
            return (WHOLE,)
        if parted.names == (EARLY, LATE):
            return parted.names if link == self.link.number else (WHOLE,)
        return parted.names if self._held(link) else (WHOLE,)

    def _people(self, table: Table, ends: Sequence[int], people: tuple[Batch, Variable, Node] | None,
                pieces: Atoms | None) -> None:  # fmt: skip
        """How many people joined when, in the batch and elsewhere, and what is known of the batch."""
        inside = {each.number for each in self.history.blocks.of(people[0])} if people else set()
        for joined in range(len(ends) + 1):
            for batched in (False, True):
                blocks = (each for each in self.history.blocks.published if (each.number in inside) == batched)
                n = sum(each.n for each in blocks if bisect_left(ends, each.publication) == joined)
                table.add(lambda cell, joined=joined, batched=batched:
                          cell.joined == joined and (cell.piece != WHOLE) == batched, n)  # fmt: skip
        for names, n in pieces.sums if pieces else ():
            table.add(lambda cell, names=names: cell.piece in names, n)
        if pieces and pieces.few:
            table.some_are_few([lambda cell, names=names: cell.piece in names for names in pieces.few],
                               self.plan.threshold - 1)  # fmt: skip

    def _links(self, table: Table) -> None:
        for each in self.own.published:
            table.add(lambda cell, number=each.number: cell.link == number, each.n)
        for each in self.parents.published:
            table.add(lambda cell, number=each.number: cell.parent == number, each.n)

    def _not_published(self, table: Table, ends: Sequence[int], looked: int) -> None:
        """At the publication before, cases were few, or those left were."""
        there, left = self._there(ends, looked), self._left(ends, looked)
        table.add(lambda cell: cell.part == EARLY and not there(cell), 0)
        few = [lambda cell: cell.part == EARLY, lambda cell: left(cell) and cell.part != EARLY]
        table.some_are_few(few, self.plan.threshold - 1)

    def _there(self, ends: Sequence[int], at: int) -> Callable[[Cell], bool]:
        """Whether people were among those who could be cases at a publication."""

        def there(cell: Cell) -> bool:
            if self.has_parent:
                return bool(cell.parent) and self.parents.published[cell.parent - 1].publication <= at
            return cell.joined <= bisect_left(ends, at)

        return there

    def _left(self, ends: Sequence[int], at: int) -> Callable[[Cell], bool]:
        """Whether they were there and in no link of that publication or before."""
        there = self._there(ends, at)
        return lambda cell: there(cell) and (
            not cell.link or self.own.published[cell.link - 1].publication > at)  # fmt: skip

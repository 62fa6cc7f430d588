"""What every ledger must hold to, whatever an attacker finds: looked at entry by entry."""

from collections.abc import Iterator, Mapping, Sequence

from data_schemas.disclosure import Disclosure, Node, Variable
from pipelines.protected import boundary
from pipelines.protected.entries import Batch, Block, Cut, Link
from pipelines.protected.lines import Ledger


def breaks(ledger: Ledger) -> Iterator[int]:
    """The lines with an entry that is not as the plan has it."""
    seen = _Seen(ledger.begun.plan)
    for line, entry in enumerate(ledger.entries, start=2):
        if isinstance(entry, Block | Link | Batch | Cut) and not seen.holds(entry):
            yield line


class _Seen:
    """What was published so far; each entry is judged by it, then added."""

    def __init__(self, plan: Disclosure) -> None:
        self._plan = plan
        self._pieces: dict[tuple[str, str | None], list[int]] = {}
        self._batches: dict[tuple[str, str | None], list[Batch]] = {}
        self._cut: set[tuple[str, str | None, int, str]] = set()
        self._months: dict[str, str] = {}

    def holds(self, entry: Block | Link | Batch | Cut) -> bool:
        """Whether an entry is one that the plan allows after those before it."""
        event = None if isinstance(entry, Block) else entry.event
        pieces = self._pieces.setdefault((entry.indication, event), [])
        batches = self._batches.setdefault((entry.indication, event), [])
        if isinstance(entry, Cut):
            return self._cuts(entry, batches)
        if isinstance(entry, Batch):
            first = batches[-1].last + 1 if batches else 1
            right = (entry.number, entry.first, entry.last) == (len(batches) + 1, first, len(pieces))
            batches.append(entry)
            return right and entry.n == sum(pieces[first - 1 :]) and entry.n >= self._plan.batch_size
        right = entry.number == len(pieces) + 1 and not self._small(entry.n)
        right = right and (self._follows(entry) if isinstance(entry, Block) else self._leaves_enough(entry, pieces))
        pieces.append(entry.n)
        return right

    def _follows(self, block: Block) -> bool:
        """Whether a block begins after the one before it."""
        before, self._months[block.indication] = self._months.get(block.indication, ""), block.last_month
        return before < block.first_month <= block.last_month

    def _leaves_enough(self, link: Link, pieces: Sequence[int]) -> bool:
        """Whether those who did not have the event are not few."""
        among = self._pieces.get((link.indication, self._plan.parent(link.event)), [])
        return not self._small(sum(among) - sum(pieces) - link.n)

    def _cuts(self, entry: Cut, batches: Sequence[Batch]) -> bool:
        """Whether a batch is cut once by a variable, into categories that are a cut through its tree."""
        key = (entry.indication, entry.event, entry.batch, entry.column)
        again, known = key in self._cut, not batches or batches[-1].number != entry.batch
        self._cut.add(key)
        try:
            variable = self._plan.variable(entry.column, entry.event)
        except KeyError:
            return False
        if again or known or any(self._small(n) for n in entry.numbers.values()):
            return False
        whole = _is_cut(variable, entry.indication, entry.numbers)
        return whole and sum(entry.numbers.values()) == batches[-1].n

    def _small(self, n: int) -> bool:
        return boundary.is_small(n, self._plan.threshold)


def _is_cut(variable: Variable, indication: str, numbers: Mapping[str, int]) -> bool:
    tree = variable.tree_of(indication)
    found = [code for node in tree for code in _met(node, numbers)]
    return None not in found and sorted(map(str, found)) == sorted(numbers)


def _met(node: Node, numbers: Mapping[str, int]) -> list[str | None]:
    """The published categories met on the way down; none where a way down meets none."""
    if node.code in numbers:
        return [node.code]
    return [code for child in node.into for code in _met(child, numbers)] if node.into else [None]

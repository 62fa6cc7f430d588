"""A ledger sorted for those who read it or attack it: what was published of each indication, and when.

A publication is known by its place, from 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.protected.entries import Batch, Block, Cut, Link, Publication
from pipelines.protected.lines import Ledger


@dataclass(frozen=True)
class Published:
    """A block or a link, with the publication that it came with."""

    number: int
    n: int
    publication: int
    months: tuple[str, str] = ("", "")


@dataclass
class Series:
    """The blocks of an indication, or the links of an event, and their batches."""

    published: list[Published] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    cuts: dict[tuple[int, str], Mapping[str, int]] = field(default_factory=dict)

    def of(self, batch: Batch) -> Sequence[Published]:
        """The blocks or links of a batch."""
        return self.published[batch.first - 1 : batch.last]

    def batch_of(self, number: int) -> Batch | None:
        """The batch that holds a block or a link, if it is in one."""
        return next((each for each in self.batches if each.first <= number <= each.last), None)

    def unbatched(self) -> Sequence[Published]:
        """The blocks or links that wait for a batch."""
        return self.published[self.batches[-1].last if self.batches else 0 :]


@dataclass
class History:
    """What was published of one indication; `chains` by event."""

    indication: str
    blocks: Series = field(default_factory=Series)
    chains: dict[str, Series] = field(default_factory=dict)

    def series(self, event: str | None) -> Series:
        """The blocks, or the links of an event."""
        return self.blocks if event is None else self.chains.setdefault(event, Series())


def histories(ledger: Ledger) -> dict[str, History]:
    """Indication → what was published of it, in the order of the plan."""
    found = {code: History(code) for code in ledger.begun.indications}
    for publication, entry in _numbered(ledger):
        series = found[entry.indication].series(None if isinstance(entry, Block) else entry.event)
        if isinstance(entry, Block):
            months = (entry.first_month, entry.last_month)
            series.published.append(Published(entry.number, entry.n, publication, months))
        elif isinstance(entry, Link):
            series.published.append(Published(entry.number, entry.n, publication))
        elif isinstance(entry, Batch):
            series.batches.append(entry)
        else:
            series.cuts[entry.batch, entry.column] = entry.numbers
    return found


def _numbered(ledger: Ledger) -> Iterator[tuple[int, Block | Link | Batch | Cut]]:
    publication = -1
    for entry in ledger.entries:
        if isinstance(entry, Publication):
            publication += 1
        elif isinstance(entry, Block | Link | Batch | Cut):
            yield publication, entry


def publications(ledger: Ledger) -> int:
    """How many releases were published."""
    return sum(isinstance(entry, Publication) for entry in ledger.entries)

"""From people to entries: blocks, links, batches and their cuts, appended along the plan and never recounted.

Nobody is counted twice, whatever becomes of their data: a person is in the first block that closed with them. A form
that arrives when the block of its month is closed is counted in the block that is open; a correction, an erasure or a
return to an earlier release changes no entry. What a person is, is taken from the release with which the block closes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from data_schemas.disclosure import Disclosure, Variable, leaf_of
from pipelines.protected import boundary
from pipelines.protected.cutting import Tally, cut
from pipelines.protected.entries import Batch, Begun, Block, Cut, Entry, Link
from pipelines.protected.remembered import Remembered, Series


@dataclass(frozen=True)
class Person:
    """A treated person in the release that is published.

    Attributes:
        key: the store's fingerprint of the pseudonym.
        is_new: whether the first episode is one that the figures of new patients count.
        month: of the start, `yyyy-mm`.
        centre: fingerprint of the centre.
        values: column → code, where recorded; those of events are of the event.
        events: the events that happened so far.
    """

    key: str
    indication: str
    is_new: bool
    month: str
    centre: str
    values: Mapping[str, str | None]
    events: frozenset[str]


def count(begun: Begun, before: Remembered, people: Sequence[Person], until: str
          ) -> tuple[list[Entry], Remembered]:  # fmt: skip
    """The entries that a release adds to a ledger, and what is remembered from then on.

    Args:
        begun: the plan, and whom it is about.
        people: of one release, each once.
        until: the last month that is complete.
    """
    now = before.model_copy(deep=True)
    known = before.fingerprints()
    entries: list[Entry] = []
    for indication in begun.indications:
        fresh = [each for each in people if each.indication == indication and each.is_new and each.key not in known]
        entries += _blocks(begun, indication, now, fresh, until)
    for indication in begun.indications:
        entries += _links(begun.plan, indication, now, people)
    return entries, now


def _blocks(begun: Begun, indication: str, now: Remembered, fresh: Sequence[Person], until: str) -> list[Entry]:
    """Close a block at each month end at which it is not small."""
    series = now.blocks.setdefault(indication, Series())
    entries: list[Entry] = []
    waiting: list[Person] = []
    first = now.open_months.get(indication, begun.first_month)
    for month, entered in _by_month(fresh, first, until):
        waiting += entered
        if boundary.is_small(len(waiting), begun.plan.threshold):
            continue
        entries.append(Block(indication=indication, number=series.numbers + 1, first_month=first, last_month=month,
                             n=len(waiting)))  # fmt: skip
        entries += _add(begun.plan, indication, None, series, waiting)
        first = now.open_months[indication] = _following(month)
        waiting = []
    return entries


def _by_month(people: Sequence[Person], first: str, until: str) -> Iterable[tuple[str, list[Person]]]:
    """The months with someone in them, at the earliest the first that is open."""
    placed = sorted(((max(each.month, first), each.key, each) for each in people), key=lambda each: each[:2])
    for month, group in groupby(placed, key=lambda each: each[0]):
        if month <= until:
            yield month, [person for _, _, person in group]


def _links(plan: Disclosure, indication: str, now: Remembered, people: Sequence[Person]) -> list[Entry]:
    """Publish the new cases of each event when they are not few, nor those left who had none."""
    chains = now.links.setdefault(indication, {})
    entries: list[Entry] = []
    for chain in plan.chains:
        parent = plan.parent(chain.event)
        among = chains[parent] if parent else now.blocks[indication]
        series = chains.setdefault(chain.event, Series())
        cases = [each for each in people if chain.event in each.events
                 and each.key in among.counted and each.key not in series.counted]  # fmt: skip
        left = among.total - series.total - len(cases)
        if boundary.is_small(len(cases), plan.threshold) or boundary.is_small(left, plan.threshold):
            continue
        entries.append(Link(indication=indication, event=chain.event, number=series.numbers + 1, n=len(cases)))
        entries += _add(plan, indication, chain.event, series, cases)
    return entries


def _add(plan: Disclosure, indication: str, event: str | None, series: Series, people: Sequence[Person]
         ) -> list[Entry]:  # fmt: skip
    """Count people as one more block or link; the batch and its cuts, if that fills one."""
    variables = plan.chain(event).cuts if event else plan.variables
    series.counted |= {each.key for each in people}
    series.numbers += 1
    series.total += len(people)
    series.open_people += len(people)
    for variable in variables:
        tally = series.tallies.setdefault(variable.column, Tally())
        tree = variable.tree_of(indication)
        for each in people:
            centre = each.centre if variable.least_centres else None
            tally.add(leaf_of(tree, each.values.get(variable.column)), centre)
    return _batch(plan, indication, event, series, variables) if series.open_people >= plan.batch_size else []


def _batch(plan: Disclosure, indication: str, event: str | None, series: Series, variables: Sequence[Variable]
           ) -> list[Entry]:  # fmt: skip
    series.batches += 1
    entries: list[Entry] = [Batch(indication=indication, event=event, number=series.batches, first=series.open_from,
                                  last=series.numbers, n=series.open_people)]  # fmt: skip
    for variable in variables:
        numbers = cut(variable, indication, series.tallies[variable.column], plan.threshold)
        if numbers:
            entries.append(Cut(indication=indication, event=event, batch=series.batches, column=variable.column,
                               numbers=dict(sorted(numbers.items()))))  # fmt: skip
    series.open_from, series.open_people, series.tallies = series.numbers + 1, 0, {}
    return entries


def _following(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"

"""Reading: what the ledger answers to a question, from its entries alone.

    answer(ledger, Selection())                                    all new patients
    answer(ledger, Selection(), by="month")                        by block of months and indication
    answer(ledger, Selection(indications=("X",)), by="sex")        by a variable of the plan
    answer(ledger, Selection(), of="stop", by="stop_reason")       cases of an event

Entries are added up; people of whom they say nothing finer are `undivided`. An empty sum is `masked`: small, zero and
not published are one state. Of a selection only indications and months are answered, and of months only blocks and
batches that lie within; whatever else is asked is masked as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from data_schemas.disclosure import Node, Variable
from pipelines.protected.entries import Batch, Block, Cut, Entry, Link
from pipelines.protected.history import History, histories
from pipelines.protected.lines import Ledger
from pipelines.selection import Selection
from pipelines.states import MASKED, OBSERVED

MONTH, INDICATION = "month", "indication_code"


@dataclass(frozen=True)
class Answer:
    """What may be shown.

    Attributes:
        total: the people that the answer is about (Int64 or none where masked).
        undivided: those of them that the frame does not tell apart.
        frame: one row for each category, in the plan's order: `code`, `parent` (the category it is a part of, empty for
            none; a code may stand in several places, where indications have trees of their own), `depth` (from 0), `n`
            and `undivided` (people, Int64, null where masked; the second those whom no category below tells apart),
            `state`. Categories of one depth never overlap; of different depths, one holds the other. By month:
            `indication_code`, `first_month`, `last_month`, `n`, `state` instead, a masked row from the first month
            that no block covers.
    """

    total: int | None
    undivided: int | None
    frame: pd.DataFrame

    @property
    def state(self) -> str:
        """The state of the total."""
        return MASKED if self.total is None else OBSERVED


def answer(ledger: Ledger, selection: Selection, of: str | None = None, by: str | None = None) -> Answer:
    """What the ledger says of new patients, or of the cases of an event `of`.

    Args:
        by: `month` (new patients only), `indication_code`, or a dimension of the plan's variables.
    """
    found = [each for each in histories(ledger).values()
             if not selection.indications or each.indication in selection.indications]  # fmt: skip
    spans = [_Span(each, selection, of) for each in found] if _is_answered(selection, of) else []
    total = sum(each.people for each in spans)
    if by == MONTH and of is None:
        frame = _months(ledger, spans)
        return Answer(total or None, 0 if total else None, frame)
    rows = _indications(spans) if by == INDICATION else list(_categories(ledger, spans, of, by) if by else ())
    covered = sum(row.n for row in rows if row.depth == 0)
    return Answer(total or None, total - covered if total else None, _frame(rows))


def sources(ledger: Ledger, selection: Selection, of: str | None = None, by: str | None = None
            ) -> list[tuple[int, Entry]]:  # fmt: skip
    """The entries that such an answer is about, with the numbers of their lines."""
    columns = _columns(ledger, of, by)
    kinds = (Batch, Cut) if columns else (Block,) if of is None else (Link,)
    return [(line, entry) for line, entry in enumerate(ledger.entries, start=2)
            if isinstance(entry, Block | Link | Batch | Cut) and isinstance(entry, kinds)
            and (None if isinstance(entry, Block) else entry.event) == of
            and (not selection.indications or entry.indication in selection.indications)
            and (not isinstance(entry, Cut) or entry.column in columns)]  # fmt: skip


def _columns(ledger: Ledger, of: str | None, by: str | None) -> set[str]:
    """The variables of the plan from which a dimension is answered."""
    return {each.column for each in _among(ledger, of) if by
            and by in {each.column, *(node.dimension for root in each.tree for node in root.walk())}}  # fmt: skip


def _is_answered(selection: Selection, of: str | None) -> bool:
    """Whether entries can be about the people selected."""
    others = (selection.age_groups, selection.sexes, selection.regions, selection.products)
    dated = bool(selection.from_month or selection.to_month)
    return not any(others) and selection.date_basis == "treatment_start" and not (dated and of)


@dataclass(frozen=True)
class _Row:
    code: str
    parent: str
    depth: int
    n: int
    undivided: int


class _Span:
    """The blocks, or links, and the batches of one indication that lie within the months selected."""

    def __init__(self, history: History, selection: Selection, of: str | None) -> None:
        series = history.series(of)
        first, last = selection.from_month, selection.to_month or "9999-12"
        self.indication = history.indication
        self.pieces = [each for each in series.published if of or (first <= each.months[0] and each.months[1] <= last)]
        numbers = {each.number for each in self.pieces}
        self.batches = [each for each in series.batches if set(range(each.first, each.last + 1)) <= numbers]
        self.cuts = series.cuts
        self.people = sum(each.n for each in self.pieces)
        self.open_from = _next(series.published[-1].months[1]) if series.published and not of else None

    def by(self, variable: Variable) -> Iterator[tuple[Node, str, int, int, int]]:
        """Each category: its parent, depth, people, and those of them whom no category below tells apart."""
        yield from self._below(variable, variable.tree_of(self.indication), "", 0)

    def _below(self, variable: Variable, nodes: Sequence[Node], parent: str, depth: int
               ) -> Iterator[tuple[Node, str, int, int, int]]:  # fmt: skip
        for node in nodes:
            n = sum(_inside(node, self.cuts.get((batch.number, variable.column), {})) for batch in self.batches)
            finer = sum(self.cuts.get((batch.number, variable.column), {}).get(node.code, 0) for batch in self.batches)
            yield node, parent, depth, n, finer
            yield from self._below(variable, node.into, node.code, depth + 1)


def _inside(node: Node, numbers: Mapping[str, int]) -> int:
    """The people that a cut shows in a category, whole or in parts."""
    return sum(numbers.get(each.code, 0) for each in node.walk())


def _categories(ledger: Ledger, spans: Sequence[_Span], of: str | None, by: str) -> Iterator[_Row]:
    """The rows of a dimension: a variable of the plan, or categories of another one that stand for its codes."""
    rows: dict[tuple[str, str], _Row] = {}
    for variable in _among(ledger, of):
        for span in spans:
            for node, parent, depth, n, undivided in span.by(variable):
                stands = node.dimension == by
                if variable.column != by and not stands:
                    continue
                own = ("", 0, n) if stands and variable.column != by else (parent, depth, undivided)
                place = (node.code, own[0])
                before = rows.get(place, _Row(node.code, own[0], own[1], 0, 0))
                rows[place] = replace(before, n=before.n + n, undivided=before.undivided + own[2])
    yield from rows.values()


def _among(ledger: Ledger, of: str | None) -> Sequence[Variable]:
    """The variables by which the plan cuts new patients, or the cases of an event."""
    plan = ledger.begun.plan
    return plan.chain(of).cuts if of in {each.event for each in plan.chains} else () if of else plan.variables


def _indications(spans: Sequence[_Span]) -> list[_Row]:
    return [_Row(each.indication, "", 0, each.people, each.people) for each in spans]


def _months(ledger: Ledger, spans: Sequence[_Span]) -> pd.DataFrame:
    rows: list[tuple[str, str, str | None, int | None, str]] = []
    for span in spans:
        rows += [(span.indication, *each.months, each.n, OBSERVED) for each in span.pieces]
        rows.append((span.indication, span.open_from or ledger.begun.first_month, None, None, MASKED))
    frame = pd.DataFrame(rows, columns=["indication_code", "first_month", "last_month", "n", "state"])
    return frame.astype({"n": "Int64"})


def _frame(rows: Sequence[_Row]) -> pd.DataFrame:
    cells = [(row.code, row.parent, row.depth, row.n or None, row.undivided if row.n else None,
              OBSERVED if row.n else MASKED) for row in rows]  # fmt: skip
    frame = pd.DataFrame(cells, columns=["code", "parent", "depth", "n", "undivided", "state"])
    return frame.astype({"n": "Int64", "undivided": "Int64", "depth": "Int64"})


def _next(month: str) -> str:
    return str(pd.Period(month, freq="M") + 1)

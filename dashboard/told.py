"""What the ledger tells of one figure, with the programme's labels and the reader's language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from dashboard import formats
from dashboard.wording import said, text_in
from data_schemas.disclosure import VOCABULARIES, Node
from data_schemas.programme import Programme
from data_schemas.programme_parts import Text
from data_schemas.vocabularies import labels
from pipelines.definitions import dimensions
from pipelines.protected.entries import Entry
from pipelines.protected.lines import Ledger
from pipelines.protected.reading import INDICATION, MONTH, Answer
from pipelines.states import MASKED, sign

DIMENSIONS = {"effect_soc": "soc_code"}
"""Column of the plan → the dimension that has its words, where that is not its own name."""


@dataclass(frozen=True)
class Figure:
    """What the ledger is asked: new patients, or the cases of an event `of`, by months, indications or a variable.

    Attributes:
        measure: the measure whose place it takes.
    """

    measure: str
    by: str
    of: str | None = None

    @property
    def name(self) -> str:
        """Its name in keys and file names."""
        return "-".join([self.of or "new_patients", self.by]).replace("_", "-")


@dataclass(frozen=True)
class Months:
    """Months of an indication that were published together, or those that are still open.

    Attributes:
        last: empty where they are open.
        n: people; none where they are open.
    """

    indication: str
    first: str
    last: str
    n: int | None


@dataclass(frozen=True)
class Category:
    """A row: a category, those of whom nothing finer was published, or everyone.

    Attributes:
        within: the label of the category that it is a part of.
        n: people; none where it is not published.
        undivided: those of `n` whom no category below tells apart; none where there is no such category.
    """

    label: str
    depth: int
    n: int | None
    undivided: int | None = None
    within: str = ""
    code: str = ""


@dataclass(frozen=True)
class Told:
    """What cards, charts, tables and files of the protected regime are made from.

    Attributes:
        sources: number of the line and entry, those that the figure is summed from.
    """

    figure: Figure
    answer: Answer
    sources: Sequence[tuple[int, Entry]]
    ledger: Ledger
    programme: Programme
    language: str

    @property
    def title(self) -> str:
        """What is counted, and by what."""
        return self.text("protected.by", what=self.what, dimension=self.dimension[0].lower() + self.dimension[1:])

    @property
    def what(self) -> str:
        """What is counted, in words."""
        return self.text(f"protected.{self.figure.of or 'new_patients'}")

    @property
    def dimension(self) -> str:
        """By what, in words."""
        if self.figure.by == MONTH:
            return self.text("protected.block")
        return said(dimensions()[DIMENSIONS.get(self.figure.by, self.figure.by)].label, self.language)

    @property
    def differs(self) -> bool:
        """Whether some indications have categories of their own."""
        among = self.ledger.begun.plan.variables
        return any(each.by_indication for each in among if each.column == self.figure.by)

    @cached_property
    def blocks(self) -> list[Months]:
        """The blocks of each indication, then its open months; only of a figure by months."""
        return [Months(row["indication_code"], row["first_month"], row["last_month"] if pd.notna(row["n"]) else "",
                       _number(row["n"])) for row in self.answer.frame.to_dict("records")]  # fmt: skip

    @cached_property
    def categories(self) -> list[Category]:
        """The rows in the plan's order; empty for months."""
        if self.figure.by == MONTH:
            return []
        known = self._known
        parents = set(self.answer.frame["parent"])
        return [
            Category(known[row["code"], row["parent"]], int(row["depth"]), _number(row["n"]),
                     _number(row["undivided"]) if row["code"] in parents else None,
                     _within(known, row["parent"]), row["code"])
            for row in self.answer.frame.to_dict("records")
        ]  # fmt: skip

    @property
    def rest(self) -> list[Category]:
        """Those whom no category tells apart, if there are any; then everyone."""
        left = self.answer.undivided
        undivided = [Category(self.text("protected.undivided"), 0, left)] if left else []
        return [*undivided, Category(self.text("protected.everyone"), 0, self.answer.total)]

    def text(self, key: str, **values: object) -> str:
        """A sentence of the screens in the reader's language."""
        return text_in(self.language, key, **values)

    def number(self, n: int | None) -> str:
        """A number as the language writes it; the sign of what is not published where there is none."""
        return sign(MASKED, self.language) if n is None else formats.number(n, self.language)

    def indication(self, code: str) -> str:
        """An indication in words."""
        return said(labels("indication", self.programme)[code], self.language)

    def months(self, first: str, last: str) -> str:
        """Months from one to another; without the second those that are still open."""
        begin = formats.month(first, self.language)
        if not last:
            return self.text("protected.since", month=begin)
        end = formats.month(last, self.language)
        return begin if begin == end else self.text("protected.months", first=begin, last=end)

    @property
    def _known(self) -> Mapping[tuple[str, str], str]:
        """Code and the code of the category that holds it → label."""
        if self.figure.by == INDICATION:
            return {(code, ""): self.indication(code) for code in labels("indication", self.programme)}
        found: dict[tuple[str, str], str] = {}
        for column, node, parent in self._nodes():
            stands = node.dimension == self.figure.by and column != self.figure.by
            vocabulary = VOCABULARIES[node.dimension or column]
            written = (
                node.label or labels(vocabulary, self.programme).get(node.code) or Text(fr=node.code, en=node.code)
            )
            found.setdefault((node.code, "" if stands else parent), said(written, self.language))
        return found

    def _nodes(self) -> Iterator[tuple[str, Node, str]]:
        """Every category of the plan with its column and the category that holds it."""
        plan = self.ledger.begun.plan
        chains = {each.event: each.cuts for each in plan.chains}
        for variable in chains.get(self.figure.of, ()) if self.figure.of else plan.variables:  # type: ignore[call-overload]
            for tree in (variable.tree, *variable.by_indication.values()):
                for node, parent in _walked(tree, ""):
                    if self.figure.by in (variable.column, node.dimension):
                        yield variable.column, node, parent


def _walked(nodes: Sequence[Node], parent: str) -> Iterator[tuple[Node, str]]:
    for node in nodes:
        yield node, parent
        yield from _walked(node.into, node.code)


def _within(known: Mapping[tuple[str, str], str], parent: str) -> str:
    return next((label for (code, _), label in known.items() if code == parent), "") if parent else ""


def _number(value: object) -> int | None:
    return None if value is None or pd.isna(value) else int(value)  # type: ignore[call-overload]

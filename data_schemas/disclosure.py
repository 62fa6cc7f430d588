"""The plan of the protected world: what may leave the circle, fixed before anyone looks at data.

A plan has a threshold, a size of batches, a tree of categories for each variable and chains of events. It knows no date
and no set that a reader could choose: a figure is published along the plan or not at all. How it is applied, and why
that is safe, is `pipelines/protected/`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from data_schemas.programme_parts import EMPTY, Code, Frozen, Part, Text

LEAST_THRESHOLD = 5
LEAST_CENTRES = 3

PersonColumn = Literal["age_group", "sex", "childbearing_status", "region_code", "prescriber_specialty"]
EventColumn = Literal["effect_soc", "stop_reason"]
Event = Literal["first_effect", "first_serious_effect", "stop"]

VOCABULARIES = {
    "age_group": "age_group",
    "sex": "sex",
    "childbearing_status": "childbearing_status",
    "region_code": "region",
    "prescriber_specialty": "prescriber_specialty",
    "effect_soc": "system_organ_class",
    "stop_reason": "discontinuation_reason",
}
"""Column that a tree is about → the list of its codes."""

SAYS_THE_SAME = (frozenset({"sex", "childbearing_status"}),)
"""Columns of which one follows from another: as two trees they would be one table cut in two ways."""

PARENTS: dict[Event, Event] = {"first_serious_effect": "first_effect"}
"""Event → the event that it implies: who had a serious effect had an effect."""

CUT_OF: dict[Event, tuple[EventColumn, ...]] = {
    "first_effect": ("effect_soc",),
    "first_serious_effect": (),
    "stop": ("stop_reason",),
}
"""Event → what its cases can be cut by."""


class Node(Part):
    """A category: a leaf, which holds codes of the column, or a group of categories.

    Attributes:
        label: needed where the code is none of the column's.
        values: the codes that a leaf holds; its own code if none is given.
        rest: whether the leaf also holds what no other leaf does, not recorded included.
        dimension: the dimension whose value of the same code this is, if not the column.
    """

    code: Code
    label: Text | None = None
    values: tuple[Code, ...] = ()
    rest: bool = False
    dimension: PersonColumn | None = None
    into: tuple["Node", ...] = ()

    @model_validator(mode="after")
    def _leaf_or_group(self) -> "Node":
        if self.into and (self.values or self.rest):
            raise ValueError("give 'into', or 'values' and 'rest'")
        if len(self.into) == 1:
            raise ValueError("a group is cut into two categories at least")
        return self

    @property
    def holds(self) -> tuple[str, ...]:
        """The codes of the column that a leaf holds."""
        return () if self.into else self.values or (self.code,)

    @property
    def leaves(self) -> tuple["Node", ...]:
        """The leaves below, or the node itself."""
        return tuple(leaf for node in self.into for leaf in node.leaves) if self.into else (self,)

    def walk(self) -> Iterator["Node"]:
        """The node and all below."""
        yield self
        for node in self.into:
            yield from node.walk()


Tree = tuple[Node, ...]


def leaf_of(tree: Sequence[Node], value: str | None) -> str:
    """The code of the leaf that holds a value; empty where none does."""
    leaves = [leaf for node in tree for leaf in node.leaves]
    held = next((leaf.code for leaf in leaves if value in leaf.holds), None)
    return held or next((leaf.code for leaf in leaves if leaf.rest), "")


class Variable(Part):
    """A column and the trees along which people are cut by it.

    Attributes:
        by_indication: code of an indication → its own tree.
        least_centres: a category is published only if its people are treated in so many centres.
    """

    column: PersonColumn | EventColumn
    tree: Tree
    by_indication: Frozen[Code, Tree] = EMPTY
    least_centres: int = Field(0, ge=0)

    @field_validator("tree")
    @classmethod
    def _one_tree(cls, tree: Tree) -> Tree:
        return _whole(tree)

    @field_validator("by_indication")
    @classmethod
    def _each_tree(cls, trees: Any) -> Any:
        for tree in trees.values():
            _whole(tree)
        return trees

    @model_validator(mode="after")
    def _regions_have_centres(self) -> "Variable":
        if self.column == "region_code" and self.least_centres < LEAST_CENTRES:
            raise ValueError(f"'least_centres' of regions is {LEAST_CENTRES} at least: fewer centres can be told apart")
        return self

    def tree_of(self, indication: str) -> Tree:
        """The tree of an indication."""
        return self.by_indication.get(indication, self.tree)


def _whole(tree: Tree) -> Tree:
    nodes = [node for root in tree for node in root.walk()]
    held = [value for node in nodes for value in node.holds]
    if len(tree) < 2:  # noqa: PLR2004
        raise ValueError("a tree has two categories at least")
    if len({node.code for node in nodes}) < len(nodes) or len(set(held)) < len(held):
        raise ValueError("a code is given twice: categories must not overlap")
    if sum(node.rest for node in nodes) > 1:
        raise ValueError("one category holds the rest, not several")
    return tree


class Chain(Part):
    """An event that is counted once for each person, and by what its cases are cut."""

    event: Event
    cuts: tuple[Variable, ...] = ()

    @model_validator(mode="after")
    def _cut_by_its_own(self) -> "Chain":
        if not {cut.column for cut in self.cuts} <= set(CUT_OF[self.event]):
            raise ValueError("the cases of this event cannot be cut by this column")
        return self


class Disclosure(Part):
    """The plan; without variables, nothing but blocks of time would be published: then there is no protected world.

    Attributes:
        threshold: the smallest number that is published.
        batch_size: people from which consecutive blocks are frozen and cut.
    """

    threshold: int = 11
    batch_size: int = Field(80, ge=10)
    variables: tuple[Variable, ...] = ()
    chains: tuple[Chain, ...] = ()

    @field_validator("threshold")
    @classmethod
    def _protects(cls, threshold: int) -> int:
        if threshold < LEAST_THRESHOLD:
            raise ValueError(f"a threshold below {LEAST_THRESHOLD} protects nobody; give {LEAST_THRESHOLD} or more")
        return threshold

    @model_validator(mode="after")
    def _one_tree_each(self) -> "Disclosure":
        columns = [each.column for each in self.variables]
        events = [each.event for each in self.chains]
        if len(set(columns)) < len(columns) or len(set(events)) < len(events):
            raise ValueError("a column or an event is given twice: two cuts of the same people give away their overlap")
        if any(len(same & set(columns)) > 1 for same in SAYS_THE_SAME):
            raise ValueError("'sex' follows from 'childbearing_status': make them one tree")
        if any(column in VOCABULARIES and column in ("effect_soc", "stop_reason") for column in columns):
            raise ValueError("what cuts an event stands under 'chains'")
        if self.batch_size < 2 * self.threshold:
            raise ValueError("'batch_size' must be twice the threshold at least, or nothing could be cut")
        if any(PARENTS.get(event) in events[place:] for place, event in enumerate(events)):
            raise ValueError("an event comes after the one that it implies")
        return self

    @property
    def is_complete(self) -> bool:
        """Whether there is a protected world."""
        return bool(self.variables)

    def variable(self, column: str, event: str | None = None) -> Variable:
        """The variable of a column, of the people or of the cases of an event.

        Raises:
            KeyError: the plan has none.
        """
        among = self.variables if event is None else self.chain(event).cuts
        return {each.column: each for each in among}[column]  # type: ignore[index]

    def chain(self, event: str) -> Chain:
        """The chain of an event.

        Raises:
            KeyError: the plan has none.
        """
        return {each.event: each for each in self.chains}[event]  # type: ignore[index]

    def parent(self, event: str) -> str | None:
        """The chain whose cases are the people of this one."""
        implied = PARENTS.get(event)  # type: ignore[call-overload]
        return implied if implied in {each.event for each in self.chains} else None

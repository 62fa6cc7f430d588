"""All or nothing: people are cut along a tree as far down as no category is small."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from data_schemas.disclosure import Node, Variable
from pipelines.protected import boundary


@dataclass
class Tally:
    """People in the leaves of a tree, and the centres that treat them.

    Attributes:
        people: code of a leaf → people; under the empty code those that no leaf holds.
        centres: code of a leaf → fingerprints of centres; kept only where the variable asks for centres.
    """

    people: dict[str, int] = field(default_factory=dict)
    centres: dict[str, set[str]] = field(default_factory=dict)

    def add(self, leaf: str, centre: str | None) -> None:
        """Count one more person."""
        self.people[leaf] = self.people.get(leaf, 0) + 1
        if centre is not None:
            self.centres.setdefault(leaf, set()).add(centre)


def cut(variable: Variable, indication: str, tally: Tally, threshold: int) -> dict[str, int]:
    """The categories that are published with their people; nothing if not even the first cut is possible."""
    if tally.people.get(""):
        return {}
    return _cut(variable.tree_of(indication), tally, threshold, variable.least_centres)


def _cut(nodes: Iterable[Node], tally: Tally, threshold: int, least_centres: int) -> dict[str, int]:
    sizes = {node: _people(node, tally.people) for node in nodes}
    if any(boundary.is_small(n, threshold) or _centres(node, tally) < least_centres for node, n in sizes.items()):
        return {}
    found: dict[str, int] = {}
    for node, n in sizes.items():
        found |= (_cut(node.into, tally, threshold, least_centres) if node.into else {}) or {node.code: n}
    return found


def _people(node: Node, people: Mapping[str, int]) -> int:
    return sum(people.get(leaf.code, 0) for leaf in node.leaves)


def _centres(node: Node, tally: Tally) -> int:
    return len(set().union(*(tally.centres.get(leaf.code, set()) for leaf in node.leaves)))

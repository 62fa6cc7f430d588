"""The pieces into which an attacker cuts a variable of a batch to look at one category.

All other published categories together are one piece: whatever people they hold can be shared out among them as
published, so that telling them apart would tell nothing more of the category looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_schemas.disclosure import Node, Variable

TARGET, BESIDE, ELSEWHERE = "target", "beside", "elsewhere"


@dataclass(frozen=True)
class Atoms:
    """The pieces, and what is known of them.

    Attributes:
        names: `target` first.
        sums: sets of pieces → their people; `few`: sets of pieces of which one at least is small, if it is known.
    """

    names: tuple[str, ...]
    sums: tuple[tuple[frozenset[str], int], ...]
    few: tuple[frozenset[str], ...] = ()


def atoms_of(variable: Variable, indication: str, numbers: Mapping[str, int], n: int, target: Node) -> Atoms:
    """The pieces to look at a category of a batch.

    Args:
        numbers: the published categories; none where the variable could not be cut.
        n: people of the batch.
    """
    tree = variable.tree_of(indication)
    inside = [numbers[node.code] for node in target.walk() if node.code in numbers]
    if inside:
        return Atoms((TARGET, ELSEWHERE), ((frozenset({TARGET}), sum(inside)),))
    published = next((node for root in tree for node in root.walk() if node.code in numbers and target in node.walk()),
                     None)  # fmt: skip
    children = published.into if published else tree
    names, few = [TARGET], list[frozenset[str]]()
    for child in children:
        if target not in child.walk():
            names.append(child.code)
            few.append(frozenset({child.code}))
        elif child == target:
            few.append(frozenset({TARGET}))
        else:
            names.append(BESIDE)
            few.append(frozenset({TARGET, BESIDE}))
    total = numbers[published.code] if published else n
    if published:
        names.append(ELSEWHERE)
    known = () if variable.least_centres else tuple(few)
    return Atoms(tuple(names), ((frozenset(names) - {ELSEWHERE}, total),), known)


def targets(variable: Variable, indication: str) -> Sequence[Node]:
    """Every category that can be looked at."""
    return [node for root in variable.tree_of(indication) for node in root.walk()]

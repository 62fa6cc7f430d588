"""The words by which the screen knows a direct identifier, from `words.yml`, and whether a name is made of them."""

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from data_schemas import shipped
from pipelines import sql

FILE = Path(__file__).parent / "words.yml"
PLURALS = ("es", "s", "x")


@functools.cache
def _file() -> Mapping[str, Mapping[str, list[str]]]:
    return shipped.read(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def listed(part: str, name: str) -> Sequence[str]:
    """One list of words."""
    return _file()[part][name]


def is_identifying(column: str) -> bool:
    """Whether a column's name announces a direct identifier, whatever its case, accents, plural or joints."""
    tokens = re.findall("[a-z]+", sql.comparable_text(column))
    name = " ".join(tokens)
    identifying, beside, things = (set(listed("column_names", part)) for part in ("identifying", "beside", "things"))
    if name in listed("column_names", "harmless"):
        return False
    if any(f" {phrase} " in f" {name} " for phrase in listed("column_names", "phrases")):
        return True
    found = {word for token in [*tokens, "".join(tokens)] for word in _parts(token, identifying, beside | things)}
    found &= identifying
    if found <= set(listed("column_names", "weak")) and any(_singular(token, things) for token in tokens):
        return False
    return bool(found)


def _singular(word: str, known: Collection[str]) -> str | None:
    """The word, or what it is the plural of."""
    stems = [word, *(word[: -len(end)] for end in PLURALS if word.endswith(end))]
    return next((stem for stem in stems if stem in known), None)


def _parts(token: str, identifying: set[str], others: set[str]) -> list[str]:
    """The known words that a token is made of without a rest; none if it is not."""
    known = identifying | others
    made: list[list[str] | None] = [[]]
    for end in range(1, len(token) + 1):
        made.append(None)
        for start, before in enumerate(made[:end]):
            word = _singular(token[start:end], known) if before is not None else None
            if word and before is not None and (made[end] is None or word in identifying):
                made[end] = [*before, word]
    return made[-1] or []

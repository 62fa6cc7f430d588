"""How sure a programme's facts are, as its file marks them: `(text)` stands in a public text, `(assumed)` does not.

A mark in a comment holds for the key on its line, or for the next key under it; a blank line ends it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data_schemas.programme import FOLDER

TEXT, ASSUMED = "text", "assumed"
MARK = re.compile(rf"\(({TEXT}|{ASSUMED})\)\s*")
LINE = re.compile(r"^(?P<indent> *)(?P<item>- +)?\{?(?P<key>[A-Za-z_]+): *(?P<value>[^#,}]*)")
NAMED_BY = ("code", "date", "holds_from", "label")
"""Keys whose value tells an item of a list from the others."""


@dataclass(frozen=True)
class Fact:
    """A marked place of a programme's file.

    Attributes:
        place: the keys that lead to it.
        note: the rest of the comment, as written.
    """

    place: tuple[str, ...]
    status: str
    note: str


def facts(name: str) -> list[Fact]:
    """The marked facts of a shipped programme, in the order of its file."""
    return list(read((FOLDER / f"{name}.yml").read_text(encoding="utf-8")))


def read(text: str) -> Iterator[Fact]:
    """The marked facts of a programme's YAML."""
    above: list[str] = []
    stack: list[tuple[int, str]] = []
    for line in text.splitlines():
        if not line.strip():
            above = []
            continue
        if line.lstrip().startswith("#"):
            above.append(line.lstrip().lstrip("# "))
            continue
        found = LINE.match(line)
        if not found:
            continue
        _step(stack, found)
        beside = line.split("  # ", 1)[1] if "  # " in line else ""
        for comment in (" ".join(above), beside):
            yield from _marked(tuple(key for _, key in stack), comment)
        above = []


def _step(stack: list[tuple[int, str]], found: re.Match[str]) -> None:
    """Go to the key of a line."""
    indent = len(found["indent"])
    while stack and stack[-1][0] >= indent:
        stack.pop()
    if found["item"] and found["key"] in NAMED_BY:
        stack.append((indent, found["value"].strip()))
        return
    stack.append((indent + len(found["item"] or ""), found["key"]))


def _marked(place: tuple[str, ...], comment: str) -> Iterator[Fact]:
    marks = list(MARK.finditer(comment))
    ends = [*(mark.start() for mark in marks[1:]), len(comment)]
    for mark, end in zip(marks, ends, strict=False):
        yield Fact(place, mark[1], comment[mark.end() : end].strip(" ;"))

"""Declared corrections: they may bring no direct identifier in, and what is kept of them may tell no value."""

from collections.abc import Sequence

from data_schemas.programme import Programme
from pipelines.corrections import Correction
from pipelines.errors import Problem
from pipelines.export import CORRECTIONS
from pipelines.screen.rules import broken

NAMING = 4
"""A value of so many characters is recognised in a reason."""


def screen_corrections(corrections: Sequence[Correction], programme: Programme) -> list[Problem]:
    """The corrections that would put an identifier into the release or its record."""
    found = []
    for number, each in enumerate(corrections, start=1):
        at: dict[str, object] = {"file": CORRECTIONS, "number": number}
        for column, value in each.set.items():
            for rule in broken(value, programme.established_on):
                found.append(Problem("corrections.identifying", at | {"column": column, "rule": rule}))
        for part, text in {"reason": each.reason, "author": each.author}.items():
            if broken(text, programme.established_on) or any(value in text for value in _named(each)):
                found.append(Problem("corrections.telling", at | {"part": part}))
    return found


def _named(correction: Correction) -> set[str]:
    """The values that a correction rests on, as far as they can be recognised in a text."""
    parts = (correction.match, correction.set, correction.expect)
    return {value for part in parts for value in part.values() if len(value) >= NAMING}

"""Which single-byte encoding a French text is in: the one that gives letters and signs of French.

cp1252 (Windows) and latin-9 (older Unix) differ in a few signs, mac-roman and cp850 (older Macintosh and DOS programs)
in every accent. What is counted are characters that French does not use, or a capital amid small letters.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from pipelines.formats.opening import Openable

Confidence = Literal["certain", "likely"]

LETTERS = frozenset("àâäæçéèêëîïñôöùûüÿœÀÂÄÆÇÉÈÊËÎÏÑÔÖÙÛÜŸŒ")
SIGNS = frozenset("’‘“”«»…–—€°²³µ×±·•®©™§ªº\u00a0\u00ad")
WITHIN_WORDS = frozenset("’‘–·\u00a0\u00ad")
"""Signs that may stand between two letters."""

BESIDE_NUMBERS = frozenset("½¼¾¹")
ENCODINGS = ("cp1252", "iso8859-15", "mac-roman", "cp850")
UNDEFINED = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
"""Bytes that stand for nothing in cp1252."""

ASCII = 127
EVIDENCE = 64 << 20
"""Bytes of a file that are looked at."""

LEAST_WRONG = 50
"""Another encoding than cp1252 may leave one character in so many unexplained."""

CONTEXT = re.compile(rb"[\x00-\x7f]?[\x80-\xff]+[\x00-\x7f]?")


@dataclass(frozen=True)
class Guess:
    """An encoding, and on what it rests: characters beyond ASCII, and those among them that French does not use."""

    encoding: str
    confidence: Confidence
    n_characters: int
    n_odd: int


def guess(path: Openable) -> Guess | None:
    """The encoding of a file that is not UTF-8; `None` if none of those known gives a French text."""
    undefined = False
    with path.open("rb") as stream:
        first = stream.read(EVIDENCE)
        block = first
        while block:
            undefined = undefined or any(byte in block for byte in UNDEFINED)
            block = stream.read(EVIDENCE)
    snippets = Counter(CONTEXT.findall(first))
    total = sum(n * sum(byte > ASCII for byte in snippet) for snippet, n in snippets.items())
    odd = {encoding: sum(n * _odd(snippet, encoding) for snippet, n in snippets.items())
           for encoding in ENCODINGS if encoding != "cp1252" or not undefined}  # fmt: skip
    possible = [encoding for encoding, n in odd.items() if n * LEAST_WRONG <= total]
    if not possible and undefined:
        return None
    best = min(possible, key=lambda encoding: (odd[encoding], ENCODINGS.index(encoding)), default="cp1252")
    certain = bool(possible) and all(_same(snippets, best, other) for other in possible)
    return Guess(best, "certain" if certain else "likely", total, odd[best])


def _same(snippets: Counter[bytes], one: str, other: str) -> bool:
    return all(each.decode(one, "replace") == each.decode(other, "replace") for each in snippets)


def _odd(snippet: bytes, encoding: str) -> int:
    text = snippet.decode(encoding, "replace")
    padded = f" {text} "
    return sum(not _is_plausible(*padded[place - 1 : place + 2]) for place in range(1, len(padded) - 1)
               if ord(padded[place]) > ASCII)  # fmt: skip


def _is_plausible(before: str, character: str, after: str) -> bool:
    between_letters = before.isalpha() and after.isalpha()
    if character in LETTERS:
        odd_capital = character.isupper() and (before.islower() or (before.isalpha() and after.islower()))
        return not odd_capital and not (character.islower() and before.isupper() and after.isupper())
    if character in BESIDE_NUMBERS:
        return not (before.isalpha() or after.isalpha())
    return character in WITHIN_WORDS or (character in SIGNS and not between_letters)

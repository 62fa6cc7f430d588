"""The ledger as bytes: JSON lines, each with the hash of the line before and a signature, so that none can be changed,
dropped, swapped or cut off unnoticed.

A line is `{"entry": …, "number": …, "previous": …, "signature": …}`, written in one way. The signature covers the line
without itself. Lines that were cut off at the end leave a ledger that is whole: that is found by a length, or a hash,
that was noted elsewhere.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from pipelines.errors import LedgerError
from pipelines.protected.entries import ENTRY, Begun, Entry, Publication
from pipelines.signing import canonical_line, is_signed

NOTHING = "0" * 64


@dataclass(frozen=True)
class Ledger:
    """A ledger that was found whole.

    Attributes:
        begun: its first entry.
        entries: those after it.
        head: the hash of its last line.
        signature: that of its last line.
    """

    begun: Begun
    entries: tuple[Entry, ...]
    head: str
    signature: str

    @property
    def cutoff(self) -> str:
        """The cut-off of the last publication; empty before the first."""
        return next((each.cutoff for each in reversed(self.entries) if isinstance(each, Publication)), "")


def appended(content: bytes, entries: Sequence[Entry], key: Ed25519PrivateKey) -> bytes:
    """A ledger's bytes with further entries."""
    lines = content.splitlines(keepends=True)
    for entry in entries:
        body = {"number": len(lines) + 1, "previous": _hash(lines[-1]) if lines else NOTHING,
                "entry": entry.model_dump(mode="json")}  # fmt: skip
        lines.append(canonical_line(body | {"signature": key.sign(canonical_line(body)).hex()}))
    return b"".join(lines)


def verified(content: bytes, public_key: str | None = None, length: int | None = None) -> Ledger:
    """Read a ledger, every line of it.

    Args:
        public_key: the key that is known to sign it; without it, the one that the ledger itself names.
        length: how many bytes it is known to have at least.

    Raises:
        LedgerError: a line is not the one that was signed in its place, with its number; or lines are missing.
    """
    entries: list[Entry] = []
    previous, signs = NOTHING, (public_key or "").strip().lower()
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        entry = _entry(line, number, previous, signs)
        if entry is None or isinstance(entry, Begun) != (number == 1):
            raise LedgerError("ledger.broken", line=number)
        signs = signs or (entry.public_key if isinstance(entry, Begun) else "")
        entries.append(entry)
        previous = _hash(line)
    if length is not None and len(content) < length:
        raise LedgerError("ledger.cut_off", line=len(lines) + 1)
    if not entries or not isinstance(begun := entries[0], Begun):
        raise LedgerError("ledger.empty")
    return Ledger(begun, tuple(entries[1:]), previous, json.loads(lines[-1])["signature"])


def _entry(line: bytes, number: int, previous: str, signs: str) -> Entry | None:
    """The entry of a line; none where the line is not what was signed in this place."""
    try:
        body = json.loads(line)
        if canonical_line(body) != line:
            return None
        signature = body.pop("signature")
        if body["number"] != number or body["previous"] != previous:
            return None
        entry = ENTRY.validate_python(body["entry"])
        signs = signs or (entry.public_key if isinstance(entry, Begun) else "")
        return entry if is_signed(signs, signature, canonical_line(body)) else None
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return None


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()

"""What makes the lines of the journal tell of a change: each is sealed with a key, over itself and the line before.

A line that was edited, dropped, swapped or put in has no right seal. That the end was cut off shows by the head, the
last seal, which is kept beside the key and not beside the journal. Who holds the key can write another journal: it
belongs to nobody who administers the store.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Why = Literal["changed", "missing", "cut"]
START = "0" * 64
"""What the first line follows."""


@dataclass(frozen=True)
class Line:
    """A line of the journal.

    Attributes:
        seq: its number, from 1 without a gap.
        at: when, in UTC, as ISO 8601.
        said: the event, as JSON.
        seal: HMAC-SHA-256 over the seal before, number, time and event.
    """

    seq: int
    at: str
    said: str
    seal: str

    @property
    def fields(self) -> Mapping[str, Any]:
        """The event."""
        found: dict[str, Any] = json.loads(self.said)
        return found


@dataclass(frozen=True)
class Head:
    """Number and seal of the last line; 0 before the first."""

    seq: int = 0
    seal: str = START


@dataclass(frozen=True)
class Fault:
    """The first line that is not what was written, and why."""

    seq: int
    why: Why


def written(said: Mapping[str, Any]) -> str:
    """An event as it stands in its line."""
    return json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def seal(key: bytes, before: str, seq: int, at: str, said: str) -> str:
    """The seal of a line."""
    content = json.dumps([before, seq, at, said], separators=(",", ":"))
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def follow(key: bytes, head: Head, at: str, said: Mapping[str, Any]) -> Line:
    """The next line."""
    text = written(said)
    return Line(head.seq + 1, at, text, seal(key, head.seal, head.seq + 1, at, text))


def verify(key: bytes, lines: Iterable[Line], head: Head) -> Fault | None:
    """The first line that is not what was written; none if all are.

    Lines whose time was over are missing at the beginning, and a later line says up to which, and with which seal.

    Args:
        head: the last line that is known to have been written; lines after it are sound if they follow.
    """
    known = list(lines)
    if not known:
        return Fault(head.seq, "cut") if head.seq else None
    anchors = _anchors(known)
    if known[0].seq - 1 not in anchors:
        return Fault(1, "missing")
    seq, before = known[0].seq - 1, anchors[known[0].seq - 1]
    reached = head.seq <= seq
    for line in known:
        seq += 1
        if line.seq != seq:
            return Fault(seq, "missing")
        if not hmac.compare_digest(line.seal, seal(key, before, seq, line.at, line.said)):
            return Fault(seq, "changed")
        if seq == head.seq:
            if line.seal != head.seal:
                return Fault(seq, "changed")
            reached = True
        before = line.seal
    return None if reached else Fault(seq + 1, "cut")


def _anchors(known: Iterable[Line]) -> dict[int, str]:
    """Number of a line that was removed when its time was over → its seal; that these are true, their own seals say."""
    found = {0: START}
    for line in known:
        if '"retention"' in line.said:
            fields = line.fields
            if fields.get("kind") == "retention":
                found[fields["upto"]] = fields["anchor"]
    return found

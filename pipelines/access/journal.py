"""The journal of access: written before the thing is done, verified, shortened when its time is over, and counted."""

import datetime as dt
import hashlib
import hmac
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipelines.access import chain, keys
from pipelines.access.books import Book, book
from pipelines.access.chain import Fault, Head, Line
from pipelines.access.errors import AccessError
from pipelines.access.events import LOCAL, Actor, Event

FILE = "access.sqlite"
PIECE = 1 << 20


@dataclass(frozen=True)
class AccessJournal:
    """The journal of a store.

    Attributes:
        key_path: the key; its head lies beside it.
    """

    book: Book
    key_path: Path
    store: Path

    def write(self, event: Event) -> Line:
        """Write an event down; it is durable when this returns, and only then may the thing be done.

        Raises:
            AccessError: it cannot be written; then the thing must not be done.
        """
        key = keys.read(self.key_path, self.store)
        self._look_back()
        line = self.book.append(
            lambda last: chain.follow(key, last, _now().isoformat(timespec="seconds"), event.said())
        )
        keys.move_head(self.key_path, Head(line.seq, line.seal))
        return line

    def _look_back(self) -> None:
        """What was written last must still be there: otherwise new lines would hide that the end was cut off."""
        head = keys.head(self.key_path)
        if head.seq == 0 or self._holds(head):
            return
        head = keys.head(self.key_path)  # someone may have shortened the journal meanwhile
        if not self._holds(head):
            raise AccessError("access.journal_changed", seq=head.seq)

    def _holds(self, head: Head) -> bool:
        line = self.book.line(head.seq)
        return line is not None and line.seal == head.seal

    def ready(self) -> None:
        """Look whether an event could be written down now.

        Raises:
            AccessError: it could not.
        """
        keys.read(self.key_path, self.store)
        self._look_back()
        self.book.ready()

    def lines(self, since: str = "") -> list[Line]:
        """The lines written since a time, the oldest first; all without one."""
        return self.book.lines(since)

    def verify(self) -> Fault | None:
        """The first line that is not what was written; none if all are.

        Raises:
            AccessError: journal, key or head cannot be read.
        """
        # The head is read first: what others add meanwhile follows it.
        head = keys.head(self.key_path)
        return chain.verify(keys.read(self.key_path, self.store), self.lines(), head)

    def shorten(self, keep_days: int, actor: Actor) -> int:
        """Remove the lines that are older, once a line says so; returns how many.

        Raises:
            AccessError: the journal is not what was written; then nothing is removed.
        """
        if fault := self.verify():
            raise AccessError("access.journal_changed", seq=fault.seq)
        limit = (_now() - dt.timedelta(days=keep_days)).isoformat(timespec="seconds")
        known = self.lines()
        old = [line for line in known if line.at < limit]
        if not old:
            return 0
        last = old[-1]
        self.write(Event(kind="retention", actor=actor, upto=last.seq, anchor=last.seal))
        self.book.forget(last.seq)
        return len(old)

    def resume(self, then: Head, actor: Actor) -> int:
        """Go on from a journal that was restored, with a line that says so; returns how many lines are lost.

        Args:
            then: the last line that was surely there when it was backed up.

        Raises:
            AccessError: it is not the journal that was backed up, or it cannot be written.
        """
        key, known, last = keys.read(self.key_path, self.store), self.lines(), keys.head(self.key_path)
        if fault := chain.verify(key, known, then):
            raise AccessError("access.journal_changed", seq=fault.seq)
        end = Head(known[-1].seq, known[-1].seal) if known else Head()
        lost = max(last.seq - end.seq, 0)
        if lost:
            keys.move_head(self.key_path, end, back=True)
        self.write(Event(kind="restore", actor=actor, upto=last.seq if lost else None))
        return lost

    def fingerprint(self, purpose: str, content: bytes) -> str:
        """A keyed fingerprint, which says nothing to who has no key."""
        return self.stream_fingerprint(purpose, io.BytesIO(content))

    def stream_fingerprint(self, purpose: str, stream: IO[bytes]) -> str:
        """The same of what a stream holds."""
        key = keys.read(self.key_path, self.store)
        found = hmac.new(hmac.digest(key, purpose.encode(), "sha256"), digestmod=hashlib.sha256)
        while piece := stream.read(PIECE):
            found.update(piece)
        return found.hexdigest()


def at(place: str, key_path: Path, store: Path) -> AccessJournal:
    """The journal at a place."""
    return AccessJournal(book(place), key_path, store)


def operator() -> Actor:
    """Who works on the machine itself."""
    return Actor(issuer=LOCAL, subject=f"uid-{os.getuid()}")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)

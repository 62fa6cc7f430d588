"""The store's journal: what was done to releases beside importing, and who must not come back.

SQLite, `journal.sqlite`: table `journal` is only ever added to, and never names a patient; table `erased` holds a keyed
fingerprint (HMAC-SHA-256) for each identifier of an erased patient. The key lies beside it, for the owner's eyes only.
"""

import contextlib
import datetime as dt
import functools
import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import StoreError

FILE, KEY, KEY_BYTES = "journal.sqlite", "erased.key", 32
SCHEMA = """
create table if not exists journal (
    id integer primary key, at text not null, action text not null, release_before text, release_after text,
    n_rows integer);
create trigger if not exists journal_is_not_changed before update on journal
    begin select raise(abort, 'the journal is only added to'); end;
create trigger if not exists journal_is_not_shortened before delete on journal
    begin select raise(abort, 'the journal is only added to'); end;
create table if not exists erased (fingerprint text primary key);
"""


@dataclass(frozen=True)
class Entry:
    """One line of the journal."""

    action: str
    release_before: str | None
    release_after: str | None
    n_rows: int | None


class Journal:
    """The journal of the store in a folder; the file is made when something is first written."""

    def __init__(self, folder: Path) -> None:
        self._file, self._key = folder / FILE, folder / KEY

    def add(self, entries: Iterable[Entry]) -> None:
        """Write down what is being done; an erasure that is finished after a crash is written once."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        done = {(each.release_before, each.release_after) for each in self.entries() if each.action == "erase"}
        rows = [(at, each.action, each.release_before, each.release_after, each.n_rows) for each in entries
                if each.action != "erase" or (each.release_before, each.release_after) not in done]  # fmt: skip
        with self._writing() as connection:
            connection.executemany(
                "insert into journal (at, action, release_before, release_after, n_rows) values (?, ?, ?, ?, ?)", rows
            )

    def entries(self) -> list[Entry]:
        """Everything that was written down, the oldest first."""
        rows = self._rows("select action, release_before, release_after, n_rows from journal order by id")
        return [Entry(str(row[0]), row[1], row[2], row[3]) for row in rows]

    def today(self, name: str) -> str:
        """The name under which a release is kept today: erasing a patient gives a release a new one."""
        renamed = {each.release_before: each.release_after for each in self.entries() if each.action == "erase"}
        seen = {name}
        while (following := renamed.get(name)) and following not in seen:
            seen.add(name := following)
        return name

    def erase(self, identifiers: Iterable[tuple[str, str]]) -> None:
        """Keep the fingerprints of an erased patient's identifiers, given as (column, value)."""
        self.erased()
        key = self._secret(make=True)
        rows = [(_fingerprint(key, column, value),) for column, value in identifiers]
        with self._writing() as connection:
            connection.executemany("insert or ignore into erased values (?)", rows)

    def erased(self) -> "Erased":
        """Who must not come back."""
        prints = frozenset(str(row[0]) for row in self._rows("select fingerprint from erased"))
        return Erased(prints, self._secret() if prints else b"")

    def fingerprints(self, column: str, values: Iterable[str]) -> list[str]:
        """The fingerprints of identifiers, by which this store, and no other, can recognise them."""
        wanted = sorted(set(values))
        key = self._secret(make=True) if wanted else b""
        return sorted(_fingerprint(key, column, value) for value in wanted)

    def fingerprint(self, is_new: bool) -> Callable[[str, str], str]:
        """What gives the fingerprint of an identifier, given as column and value.

        Args:
            is_new: whether no fingerprint was kept yet that has to be recognised.

        Raises:
            StoreError: the key of those that were kept is lost.
        """
        return functools.partial(_fingerprint, self._secret(make=is_new))

    def recognised(self, column: str, values: Iterable[str], fingerprints: Iterable[str]) -> list[str]:
        """Those of the identifiers that have one of the fingerprints; none once the key is lost."""
        known = frozenset(fingerprints)
        if not known or not self._key.is_file():
            return []
        key = self._secret()
        return [value for value in values if _fingerprint(key, column, value) in known]

    def check(self) -> None:
        """Look whether the journal is there and sound.

        Raises:
            StoreError: it is damaged, or lost after an erasure.
        """
        with _in_words(self._file):
            if self._rows("pragma quick_check") not in ([], [("ok",)]):
                raise sqlite3.DatabaseError
        self.erased()

    def _secret(self, make: bool = False) -> bytes:
        if self._key.is_file() and len(key := self._key.read_bytes()) == KEY_BYTES:
            return key
        if self._key.exists() or not make or self._rows("select 1 from erased limit 1"):
            raise StoreError("store.key_lost", file=KEY)
        with self._writing():
            pass  # the tables come before the key, so that a key without them tells of a lost journal
        temporary = self._key.with_suffix(".tmp")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self._key)
        return self._key.read_bytes()

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The answer of the journal; nothing where nothing was ever written.

        Raises:
            StoreError: it cannot be read, or there is none although the key says that patients were erased.
        """
        if self._file.exists():
            with _in_words(self._file), contextlib.closing(sqlite3.connect(self._file)) as connection:
                tables = connection.execute("select count(*) from sqlite_master where type = 'table'").fetchone()
                if tables == (2,):
                    return connection.execute(statement).fetchall()
        if self._key.exists():
            raise StoreError("store.journal_lost", file=FILE, secret=KEY)
        return []

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _in_words(self._file), contextlib.closing(sqlite3.connect(self._file)) as connection:
            connection.execute("pragma synchronous = full")
            connection.executescript(f"begin; {SCHEMA} commit;")
            with connection:
                yield connection


@dataclass(frozen=True)
class Erased:
    """The fingerprints of erased patients."""

    fingerprints: frozenset[str]
    key: bytes

    def __bool__(self) -> bool:
        return bool(self.fingerprints)

    def holds(self, column: str, value: str) -> bool:
        """Whether an identifier belongs to an erased patient."""
        return _fingerprint(self.key, column, value) in self.fingerprints


def _fingerprint(key: bytes, column: str, value: str) -> str:
    return hmac.new(key, f"{column}:{value}".encode(), hashlib.sha256).hexdigest()


@contextlib.contextmanager
def _in_words(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error:
        raise StoreError("store.journal", file=file.name) from None

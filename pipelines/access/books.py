"""Where the lines of the journal stand: in SQLite beside the store, or in a PostgreSQL database.

Both write one line at a time, whoever writes, durable when the call returns; both refuse to change or remove a line,
but for those that a line of retention has released.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from pipelines.access.chain import Head, Line
from pipelines.access.errors import AccessError

Next = Callable[[Head], Line]
PATIENCE = 15
"""Seconds to wait for others who write."""

COLUMNS = "seq, at, said, seal"
LAST = "select seq, seal from access_journal order by seq desc limit 1"
RELEASED = (
    '(select coalesce(max(cast({said} as integer)), 0) from access_journal where said like \'%"kind":"retention"%\')'
)


class Book(Protocol):
    """What keeps lines."""

    def append(self, following: Next) -> Line:
        """Write the line that follows the last one, which nobody else can write in between."""

    def ready(self) -> None:
        """Look whether a line can be written."""

    def line(self, seq: int) -> Line | None:
        """The line of a number, if it is there."""

    def lines(self, since: str = "") -> list[Line]:
        """The lines written since a time, the oldest first."""

    def forget(self, upto: int) -> None:
        """Remove the lines up to a number, which a line of retention has released."""


class SqliteBook:
    """A file for several processes of one machine; made when something is first written."""

    SCHEMA = f"""
    create table if not exists access_journal (
        seq integer primary key, at text not null, said text not null, seal text not null);
    create trigger if not exists access_journal_is_not_changed before update on access_journal
        begin select raise(abort, 'the journal is only added to'); end;
    create trigger if not exists access_journal_is_not_shortened before delete on access_journal
        when old.seq > {RELEASED.format(said="json_extract(said, '$.upto')")}
        begin select raise(abort, 'the journal is only added to'); end;
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def append(self, following: Next) -> Line:
        """Write the line that follows the last one."""
        with self._open(make=True) as connection:
            connection.execute("begin immediate")
            found = connection.execute(LAST).fetchone()
            line = following(Head(*found) if found else Head())
            connection.execute(f"insert into access_journal ({COLUMNS}) values (?, ?, ?, ?)",
                               (line.seq, line.at, line.said, line.seal))  # fmt: skip
            connection.execute("commit")
            return line

    def ready(self) -> None:
        """Look whether a line can be written."""
        with self._open(make=True) as connection:
            connection.execute("begin immediate")
            connection.execute("rollback")

    def line(self, seq: int) -> Line | None:
        """The line of a number."""
        found = self._found(f"select {COLUMNS} from access_journal where seq = ?", (seq,))
        return found[0] if found else None

    def lines(self, since: str = "") -> list[Line]:
        """The lines written since a time."""
        return self._found(f"select {COLUMNS} from access_journal where at >= ? order by seq", (since,))

    def forget(self, upto: int) -> None:
        """Remove the first lines."""
        with self._open() as connection:
            connection.execute("delete from access_journal where seq <= ?", (upto,))

    def _found(self, statement: str, values: tuple[int | str, ...]) -> list[Line]:
        if not self._file.exists():
            return []
        with self._open() as connection:
            made = connection.execute("select 1 from sqlite_master where name = 'access_journal'").fetchone()
            return [Line(*row) for row in connection.execute(statement, values)] if made else []

    @contextlib.contextmanager
    def _open(self, make: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            if make and not self._file.exists():
                self._file.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600))
            with contextlib.closing(sqlite3.connect(self._file, timeout=PATIENCE, isolation_level=None)) as connection:
                connection.execute("pragma synchronous = full")
                if make:
                    connection.execute("pragma journal_mode = wal")
                    connection.executescript(f"begin immediate; {self.SCHEMA} commit;")
                yield connection
        except (sqlite3.Error, OSError):
            raise AccessError("access.journal_fails") from None


class PostgresBook:
    """A table of a PostgreSQL database, for several machines. The address holds no password: peer, or a pass file."""

    LOCK = 0x52545531
    SCHEMA = f"""
    create table if not exists access_journal (
        seq bigint primary key, at text not null, said text not null, seal text not null);
    create or replace function access_journal_is_only_added_to() returns trigger language plpgsql as $$
    begin
        if tg_op = 'DELETE' and old.seq <= {RELEASED.format(said="said::json ->> 'upto'")} then return old; end if;
        raise exception 'the journal is only added to';
    end $$;
    create or replace trigger access_journal_rows before update or delete on access_journal
        for each row execute function access_journal_is_only_added_to();
    create or replace trigger access_journal_whole before truncate on access_journal
        for each statement execute function access_journal_is_only_added_to();
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def append(self, following: Next) -> Line:
        """Write the line that follows the last one."""
        with self._open() as connection:
            connection.execute("select pg_advisory_xact_lock(%s)", (self.LOCK,))
            found = connection.execute(LAST).fetchone()
            line = following(Head(*found) if found else Head())
            connection.execute(f"insert into access_journal ({COLUMNS}) values (%s, %s, %s, %s)",
                               (line.seq, line.at, line.said, line.seal))  # fmt: skip
        return line

    def ready(self) -> None:
        """Look whether the server answers."""
        with self._open():
            pass

    def line(self, seq: int) -> Line | None:
        """The line of a number."""
        with self._open() as connection:
            row = connection.execute(f"select {COLUMNS} from access_journal where seq = %s", (seq,)).fetchone()
            return Line(*row) if row else None

    def lines(self, since: str = "") -> list[Line]:
        """The lines written since a time."""
        with self._open() as connection:
            rows = connection.execute(f"select {COLUMNS} from access_journal where at >= %s order by seq", (since,))
            return [Line(*row) for row in rows]

    def forget(self, upto: int) -> None:
        """Remove the first lines."""
        with self._open() as connection:
            connection.execute("delete from access_journal where seq <= %s", (upto,))

    @contextlib.contextmanager
    def _open(self) -> Iterator[Any]:
        """A connection whose transaction is committed at the end."""
        try:
            import psycopg  # noqa: PLC0415 - an extra, only needed here
        except ModuleNotFoundError:
            raise AccessError("access.no_driver") from None
        try:
            with psycopg.connect(self._address, connect_timeout=PATIENCE) as connection:
                connection.execute("set local synchronous_commit = on")
                connection.execute("select pg_advisory_xact_lock(%s)", (self.LOCK,))
                if connection.execute("select to_regclass('access_journal') is null").fetchone() == (True,):
                    connection.execute(self.SCHEMA)
                yield connection
        except psycopg.Error:
            raise AccessError("access.journal_fails") from None


def book(place: str) -> Book:
    """The book at a place: an address `postgresql://…`, or the path of a file."""
    return PostgresBook(place) if place.startswith(("postgresql://", "postgres://")) else SqliteBook(Path(place))

"""The journal of access is only added to, tells of every change, and has no room for a patient."""

import datetime as dt
import multiprocessing
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.access import events, keys
from pipelines.access.chain import Fault
from pipelines.access.digest import digest, entries
from pipelines.access.errors import AccessError
from pipelines.access.events import Actor, Event, size
from pipelines.access.journal import AccessJournal
from pipelines.cli import main

OFFICER = Actor(issuer="https://idp.example", subject="one", role="mah_officer")
EVENTS = (
    Event(kind="sign_in", actor=OFFICER, session="0" * 32),
    Event(kind="rows", actor=OFFICER, what="new_patients", release="2026-10-31-aaaaaaaaaa", regime="exact"),
    Event(kind="sign_out", actor=OFFICER, session="0" * 32),
)

TRIGGERS = ("access_journal_is_not_changed", "access_journal_is_not_shortened")
EDITED = "update access_journal set said = replace(said, 'mah_officer', 'analyst') where seq = 4"
ATTACKS = {
    "an event edited": ([EDITED], Fault(4, "changed")),
    "a time edited": (["update access_journal set at = '2020-01-01T00:00:00' where seq = 2"], Fault(2, "changed")),
    "a line dropped": (["delete from access_journal where seq = 3"], Fault(3, "missing")),
    "a line dropped and the rest numbered anew": (
        ["delete from access_journal where seq = 3", "update access_journal set seq = seq - 1 where seq > 3"],
        Fault(3, "changed"),
    ),
    "the first line dropped": (["delete from access_journal where seq = 1"], Fault(1, "missing")),
    "two lines swapped": (
        ["update access_journal set seq = 100 where seq = 2", "update access_journal set seq = 2 where seq = 3",
         "update access_journal set seq = 3 where seq = 100"],
        Fault(2, "changed"),
    ),
    "a line repeated": (
        ["insert into access_journal select 7, at, said, seal from access_journal where seq = 6"], Fault(7, "changed"),
    ),
    "the end cut off": (["delete from access_journal where seq > 4"], Fault(5, "cut")),
    "everything removed": (["delete from access_journal"], Fault(6, "cut")),
}  # fmt: skip


@pytest.fixture
def filled(make_journal: Callable[[], AccessJournal]) -> AccessJournal:
    found = make_journal()
    for event in EVENTS * 2:
        found.write(event)
    return found


def attack(journal: AccessJournal, statements: list[str]) -> None:
    """What someone does who may write the store's files, but has no key."""
    connection = sqlite3.connect(journal.store / "access.sqlite")
    for each in TRIGGERS:
        connection.execute(f"drop trigger if exists {each}")
    for each in statements:
        connection.execute(each)
    connection.commit()
    connection.close()


def test_what_was_written_is_read_and_sound(filled: AccessJournal) -> None:
    assert filled.verify() is None
    assert [line.fields["kind"] for line in filled.lines()] == [each.kind for each in EVENTS * 2]
    assert [line.seq for line in filled.lines()] == [1, 2, 3, 4, 5, 6]
    assert stat.S_IMODE((filled.store / "access.sqlite").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ATTACKS)
def test_each_change_is_found_at_its_line(filled: AccessJournal, name: str) -> None:
    statements, fault = ATTACKS[name]
    attack(filled, statements)
    assert filled.verify() == fault


def test_a_fork_is_found_where_it_begins(filled: AccessJournal, tmp_path: Path) -> None:
    """The journal as it was after four lines goes on another way, with the key but not with the head."""
    attack(filled, ["delete from access_journal where seq > 4"])
    head = (tmp_path / "settings" / "journal.head").read_text(encoding="ascii")
    (tmp_path / "settings" / "journal.head").unlink()
    for event in EVENTS:
        filled.write(event)
    (tmp_path / "settings" / "journal.head").write_text(head, encoding="ascii")
    assert filled.verify() == Fault(6, "changed")


def test_new_lines_never_hide_that_the_end_was_cut_off(filled: AccessJournal) -> None:
    attack(filled, ["delete from access_journal where seq > 4"])
    with pytest.raises(AccessError, match=r"access\.journal_changed"):
        filled.write(EVENTS[0])
    assert filled.verify() == Fault(5, "cut")


def test_lines_of_another_key_are_not_sound(filled: AccessJournal, tmp_path: Path) -> None:
    (tmp_path / "settings" / "journal.key").unlink()
    keys.make(tmp_path / "settings" / "journal.key")
    assert filled.verify() == Fault(1, "changed")


@pytest.mark.parametrize("statement", ["update access_journal set at = ''", "delete from access_journal"])
def test_the_file_itself_refuses_changes(filled: AccessJournal, statement: str) -> None:
    connection = sqlite3.connect(filled.store / "access.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()


def test_the_key_is_never_in_the_store_nor_open_nor_weak_nor_replaced(filled: AccessJournal, tmp_path: Path) -> None:
    key = tmp_path / "settings" / "journal.key"
    before = key.read_bytes()
    keys.make(key)
    assert key.read_bytes() == before
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    inside = filled.store / "journal.key"
    keys.make(inside)
    with pytest.raises(AccessError, match=r"access\.key_in_store"):
        keys.read(inside, filled.store)
    key.chmod(0o640)
    with pytest.raises(AccessError, match=r"access\.key_open"):
        filled.write(EVENTS[0])
    key.chmod(0o600)
    for weak in (b"short", b"a" * 64):
        key.write_bytes(weak)
        with pytest.raises(AccessError, match=r"access\.key_weak"):
            filled.verify()
    key.unlink()
    with pytest.raises(AccessError, match=r"access\.key_missing"):
        filled.verify()


def test_a_journal_that_cannot_be_written_says_so(filled: AccessJournal) -> None:
    (filled.store / "access.sqlite").write_bytes(b"no database, whatever its name says" * 99)
    with pytest.raises(AccessError, match=r"access\.journal_fails"):
        filled.write(EVENTS[0])


def _write_many(journal: AccessJournal, n: int) -> None:
    for _ in range(n):
        journal.write(EVENTS[1])


def test_several_processes_write_one_sound_chain(filled: AccessJournal) -> None:
    writers = [multiprocessing.get_context("fork").Process(target=_write_many, args=(filled, 15)) for _ in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(120)
    assert [each.exitcode for each in writers] == [0, 0, 0, 0]
    assert [line.seq for line in filled.lines()] == list(range(1, 67))
    assert filled.verify() is None


def test_old_lines_go_once_a_line_says_so(filled: AccessJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    later = filled.lines()[-1].at
    assert filled.shorten(365, OFFICER) == 0
    monkeypatch.setattr("pipelines.access.journal._now", lambda: days_after(later, 400))
    assert filled.shorten(365, OFFICER) == 6
    filled.write(EVENTS[0])
    lines = filled.lines()
    assert [line.seq for line in lines] == [7, 8]
    assert lines[0].fields["kind"] == "retention"
    assert lines[0].fields["upto"] == 6
    assert filled.verify() is None
    monkeypatch.setattr("pipelines.access.journal._now", lambda: days_after(later, 900))
    assert filled.shorten(365, OFFICER) == 2
    assert filled.verify() is None
    attack(filled, ["delete from access_journal where seq = 9"])
    assert filled.verify() == Fault(9, "cut")


def days_after(at: str, days: int) -> dt.datetime:
    return dt.datetime.fromisoformat(at) + dt.timedelta(days=days)


def test_a_changed_journal_is_not_shortened(filled: AccessJournal) -> None:
    attack(filled, [EDITED])
    with pytest.raises(AccessError, match=r"access\.journal_changed"):
        filled.shorten(365, OFFICER)


def test_postgresql_keeps_the_same_chain(postgres: str, make_journal: Callable[[str], AccessJournal]) -> None:
    import psycopg  # noqa: PLC0415

    journal = make_journal(postgres)
    for event in EVENTS * 2:
        journal.write(event)
    writers = [multiprocessing.get_context("fork").Process(target=_write_many, args=(journal, 10)) for _ in range(3)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(120)
    assert [line.seq for line in journal.lines()] == list(range(1, 37))
    assert journal.verify() is None
    with psycopg.connect(postgres, autocommit=True) as connection:
        for statement in (EDITED, "delete from access_journal", "truncate access_journal"):
            with pytest.raises(psycopg.errors.RaiseException):
                connection.execute(statement)
        connection.execute("alter table access_journal disable trigger all")
        connection.execute(EDITED)
        connection.execute("alter table access_journal enable trigger all")
    assert journal.verify() == Fault(4, "changed")


def test_postgresql_forgets_what_a_line_has_released(postgres: str, make_journal: Callable[[str], AccessJournal],
                                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    import psycopg  # noqa: PLC0415

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("drop table if exists access_journal")
    journal = make_journal(postgres)
    for event in EVENTS:
        journal.write(event)
    at = journal.lines()[-1].at
    monkeypatch.setattr("pipelines.access.journal._now", lambda: days_after(at, 400))
    assert journal.shorten(365, OFFICER) == 3
    assert [line.fields["kind"] for line in journal.lines()] == ["retention"]
    assert journal.verify() is None


def test_a_server_that_is_not_there_is_said_in_words(make_journal: Callable[[str], AccessJournal], tmp_path: Path
                                                     ) -> None:  # fmt: skip
    with pytest.raises(AccessError, match=r"access\.(journal_fails|no_driver)"):
        make_journal(f"postgresql:///none?host={tmp_path}").write(EVENTS[0])


PSEUDONYMS = st.from_regex(r"(pat|P|V)[-_]?[0-9a-z]{3,9}", fullmatch=True)
FIELDS = ("kind", "what", "release", "regime", "purpose", "size", "reason", "content", "session")


@settings(deadline=None, derandomize=True)
@given(PSEUDONYMS, st.sampled_from(FIELDS))
def test_no_field_has_room_for_a_pseudonym(pseudonym: str, field: str) -> None:
    with pytest.raises(ValidationError):
        Event.model_validate({"kind": "import", "actor": OFFICER, field: pseudonym})


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**7))
def test_a_number_of_rows_is_a_band_of_a_hundred_or_more(n: int) -> None:
    assert size(n) == ("under_100" if n < 100 else "under_1000" if n < 1000 else "under_10000" if n < 10_000
                       else "from_10000")  # fmt: skip
    for field in ("size", "what", "reason"):
        with pytest.raises(ValidationError):
            Event.model_validate({"kind": "import", "actor": OFFICER, field: n})


def test_an_event_takes_no_field_that_is_not_known_and_no_control_character() -> None:
    with pytest.raises(ValidationError):
        Event.model_validate({"kind": "import", "actor": OFFICER, "note": "P01"})
    with pytest.raises(ValidationError):
        Actor(issuer="https://idp.example", subject="one\ntwo")


def test_a_download_says_what_for_what_and_how_much() -> None:
    with pytest.raises(ValidationError, match="purpose"):
        Event(kind="download", actor=OFFICER, what="new_patients", size="under_100", content="0" * 64, regime="exact")


def test_every_word_of_an_event_is_of_a_closed_list() -> None:
    assert {len(each) for each in (events.KINDS, events.PURPOSES, events.SIZES, events.REASONS)} == {16, 7, 4, 9}


def test_a_file_is_known_again_by_who_has_the_key(filled: AccessJournal) -> None:
    one, other = (filled.fingerprint("download", content) for content in (b"month;n\n", b"month;m\n"))
    assert one == filled.fingerprint("download", b"month;n\n")
    assert len({one, other, filled.fingerprint("session", b"month;n\n")}) == 3


def test_the_digest_counts_by_person_and_kind_and_marks_what_is_unusual(filled: AccessJournal) -> None:
    found = digest(entries(filled.lines()), {"rows": 1, "sign_in": 2}).set_index("kind")
    assert found["n"].to_dict() == {"sign_in": 2, "rows": 2, "sign_out": 2}
    assert found["unusual"].to_dict() == {"sign_in": False, "rows": True, "sign_out": False}
    assert not len(digest(entries([]), {"rows": 1}))


def test_the_commands_verify_show_and_name_the_first_bad_line(filled: AccessJournal, tmp_path: Path) -> None:
    (tmp_path / "settings" / "access.yml").write_text("people: []\n", encoding="utf-8")
    where = ["--store", str(filled.store), "--settings", str(tmp_path / "settings")]
    run = CliRunner()
    sound = run.invoke(main, ["journal", "verify", *where, "--lang", "en"])
    assert sound.exit_code == 0
    assert "6 lines" in sound.output
    shown = run.invoke(main, ["journal", "show", *where, "--format", "csv"])
    assert len(shown.output.splitlines()) == 7
    assert run.invoke(main, ["journal", "shorten", *where]).exit_code == 0
    attack(filled, [EDITED])
    bad = run.invoke(main, ["journal", "verify", *where, "--lang", "fr"])
    assert bad.exit_code == 10
    assert "Première ligne en défaut" in bad.output
    assert ": 4." in bad.output


def test_the_command_makes_a_key_once(tmp_path: Path) -> None:
    for _ in range(2):
        assert CliRunner().invoke(main, ["journal", "key", str(tmp_path / "new")]).exit_code == 0
    assert (tmp_path / "new" / "journal.key").stat().st_uid == os.getuid()

"""The journal is only added to, follows a release through its names, and knows the erased by keyed fingerprints."""

import sqlite3
import stat
from pathlib import Path

import pytest

from pipelines.errors import StoreError
from pipelines.journal import Entry, Journal

FIRST = Entry("erase", "2026-10-31-aaaaaaaaaa", "2026-10-31-bbbbbbbbbb", 3)
SECOND = Entry("erase", "2026-10-31-bbbbbbbbbb", "2026-10-31-cccccccccc", 2)
BACK = Entry("rollback", "2026-10-31-cccccccccc", "2026-09-30-dddddddddd", None)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def test_a_store_without_a_journal_has_no_entry_and_makes_no_file(journal: Journal, tmp_path: Path) -> None:
    assert journal.entries() == []
    assert journal.today("2026-10-31-aaaaaaaaaa") == "2026-10-31-aaaaaaaaaa"
    assert not journal.erased()
    assert list(tmp_path.iterdir()) == []


def test_entries_are_kept_in_their_order_and_cannot_be_changed(journal: Journal, tmp_path: Path) -> None:
    journal.add([FIRST])
    journal.add([SECOND, BACK])
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    for statement in ("update journal set n_rows = 0", "delete from journal"):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    connection.close()
    assert journal.entries() == [FIRST, SECOND, BACK]


def test_an_erasure_finished_after_a_crash_is_written_once_and_a_rollback_each_time(journal: Journal) -> None:
    for _ in range(2):
        journal.add([FIRST])
        journal.add([BACK])
    assert journal.entries() == [FIRST, BACK, BACK]


def test_a_release_is_followed_through_all_its_names(journal: Journal) -> None:
    journal.add([FIRST, BACK, SECOND])
    assert journal.today("2026-10-31-aaaaaaaaaa") == "2026-10-31-cccccccccc"
    assert journal.today("2026-09-30-dddddddddd") == "2026-09-30-dddddddddd"


def test_the_erased_are_known_by_fingerprints_that_differ_from_store_to_store(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / name) for name in ("one", "other")]
    for journal, name in zip(journals, ("one", "other"), strict=True):
        (tmp_path / name).mkdir()
        journal.erase([("patient_id", "pat-gone")])
    one, other = (journal.erased() for journal in journals)
    assert one.holds("patient_id", "pat-gone")
    assert not one.holds("patient_id", "pat-stays")
    assert not one.holds("episode_id", "pat-gone")
    assert one.fingerprints.isdisjoint(other.fingerprints)
    assert b"pat-gone" not in (tmp_path / "one" / "journal.sqlite").read_bytes()
    assert stat.S_IMODE((tmp_path / "one" / "erased.key").stat().st_mode) == 0o600


def test_a_lost_key_is_never_replaced_by_another(journal: Journal, tmp_path: Path) -> None:
    journal.erase([("patient_id", "pat-gone")])
    (tmp_path / "erased.key").unlink()
    for ask in (journal.erased, lambda: journal.erase([("patient_id", "pat-other")])):
        with pytest.raises(StoreError, match=r"store\.key_lost"):
            ask()


def test_a_journal_that_cannot_be_read_is_refused_in_words(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a database, whatever its name says" * 9)
    with pytest.raises(StoreError, match=r"store\.journal"):
        journal.entries()


def test_fingerprints_do_not_hide_a_journal_that_was_lost(journal: Journal, tmp_path: Path) -> None:
    journal.erase([("patient_id", "P1")])
    (tmp_path / "journal.sqlite").unlink()
    journal.fingerprints("patient_id", ["P2"])
    with pytest.raises(StoreError, match=r"store\.journal_lost"):
        journal.erased()


def test_a_key_made_for_other_fingerprints_is_not_taken_for_a_lost_journal(journal: Journal, tmp_path: Path) -> None:
    prints = journal.fingerprints("patient_id", ["pat-objects"])
    assert journal.entries() == []
    assert not journal.erased()
    assert journal.recognised("patient_id", ["pat-objects", "pat-other"], prints) == ["pat-objects"]
    (tmp_path / "journal.sqlite").unlink()
    with pytest.raises(StoreError, match=r"store\.journal_lost"):
        journal.entries()

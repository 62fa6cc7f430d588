"""The table of roles, the list of people, and for how long a sign-in holds."""

import datetime as dt
import os
from pathlib import Path

import pytest

from pipelines.access.errors import AccessError
from pipelines.access.roles import ACTIONS, FIGURES, PAGES, ROLES
from pipelines.access.sessions import Sessions
from pipelines.access.settings import Access, Session, Settings, asked

MATRIX = """
    page          | mah_officer | mah_affairs | ansm_reviewer | analyst   | dpo  | admin
    figures       | exact       | exact       | exact         | protected |      |
    monthly_return | exact      | exact       | exact         |           |      |
    import_export | exact       |             |               |           |      |
    methods       | open        | open        | open          | open      | open | open
    journal       |             |             |               |           | open |
"""
MAY = """
    action             | mah_officer | mah_affairs | ansm_reviewer | analyst | dpo | admin
    rows               | yes         | yes         | yes           |         |     |
    download_exact     | yes         | yes         | yes           |         |     |
    download_protected | yes         | yes         | yes           | yes     |     |
    import             | yes         |             |               |         |     |
    publish            | yes         |             |               |         |     |
    sign_return        | yes         |             |               |         |     |
"""
ISSUER = "https://idp.example"


def drawn(table: str) -> dict[str, dict[str, str]]:
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in table.strip().splitlines())
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_each_page_as_drawn(role: str, page: str) -> None:
    assert (ROLES[role].regime(page) or "") == drawn(MATRIX)["figures" if page in FIGURES else page][role]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_as_drawn(role: str, action: str) -> None:
    assert ROLES[role].may(action) == (drawn(MAY)[action][role] == "yes")


@pytest.mark.parametrize("role", ROLES)
def test_a_page_that_does_not_stand_in_the_table_is_refused(role: str) -> None:
    assert ROLES[role].regime("new_page") is None


def test_who_sees_no_exact_figure_takes_none_away_and_sees_no_row() -> None:
    for role in ROLES.values():
        if "exact" not in role.pages.values():
            assert not role.may("rows")
            assert not role.may("download_exact")


def listed(folder: Path, text: str) -> Settings:
    temporary = folder / "access.tmp"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(folder / "access.yml")
    return asked(folder)


def test_only_who_is_listed_has_a_role_and_only_until_their_last_day(tmp_path: Path) -> None:
    known = listed(tmp_path, f"people: [{{issuer: {ISSUER}, subject: a, role: analyst, until: 2026-10-31}}]")
    access = known.access
    assert access.role(ISSUER, "a", dt.date(2026, 10, 31)) == ROLES["analyst"]
    assert access.role(ISSUER, "a", dt.date(2026, 11, 1)) is None
    assert access.role("https://other.example", "a", dt.date(2026, 10, 1)) is None
    assert access.role(ISSUER, "b", dt.date(2026, 10, 1)) is None


def test_the_list_is_read_anew(tmp_path: Path) -> None:
    known = listed(tmp_path, f"people: [{{issuer: {ISSUER}, subject: a, role: dpo}}]")
    assert known.access.role(ISSUER, "a")
    listed(tmp_path, "people: []")
    assert known.access.role(ISSUER, "a") is None


UNUSABLE = {
    "people: [": r"access\.list_not_yaml",
    "": r"access\.list_invalid",
    "people: [{issuer: x, subject: a, role: owner}]": r"access\.list_invalid",
    "people: [{issuer: x, subject: a, role: dpo}, {issuer: x, subject: a, role: admin}]": r"access\.list_invalid",
    "people: [{issuer: local, subject: uid-0, role: dpo}]": r"access\.list_invalid",
    "{people: [], adress: https://a.example}": r"access\.list_invalid",
    "{people: [], address: http://a.example}": r"access\.list_invalid",
    "{people: [], session: {hours: 720}}": r"access\.list_invalid",
    "{people: [], journal: {keep_days: 1}}": r"access\.list_invalid",
    "{people: [], journal: {database: 'postgresql://user:" + "secret@host/base'}}": r"access\.list_invalid",
}


@pytest.mark.parametrize("text", UNUSABLE)
def test_a_list_that_cannot_be_used_gives_nobody_a_role(tmp_path: Path, text: str) -> None:
    with pytest.raises(AccessError, match=UNUSABLE[text]) as refused:
        _ = listed(tmp_path, text).access
    assert "secret" not in str(refused.value)


def test_a_list_that_others_may_write_or_that_is_missing_gives_nobody_a_role(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match=r"access\.list_missing"):
        _ = asked(tmp_path).access
    listed(tmp_path, "people: []")
    (tmp_path / "access.yml").chmod(0o666)
    with pytest.raises(AccessError, match=r"access\.list_open"):
        _ = asked(tmp_path).access


def test_without_settings_nobody_is_listed_and_the_key_lies_beside_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RTU_SETTINGS", raising=False)
    known = asked()
    assert known.access == Access(people=())
    assert known.sign_in is None
    found = known.journal(tmp_path / "store")
    assert not found.key_path.is_relative_to(tmp_path / "store")
    assert found.key_path.stat().st_uid == os.getuid()


HOUR = 3600.0


def test_a_sign_in_ends_by_age_by_idleness_and_by_signing_out(tmp_path: Path) -> None:
    known, limits = Sessions(tmp_path / "sign-ins"), Session()
    assert known.fault("a", 0, limits, 60, active=True) is None
    known.begin("a", 0)
    assert known.fault("a", 0, limits, 29 * 60, active=True) is None
    assert known.fault("a", 0, limits, 58 * 60, active=False) is None
    assert known.fault("a", 0, limits, 60 * 60, active=True) == "idle"
    assert known.fault("a", 0, limits, 61 * 60, active=True) == "idle"
    known.begin("b", 0)
    for minute in range(20, 8 * 60, 20):
        assert known.fault("b", 0, limits, minute * 60, active=True) is None
    assert known.fault("b", 0, limits, 8 * HOUR + 1, active=True) == "too_old"
    known.begin("c", 0)
    known.end("c", 60)
    assert known.fault("c", 0, limits, 60, active=True) == "signed_out"


def test_a_sign_in_that_was_begun_nowhere_is_not_prolonged_and_the_future_is_not_believed(tmp_path: Path) -> None:
    assert Sessions(tmp_path).fault("a", 0, Session(), 2 * HOUR, active=True) == "idle"
    assert Sessions(tmp_path).fault("a", HOUR, Session(), 0, active=True) == "not_verified"


def test_every_process_on_a_store_knows_who_was_active_and_who_signed_out(tmp_path: Path) -> None:
    one, other, limits = Sessions(tmp_path), Sessions(tmp_path), Session()
    one.begin("a", 0)
    assert other.knows("a")
    for minute in range(20, 3 * 60, 20):
        assert (one, other)[minute // 20 % 2].fault("a", 0, limits, minute * 60, active=True) is None
    one.end("a", 3 * HOUR)
    one.end("a", 3 * HOUR)
    assert other.fault("a", 0, limits, 3 * HOUR, active=True) == "signed_out"
    assert not other.knows("a")


def test_what_is_left_of_old_sign_ins_goes_with_the_next_one(tmp_path: Path) -> None:
    known = Sessions(tmp_path)
    known.begin("a", 0)
    known.begin("b", 0)
    known.end("b", HOUR)
    known.begin("c", 20 * HOUR)
    assert known.knows("a")
    known.begin("d", 26 * HOUR)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "d"]


def test_a_folder_of_sign_ins_that_cannot_be_used_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / "sign-ins").write_text("", encoding="utf-8")
    known = Sessions(tmp_path / "sign-ins")
    for attempt in (lambda: known.begin("a", 0), lambda: known.fault("a", 0, Session(), 0, active=True)):
        with pytest.raises(AccessError, match=r"access\.sign_ins_fail"):
            attempt()

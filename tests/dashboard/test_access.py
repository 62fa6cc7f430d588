"""What each role sees on each page, what a demonstration may, and that nothing leaves before its line is written."""

import itertools
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import access
from dashboard.app import NAMES
from dashboard.wording import LANGUAGES, text_in
from pipelines.access import settings
from pipelines.access.errors import AccessError
from pipelines.access.events import KINDS, PURPOSES, REASONS, RETURN_STEPS, SIZES
from pipelines.access.journal import AccessJournal
from pipelines.access.roles import PAGES, ROLES
from pipelines.messages import explain
from pipelines.release import Release
from pipelines.store import Store

Page = Callable[..., AppTest]
SignIn = Callable[..., Path]


def words(app: AppTest) -> str:
    kinds = ("markdown", "caption", "title", "info", "error", "warning", "success", "subheader")
    return "\n".join(str(each.value) for kind in kinds for each in app.get(kind))


def journal(tmp_path: Path, store: Path) -> AccessJournal:
    return settings.asked(tmp_path / "settings").journal(store)


def kinds(tmp_path: Path, store: Path) -> list[str]:
    found = journal(tmp_path, store)
    assert found.verify() is None
    said = [line.fields["kind"] for line in found.lines()]
    assert said[0] == "settings"
    return said[1:]


def test_every_page_stands_in_the_table_of_roles_and_in_the_menu() -> None:
    assert set(NAMES) == set(PAGES)


@pytest.mark.parametrize(("role", "name"), list(itertools.product(ROLES, PAGES)))
def test_each_role_sees_each_page_as_the_table_says(page: Page, stores: dict[str, Path], role: str, name: str) -> None:
    app = page(stores["one patient"], name, role=role)
    assert not app.exception
    said, regime = words(app), ROLES[role].regime(name)
    refused = text_in("fr", "access.no_page", role=text_in("fr", f"role.{role}")) in said
    unpublished = text_in("fr", "protected.no_ledger") in said
    assert refused == (regime is None and name != NAMES[0] and not ROLES[role].is_protected)
    assert unpublished == ROLES[role].is_protected
    if regime != "exact":
        assert text_in("fr", "status.exact") not in said
        assert not app.get("dataframe")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_not_listed_sees_nothing_but_why(page: Page, stores: dict[str, Path], language: str, tmp_path: Path
                                                ) -> None:  # fmt: skip
    app = page(stores["data"], "overview", language, role="")
    assert [each.value for each in app.title] == [text_in(language, "access.refused_title")]
    assert [each.value for each in app.error] == [text_in(language, "access.refused.unknown")]
    assert not any(app.get(each) for each in ("table", "dataframe", "metric", "selectbox"))
    assert kinds(tmp_path, stores["data"]) == ["refusal"]


def test_a_role_that_is_taken_away_is_gone_at_the_next_run(page: Page, stores: dict[str, Path], tmp_path: Path) -> None:
    app = page(stores["data"])
    folder = tmp_path / "settings"
    (folder / "access.tmp").write_text("people: []", encoding="utf-8")
    (folder / "access.tmp").replace(folder / "access.yml")
    app.run()
    assert text_in("fr", "access.refused.role_removed") in words(app)
    assert not app.get("metric")


def test_a_list_that_cannot_be_read_shuts_everyone_out(page: Page, stores: dict[str, Path], tmp_path: Path) -> None:
    app = page(stores["data"])
    (tmp_path / "settings" / "access.yml").write_text("people: [", encoding="utf-8")
    app.run()
    assert text_in("fr", "access.refused.list_unusable") in words(app)


def test_a_sign_in_that_is_too_old_does_not_hold(
    page: Page, stores: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page(stores["data"])
    held = dict(access.claims())
    monkeypatch.setattr("dashboard.access.claims", lambda: held | {"iat": held["iat"] - 9 * 3600})
    app.run()
    assert text_in("fr", "access.refused.too_old") in words(app)


def test_a_demonstration_shows_synthetic_data_as_any_role_and_no_other(
    page: Page, stores: dict[str, Path], public_store: Path
) -> None:
    app = page(stores["one patient"], role="demonstration")
    app.selectbox(key=f"{access.ROLE}-fr").set_value("analyst").run()
    assert text_in("fr", "protected.no_ledger") in words(app)
    real = page(public_store, role="demonstration")
    assert text_in("fr", "access.stopped.real_data") in words(real)
    assert not real.get("metric")


def test_rows_are_written_down_once_before_they_are_shown(page: Page, stores: dict[str, Path], tmp_path: Path) -> None:
    app = page(stores["data"], "adverse_events")
    app.run()
    lines = [line.fields for line in journal(tmp_path, stores["data"]).lines() if line.fields["kind"] == "rows"]
    assert [each["what"] for each in lines].count("serious_effects") == 1
    assert lines[0]["actor"]["role"] == "mah_officer"


def test_another_selection_of_rows_is_another_line_that_does_not_say_which(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.access.journal.FILE", str(tmp_path / "access.sqlite"))
    for selection in ("C1 2022-08", "C1 2022-08", "C2 2022-08", ""):
        access.rows_seen("new_patients", release, selection)
    said = [line for line in journal(tmp_path, release.folder).lines() if line.fields["kind"] == "rows"]
    assert len({line.fields["selection"] for line in said}) == len(said) == 3
    assert not [line for line in said if "C1" in line.said or '2022-08"' in line.said]


def test_a_changed_list_of_roles_has_its_line_before_it_counts(page: Page, stores: dict[str, Path], tmp_path: Path
                                                               ) -> None:  # fmt: skip
    app = page(stores["one patient"])
    listed = tmp_path / "settings" / "access.yml"
    listed.write_text(listed.read_text(encoding="utf-8").replace("mah_officer", "ansm_reviewer"), encoding="utf-8")
    app.run()
    app.run()
    lines = [line.fields for line in journal(tmp_path, stores["one patient"]).lines()]
    said = [each for each in lines if each["kind"] == "settings"]
    assert [each["actor"]["subject"] for each in said] == ["machine", "machine"]
    assert said[0]["content"] != said[1]["content"]
    assert "someone" not in str(said)


def test_rows_are_not_shown_when_that_cannot_be_written_down(
    page: Page, stores: dict[str, Path], tmp_path: Path
) -> None:
    app = page(stores["data"])
    (tmp_path / "access.sqlite").write_bytes(b"no database, whatever its name says" * 99)
    app.switch_page("views/adverse_events.py").run()
    assert not app.get("dataframe")
    assert text_in("fr", "access.stopped.journal_fails") in words(app)


@pytest.fixture
def release(stores: dict[str, Path], signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Release:
    signed_in("mah_officer")
    monkeypatch.setenv("RTU_STORE", str(stores["data"]))
    monkeypatch.setattr("sys.argv", ["app.py"])
    found = Store(stores["data"]).current()
    assert found
    return found


def test_a_file_is_given_once_its_line_is_written(release: Release, tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("pipelines.access.journal.FILE", str(tmp_path / "access.sqlite"))
    make = access.delivered("new_patients", "safety", 12, release, lambda: b"month;n\n2022-05;1\n")
    assert kinds(tmp_path, release.folder.parent.parent) == ["sign_in"]
    assert make() == b"month;n\n2022-05;1\n"
    said = journal(tmp_path, release.folder.parent.parent).lines()[-1].fields
    assert (said["kind"], said["what"], said["purpose"], said["size"]) == (
        "download", "new_patients", "safety", "under_100")  # fmt: skip
    (tmp_path / "access.sqlite").unlink()
    with pytest.raises(AccessError, match=r"access\.journal_changed"):
        make()


def test_a_file_is_not_given_to_who_lost_the_role_since_the_page_was_drawn(
    release: Release, signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.access.journal.FILE", str(tmp_path / "access.sqlite"))
    make = access.delivered("new_patients", "safety", 12, release, lambda: b"")
    held = access.claims()
    signed_in("dpo")
    monkeypatch.setattr("dashboard.access.claims", lambda: held)
    with pytest.raises(AccessError, match=r"access\.no_action") as refusal:
        make()
    assert refusal.value.__notes__ == [explain(AccessError("access.no_action"), "fr")]
    assert "download" not in kinds(tmp_path, release.folder.parent.parent)


def test_a_file_of_the_ledger_is_written_down_as_protected_and_given_to_who_may(
    release: Release, signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.access.journal.FILE", str(tmp_path / "access.sqlite"))
    signed_in("dpo")
    with pytest.raises(AccessError, match=r"access\.no_action"):
        access.delivered("new_patients", "study", 12, None, lambda: b"")()
    shutil.rmtree(tmp_path / "settings")
    (tmp_path / "access.sqlite").unlink(missing_ok=True)
    signed_in("analyst", "another")
    assert access.delivered("new_patients", "study", 12, None, lambda: b"n\n12\n")() == b"n\n12\n"
    said = journal(tmp_path, release.folder.parent.parent).lines()[-1].fields
    assert (said["kind"], said["regime"], said.get("release")) == ("download", "protected", None)
    with pytest.raises(AccessError, match=r"access\.no_action"):
        access.delivered("new_patients", "study", 12, release, lambda: b"")()


def test_a_demonstration_is_no_purpose_for_real_data(release: Release) -> None:
    assert access.purposes(release) == PURPOSES
    release.__dict__["record"] = release.record | {"synthetic": False}
    assert "demonstration" not in access.purposes(release)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_journal_page_says_whether_it_is_sound_and_who_did_what(
    page: Page, stores: dict[str, Path], language: str, tmp_path: Path
) -> None:
    app = page(stores["data"], "journal", language)
    assert not app.exception
    assert text_in(language, "journal.digest") in words(app)
    tables = [each.value.to_csv() for each in app.table]
    assert any(text_in(language, "journal.kind.sign_in") in each for each in tables)
    connection = sqlite3.connect(tmp_path / "access.sqlite")
    connection.execute("drop trigger access_journal_is_not_changed")
    connection.execute("update access_journal set said = replace(said, 'dpo', 'admin') where seq = 2")
    connection.commit()
    connection.close()
    app.run()
    assert text_in(language, "journal.changed", seq="2") in words(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_journal_is_there_in_both_languages(language: str) -> None:
    for family, names in (("role", ROLES), ("purpose", PURPOSES), ("size", SIZES), ("journal.kind", KINDS),
                          ("journal.step", RETURN_STEPS),
                          ("access.refused", (*REASONS, access.NOT_JOURNALLED)), ("page", PAGES)):  # fmt: skip
        for name in names:
            assert text_in(language, f"{family}.{name}")

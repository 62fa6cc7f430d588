"""`rtu return` and `rtu verify`: the whole way from the lock to a verified pack, and what they end with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines import packed
from pipelines.cli import main
from pipelines.messages import LANGUAGES, say
from pipelines.returns import packs
from pipelines.store import Store

Run = Callable[..., Result]
SIGN = ("--name", "A. Martin", "--role", "Pharmacien responsable")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def run(october: Store, copied: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: Any) -> Run:
    """A command, on 5 December, on a store with two months declared."""
    monkeypatch.setattr("pipelines.returns.clock.now", lambda: at(2026, 12, 5))
    store = copied(october.folder, tmp_path / "store")
    return lambda *arguments: call("return", *arguments, "--store", store.folder)


def test_a_new_version_goes_all_the_way_and_is_verified(run: Run, tmp_path: Path) -> None:
    language = "en"
    lang = ("--lang", language)
    assert call("key", tmp_path / "key.pem").exit_code == 0
    late = run("lock", "2026-09", *lang)
    assert late.exit_code == 7
    release = Store(tmp_path / "store").releases()[-1].name
    assert run("lock", "2026-09", "--release", release, "--reason", "Fiche tardive", *lang).exit_code == 0
    status = run("status", "2026-09", *lang).stdout
    assert [line[2:5] for line in status.splitlines()[1:7]] == ["[x]", "[x]", "[x]", "[x]", "[ ]", "[ ]"]
    found = run("check", "2026-09", *lang).stdout
    assert found.count(say("return.severity.warn", language)) == 1
    assert say("return.severity.block", language) not in found
    cells = {(row["period"], row["indication_code"]): row
             for row in json.loads(run("reconcile", "2026-09", "--format", "json").stdout)}  # fmt: skip
    assert (cells["2026-09", None]["declared"], cells["2026-09", None]["recounted"]) == (2, 3)
    assert (cells["2026-09", "APHTOSE"]["late_form"], cells["2026-09", "APHTOSE"]["residual"]) == (1, 0)
    explained = run("explain", "2026-09", "--rows", *lang).stdout
    assert "p-late" in explained
    assert "p-late" not in run("explain", "2026-09", *lang).stdout
    noted = ("--month", "2026-09", "--indication", "APHTOSE", "--note", "Centre relancé")
    assert run("explain", "2026-09", *noted, *lang).exit_code == 0
    assert "Centre relancé" in run("explain", "2026-09", *lang).stdout
    assert run("archive", "2026-09", "--key", tmp_path / "key.pem", *lang).exit_code == 7
    assert run("sign", "2026-09", *SIGN, *lang).exit_code == 0
    assert run("archive", "2026-09", "--key", tmp_path / "key.pem", *lang).exit_code == 0
    assert len(json.loads(run("history", "--format", "json").stdout)) == 3 * 5
    moved = json.loads(run("compare", "2026-09-v1", "2026-09-v2", "--format", "json").stdout)
    assert {row["indication_code"]: row["difference"] for row in moved if row["difference"]} == {"APHTOSE": 1, None: 1}
    reopened = run("reopen", "2026-09-v2", "--out", tmp_path / "out.zip", *lang)
    assert say("return.same_again", language, release=release) in reopened.stdout
    verified = call("verify", tmp_path / "out.zip", "--key", tmp_path / "key.pem.pub", *lang)
    assert verified.exit_code == 0
    assert say("pack.key_known", language) in verified.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_file_is_named_by_verify(october: Store, tmp_path: Path, language: str) -> None:
    files = dict(packs.pack(october, "2026-10-v1").contents)
    files["2026-10-v1.fr.pdf"] = files["2026-10-v1.fr.pdf"].replace(b"/Page", b"/Pagf", 1)
    (tmp_path / "pack.zip").write_bytes(packed.zipped(files))
    answer = call("verify", tmp_path / "pack.zip", "--lang", language)
    assert answer.exit_code == 12
    assert say("pack.changed", language, file="2026-10-v1.fr.pdf") in answer.stderr


def test_a_return_that_cannot_be_made_again_says_what_has_changed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.returns.packing.version", lambda _: "0")
    monkeypatch.setattr("pipelines.returns.documents.typeset.PIXELS", 1)
    assert run("reopen", "2026-10-v1").exit_code == 0
    monkeypatch.setattr("pipelines.returns.documents.tables.WIDE", 20)
    answer = run("reopen", "2026-10-v1", "--lang", "en")
    assert answer.exit_code == 7
    assert "2026-10-v1.fr.xlsx" in answer.stderr
    assert "xlsxwriter" in answer.stderr
    assert "2026-10-v1.fr.pdf" not in answer.stderr


def test_a_month_is_given_up_and_what_cannot_be_begun_is_refused(run: Run, tmp_path: Path) -> None:
    assert run("status", "2026-11").exit_code == 7
    assert "--release" in run("lock", "2026-11").stderr
    assert run("lock", "2026-12").exit_code == 7
    assert run("lock", "no-month").exit_code == 7
    release = Store(tmp_path / "store").releases()[-1].name
    assert run("lock", "2026-10", "--release", release, "--reason", "Relecture").exit_code == 0
    assert run("discard", "2026-10").exit_code == 0
    assert run("status", "2026-10").exit_code == 7


def test_an_empty_store_has_an_empty_history(tmp_path: Path) -> None:
    answer = call("return", "history", "--store", tmp_path / "nothing")
    assert answer.exit_code == 0
    assert answer.stdout.strip() == say("return.history.none", "fr")

"""`rtu extract`: a sealed file whose line is in the journal first, or no file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.access import settings
from pipelines.access.errors import AccessError
from pipelines.access.journal import AccessJournal
from pipelines.cli import main
from pipelines.extracts.catalogue import catalogue
from pipelines.messages import LANGUAGES, say
from pipelines.store import Store

PURPOSE = ("--purpose", "safety")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def store(imported: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("RTU_SIGNING_KEY", raising=False)
    store = Store(tmp_path / "store")
    imported(store=store, initiations="patient_id\np-one\np-two")
    return store


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_extract_is_written_journalled_and_verified(
    store: Store, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(catalogue()) <= set(call("extract", "--store", store.folder).stdout.split())
    assert call("key", tmp_path / "key.pem").exit_code == 0
    monkeypatch.setenv("RTU_SIGNING_KEY", str(tmp_path / "key.pem"))
    lang = ("--lang", language)
    done = call("extract", "new_patients", *PURPOSE, "--store", store.folder, "--out", tmp_path, *lang)
    assert done.exit_code == 0, done.stderr
    stem = {"fr": "patients-nouvellement-traites", "en": "newly-treated-patients"}[language]
    file = tmp_path / f"thalidomide_{stem}_2026-10-31_exact.zip"
    assert file.stat().st_mode & 0o777 == 0o600
    last = settings.asked().journal(store.folder).lines()[-1].fields
    assert (last["kind"], last["what"], last["purpose"], last["regime"]) == ("download", "new_patients", "safety",
                                                                            "exact")  # fmt: skip
    with file.open("rb") as stream:
        assert last["content"] == settings.asked().journal(store.folder).stream_fingerprint("download", stream)
    verified = call("verify", file, "--key", tmp_path / "key.pem.pub", *lang)
    assert verified.exit_code == 0
    assert say("pack.key_known", language) in verified.stdout
    again = call("extract", "new_patients", *PURPOSE, "--store", store.folder, "--out", tmp_path, *lang)
    assert again.exit_code == 13
    content = bytearray(file.read_bytes())
    content[60] ^= 1
    file.write_bytes(content)
    assert call("verify", file, *lang).exit_code == 12


def test_no_journal_no_file(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise AccessError("access.journal_fails")

    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setattr(AccessJournal, "write", fails)
    refused = call("extract", "episodes", *PURPOSE, "--store", store.folder, "--out", out)
    assert refused.exit_code == 10
    assert list(out.iterdir()) == []


def test_what_cannot_be_taken_is_refused_in_words(store: Store, tmp_path: Path) -> None:
    where = ("--store", store.folder, "--out", tmp_path)
    assert call("extract", "episodes", *where).exit_code == 13
    assert call("extract", "nothing", *PURPOSE, *where).exit_code == 13
    assert call("extract", "episodes", "--table", "visits", *PURPOSE, *where).exit_code == 13
    assert call("extract", "--table", "nothing", *PURPOSE, *where).exit_code == 13
    assert call("extract", "--table", "patients", "--column", "nothing", *PURPOSE, *where).exit_code == 13
    assert call("extract", "ledger_months", *PURPOSE, *where).exit_code == 13
    assert call("extract", "episodes", "--purpose", "demonstration", *where).exit_code == 13
    assert call("extract", "episodes", "--where", "centre_id=C1", *PURPOSE, *where).exit_code == 13


def test_an_unsigned_extract_says_so(store: Store, tmp_path: Path) -> None:
    done = call("extract", "--table", "patients", "--column", "sex", *PURPOSE, "--form", "csv", "--store", store.folder,
                "--out", tmp_path, "--lang", "en")  # fmt: skip
    assert say("extract.not_signed", "en") in done.stdout
    file = next(tmp_path.glob("*.zip"))
    verified = call("verify", file, "--lang", "en")
    assert verified.exit_code == 0
    assert say("pack.not_signed", "en", name=file.name) in verified.stdout

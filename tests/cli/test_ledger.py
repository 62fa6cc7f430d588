"""`rtu ledger`, and the commands that put a release in service: what they say and what they end with."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.signing import VARIABLE, make_key

Run = Callable[..., Result]


def starts(n: int, month: str, first: int = 0) -> list[dict[str, str]]:
    return [{"patient_id": f"p{first + k}", "treatment_start_date": f"{month}-10"} for k in range(n)]


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, export: Callable[..., Path]) -> Path:
    """A folder with a store of two releases, its key, and the ledger that followed both."""
    place = tmp_path_factory.mktemp("kept")
    make_key(place / "key")
    rows = starts(12, "2024-01")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, str(place / "key"))
        for cutoff, more in (("2024-01-31", []), ("2024-02-29", starts(13, "2024-02", 50))):
            folder = export(initiations=[*rows, *more], manifest={"cutoff_date": cutoff})
            answer = call("import", folder, "--programme", "thalidomide", "--store", place / "store", "--lang", "en")
            assert "Protected ledger: 1 entry(ies) added" in answer.stdout
    return place


@pytest.fixture
def ledger(kept: Path, tmp_path: Path) -> Path:
    """A copy of the ledger."""
    return Path(shutil.copy(kept / "store" / "ledger" / "thalidomide.jsonl", tmp_path / "copy.jsonl"))


def test_without_a_key_an_import_says_that_the_ledger_does_not_follow(
    tmp_path: Path, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    store = ("--store", tmp_path / "store", "--lang", "en")
    answer = call("import", export(), "--programme", "thalidomide", *store)

    assert answer.exit_code == 0
    assert "nothing is added to it" in answer.stderr
    assert call("ledger", "publish", *store).exit_code == 8
    assert not (tmp_path / "store" / "ledger").exists()


def test_going_back_leaves_the_ledger_as_it_is(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = shutil.copytree(kept, tmp_path / "kept") / "store"
    before = (store / "ledger" / "thalidomide.jsonl").read_bytes()
    monkeypatch.setenv(VARIABLE, str(kept / "key"))

    assert "is in it already" in call("rollback", "--store", store, "--lang", "en").stdout
    assert (store / "ledger" / "thalidomide.jsonl").read_bytes() == before


def test_show_lists_what_was_published(kept: Path) -> None:
    lines = call("ledger", "show", "--store", kept / "store", "--lang", "en").stdout.splitlines()

    assert lines == [
        "Publication, cut-off 2024-01-31",
        "APHTOSE, block 1: 12 new patients who entered from 2015-05 to 2024-01",
        "Publication, cut-off 2024-02-29",
        "APHTOSE, block 2: 13 new patients who entered from 2024-02 to 2024-02",
    ]


def test_verify_says_that_a_ledger_is_whole_and_whose(kept: Path, ledger: Path) -> None:
    public = (kept / "key.pub").read_text().strip()
    for where in (["--store", kept / "store"], [ledger, "--public-key", kept / "key.pub"]):
        answer = call("ledger", "verify", *where, "--lang", "en")
        assert answer.exit_code == 0
        assert "5 lines" in answer.stdout
        assert public in answer.stdout


@pytest.mark.parametrize(("change", "line"), [
    (lambda lines: [*lines[:2], lines[2].replace(b'"n":12', b'"n":13'), *lines[3:]], 3),
    (lambda lines: [*lines[:1], *lines[2:]], 2),
    (lambda lines: [*lines[:3], lines[4], lines[3]], 4),
])  # fmt: skip
def test_verify_names_the_first_line_that_is_wrong(change: Callable[[list[bytes]], list[bytes]], line: int,
                                                   ledger: Path) -> None:  # fmt: skip
    ledger.write_bytes(b"".join(change(ledger.read_bytes().splitlines(keepends=True))))
    answer = call("ledger", "verify", ledger, "--lang", "en")

    assert answer.exit_code == 9
    assert f"Line {line}:" in answer.stderr


def test_verify_finds_missing_lines_by_a_length(ledger: Path) -> None:
    content = ledger.read_bytes()
    ledger.write_bytes(b"".join(content.splitlines(keepends=True)[:4]))

    assert call("ledger", "verify", ledger).exit_code == 0
    answer = call("ledger", "verify", ledger, "--length", len(content), "--lang", "en")
    assert answer.exit_code == 9
    assert "Line 5: missing" in answer.stderr


def test_verify_of_a_store_knows_its_length(kept: Path, tmp_path: Path) -> None:
    store = shutil.copytree(kept / "store", tmp_path / "store")
    path = store / "ledger" / "thalidomide.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:4]))

    assert call("ledger", "verify", "--store", store).exit_code == 9


def test_audit_says_what_it_did(ledger: Path) -> None:
    answer = call("ledger", "audit", ledger, "--lang", "en", "--questions", 3, "--seed", "mine")

    assert answer.exit_code == 0
    assert re.search(r"Audit passed: \d+ question\(s\) of \d+ \(seed mine\)", answer.stdout)
    assert "threshold of 11" in answer.stdout


def test_audit_with_a_number_published_elsewhere_can_fail(ledger: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yml"
    facts.write_text("- {indication: APHTOSE, first_month: 2015-05, last_month: 2023-12, n: 5}\n")
    answer = call("ledger", "audit", ledger, "--facts", facts, "--questions", 0, "--lang", "en")

    assert answer.exit_code == 9
    assert "months 2024-01 2024-01: 7 to 7" in answer.stdout


def test_a_number_published_elsewhere_is_kept_and_stops_the_publication_that_would_tell_a_small_one(
    kept: Path, tmp_path: Path, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(kept, tmp_path / "kept")
    monkeypatch.setenv(VARIABLE, str(copy / "key"))
    store, facts = copy / "store", tmp_path / "facts.yml"
    facts.write_text("- {indication: APHTOSE, first_month: 2024-03, last_month: 2024-03, n: 5}\n")
    ledger = (store / "ledger" / "thalidomide.jsonl").read_bytes()
    rows = [*starts(12, "2024-01"), *starts(13, "2024-02", 50), *starts(5, "2024-03", 80), *starts(7, "2024-04", 90)]

    answer = call("ledger", "known", facts, "--store", store, "--lang", "en")
    assert answer.stdout == "1 number(s) published elsewhere kept; every publication reckons with them.\n"
    folder = export(initiations=rows, manifest={"cutoff_date": "2024-04-30"})
    answer = call("import", folder, "--programme", "thalidomide", "--store", store, "--lang", "en")
    assert answer.exit_code == 9
    assert "months 2024-04 2024-04" in answer.stderr
    assert (store / "ledger" / "thalidomide.jsonl").read_bytes() == ledger
    assert call("ledger", "audit", "--store", store, "--questions", 0).exit_code == 0

    facts.write_text("[]\n")
    assert call("ledger", "known", facts, "--store", store).exit_code == 0
    assert call("ledger", "publish", "--store", store).exit_code == 0
    assert len((store / "ledger" / "thalidomide.jsonl").read_bytes()) > len(ledger)


def test_a_list_that_does_not_fit_the_plan_is_not_kept(kept: Path, tmp_path: Path) -> None:
    store, facts = shutil.copytree(kept / "store", tmp_path / "store"), tmp_path / "facts.yml"
    facts.write_text("- {indication: APHTOSE}\n")

    assert call("ledger", "known", facts, "--store", store).exit_code == 9
    assert not list((store / "ledger").glob("*.known.yml"))


@pytest.mark.parametrize("text", ["", "[1]", "- {indication: APHTOSE}", "{", "- {indication: A, first_month: 2024-01, "
                                  "last_month: 2024-01, n: 1, column: sex, code: F}"])  # fmt: skip
def test_a_list_of_numbers_that_cannot_be_read_is_refused(text: str, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "facts.yml").write_text(text)
    answer = call("ledger", "audit", ledger, "--facts", tmp_path / "facts.yml", "--lang", "en")

    assert answer.exit_code == 9
    assert "not a readable list" in answer.stderr


def test_a_key_is_made_once(tmp_path: Path) -> None:
    assert "Key written to key" in call("key", tmp_path / "key", "--lang", "en").stdout
    assert call("key", tmp_path / "key").exit_code == 8


def test_a_file_or_a_store_is_asked_for(ledger: Path, kept: Path) -> None:
    assert call("ledger", "show").exit_code == 2
    assert call("ledger", "show", ledger, "--store", kept / "store").exit_code == 2
    assert call("ledger", "show", "--store", kept / "none").exit_code == 5
    assert call("ledger", "show", "--store", kept / "store", "--programme", "cdisc-pilot").exit_code == 9

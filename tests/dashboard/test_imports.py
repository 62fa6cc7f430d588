"""The import page in each of its states, in both languages: nothing breaks, and what is said is what happened."""

import datetime as dt
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.import_progress import share, steps
from dashboard.formats import day, number, typeset
from dashboard.labels import table_name
from dashboard.wording import LANGUAGES, text_in
from data_schemas.programme import load
from data_schemas.rules import words
from pipelines import background, uploads
from pipelines.background import State
from pipelines.candidates import candidates
from pipelines.importing import prepare_export
from pipelines.messages import explain
from pipelines.store import Store
from pipelines.uploads import Sent

Page = Callable[..., AppTest]
STEPS = (
    '["read", {"n_files": 2, "n_tables": 2, "cutoff": "2022-08-31"}]\n'
    '["file", {"file": "patients.csv", "form": "csv", "n_rows": 1200, "encoding": "cp1252", "separator": ";", '
    '"date_order": "dmy", "decimal": ",", "confidence": {"encoding": "likely"}, '
    '"evidence": {"encoding": {"characters": 3}}, "notes": {}}]\n'
    '["file", {"file": "visits.csv", "form": "csv", "n_rows": 34, "encoding": "utf-8", "separator": ";", '
    '"date_order": "iso", "decimal": ".", "confidence": {}, "evidence": {}, "notes": {}}]\n'
    '["note", {"note": "lines_set_aside", "file": "visits.csv", "n": 1}]\n'
    '["validate", {"table": "patients", "n_rows": 1200}]\n'
)


def said(app: AppTest) -> str:
    """Everything that the page says outside its tables."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def plain(written: str) -> str:
    """Without the signs that keep Markdown from reading it."""
    return written.replace("\\", "")


def cells(app: AppTest) -> str:
    return plain("\n".join(table.value.to_string() for table in app.table))


def begin(store: Store, folder: Path) -> None:
    files = [Sent(path.name, path.stat().st_size, io.BytesIO(path.read_bytes())) for path in folder.iterdir()]
    background.start(store, lambda into: uploads.receive(files, into), "thalidomide")


def rule_text(name: str, language: str) -> str:
    return typeset(words(name).text.in_language(language), language)


def changed(folder: Path, into: Path) -> Path:
    """The export a month later: a patient less, a centre in another region, a code that nobody knows."""
    shutil.copytree(folder, into)
    for name, old, new in [("centres.csv", "C2,CHU,84", "C2,CHU,75"),
                           ("patients.csv", "P02,1975,M,C1", "P02,1975,?,C1"),
                           ("manifest.json", "2022-08-31", "2022-09-30")]:  # fmt: skip
        path = into / name
        before = path.read_text(encoding="utf-8")
        assert old in before
        path.write_text(before.replace(old, new), encoding="utf-8")
    return into


@pytest.fixture
def exported(stores: dict[str, Path]) -> Path:
    return stores["data"].parent / "export"


@pytest.fixture
def store(stores: dict[str, Path], tmp_path: Path) -> Store:
    """A store of its own with one release."""
    shutil.copytree(stores["data"], tmp_path / "store")
    return Store(tmp_path / "store")


@pytest.fixture
def prepared(store: Store, exported: Path, tmp_path: Path) -> Store:
    """The same, with an import that waits for a decision."""
    prepare_export(changed(exported, tmp_path / "next"), load("thalidomide"), store)
    return store


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_opens_on_the_import_with_one_sentence(page: Page, tmp_path: Path, language: str) -> None:
    app = page(tmp_path / "nothing", language=language)
    assert not app.exception
    assert [title.value for title in app.title] == [text_in(language, "start.title")]
    assert text_in(language, "start.how") in said(app)
    assert text_in(language, "import_form.title") in said(app)
    assert app.button("import-start").disabled
    assert app.selectbox[0].value == "thalidomide"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_import_under_way_is_seen_step_by_step_by_any_session(
    page: Page, store: Store, exported: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []

    def hold(_: Store, lock: io.TextIOWrapper) -> None:
        held.append(os.dup(lock.fileno()))

    monkeypatch.setattr(background, "_spawn", hold)
    begin(store, exported)
    (store.folder / "import" / "steps.jsonl").write_text(STEPS, encoding="utf-8")
    app = page(store.folder, "import_export", language)
    os.close(held[0])
    assert not app.exception
    assert text_in(language, "import_progress.title") in said(app)
    rows = number(1234, language)
    assert text_in(language, "import_progress.read_counts", done="2", all="2", rows=rows) in said(app)
    rows = number(1200, language)
    assert text_in(language, "import_progress.validate_counts", done="1", all="2", rows=rows) in said(app)
    assert f"cp1252 ({text_in(language, 'import_files.likely')})" in cells(app)
    assert text_in(language, "import_form.title") not in said(app)

    interrupted = page(store.folder, "import_export", language)
    assert text_in(language, "import_progress.interrupted") in said(interrupted)
    interrupted.button("import-forget").click().run()
    assert text_in(language, "import_progress.interrupted") not in said(interrupted)
    assert text_in(language, "import_form.title") in said(interrupted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_shows_every_problem_as_the_command_says_it_and_no_value(
    page: Page, store: Store, exported: Path, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong"
    shutil.copytree(exported, wrong)
    (wrong / "centres.csv").write_text("centre_id,region_code,nom,zone\nC1,11,Dupontel,x\n", encoding="utf-8")
    (wrong / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    monkeypatch.setattr(background, "_spawn", lambda store, _: background.run(store))
    begin(store, wrong)
    error = background.state(store).error
    assert error is not None
    app = page(store.folder, "import_export", language)
    assert not app.exception
    shown = plain(app.error[0].value)
    lines = [typeset(line.strip(), language) for line in explain(error, language).splitlines()]
    assert len(lines) == 4
    assert all(line in shown for line in lines)
    assert "Dupontel" not in said(app) + cells(app)
    assert candidates(store) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_content_in_service_is_said_to_change_nothing(
    page: Page, store: Store, exported: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_spawn", lambda store, _: background.run(store))
    begin(store, exported)
    app = page(store.folder, "import_export", language)
    assert text_in(language, "import_progress.same", release=store.name_in_service()) in plain(app.success[0].value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_prepared_import_is_reviewed_against_the_release_in_service(
    page: Page, prepared: Store, language: str
) -> None:
    app = page(prepared.folder, "import_export", language)
    assert not app.exception
    assert text_in(language, "import_review.title") in said(app)
    tables, shown = cells(app), said(app)
    cutoff = day(dt.date(2022, 8, 31), language)
    assert text_in(language, "import_review.publish_next", day=cutoff) in shown
    assert text_in(language, "import_review.against", day=cutoff) in shown
    assert "10 → 9 (−1)" in tables
    assert "12 → 11 (−1)" in tables
    assert f"**1** · {rule_text('unknown_code', language)}" in plain(shown)
    changes = next(table.value for table in app.table if text_in(language, "import_review.withdrawn") in table.value)
    counted = {row[0]: tuple(row[1:]) for row in changes.itertuples(index=False)}
    assert counted[table_name("centres", language)] == ("0", "0", "0", "1")
    assert counted[table_name("patients", language)] == ("0", "1", "0", "0")
    loaded = {each["table"]: each["loaded"] for each in candidates(prepared)[0].record["counts"]}
    assert loaded["patients"] == 11


def test_a_table_that_was_not_sent_is_said_so_and_not_compared(
    page: Page, store: Store, exported: Path, tmp_path: Path
) -> None:
    less = changed(exported, tmp_path / "less")
    (less / "visits.csv").unlink()
    prepare_export(less, load("thalidomide"), store)
    app = page(store.folder, "import_export")
    assert text_in("fr", "import_review.not_sent") in cells(app)
    assert text_in("fr", "import_review.not_compared") in said(app)


def test_one_of_an_earlier_cut_off_says_that_it_will_not_come_into_service(
    page: Page, store: Store, exported: Path, tmp_path: Path
) -> None:
    prepare_export(changed(exported, tmp_path / "next"), load("thalidomide"), store, dt.date(2022, 6, 30))
    app = page(store.folder, "import_export")
    assert text_in("fr", "import_review.publish_older", day="31/08/2022") in said(app)
    app.button("import-publish").click().run()
    assert "données arrêtées au 30/06/2022" in plain(app.success[0].value)
    assert len(store.releases()) == 2
    assert store.current().cutoff == dt.date(2022, 8, 31)


@pytest.mark.parametrize("language", LANGUAGES)
def test_published_it_is_what_the_reader_sees(page: Page, prepared: Store, language: str) -> None:
    name = candidates(prepared)[0].name
    app = page(prepared.folder, "import_export", language)
    app.button("import-publish").click().run()
    assert not app.exception
    assert prepared.name_in_service() == name
    cutoff = day(dt.date(2022, 9, 30), language)
    assert text_in(language, "import_review.published", release=name, day=cutoff) in plain(app.success[0].value)
    assert text_in(language, "import_review.title") not in said(app)
    assert app.session_state["release"] == name
    assert text_in(language, "status.newer") not in said(app)
    app.run()
    assert not app.success


def test_discarded_it_is_gone_and_nothing_else_changed(page: Page, prepared: Store) -> None:
    before = prepared.name_in_service()
    app = page(prepared.folder, "import_export")
    app.button("import-discard").click().run()
    assert not app.exception
    assert candidates(prepared) == []
    assert prepared.name_in_service() == before
    assert "supprimée" in app.success[0].value


def test_what_somebody_else_has_decided_meanwhile_is_told_in_words(page: Page, prepared: Store) -> None:
    app = page(prepared.folder, "import_export")
    shutil.rmtree(candidates(prepared)[0].folder)
    app.button("import-publish").click().run()
    assert not app.exception
    assert "Aucun import préparé" in app.error[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_earlier_release_is_put_back_in_service_after_a_confirmation(
    page: Page, prepared: Store, language: str
) -> None:
    before = prepared.name_in_service()
    app = page(prepared.folder, "import_export", language)
    app.button("import-publish").click().run()
    app.button("release-back-confirm").click().run()
    assert not app.exception
    assert prepared.name_in_service() == before == app.session_state["release"]
    cutoff = day(dt.date(2022, 8, 31), language)
    assert text_in(language, "releases.rolled_back", release=before, day=cutoff) in plain(app.success[0].value)
    assert f"● {text_in(language, 'releases.in_service')}" in cells(app)


def test_the_share_that_is_done_grows_with_each_step_and_never_reaches_the_end_before_it() -> None:
    known = [tuple(json.loads(line)) for line in STEPS.splitlines()]
    known += [("validate", {"table": "visits", "n_rows": 34}), ("derive", {}), ("release", {})]
    shares = [share(steps(State("under_way", steps=tuple(known[:n])))) for n in (0, 1, 3, 5, 6, 8)]
    assert shares == sorted(set(shares))
    assert shares[0] == 0
    assert shares[-1] < 1

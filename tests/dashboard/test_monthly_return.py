"""The page of the monthly return: its six steps in order, each with its state, and what was declared before."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import access, returns
from dashboard.formats import month as month_name
from dashboard.wording import LANGUAGES, text_in
from data_schemas.programme import load
from pipelines import packed, sealing, signing
from pipelines.access.errors import AccessError
from pipelines.access.roles import ROLES
from pipelines.access.settings import asked
from pipelines.importing import import_export
from pipelines.returns import clock, packs, steps
from pipelines.returns.drafts import drafts
from pipelines.store import Store

Page = Callable[..., AppTest]
PAGE, AUGUST = "monthly_return", "2022-08"
NAME, ROLE = "A. Martin", "Pharmacien responsable"
BOTH_AT_NIGHT = ["fr", pytest.param("en", marks=pytest.mark.nightly)]
"""What is done on the page does not depend on the language; both are tried at night."""

OFFICER = text_in("fr", "role.mah_officer")


def said(app: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def cells(app: AppTest) -> str:
    return "\n".join(table.value.to_string() for table in app.table).replace("\\", "")


def states(app: AppTest, language: str) -> list[str]:
    """The states of the steps, in their order."""
    known = {text_in(language, f"monthly_return.{each}"): each for each in ("done", "current", "waiting")}
    shown = [str(each.value) for each in app.markdown if "badge[" in str(each.value)]
    return [known[word] for badge in shown for word in known if badge.endswith(f"{word}]")]


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key that the dashboard is started with."""
    signing.make_key(tmp_path / "key.pem")
    monkeypatch.setenv(signing.VARIABLE, str(tmp_path / "key.pem"))
    return tmp_path / "key.pem"


@pytest.fixture
def store(stores: dict[str, Path], tmp_path: Path) -> Store:
    """A store of its own with one release, whose export repeats what was declared of July."""
    return Store(Path(shutil.copytree(stores["data"], tmp_path / "store")))


@pytest.fixture
def ready(store: Store) -> Store:
    """The same, with the return of August ready to be signed."""
    steps.lock(store, AUGUST, at=dt.datetime(2022, 9, 8, 10, tzinfo=clock.PARIS))
    return store


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_to_be_declared_begins_with_the_lock(page: Page, store: Store, language: str) -> None:
    app = page(store.folder, PAGE, language)
    assert not app.exception
    assert app.selectbox("return-month").value == AUGUST
    assert states(app, language) == ["current", *["waiting"] * 5]
    app.button("return-lock-action").click().run()
    assert not app.exception
    assert not app.error
    assert [each.period for each in drafts(store)] == [AUGUST]
    assert states(app, language) == ["done", "done", "done", "done", "current", "waiting"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_stands_in_the_central_table(page: Page, ready: Store, language: str) -> None:
    app = page(ready.folder, PAGE, language)
    figures = steps.progress(ready, AUGUST).statement
    shown = next(each.value for each in app.table if text_in(language, "monthly_return.declared") in each.value)
    rows = [[int(str(value).replace("−", "-")) for value in row[1:]] for row in shown.itertuples(index=False)]
    assert rows == [
        [each.declared, each.undeclared, each.difference, each.new, each.cumulative] for each in figures.balances
    ]
    assert f"**{figures.figure}**" in said(app)
    assert figures.figure == 4
    assert text_in(language, "monthly_return.origin_imported") in cells(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_is_signed_and_sealed_on_the_page(page: Page, ready: Store, key: Path, language: str) -> None:
    app = page(ready.folder, PAGE, language)
    assert app.button("return-archive-action").disabled
    assert text_in(language, "signer.signed_in", name=NAME, role=OFFICER) in said(app)
    assert not [each for each in app.text_input if each.key in {"return-name", "return-role"}]
    app.button("return-sign-action").click().run()
    assert states(app, language) == [*["done"] * 5, "current"]
    assert NAME in said(app)
    app.button("return-archive-action").click().run()
    assert not app.exception
    assert text_in(language, "monthly_return.archived", name="2022-08-v1") in said(app)
    assert text_in(language, "monthly_return.whole") in said(app)
    assert text_in(language, "monthly_return.origin_sealed") in cells(app)
    [pack] = packs.packs(ready)
    assert [(each.name, each.role) for each in pack.signatures] == [(NAME, OFFICER)]
    assert sealing.verify(packed.packed(pack.contents), signing.public_key(Path(f"{key}.pub"))).faults == ()


def test_in_a_demonstration_the_one_who_signs_says_who_they_are(page: Page, ready: Store) -> None:
    app = page(ready.folder, PAGE, role="demonstration")
    assert app.button("return-sign-action").disabled
    app.text_input("return-name").input("B. Petit").run()
    app.text_input("return-role").input(ROLE).run()
    app.button("return-sign-action").click().run()
    assert [(each.name, each.role) for each in drafts(ready)[0].signatures] == [("B. Petit", ROLE)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [name for name, role in ROLES.items()
                                  if role.regime(PAGE) == "exact" and not role.may("sign_return")])  # fmt: skip
def test_who_may_not_sign_reads_and_finds_no_button(page: Page, stores: dict[str, Path], tmp_path: Path, role: str,
                                                    language: str) -> None:  # fmt: skip
    store = Store(Path(shutil.copytree(stores["data"], tmp_path / "store")))
    _declare_wrongly(tmp_path, stores, store)
    steps.lock(store, "2022-09", at=dt.datetime(2022, 10, 8, 10, tzinfo=clock.PARIS))
    app = page(store.folder, PAGE, language, role=role)
    assert not app.exception
    sentence = text_in(language, "monthly_return.read_only", role=text_in(language, "role.mah_officer"))
    assert [each.value for each in app.info].count(sentence) == 1
    assert states(app, language) == ["done", "done", "done", "current", "waiting", "waiting"]
    acting = [each.key for each in (*app.button, *app.text_input, *app.text_area, *app.multiselect)
              if str(each.key).startswith("return-")]  # fmt: skip
    assert acting == []


@pytest.mark.parametrize("step", [
    lambda: returns.lock(AUGUST, "2022-08-31-0000000000", ""), lambda: returns.discard(AUGUST),
    lambda: returns.take_over(AUGUST, "x"), lambda: returns.sign(AUGUST, (NAME, ROLE)),
])  # fmt: skip
def test_a_step_is_refused_where_it_is_done_and_the_refusal_is_written_down(
    ready: Store, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[[str], Path], step: Callable[[], None]
) -> None:
    signed_in("ansm_reviewer")
    monkeypatch.setenv("RTU_STORE", str(ready.folder))
    monkeypatch.setattr("sys.argv", ["app.py"])
    [release] = ready.releases()
    monkeypatch.setattr("dashboard.data.release", lambda: release)
    monkeypatch.setattr("pipelines.store.Store.release", lambda *_: release)
    before = drafts(ready)
    with pytest.raises(AccessError, match=r"access\.no_action"):
        step()
    assert drafts(ready) == before
    assert [line.fields["reason"] for line in access.journal().lines() if line.fields["kind"] == "refusal"] == [
        "action"
    ]


@pytest.mark.usefixtures("key")
def test_each_step_has_its_line_before_it_is_taken(page: Page, ready: Store, tmp_path: Path) -> None:
    app = page(ready.folder, PAGE)
    app.button("return-sign-action").click().run()
    app.button("return-archive-action").click().run()
    journal = asked(tmp_path / "settings").journal(ready.folder)
    said_of = [line.fields for line in journal.lines() if line.fields["kind"] == "return"]
    assert [(each["step"], each["period"], each["actor"]["subject"]) for each in said_of] == [
        ("sign", AUGUST, "someone"), ("archive", AUGUST, "someone")]  # fmt: skip
    assert {each["release"] for each in said_of} == {ready.releases()[0].name}
    assert journal.verify() is None


def test_what_cannot_be_written_down_is_not_signed(page: Page, ready: Store, tmp_path: Path) -> None:
    app = page(ready.folder, PAGE)
    (tmp_path / "access.sqlite").write_bytes(b"no database, whatever its name says" * 99)
    app.button("return-sign-action").click().run()
    assert drafts(ready)[0].signatures == ()


@pytest.mark.parametrize("language", BOTH_AT_NIGHT)
def test_a_sealed_pack_is_taken_for_a_purpose(page: Page, ready: Store, key: Path, language: str) -> None:
    steps.sign(ready, AUGUST, NAME, ROLE)
    steps.archive(ready, AUGUST, signing.load_key(key, ready.folder))
    app = page(ready.folder, PAGE, language)
    app.selectbox(f"take-2022-08-v1-purpose-{language}").select("monthly_review").run()
    assert [each.proto.label for each in app.get("download_button")] == [
        text_in(language, "monthly_return.take"), text_in(language, "monthly_return.pdf_fr")]  # fmt: skip
    assert all(each.proto.deferred_file_id for each in app.get("download_button"))


def test_without_a_key_nothing_is_sealed_and_the_page_says_how(page: Page, ready: Store) -> None:
    steps.sign(ready, AUGUST, NAME, ROLE)
    app = page(ready.folder, PAGE)
    assert text_in("fr", "monthly_return.no_key") in said(app)
    assert app.button("return-archive-action").disabled


def test_a_changed_pack_is_said_on_its_page(page: Page, ready: Store, key: Path) -> None:
    steps.sign(ready, AUGUST, NAME, ROLE)
    pack = steps.archive(ready, AUGUST, signing.load_key(key, ready.folder))
    path = pack.folder / "2022-08-v1.csv"
    path.chmod(0o640)
    path.write_bytes(path.read_bytes() + b"\n")
    app = page(ready.folder, PAGE)
    assert not app.exception
    assert text_in("fr", "monthly_return.broken") in app.error[0].value
    assert "2022-08-v1.csv" in app.error[0].value


@pytest.mark.parametrize("language", BOTH_AT_NIGHT)
def test_a_month_declared_before_asks_for_the_reason_of_its_new_version(
    page: Page, store: Store, language: str
) -> None:
    app = page(store.folder, PAGE, language, month="2022-07")
    assert app.selectbox("return-month").value == "2022-07"
    assert text_in(language, "monthly_return.again", version=2) in said(app)
    app.button("return-lock-action").click().run()
    assert drafts(store) == []
    assert app.error
    app.text_input("return-reason").input("Fiches tardives").run()
    app.button("return-lock-action").click().run()
    assert [(each.period, each.version, each.reason) for each in drafts(store)] == [("2022-07", 2, "Fiches tardives")]


def test_a_difference_that_no_release_explains_forbids_to_sign_until_it_is_taken_over(
    page: Page, stores: dict[str, Path], tmp_path: Path
) -> None:
    store = Store(Path(shutil.copytree(stores["data"], tmp_path / "store")))
    _declare_wrongly(tmp_path, stores, store)
    steps.lock(store, "2022-09", at=dt.datetime(2022, 10, 8, 10, tzinfo=clock.PARIS))
    app = page(store.folder, PAGE)
    assert states(app, "fr") == ["done", "done", "done", "current", "waiting", "waiting"]
    assert text_in("fr", "monthly_return.left.one", n="1") in said(app)
    assert text_in("fr", "monthly_return.no_bridge") in said(app)
    app.text_input("return-take-over").input("Exports non conservés").run()
    app.button("return-take-over-action").click().run()
    assert not app.error
    assert states(app, "fr")[3] == "done"
    assert drafts(store)[0].undocumented == "Exports non conservés"


def _declare_wrongly(folder: Path, stores: dict[str, Path], store: Store) -> None:
    """September's export repeats a figure of June whose release was never here."""
    export = Path(shutil.copytree(stores["data"].parent / "export", folder / "export"))
    path = export / "declarations.csv"
    head, line = path.read_text(encoding="utf-8").splitlines()
    earlier = line.replace("2022-07-31", "2022-06-30").replace("2022-07,", "2022-06,").replace(",3,", ",9,")
    path.write_text("\n".join([head, earlier]) + "\n", encoding="utf-8")
    manifest = export / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("2022-08-31", "2022-09-30"), encoding="utf-8")
    import_export(export, load("thalidomide"), store)


@pytest.mark.parametrize("language", BOTH_AT_NIGHT)
def test_a_note_is_kept_and_one_that_names_a_patient_is_refused(page: Page, stores: dict[str, Path], tmp_path: Path,
                                                                language: str) -> None:  # fmt: skip
    store = Store(Path(shutil.copytree(stores["data"], tmp_path / "store")))
    _declare_wrongly(tmp_path, stores, store)
    steps.lock(store, "2022-09", at=dt.datetime(2022, 10, 8, 10, tzinfo=clock.PARIS))
    app = page(store.folder, PAGE, language)
    app.text_area[0].input("voir P01").run()
    app.button("return-note-action").click().run()
    assert app.error
    assert drafts(store)[0].notes == ()
    app.text_area[0].input("Centre relancé").run()
    app.button("return-note-action").click().run()
    assert [(each.period, each.text) for each in drafts(store)[0].notes] == [("2022-06", "Centre relancé")]


def test_what_is_given_up_leaves_nothing(page: Page, ready: Store) -> None:
    app = page(ready.folder, PAGE)
    app.button("return-discard").click().run()
    assert drafts(ready) == []
    assert text_in("fr", "monthly_return.discarded") in said(app)


@pytest.mark.parametrize("language", BOTH_AT_NIGHT)
def test_two_sealed_returns_are_compared(page: Page, store: Store, key: Path, language: str) -> None:
    release, secret = store.releases()[0].name, signing.load_key(key, store.folder)
    for n, (period, reason) in enumerate([(AUGUST, ""), (AUGUST, "Relecture")]):
        at = dt.datetime(2022, 9, 8 + n, 10, tzinfo=clock.PARIS)
        steps.lock(store, period, release, reason, at)
        steps.sign(store, period, NAME, ROLE, at)
        steps.archive(store, period, secret)
    app = page(store.folder, PAGE, language)
    assert text_in(language, "monthly_return.comparison_same") in said(app)
    assert {"2022-08-v1", "2022-08-v2"} <= set(app.selectbox("return-first").options)
    assert month_name(AUGUST, language) in cells(app)


@pytest.mark.parametrize("language", BOTH_AT_NIGHT)
def test_a_programme_that_asks_for_no_return_says_so(page: Page, public_store: Path, language: str) -> None:
    app = page(public_store, PAGE, language)
    assert not app.exception
    assert [info.value for info in app.info] == [text_in(language, "monthly_return.not_asked")]

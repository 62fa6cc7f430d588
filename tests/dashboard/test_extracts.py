"""The page of extracts: who may take what, written down first, and the same figures as on the screen."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.offer import File
from dashboard.wording import LANGUAGES, text_in
from pipelines import signing
from pipelines.access import settings
from pipelines.access.errors import AccessError
from pipelines.access.journal import AccessJournal
from pipelines.extracts.words import slug
from pipelines.measure import measure
from pipelines.messages import say
from pipelines.opened import Opened
from pipelines.packed import packed
from pipelines.protected.publication import follow
from pipelines.protected.standing import standing
from pipelines.sealing import verify
from pipelines.selection import Selection
from pipelines.store import Store

Page = Callable[..., AppTest]
CIRCLE = ("mah_officer", "mah_affairs", "ansm_reviewer")


def said(app: AppTest) -> str:
    kinds = ("subheader", "markdown", "caption", "info", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Callable[[], bytes], str]]:
    """Key of each button of the page → what makes its file, and the file's name."""
    found: dict[str, tuple[Callable[[], bytes], str]] = {}

    def button(file: File, deliver: Callable[[], bytes], key: str) -> None:
        found[key.removesuffix("-download")] = (deliver, file.name)

    monkeypatch.setattr("dashboard.components.offer._button", button)
    monkeypatch.delenv(signing.VARIABLE, raising=False)
    return found


@pytest.fixture
def with_ledger(stores: dict[str, Path], tmp_path: Path) -> Path:
    folder = tmp_path / "with-ledger"
    shutil.copytree(stores["data"], folder)
    signing.make_key(tmp_path / "key.pem")
    follow(Store(folder), signing.load_key(tmp_path / "key.pem", folder))
    return folder


def opened_zip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_circle_takes_figures_and_rows(
    page: Page, stores: dict[str, Path], opened: Opened, language: str, offered: Any, tmp_path: Path
) -> None:
    app = page(stores["data"], "extracts", language, indications="LUPUS_CUT")
    app.selectbox(key=f"extract-own-purpose-{language}").set_value("safety").run()
    assert not app.exception
    assert text_in(language, "extracts.not_signed") in said(app)
    deliver, name = offered["extract-own"]
    stem = {"fr": "patients-nouvellement-traites", "en": "newly-treated-patients"}[language]
    assert name == f"thalidomide_{stem}_2022-08-31_exact.zip"
    files = opened_zip(deliver())
    assert verify(packed(files)).faults == ()
    frame = pd.read_csv(io.BytesIO(files[name.replace(".zip", ".csv")]), sep=";", encoding="utf-8-sig")
    shown = measure(opened, "new_patients", Selection(indications=("LUPUS_CUT",))).frame
    assert frame["n_patients"].tolist() == shown["n_patients"].tolist()
    assert frame["month"].tolist() == shown["month"].tolist()
    manifest = json.loads(files["manifest.json"])
    assert manifest["filters"] == {"indications": ["LUPUS_CUT"]}
    assert manifest["purpose"] == "safety"
    last = settings.asked(tmp_path / "settings").journal(stores["data"]).lines()[-1].fields
    assert (last["what"], last["purpose"], last["regime"]) == ("new_patients", "safety", "exact")
    app.segmented_control(key=f"extract-kind-{language}").set_value("rows").run()
    assert not app.exception
    rows = opened_zip(offered["extract-rows"][0]())
    assert b"(secret)" in rows["manifest.json"]


def test_the_analyst_takes_parts_of_the_ledger_alone(
    page: Page, with_ledger: Path, offered: Any, tmp_path: Path
) -> None:
    app = page(with_ledger, "extracts", role="analyst")
    assert not app.exception
    parts = app.selectbox(key="extract-standard-fr").options
    assert parts == [say(f"extract.ledger.{part}", "fr") for part in ("months", "categories", "events")]
    app.selectbox(key="extract-standard-purpose-fr").set_value("study").run()
    assert list(offered) == ["extract-standard"]
    deliver, name = offered["extract-standard"]
    assert name == f"thalidomide_{slug(parts[0])}_2022-08-31_protege.zip"
    files = opened_zip(deliver())
    assert verify(packed(files)).faults == ()
    manifest, ledger = json.loads(files["manifest.json"]), standing(Store(with_ledger))
    assert ledger
    assert manifest["ledger"] == ledger.head
    assert "release" not in manifest
    assert all(each.name.encode() not in b"".join(files.values()) for each in Store(with_ledger).releases())
    last = settings.asked(tmp_path / "settings").journal(with_ledger).lines()[-1].fields
    assert (last["what"], last["regime"], last.get("release")) == ("ledger", "protected", None)


@pytest.mark.parametrize("role", CIRCLE)
@pytest.mark.usefixtures("offered")
def test_the_circle_takes_the_ledger_too_and_dates_follow_the_role(page: Page, with_ledger: Path, role: str) -> None:
    app = page(with_ledger, "extracts", role=role)
    assert "Nouveaux patients" in app.selectbox(key="extract-standard-fr").options
    app.segmented_control(key="extract-kind-fr").set_value("rows").run()
    finest = app.selectbox(key=f"extract-dates-rows-fr-{role}").options[0]
    assert finest == text_in("fr", f"extracts.precision.{'month' if role == 'mah_affairs' else 'day'}")


def test_no_journal_no_file(page: Page, stores: dict[str, Path], offered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page(stores["data"], "extracts")

    def fails(*_: object) -> None:
        raise AccessError("access.journal_fails")

    monkeypatch.setattr(AccessJournal, "write", fails)
    with pytest.raises(AccessError):
        offered["extract-own"][0]()


def test_a_role_that_is_taken_away_gets_no_file(page: Page, stores: dict[str, Path], offered: Any, tmp_path: Path
                                                ) -> None:  # fmt: skip
    page(stores["data"], "extracts")
    (tmp_path / "settings" / "access.yml").write_text("people: []\n", encoding="utf-8")
    with pytest.raises(AccessError):
        offered["extract-own"][0]()

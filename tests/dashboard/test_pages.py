"""Every page, in each language, on every kind of release: nothing breaks, and the expected words are there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.wording import LANGUAGES, text_in

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "dashboard" / "views").glob("[a-z]*.py"))
WITHOUT = {"import_export", "data_quality", "methods", "monthly_return", "journal"}
WITH_SELECTION = [name for name in PAGES if name not in WITHOUT]
RELEASES = ("data", "one patient", "not sent", "several")
Page = Callable[..., AppTest]

BOTH_AT_NIGHT = ["fr", pytest.param("en", marks=pytest.mark.nightly)]
"""`test_every_page_opens` is tried in both languages each time."""


def words(app: AppTest) -> str:
    """Everything that a page says outside its tables."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error")
    said = [str(element.value) for kind in kinds for element in getattr(app, kind)]
    tiles = [f"{tile.label} {tile.value} {tile.delta}" for tile in app.metric]
    return "\n".join(said + tiles)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("release", RELEASES)
def test_every_page_opens(page: Page, stores: dict[str, Path], release: str, name: str, language: str) -> None:
    app = page(stores[release], name, language)
    assert not app.exception
    assert not app.error
    assert [title.value for title in app.title] == [text_in(language, f"page.{name}")]
    assert text_in(language, "status.synthetic") in words(app)


@pytest.mark.parametrize("language", BOTH_AT_NIGHT)
@pytest.mark.parametrize("name", WITH_SELECTION)
def test_every_page_opens_on_a_selection_without_patients(
    page: Page, stores: dict[str, Path], name: str, language: str
) -> None:
    app = page(stores["data"], name, language, indications="ENL", sexes="F")
    assert not app.exception
    assert "**0**" in words(app)


@pytest.mark.parametrize("language", BOTH_AT_NIGHT)
@pytest.mark.parametrize("name", WITH_SELECTION)
def test_every_page_opens_outside_the_months_of_the_data(
    page: Page, stores: dict[str, Path], name: str, language: str
) -> None:
    app = page(stores["data"], name, language, from_month="2030-01")
    assert not app.exception
    assert "**0**" in words(app)


@pytest.mark.parametrize("name", PAGES)
def test_the_second_programme_has_the_same_pages(page: Page, public_store: Path, name: str) -> None:
    app = page(public_store, name, "en")
    assert not app.exception
    assert "CDISC pilot study" in words(app)
    assert text_in("en", "status.synthetic") not in words(app)


def test_a_table_that_was_not_sent_is_not_zero(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["not sent"])
    tiles = {tile.label: tile.value for tile in app.metric}
    unknown = ("on_treatment", "pregnancies", "serious")
    assert [tiles[text_in("fr", f"overview.{each}")] for each in unknown] == ["n.\u00a0c."] * len(unknown)
    assert [caption.value for caption in app.caption].count(text_in("fr", "tile.not_sent")) == len(unknown)


def test_no_exposed_pregnancy_is_a_result(page: Page, stores: dict[str, Path]) -> None:
    tiles = {tile.label: tile.value for tile in page(stores["data"]).metric}
    assert tiles[text_in("fr", "overview.pregnancies")] == "0"


def test_a_dimension_that_is_not_collected_is_said(page: Page, public_store: Path) -> None:
    said = words(page(public_store, "uptake", "en"))
    assert text_in("en", "state.not_collected", what="Region of the centre") in said


def test_adverse_events_say_once_that_they_are_not_the_whole_record(page: Page, stores: dict[str, Path]) -> None:
    app = page(stores["data"], "adverse_events")
    sentence = text_in("fr", "adverse_events.not_the_whole_record")
    assert [info.value for info in app.info].count(sentence) == 1


def drop_record(folder: Path) -> None:
    (folder / "release.json").unlink()


def cut_table(folder: Path) -> None:
    table = folder / "core_treated_patients.parquet"
    content = table.read_bytes()
    table.unlink()
    table.write_bytes(content[: len(content) // 2])


def blank_pages(folder: Path) -> None:
    """The foot that says what the file holds stays, so that only a question finds the damage."""
    table = folder / "core_treated_patients.parquet"
    content = table.read_bytes()
    foot = int.from_bytes(content[-8:-4], "little") + 8
    table.unlink()
    table.write_bytes(content[:4] + bytes(len(content) - foot - 4) + content[-foot:])


@pytest.mark.parametrize("harm", [drop_record, cut_table, blank_pages])
@pytest.mark.parametrize("name", ["overview", "uptake"])
def test_a_damaged_release_is_told_in_words_on_the_page(
    page: Page, stores: dict[str, Path], tmp_path: Path, harm: Callable[[Path], None], name: str
) -> None:
    shutil.copytree(stores["data"], tmp_path / "store")
    harm(next((tmp_path / "store" / "releases").iterdir()))
    app = page(tmp_path / "store", name if harm is blank_pages else "overview")
    assert not app.exception
    assert [error.value for error in app.error] == [text_in("fr", "start.broken")]


@pytest.mark.parametrize("language", BOTH_AT_NIGHT)
@pytest.mark.parametrize("name", WITH_SELECTION)
def test_every_page_with_figures_says_that_its_release_is_damaged(
    page: Page, stores: dict[str, Path], tmp_path: Path, name: str, language: str
) -> None:
    shutil.copytree(stores["data"], tmp_path / "store")
    blank_pages(next((tmp_path / "store" / "releases").iterdir()))
    app = page(tmp_path / "store", name, language)
    assert not app.exception
    assert text_in(language, "start.broken") in [error.value for error in app.error]


def test_a_release_that_cannot_be_read_shows_no_technical_text(page: Page, tmp_path: Path) -> None:
    (tmp_path / "store" / "releases").mkdir(parents=True)
    (tmp_path / "store" / "current").write_text("2022-08-31-0123456789\n", encoding="utf-8")
    app = page(tmp_path / "store")
    assert not app.exception
    assert [error.value for error in app.error] == [text_in("fr", "start.broken")]

"""The protected regime: the ledger alone is read, and two stores with one ledger look the same to the last byte."""

import inspect
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from dashboard import access, charts, data, told_tables
from dashboard.components import protected_card
from dashboard.protected_pages import PAGES
from dashboard.told import Figure, Told
from dashboard.wording import LANGUAGES, sentences, text_in
from data_schemas.programme import Programme, load
from pipelines.access.errors import AccessError
from pipelines.access.roles import FIGURES, ROLES
from pipelines.protected.counting import Person, count
from pipelines.protected.entries import Begun, Publication
from pipelines.protected.lines import Ledger, appended
from pipelines.protected.reading import INDICATION, MONTH, answer, sources
from pipelines.protected.remembered import Remembered
from pipelines.protected.standing import standing
from pipelines.selection import Selection
from pipelines.signing import public_half
from pipelines.states import MASKED, sign
from pipelines.store import Store
from tests.pipelines.protected.vaults import KEY

Page = Callable[..., AppTest]
SELECTED: Mapping[str, list[tuple[str, tuple[str, ...]]]] = {
    "fr": [("table", ()), ("download", ("APHTOSE",))],
    "en": [("definition", ("APHTOSE",)), ("download", ("ENL", "LUPUS_CUT"))],
}
"""Language → which view of every card is opened on which indications, beside the charts of everyone."""

VIEWS = Path(protected_card.__file__).parents[1] / "views"
SHOWN = sorted({figure for page in PAGES.values() for figure in page.figures}, key=lambda each: each.name)
WITH_FIGURES = [name for name, page in PAGES.items() if page.figures]


def _people() -> list[Person]:
    """Of the first indication a batch that every variable cuts and some months more; of others a block, or too few."""
    regions = ("11", "28", "24", "76")
    return [
        Person(f"{code}-{k}", code, True, f"2022-0{1 + 8 * k // n}", f"centre {k % 9}",
               {"age_group": ("18-64", "65-plus")[k % 3 == 0], "childbearing_status": ("FSP", "FNSP", "HOMME")[k % 3],
                "region_code": regions[k % 4], "prescriber_specialty": ("DERMATOLOGIE", "MEDECINE_INTERNE")[k % 2],
                "effect_soc": ("NERV", "SKIN")[k % 2], "stop_reason": "REMISSION", "sex": "F"},
               frozenset({"first_effect"} if k % 2 else {"stop"} if k % 4 == 0 else set()))
        for code, n in (("APHTOSE", 240), ("LUPUS_CUT", 30), ("ENL", 5)) for k in range(n)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def content() -> bytes:
    programme = load("thalidomide")
    begun = Begun(programme="thalidomide", public_key=public_half(KEY), plan=programme.disclosure,
                  indications=tuple(each.code for each in programme.indications if each.counted),
                  age_bands=programme.age_bands, first_month="2019-09")  # fmt: skip
    entries, _ = count(begun, Remembered(), _people(), "2022-08")
    return appended(b"", [begun, Publication(cutoff="2022-08-31"), *entries], KEY)


@pytest.fixture(scope="module")
def worlds(content: bytes, stores: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Stores that have nothing in common but the ledger; what is remembered with it has the same length of ledger."""
    found = {}
    for name in ("data", "one patient", "several"):
        folder = tmp_path_factory.mktemp("world") / "store"
        shutil.copytree(stores[name], folder)
        ledger = folder / "ledger"
        ledger.mkdir(exist_ok=True)
        (ledger / "thalidomide.jsonl").write_bytes(content)
        (ledger / f"thalidomide-{len(content)}.exact.json").write_text(json.dumps({"of": name}), encoding="utf-8")
        found[name] = folder
    return found


@pytest.fixture
def no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a release, or the engine, fails."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a release was opened")

    data._opened.cache_clear()
    monkeypatch.setattr("pipelines.opened.Opened.__init__", refuse)
    monkeypatch.setattr("duckdb.connect", refuse)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every file that a page offers, its name first, made at once."""
    made: list[bytes] = []
    deliver = access.delivered

    def record(what: str, purpose: Any, n_rows: int, release: Any, make: Callable[[], bytes]) -> Callable[[], bytes]:
        assert release is None
        made.append(told_in(deliver(what, purpose, n_rows, release, make)()))
        return make

    monkeypatch.setattr("dashboard.access.delivered", record)
    return made


def told_in(file: bytes) -> bytes:
    """What a file says; a pack has a number, a moment, and a recipient whom only the journal's key can name."""
    if not zipfile.is_zipfile(io.BytesIO(file)):
        return file
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if name != "seal.json"}
    manifest = json.loads(held.pop("manifest.json"))
    for name in ("extract", "made_at", "recipient"):
        del manifest[name]
    return repr((held, manifest)).encode()


def seen(app: AppTest) -> list[str]:
    """All that goes to the browser, in its order; addresses under which a file waits are drawn anew each time."""
    assert not app.exception
    return [written for block in app._tree.children.values() for written in _written(block)]


def _written(node: Any) -> Iterator[str]:
    proto = getattr(node, "proto", None)
    if isinstance(proto, Message):
        yield re.sub(r'(deferred_file_id|url): "[^"]*"', "", f"{type(proto).__name__} {proto}")
    for child in getattr(node, "children", {}).values():
        yield from _written(child)


def views(view: str) -> dict[str, object]:
    return {f"protected-{figure.name}-view": view for figure in SHOWN}


@pytest.mark.usefixtures("no_release")
@pytest.mark.parametrize("language", LANGUAGES)
def test_two_stores_with_one_ledger_look_the_same_to_the_last_byte(
    page: Page, worlds: dict[str, Path], language: str, files: list[bytes]
) -> None:
    found = []
    for store in list(worlds.values())[:2]:
        app = page(store, language=language, role="analyst")
        pieces = [seen(app)]
        for name in [*FIGURES, "methods", "monthly_return"]:
            pieces.append(seen(app.switch_page(f"views/{name}.py").run()))
        for view, chosen in SELECTED[language]:
            for key, value in views(view).items():
                app.session_state[key] = value
            for name in WITH_FIGURES:
                app.session_state["selection"] = Selection(indications=chosen)
                pieces.append(seen(app.switch_page(f"views/{name}.py").run()))
        found.append((pieces, [*files], sorted(app.query_params.items())))
        files.clear()
    assert found[0] == found[1]
    assert sum(len(each) for each in found[0][0]) > 500
    assert len(found[0][1]) == sum(len(PAGES[name].figures) for name in WITH_FIGURES) + 1


def test_the_bytes_compared_hold_the_figures_and_their_charts(page: Page, worlds: dict[str, Path]) -> None:
    written = "".join(seen(page(worlds["data"], role="analyst")))
    assert "hovertemplate" in written
    assert "2022-08-31" not in written  # the name of a release begins with it
    assert "31/08/2022" in written


@pytest.mark.usefixtures("no_release")
@pytest.mark.parametrize("world", ["several", "no release"])
def test_what_is_wrong_with_the_releases_is_not_seen(
    page: Page, worlds: dict[str, Path], world: str, tmp_path: Path
) -> None:
    right = seen(page(worlds["data"], role="analyst"))
    if world == "no release":
        shutil.copytree(worlds["data"], tmp_path / "store")
        for table in (tmp_path / "store" / "releases").glob("*/*.parquet"):
            table.write_bytes(b"damaged")
        (tmp_path / "store" / "current").unlink()
    assert seen(page(tmp_path / "store" if world == "no release" else worlds[world], role="analyst")) == right


def test_the_gate_to_the_releases_is_shut_for_who_reads_the_ledger(
    worlds: dict[str, Path], signed_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in("analyst")
    monkeypatch.setenv("RTU_STORE", str(worlds["data"]))
    monkeypatch.setattr("sys.argv", ["app.py"])
    known = {name: each for name, each in vars(data).items()
             if inspect.isfunction(each) and each.__module__ == data.__name__ and not name.startswith("_")}  # fmt: skip
    open_to_all = {"programme", "measure_names", "dimensions", "take_release", "prepare"}
    given: Mapping[str, Any] = {"selection": Selection(), "name": "new_patients", "quantity": "days", "shown": None}
    for name, function in known.items():
        wanted = [each.name for each in inspect.signature(function).parameters.values()
                  if each.default is inspect.Parameter.empty]  # fmt: skip
        if name not in open_to_all:
            if wanted == ["shown"]:
                continue  # what is shown is made by a measure, which is refused
            with pytest.raises(AccessError, match=r"access\.no_figures"):
                function(**{each: given[each] for each in wanted})
    assert len(known) >= 20


def test_a_role_reads_releases_or_the_ledger_never_both() -> None:
    assert [role.name for role in ROLES.values() if role.is_protected] == ["analyst"]
    for role in ROLES.values():
        assert not {"exact", "protected"} <= set(role.pages.values())
        assert not (role.is_protected and role.actions & {"rows", "download_exact", "import", "publish"})


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_what_a_page_shows_in_exact_figures_is_shown_or_named_in_the_protected_regime(name: str) -> None:
    written = (VIEWS / f"{name}.py").read_text(encoding="utf-8")
    exact = set(re.findall(r'data\.(?:measure|estimated|curves|distribution|by_date)\(\s*"(\w+)"', written))
    page = PAGES[name]
    drawn = {each.measure for each in page.figures} | {each.figure.measure for each in page.summaries if each.figure}
    assert exact - {"treated_patients"} <= drawn | set(page.not_held)
    assert not drawn & set(page.not_held)


def test_every_page_of_figures_has_a_protected_side() -> None:
    assert set(PAGES) == set(FIGURES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_without_anything_published_says_it_once(page: Page, worlds: dict[str, Path], language: str) -> None:
    app = page(worlds["data"], "conformity", language, role="analyst")
    assert [each.value for each in app.info] == [text_in(language, "protected.nothing_held")]
    assert not app.get("table")


def test_only_indications_are_selected_whatever_the_address_asks(page: Page, worlds: dict[str, Path]) -> None:
    app = page(worlds["data"], role="analyst", indications=["APHTOSE", "ENL"], from_month="2022-02", sexes="F",
               release="2022-08-31-0000000000")  # fmt: skip
    assert app.session_state["selection"] == Selection(indications=("APHTOSE", "ENL"))
    assert [each.value for each in app.warning][-1] == text_in("fr", "selection.not_offered")
    assert set(app.query_params) == {"indications"}
    assert [each.label for each in app.multiselect] == [sentences("fr")["field.indications"]]
    assert not app.get("date_input")


def test_a_figure_is_the_sum_of_the_lines_that_it_names(content: bytes, worlds: dict[str, Path]) -> None:
    ledger = _ledger(worlds)
    lines = content.decode().splitlines()
    for figure in SHOWN:
        found, named = (
            answer(ledger, Selection(), figure.of, figure.by),
            sources(ledger, Selection(), figure.of, figure.by),
        )
        for number, entry in named:
            assert json.loads(lines[number - 1])["entry"] == entry.model_dump(mode="json")
        if figure.by in (MONTH, INDICATION):
            assert sum(entry.n for _, entry in named) == (found.total or 0)  # type: ignore[union-attr]
        else:
            cut = sum(sum(entry.numbers.values()) for _, entry in named if entry.kind == "cut")
            assert cut == (found.total or 0) - (found.undivided or 0)
    assert len({figure.by for figure in SHOWN}) == 9


def test_small_zero_and_unpublished_have_one_sign(worlds: dict[str, Path], thalidomide: Programme) -> None:
    told = _told(worlds, Figure("new_patients", INDICATION), thalidomide)
    shown = told_tables.readable(told).set_index(told.dimension)[told.what].to_dict()
    assert shown[told.indication("ENL")] == shown[told.indication("CROHN_PED")] == sign(MASKED, "fr")
    assert shown[told.indication("APHTOSE")] == "240"


def test_what_no_category_tells_apart_is_a_row(worlds: dict[str, Path], thalidomide: Programme) -> None:
    told = _told(worlds, Figure("new_patients", "prescriber_specialty"), thalidomide)
    rows = [*told.categories, *told.rest]
    top = sum(each.n or 0 for each in told.categories if each.depth == 0)
    assert [each.label for each in rows[-2:]] == [
        text_in("fr", "protected.undivided"),
        text_in("fr", "protected.everyone"),
    ]
    assert rows[-1].n == top + (rows[-2].n or 0) == told.answer.total
    written = told_tables.csv_of(told).decode("utf-8-sig").splitlines()
    assert len(written) == len(rows) + 1


@pytest.mark.parametrize("figure", SHOWN, ids=lambda each: each.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_draws(worlds: dict[str, Path], thalidomide: Programme, figure: Figure, language: str) -> None:
    told = _told(worlds, figure, thalidomide, language)
    drawn = charts.blocks(told) if figure.by == MONTH else charts.categories(told)
    go.Figure(drawn.figure.to_dict())
    assert told.title in drawn.alt
    assert told.number(told.answer.total) in drawn.alt


def test_the_area_of_a_block_is_its_patients(worlds: dict[str, Path], thalidomide: Programme) -> None:
    told = _told(worlds, Figure("new_patients", MONTH), thalidomide)
    drawn = charts.blocks(told).figure
    first = next(each for each in told.blocks if each.n and each.first[:4] != each.last[:4])
    trace = next(each for each in drawn.data if each["name"] == told.indication(first.indication))
    months = 12 * (int(first.last[:4]) - int(first.first[:4])) + int(first.last[5:]) - int(first.first[5:]) + 1
    assert trace["x"][0] == f"{first.first}-01"
    assert trace["y"][0] * months == pytest.approx(first.n, abs=0.01 * months)


@pytest.mark.usefixtures("no_release")
@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_figure_is_not_shown_is_said_and_the_audit_repeated(
    page: Page, worlds: dict[str, Path], language: str
) -> None:
    app = page(worlds["data"], "overview", language, role="analyst")
    assert any("document=guarantee" in str(each.proto) for each in app.get("page_link"))
    app = page(worlds["data"], "methods", language, role="analyst")
    app.query_params["document"] = ["guarantee"]
    app.run()
    assert not app.exception
    written = "\n".join(str(each.value) for each in app.markdown)
    assert ("Ce que fait l’audit" if language == "fr" else "What the audit does") in [each.value for each in app.header]
    assert "Fréchet" in written
    app.button(key="audit-again").click().run()
    assert len(app.success) == 1


@pytest.mark.usefixtures("no_release")
def test_without_a_ledger_that_is_said_and_nothing_else_shown(page: Page, stores: dict[str, Path]
                                                              ) -> None:  # fmt: skip
    app = page(stores["data"], role="analyst")
    assert [each.value for each in app.info] == [text_in("fr", "protected.no_ledger")]
    assert not app.get("metric")


def test_a_ledger_that_is_not_whole_shows_nothing(page: Page, worlds: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(worlds["data"], tmp_path / "store")
    path = tmp_path / "store" / "ledger" / "thalidomide.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"n":', b'"n":1', 1))
    app = page(tmp_path / "store", role="analyst")
    assert not app.exception
    assert len(app.error) == 1
    assert not app.get("metric")


def _ledger(worlds: dict[str, Path]) -> Ledger:
    found = standing(Store(worlds["data"]))
    assert found
    return found


def _told(worlds: dict[str, Path], figure: Figure, programme: Programme, language: str = "fr") -> Told:
    ledger = _ledger(worlds)
    return Told(figure, answer(ledger, Selection(), figure.of, figure.by),
                sources(ledger, Selection(), figure.of, figure.by), ledger, programme, language)  # fmt: skip

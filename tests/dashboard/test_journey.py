"""A reader in a real browser: open, filter, change language and page, take a file; no request leaves the host."""

import contextlib
import csv
import io
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.wording import counted_in, text_in
from pipelines import packed, sealing, signing
from pipelines.candidates import candidates
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.returns import packs
from pipelines.selection import Selection
from pipelines.states import OBSERVED, label
from pipelines.store import Store
from sample_data.__main__ import main as write

pytestmark = pytest.mark.browser

PAGES = ("uptake", "populations", "adverse_events", "extracts")
WITHOUT_CHART = ("extracts", "import_export", "monthly_return")
WIDTHS = {"desktop": 1400, "phone": 360}
PATIENCE, LONGER = 30_000, 120_000
DAYS = ("2022-07-31", "2022-08-31")
Ready = Callable[..., None]

sync_api = pytest.importorskip("playwright.sync_api")


def picture(page: "sync_api.Page", name: str) -> None:
    """A picture of the whole page, where a folder is named for it."""
    folder = os.environ.get("RTU_SCREENSHOTS")
    if not folder:
        return
    page.wait_for_timeout(1500)
    width = page.viewport_size["width"] if page.viewport_size else WIDTHS["desktop"]
    height = int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")) + 80
    page.set_viewport_size({"width": width, "height": min(height, 6000)})
    page.wait_for_timeout(1000)
    Path(folder).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(folder) / f"{name}.png")
    page.set_viewport_size({"width": width, "height": 900})


def test_a_reader_filters_changes_language_and_takes_a_file(
    browser: "sync_api.Browser", server: str, ready: Ready, opened: Opened, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": WIDTHS["desktop"], "height": 900})
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))

    page.goto(server)
    ready(page, text_in("fr", "page.overview"))
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.get_by_text(text_in("fr", "status.synthetic")).is_visible()

    page.get_by_role("combobox", name="Indication").click()
    page.get_by_role("option", name="Lupus cutané").click()
    page.keyboard.press("Escape")
    page.wait_for_url("**indications=LUPUS_CUT**", timeout=PATIENCE)

    page.get_by_role("button", name="EN", exact=True).or_(page.get_by_role("radio", name="EN")).first.click()
    ready(page, "Overview")
    assert page.evaluate("document.documentElement.lang") == "en"
    for name in PAGES:
        title = text_in("en", f"page.{name}")
        page.get_by_role("link", name=title).click()
        ready(page, title)
        assert "indications=LUPUS_CUT" in page.url
        assert page.get_by_text("Cutaneous lupus").first.is_visible()

    with page.expect_download() as waiting:
        page.get_by_role("button", name=text_in("en", "extracts.download")).last.click()
    name = "thalidomide_newly-treated-patients_2022-08-31_exact"
    assert waiting.value.suggested_filename == f"{name}.zip"
    waiting.value.save_as(tmp_path / "extract.zip")
    assert sealing.verify(packed.found(tmp_path / "extract.zip")).faults == ()
    _, *rows = csv.reader(io.StringIO(packed.contents(tmp_path / "extract.zip")[f"{name}.csv"].decode("utf-8-sig")),
                          delimiter=";")  # fmt: skip
    counted = measure(opened, "new_patients", Selection(indications=("LUPUS_CUT",))).frame
    taken = [(row[0], int(row[-2])) for row in rows if row[-1] == label(OBSERVED, "en")]
    assert taken == list(zip(counted["month"], counted["n_patients"], strict=True))

    outside = [url for url in requested if not url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))]
    assert outside == []


def test_a_filter_is_undone_by_going_back_and_its_link_is_copied(
    browser: "sync_api.Browser", server: str, ready: Ready
) -> None:
    context = browser.new_context(viewport={"width": WIDTHS["desktop"], "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    title = text_in("fr", "page.populations")
    page.goto(f"{server}/populations")
    ready(page, title)
    page.get_by_role("combobox", name="Indication").click()
    page.get_by_role("option", name="Lupus cutané").click()
    page.keyboard.press("Escape")
    page.wait_for_url("**indications=LUPUS_CUT**", timeout=PATIENCE)
    sync_api.expect(page.locator("p", has_text="retenus / 12")).to_have_text("3 patients retenus / 12")
    page.get_by_role("button", name=text_in("fr", "link.copy")).click()
    page.get_by_text(text_in("fr", "link.copied")).wait_for(timeout=PATIENCE)
    link = page.evaluate("navigator.clipboard.readText()")
    for go, kept in ((page.go_back, 12), (page.go_forward, 3)):
        go()
        said = page.locator("p", has_text="retenus / 12")
        sync_api.expect(said).to_have_text(f"{kept} patients retenus / 12", timeout=PATIENCE)
    context.close()

    other = browser.new_page(viewport={"width": WIDTHS["desktop"], "height": 900})
    other.goto(link)
    ready(other, title)
    sync_api.expect(other.locator("p", has_text="retenus / 12")).to_have_text("3 patients retenus / 12")
    sync_api.expect(other.get_by_text(text_in("fr", "status.pinned")).first).to_be_visible(timeout=PATIENCE)
    assert "release=2022-08-31-" in other.url
    other.close()


@pytest.mark.parametrize(
    ("width", "language"), [pytest.param("desktop", "fr", marks=pytest.mark.nightly), ("phone", "en")]
)
def test_pages_fit_the_width_and_draw_their_charts(
    browser: "sync_api.Browser", server: str, ready: Ready, width: str, language: str
) -> None:
    page = browser.new_page(viewport={"width": WIDTHS[width], "height": 900}, color_scheme="light")
    for name in ("overview", *PAGES, "import_export", "monthly_return"):
        address = "" if name == "overview" else name.replace("_", "-")
        page.goto(f"{server}/{address}?lang={language}")
        ready(page, text_in(language, f"page.{name}"))
        if name not in WITHOUT_CHART:
            page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PATIENCE)
        picture(page, f"{name}-{language}-{width}")
        main = "document.querySelector('[data-testid=stMain]')"
        assert page.evaluate(f"{main}.scrollWidth") <= page.evaluate(f"{main}.clientWidth")
    page.close()


@pytest.fixture
def samples(tmp_path: Path) -> tuple[Path, Path]:
    """Two monthly exports as zips: July in order, August with a column that names persons."""
    write(["--out", str(tmp_path), "--patients", "60", "--months", "2022-07,2022-08"])
    named = tmp_path / "2022-08-31" / "patients.csv"
    head, *lines = named.read_text(encoding="utf-8").splitlines()
    named.write_text("\n".join([f"{head},nom", *(f"{line},Dupontel" for line in lines)]), encoding="utf-8")
    (tmp_path / "2022-08-31" / "manifest.json").unlink()
    july, august = (shutil.make_archive(str(tmp_path / day), "zip", tmp_path, day) for day in DAYS)
    return Path(july), Path(august)


def test_an_export_is_dropped_published_and_seen_and_one_with_names_is_refused(
    browser: "sync_api.Browser", serving: Callable[[Path], contextlib.AbstractContextManager[str]], ready: Ready,
    samples: tuple[Path, Path], tmp_path: Path,
) -> None:  # fmt: skip
    store = Store(tmp_path / "store")
    with serving(store.folder) as address:
        page = browser.new_page(viewport={"width": WIDTHS["desktop"], "height": 900})
        page.goto(address)
        ready(page, text_in("fr", "start.title"))
        _drop(page, samples[0])
        page.get_by_role("heading", name=text_in("fr", "import_review.title")).wait_for(timeout=LONGER)
        picture(page, "import-candidate")
        assert store.current() is None
        page.get_by_role("button", name=text_in("fr", "import_review.publish"), exact=True).click()
        ready(page, text_in("fr", "page.overview"))
        assert page.get_by_text(text_in("fr", "status.cutoff", day="31/07/2022")).first.is_visible()
        published = store.name_in_service()
        assert published is not None
        assert published.startswith(DAYS[0])

        page.goto(f"{address}/import-export")
        ready(page, text_in("fr", "page.import_export"))
        before = sorted(path.name for path in (store.folder / "releases").iterdir())
        _drop(page, samples[1])
        refused = page.get_by_test_id("stAlertContentError")
        refused.wait_for(timeout=LONGER)
        said = refused.inner_text()
        assert "patients.csv" in said
        assert "nom" in said
        assert "Dupontel" not in page.content()
        picture(page, "import-refused")
        assert store.name_in_service() == published
        assert sorted(path.name for path in (store.folder / "releases").iterdir()) == before
        assert candidates(store) == []
        assert page.get_by_text(text_in("fr", "status.cutoff", day="31/07/2022")).first.is_visible()
        page.close()


def _drop(page: "sync_api.Page", export: Path) -> None:
    page.locator('[data-testid="stFileUploader"] input').set_input_files(export)
    start = page.get_by_role("button", name=text_in("fr", "import_form.start"))
    sync_api.expect(start).to_be_enabled(timeout=PATIENCE)
    start.click()


def test_a_filter_changes_a_chart_in_place_and_a_mark_opens_its_lines(
    browser: "sync_api.Browser", server: str, ready: Ready, opened: Opened
) -> None:
    page = browser.new_page(viewport={"width": WIDTHS["desktop"], "height": 1400})
    page.goto(f"{server}/uptake")
    ready(page, text_in("fr", "page.uptake"))
    card = page.locator(".st-key-card-new_patients-prescriber_specialty")
    mark = card.locator(".scatterlayer .point").first
    mark.wait_for(timeout=PATIENCE)
    card.locator(".rtu-chart").evaluate("chart => { window.kept = chart }")
    page.get_by_role("combobox", name=text_in("fr", "field.from_month")).evaluate("field => { window.field = field }")
    drawn = "JSON.stringify(kept.data[0].x)"
    before = page.evaluate(drawn)

    page.get_by_role("combobox", name="Indication").click()
    page.get_by_role("option", name="Lupus cutané").click()
    page.keyboard.press("Escape")
    page.wait_for_function(f"{drawn} !== {before!r}", timeout=PATIENCE)
    page.get_by_text(text_in("fr", "selection.reset")).wait_for(timeout=PATIENCE)
    assert page.evaluate("kept.isConnected && field.isConnected")
    assert page.evaluate("Boolean(field.compareDocumentPosition(kept) & Node.DOCUMENT_POSITION_FOLLOWING)")
    counted = measure(opened, "new_patients", Selection(indications=("LUPUS_CUT",)), by=["prescriber_specialty"]).frame
    assert page.evaluate("kept.data[0].x") == sorted(counted["n_patients"], reverse=True)

    mark.scroll_into_view_if_needed()
    place = mark.bounding_box()
    assert place
    page.mouse.move(place["x"] + 4, place["y"] + 4)
    page.wait_for_timeout(300)
    page.mouse.click(place["x"] + 4, place["y"] + 4)
    n = int(counted["n_patients"].max())
    card.get_by_text(re.sub(r"[*]", "", counted_in("fr", "passport.n_lines", n, figure=n))).wait_for(timeout=PATIENCE)
    page.close()


def test_the_six_steps_of_a_return_lead_to_a_verified_pack(
    browser: "sync_api.Browser", serving: Callable[[Path], contextlib.AbstractContextManager[str]], ready: Ready,
    stores: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    without_journal = shutil.ignore_patterns("access.sqlite*")
    store, name = shutil.copytree(stores["data"], tmp_path / "store", ignore=without_journal), "2022-08-v1"
    public = signing.make_key(tmp_path / "key.pem")
    monkeypatch.setenv(signing.VARIABLE, str(tmp_path / "key.pem"))
    with serving(store) as address:
        page = browser.new_page(viewport={"width": WIDTHS["desktop"], "height": 900})
        requested: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{address}/monthly-return")
        ready(page, text_in("fr", "page.monthly_return"))
        _press(page, "monthly_return.lock")
        for step in ("lock", "check", "reconcile", "explain"):
            badge = page.locator(f".st-key-return-{step} .stMarkdownBadge").first
            sync_api.expect(badge).to_contain_text(text_in("fr", "monthly_return.done"), timeout=PATIENCE)
        picture(page, "return-ready")
        page.get_by_label(text_in("fr", "signer.name"), exact=True).fill("A. Martin")
        page.get_by_label(text_in("fr", "signer.role"), exact=True).fill("Pharmacien responsable")
        page.keyboard.press("Enter")
        _press(page, "monthly_return.sign")
        page.get_by_text("A. Martin").first.wait_for(timeout=PATIENCE)
        page.get_by_text(text_in("fr", "monthly_return.preview")).click()
        sync_api.expect(page.locator(".st-key-return-archive img").first).to_be_visible(timeout=PATIENCE)
        _press(page, "monthly_return.archive")
        page.get_by_text(text_in("fr", "monthly_return.archived", name=name)).wait_for(timeout=PATIENCE)
        page.get_by_text(text_in("fr", "monthly_return.whole")).wait_for(timeout=PATIENCE)
        picture(page, "return-sealed")
        with page.expect_download() as waiting:
            page.get_by_role("button", name=text_in("fr", "monthly_return.take")).click()
        assert waiting.value.suggested_filename == f"{name}.zip"
        waiting.value.save_as(tmp_path / f"{name}.zip")
        page.close()
    files = packed.contents(tmp_path / f"{name}.zip")
    assert files == packs.pack(Store(store), name).contents
    assert sealing.verify(packed.packed(files), public).faults == ()
    assert packs.statement_in(files, name).figure == 4
    own = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in requested if not url.startswith(own)] == []


def _press(page: "sync_api.Page", key: str) -> None:
    button = page.get_by_role("button", name=text_in("fr", key), exact=True)
    sync_api.expect(button).to_be_enabled(timeout=PATIENCE)
    button.click()

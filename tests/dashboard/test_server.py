"""What the server answers: our shell in the reader's language, our page for an unknown address, files of our own."""

import html
import http.client
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlparse

import pytest
import streamlit as st

import dashboard
from dashboard import data
from dashboard.server import NAMES
from dashboard.shell import address, scripts, streamlit_page
from dashboard.wording import LANGUAGES, text_in

PAGES = ("/", *(f"/{address(name)}" for name in NAMES[1:]))
FILES = {"look.css": "text/css", "ibm-plex-sans.woff2": "font/woff2", "icon.png": "image/png"}


def ask(server: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer; redirections are not followed."""
    connection = http.client.HTTPConnection(urlparse(server).netloc, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip", **headers})
        answer = connection.getresponse()
        content = answer.read().decode("utf-8", errors="replace")
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content
    finally:
        connection.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_our_shell_in_the_language_of_the_address(server: str, path: str, language: str) -> None:
    status, headers, content = ask(server, f"{path}?lang={language}")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert f'<html lang="{language}">' in content
    assert f"<title>{text_in(language, 'app.title')}</title>" in content
    assert "agent" not in content


def test_the_browser_remembers_and_the_address_wins(server: str) -> None:
    assert '<html lang="en">' in ask(server, "/", Cookie="lang=en")[2]
    assert '<html lang="fr">' in ask(server, "/?lang=fr", Cookie="lang=en")[2]
    assert '<html lang="fr">' in ask(server, "/?lang=<script>", Cookie="lang=xx")[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/nowhere", "/uptake/more", "/oauth3", "/a/b/c.html"])
def test_an_unknown_address_is_a_page_of_ours(server: str, path: str, language: str) -> None:
    status, _, content = ask(server, f"{path}?lang={language}")
    assert status == 404
    assert html.escape(text_in(language, "not_found.sentence")) in content
    assert "nowhere" not in content
    for name, place in zip(NAMES, PAGES, strict=True):
        assert f'<a href="{place}?lang={language}">{html.escape(text_in(language, f"page.{name}"))}</a>' in content


def test_the_name_of_the_first_page_leads_to_it_with_its_selection(server: str) -> None:
    status, headers, _ = ask(server, "/overview?lang=en&sexes=F")
    assert (status, headers["location"]) == (307, "/?lang=en&sexes=F")


@pytest.mark.parametrize("name", FILES)
def test_fonts_styles_and_icon_come_from_the_package(server: str, name: str) -> None:
    status, headers, _ = ask(server, f"/app/static/{name}")
    assert status == 200
    assert headers["content-type"].startswith(FILES[name])


def test_streamlits_own_answers_pass_through(server: str) -> None:
    status, _, content = ask(server, "/_stcore/health")
    assert (status, content) == (200, "ok")
    script = re.search(r'src="([^"]+)"', scripts(streamlit_page())[0])
    assert script
    assert ask(server, script.group(1))[0] == 200


def test_the_shell_keeps_every_script_and_style_of_streamlit() -> None:
    shipped = streamlit_page()
    linked = re.findall(r'(?:src|href)="\./(static/(?:js|css)/[^"]+)"', shipped)
    assert linked
    assert re.findall(r'(?:src|href)="/(static/[^"]+)"', "\n".join(scripts(shipped))) == linked


def test_the_font_keeps_its_licence_beside_it() -> None:
    static = Path(dashboard.__file__).parent / "static"
    assert "SIL Open Font License" in (static / "ibm-plex-sans.LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("module", "slow"), [
    ("dashboard.server", ("pandas", "duckdb", "pandera", "dashboard.components")),
    ("dashboard.app", ("scipy.stats", "scipy.optimize", "lifelines", "pandera"))])  # fmt: skip
def test_what_is_slow_to_load_waits_until_it_is_needed(module: str, slow: tuple[str, ...], tmp_path: Path) -> None:
    asked = f"import sys, {module}; print([each for each in {slow} if each in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout.split("\n")[-2:] == ["[]", ""]


def test_what_the_first_page_needs_is_there_before_anyone_asks(
    stores: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data._opened.cache_clear()
    for folder, n_opened in ((tmp_path, 0), (stores["data"], 1)):
        monkeypatch.setattr(data, "store_folder", lambda folder=folder: folder)
        data.prepare()
        assert data._opened.cache_info().currsize == n_opened


def test_no_run_of_a_page_ends_with_a_search_of_the_whole_memory() -> None:
    written = (Path(dashboard.__file__).parent / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert st.get_option("runner.postScriptGC") is not None
    assert tomllib.loads(written)["runner"]["postScriptGC"] is False

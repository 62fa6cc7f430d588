"""The HTML that the server sends: the shell that carries the screens, and the page of an unknown address.

Both are ours, in the reader's language; of Streamlit's own page only its scripts and styles are kept.
"""

import functools
import html
import re
from pathlib import Path
from string import Template

from streamlit import file_util

from dashboard.wording import text_in

TEMPLATES = Path(__file__).parent / "templates"
_SCRIPTS = re.compile(r'<script type="module"[^>]*></script>|<link rel="(?:modulepreload|stylesheet)"[^>]*>')


@functools.cache
def shell(language: str) -> str:
    """The page that Streamlit's scripts fill."""
    values = {"title": text_in(language, "app.title"), "noscript": text_in(language, "app.no_script")}
    return _filled("shell.html", language, values, scripts="\n    ".join(scripts(streamlit_page())))


@functools.cache
def not_found(language: str, pages: tuple[str, ...]) -> str:
    """The page of an address that is none, with links to those that are.

    Args:
        pages: their names, as in the menu; the first has the address `/`.
    """
    values = {
        "app": text_in(language, "app.title"),
        "title": text_in(language, "not_found.title"),
        "sentence": text_in(language, "not_found.sentence"),
        "menu": text_in(language, "not_found.menu"),
    }
    addresses = ["/", *(f"/{address(page)}" for page in pages[1:])]
    links = "\n        ".join(
        f'<a href="{where}?lang={language}">{html.escape(text_in(language, f"page.{page}"))}</a>'
        for page, where in zip(pages, addresses, strict=True)
    )
    return _filled("not_found.html", language, values, pages=links)


def address(page: str) -> str:
    """The last part of a page's address."""
    return page.replace("_", "-")


def streamlit_page() -> str:
    """The page that the installed Streamlit ships."""
    return (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")


def scripts(page: str) -> list[str]:
    """Its elements that load scripts and styles, addressed from the root."""
    return [found.replace('="./', '="/') for found in _SCRIPTS.findall(page)]


def _filled(template: str, language: str, values: dict[str, str], **markup: str) -> str:
    written = Template((TEMPLATES / template).read_text(encoding="utf-8"))
    return written.substitute(lang=language, **{name: html.escape(value) for name, value in values.items()}, **markup)

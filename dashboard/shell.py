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


def sign_in(language: str, where: str, failed: bool) -> str:
    """The page that asks to sign in.

    Args:
        where: what leads to the provider.
        failed: whether an identity was just not verified.
    """
    said = text_in(language, "access.failed") if failed else ""
    return _entrance(language, "access.sign_in", said, text_in(language, "access.sign_in_what"), where,
                     "access.sign_in")  # fmt: skip


def refused(language: str, why: str) -> str:
    """The page of someone whose identity is verified and who is not let in."""
    return _entrance(language, "access.refused_title", "", text_in(language, f"access.refused.{why}"), "/auth/logout",
                     "access.sign_out")  # fmt: skip


def _entrance(language: str, title: str, alert: str, sentence: str, where: str, action: str) -> str:
    values = {"app": text_in(language, "app.title"), "title": text_in(language, title), "sentence": sentence,
              "where": where, "action": text_in(language, action)}  # fmt: skip
    shown = f'<p role="alert">{html.escape(alert)}</p>' if alert else ""
    return _filled("entrance.html", language, values, alert=shown)


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

"""The application that `rtu dashboard` serves: Streamlit's, and around it every route and middleware of ours.

Started by `streamlit run dashboard/server.py -- --store DIR`.
"""

from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import served
from dashboard.address import LANGUAGE_PARAMETER
from dashboard.app import FIRST, NAMES
from dashboard.shell import address, not_found, shell
from dashboard.wording import DEFAULT, LANGUAGES

OTHERS = ("/served/", "/_stcore/", "/media/", "/component/", "/static/", "/app/")
"""Addresses that are no pages, even where they answer in HTML."""

ADDRESSES = {"", *(address(name) for name in NAMES[1:])}


class Pages:
    """Middleware: each HTML page is ours, in the reader's language; an unknown address is a page that says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, in place of Streamlit where it answers with its page."""
        if scope["type"] != "http" or scope["path"].startswith(OTHERS):
            await self._app(scope, receive, send)
            return
        replaced = False

        async def checked(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                replaced = Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
            if not replaced:
                await send(message)

        await self._app(scope, receive, checked)
        if replaced:
            await _page(scope)(scope, receive, send)


def _page(scope: Scope) -> Response:
    """The page of an address."""
    asked, language = scope["path"].strip("/"), asked_language(scope)
    if asked == address(FIRST):
        query = scope["query_string"].decode("latin-1")
        return RedirectResponse(f"/?{query}" if query else "/")
    fresh = {"Cache-Control": "no-cache"}
    if asked in ADDRESSES:
        return HTMLResponse(shell(language), headers=fresh)
    return HTMLResponse(not_found(language, NAMES), status_code=404, headers=fresh)


def asked_language(scope: Scope) -> str:
    """The language of the address, else the one that the browser remembers, else the first."""
    query = parse_qs(scope["query_string"].decode("latin-1")).get(LANGUAGE_PARAMETER, [])
    cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    remembered = [cookies[LANGUAGE_PARAMETER].value] if LANGUAGE_PARAMETER in cookies else []
    return next((each for each in [*query, *remembered] if each in LANGUAGES), DEFAULT)


app = st.App(Path(__file__).parent / "app.py", routes=served.routes(), middleware=[Middleware(Pages)])

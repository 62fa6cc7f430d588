"""The application that `rtu dashboard` serves: Streamlit's, and around it every route and middleware of ours.

Started by `streamlit run dashboard/server.py -- --store DIR`.
"""

import contextlib
import os
import sys
import threading
import tomllib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import access, deliveries, entrance, following, served
from dashboard.doors import Doors
from dashboard.languages import asked_language
from dashboard.menu import FIRST, NAMES
from dashboard.places import store_folder
from dashboard.shell import address, not_found, shell
from data_schemas.errors import OperatorError
from pipelines.access import startup
from pipelines.messages import LANGUAGES as MESSAGE_LANGUAGES
from pipelines.messages import explain, say

OTHERS = (
    "/sign-in",
    "/auth/",
    "/oauth2callback",
    "/served/",
    "/_stcore/",
    "/media/",
    "/component/",
    "/static/",
    "/app/",
)
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


def refuse() -> None:
    """Say every reason not to start, and end, if there is one."""
    options = {name: st.get_option(name) for name in (*startup.WANTED, "server.address")}
    found: list[OperatorError] = []
    try:
        following.begin()
        found = startup.faults(store_folder(), access.known(), options, os.environ)
    except OperatorError as error:
        found = [error]
    if found:
        for line in _said(found):
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
        os._exit(found[0].exit_code)


def _said(found: Sequence[OperatorError]) -> list[str]:
    """The reasons in both languages: nobody has chosen one yet."""
    return [
        line
        for language in MESSAGE_LANGUAGES
        for line in (say("start.refused", language, n=len(found)), *(f"  {explain(each, language)}" for each in found))
    ]


@contextlib.asynccontextmanager
async def starting(_app: st.App) -> AsyncIterator[None]:
    """Before the first answer; what its page needs is read while the browser loads the scripts."""
    refuse()
    threading.Thread(target=_prepare, daemon=True).start()
    yield


def _prepare() -> None:
    """Load what pages are made with, and open what the first one needs."""
    from dashboard import app, data  # noqa: F401, PLC0415 - two seconds, in which the server answers already

    data.prepare()


def secrets() -> dict[str, Any] | None:
    """The settings of the sign-in, for `st.login`; none where nobody signs in or they cannot be read, which is said."""
    path = access.known().sign_in
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path else None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None


deliveries.install()
app = st.App(
    Path(__file__).parent / "app.py",
    routes=[*served.routes(), *entrance.routes()],
    middleware=[Middleware(Doors), Middleware(Pages)],
    lifespan=starting,
    secrets=secrets(),
)

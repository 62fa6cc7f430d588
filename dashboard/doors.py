"""What stands before every route: whose address was asked, whether the reader is signed in, and the headers of answers.

`st.login` guards pages; this guards addresses. Without a valid sign-in of someone with a role there is no page, no
file, no upload and no socket, only the way to sign in.
"""

import json
import re
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlparse

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import auth_util
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboard import access, shell
from dashboard.access import Reader
from dashboard.languages import asked_language
from pipelines.access.errors import AccessError
from pipelines.access.events import Actor, Event
from pipelines.access.startup import LOOPBACK

SIGN_IN, GO, CALLBACK = "/sign-in", "/sign-in/go", "/oauth2callback"
OPEN = {SIGN_IN, GO, CALLBACK, "/auth/login", "/auth/logout"}
"""The addresses that anyone may ask: the way in and the way out."""

HEALTH = "/_stcore/health"
"""Whether the server lives: asked by a page before it connects, and by anyone on the machine."""

FOR_GOOD = {"unknown", "role_removed", "list_unusable", access.NOT_JOURNALLED}
"""Reasons that signing in again does not change."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
"""Streamlit's page writes styles and a script into itself, and Plotly compiles one: hence the three `unsafe`."""

EVERY = 10
"""Seconds between two lines on failed sign-ins: who is not known yet cannot fill the journal."""

_COOKIE_AGE = re.compile(r"(?i)max-age=[0-9]+")


class Doors:
    """Middleware before everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._failed = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let in."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = _foreign(scope, headers) or await self._refusal(scope, headers)
        if refusal is not None:
            await _answer(refusal, scope, receive, self._dressed(scope, send))
            return
        await self._app(scope, receive, self._dressed(scope, send))

    async def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Why someone is not let in; none if they are."""
        if scope["path"] in OPEN or _asks_here(scope, headers) or access.known().sign_in is None:
            return None
        is_page = scope["type"] == "http" and "text/html" in headers.get("accept", "")
        active = is_page or scope["type"] == "websocket"
        found = await run_in_threadpool(access.admitted, identity(headers), active)
        if found.role is not None:
            return None
        return _closed(found, scope) if is_page else PlainTextResponse("401", 401)

    def _dressed(self, scope: Scope, send: Send) -> Send:
        """What adds the headers, and looks how a sign-in ended."""

        async def sending(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                headers = MutableHeaders(raw=message["headers"])
                for name, value in HEADERS.items():
                    headers[name] = value
                message["headers"] = _own_cookies(headers.raw)
                if scope["path"] == CALLBACK and not _signs_in(message["headers"]):
                    await run_in_threadpool(self._note_failure)
                    MutableHeaders(raw=message["headers"])["location"] = f"{SIGN_IN}?failed=1"
            await send(message)

        return sending

    def _note_failure(self) -> None:
        """Write down that an identity was not verified."""
        now = time.monotonic()
        if now - self._failed > EVERY:
            self._failed = now
            access.journal().write(Event(kind="refusal", actor=Actor(issuer="–", subject="–"), reason="not_verified"))


def _asks_here(scope: Scope, headers: Headers) -> bool:
    """Whether someone on the machine, and not a reader at their address, asks if the server lives."""
    host = headers.get("host", "")
    if scope["path"] != HEALTH or not _is_local(host):
        return False
    address = access.known().access.address
    return address is None or host != urlparse(address).netloc


def _is_local(host: str) -> bool:
    return (urlparse(f"//{host}").hostname or "") in LOOPBACK


def _foreign(scope: Scope, headers: Headers) -> Response | None:
    """The refusal of another host than ours, or of a page of another origin that would act here."""
    host, origin = headers.get("host", ""), headers.get("origin")
    try:
        address = access.known().access.address
    except AccessError:
        return PlainTextResponse("503", 503)
    if not (_is_local(host) if address is None else host == urlparse(address).netloc or _asks_here(scope, headers)):
        return PlainTextResponse("421", 421)
    acts = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
    ours = address or f"http://{host}"
    if acts and origin is not None and origin != ours:
        return PlainTextResponse("403", 403)
    return None


def identity(headers: Headers) -> Mapping[str, Any]:
    """What the signed cookie says of the reader; nothing if it is missing, forged, or of another address."""
    try:
        cookies = {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}
    secret = get_cookie_secret()

    def single(name: str) -> bytes | None:
        found = cookies.get(name)
        return decode_signed_value(secret, name, found.encode("latin-1", "replace")) if found else None

    written = auth_util.get_cookie_with_chunks(single, USER_COOKIE_NAME)
    try:
        said = json.loads(written) if written else {}
    except ValueError:
        return {}
    ours = auth_util.get_origin_from_redirect_uri()
    return said if isinstance(said, dict) and said.get("is_logged_in") and said.get("origin") == ours else {}


def _closed(reader: Reader, scope: Scope) -> Response:
    """The page of someone who is not let in, or the way to sign in."""
    fresh = {"Cache-Control": "no-store"}
    if reader.refused in FOR_GOOD:
        return HTMLResponse(shell.refused(asked_language(scope), str(reader.refused)), 403, fresh)
    return RedirectResponse(SIGN_IN, 302, fresh)


async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """An answer, also to who asks for a socket."""
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    await response(scope, receive, send)


def _own_cookies(raw: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Cookies that live no longer than a sign-in, and go over encrypted lines where readers come over one."""
    access_now = access.known().access
    longest = int(access_now.session.hours * 3600)
    dressed = []
    for name, value in raw:
        written = value.decode("latin-1")
        if name.lower() == b"set-cookie":
            if written.startswith(USER_COOKIE_NAME):
                written = _COOKIE_AGE.sub(lambda age: f"Max-Age={min(int(age[0][8:]), longest)}", written)
            if access_now.address and "secure" not in written.lower():
                written += "; Secure"
        dressed.append((name, written.encode("latin-1")))
    return dressed


def _signs_in(raw: list[tuple[bytes, bytes]]) -> bool:
    """Whether an answer gives the cookie of a verified identity."""
    given = [value.decode("latin-1") for name, value in raw if name.lower() == b"set-cookie"]
    return any(each.startswith(f"{USER_COOKIE_NAME}=") and "max-age=0" not in each.lower() for each in given)

"""The way in: a page that asks to sign in, before any byte of the screens, and what leads from it to the provider."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit.auth_util import encode_provider_token

from dashboard import access, shell
from dashboard.doors import GO, SIGN_IN
from dashboard.languages import asked_language

PROVIDER = "default"
"""What Streamlit calls the only provider of its settings."""


def routes() -> list[Route]:
    """The addresses of the way in."""
    return [Route(SIGN_IN, sign_in), Route(GO, go)]


async def sign_in(request: Request) -> Response:
    """The page that asks to sign in; where nobody does, the first page."""
    if access.known().sign_in is None:
        return RedirectResponse("/", 302)
    page = shell.sign_in(asked_language(request.scope), GO, "failed" in request.query_params)
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


async def go(_request: Request) -> Response:
    """To the provider, as `st.login` goes there."""
    if access.known().sign_in is None:
        return RedirectResponse("/", 302)
    return RedirectResponse(f"/auth/login?provider={encode_provider_token(PROVIDER)}", 302)

"""The language of an address that is asked."""

from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import Scope

from dashboard.wording import DEFAULT, LANGUAGES

PARAMETER = "lang"
"""The language in the address, and in the cookie by which the browser remembers it."""


def asked_language(scope: Scope) -> str:
    """The language of the address, else the one that the browser remembers, else the first."""
    query = parse_qs(scope["query_string"].decode("latin-1")).get(PARAMETER, [])
    cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    remembered = [cookies[PARAMETER].value] if PARAMETER in cookies else []
    return next((each for each in [*query, *remembered] if each in LANGUAGES), DEFAULT)

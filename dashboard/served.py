"""What the server gives beside Streamlit's own pages: Plotly for the browser, as it comes with the Python package."""

import functools
import gzip
from importlib import metadata, util
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

YEAR = 31_536_000
HEADERS = {
    "Content-Encoding": "gzip",
    "Cache-Control": f"public, max-age={YEAR}, immutable",
    "X-Content-Type-Options": "nosniff",
}


def plotly_address() -> str:
    """Where the browser finds Plotly; the version is part of it, so that it is fetched once and kept."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"{'/' if base else ''}{base}/served/plotly-{_version()}.js"


def routes() -> list[Route]:
    """The addresses that are ours."""
    return [Route(plotly_address(), plotly)]


async def plotly(_request: Request) -> Response:
    """Plotly for the browser."""
    return Response(_packed(), media_type="text/javascript", headers=HEADERS)


@functools.cache
def _version() -> str:
    return metadata.version("plotly")


@functools.cache
def _packed() -> bytes:
    spec = util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("plotly")
    return gzip.compress((Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes(), mtime=0)

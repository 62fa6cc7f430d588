"""The only drawings made as HTML: the small marks of tiles."""

import base64
import html
from collections.abc import Sequence

import streamlit as st

WIDTH, HEIGHT, EDGE = 120, 32, 4
BAR = 8
BRANDS = {"light": "#1B4F8A", "dark": "#8FBCE6"}
RESTS = {"light": "#D3DBE5", "dark": "#3E4B5C"}
"""The marks themselves, and what is left of the whole."""


def sparkline(values: Sequence[int], alt: str) -> None:
    """A line through the values from 0, the last one marked; `alt` says what it shows."""
    highest, step = max(values) or 1, (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    points = [(EDGE + place * step, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / highest)
              for place, value in enumerate(values)]  # fmt: skip
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    drawn = (
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="currentColor"/>'
    )
    _svg(HEIGHT, drawn, alt)


def share(part: int, whole: int, alt: str) -> None:
    """A bar of the part in the whole."""
    filled = WIDTH * part / whole
    drawn = (
        f'<rect class="rest" width="{WIDTH}" height="{BAR}" rx="2"/>'
        f'<rect width="{filled:.1f}" height="{BAR}" rx="2" fill="currentColor"/>'
    )
    _svg(BAR, drawn, alt)


def _svg(height: int, drawn: str, alt: str) -> None:
    """The drawing as a picture, in the colours of the reader's system, which chooses the theme."""
    light, dark = (f"svg{{color:{BRANDS[theme]}}}.rest{{fill:{RESTS[theme]}}}" for theme in ("light", "dark"))
    style = f"<style>{light}@media (prefers-color-scheme:dark){{{dark}}}</style>"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">{style}{drawn}</svg>'
    source = base64.b64encode(svg.encode()).decode()
    st.html(f'<img class="mark" alt="{html.escape(alt, quote=True)}" src="data:image/svg+xml;base64,{source}">')

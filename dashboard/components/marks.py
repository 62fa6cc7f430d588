"""The only drawings made as HTML: the small marks of tiles. Their colours stand in `static/look.css`."""

import html
from collections.abc import Sequence

import streamlit as st

WIDTH, HEIGHT, EDGE = 120, 32, 4
BAR = 8


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
    written = html.escape(alt, quote=True)
    st.html(f'<svg class="mark" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{written}">{drawn}</svg>')

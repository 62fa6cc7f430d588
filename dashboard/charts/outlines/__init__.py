"""Outlines of the French regions, as rings of points; made by `convert`, see LICENSE for where they come from."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path

Ring = list[tuple[float, float]]

FILE = Path(__file__).parent / "regions.json"
OVERSEAS = ("01", "03", "02", "04", "06")
"""Regions drawn as insets, from the top: each has its own scale, 100 high, from its upper left corner. The second has a
short name, which does not reach Brittany on a phone."""


@functools.cache
def rings() -> Mapping[str, list[Ring]]:
    """Region code → closed rings; x to the right, y downwards, the mainland 1 010 wide and high."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {code: [[(x, y) for x, y in ring] for ring in each] for code, each in found.items()}

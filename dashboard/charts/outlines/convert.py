"""Make `regions.json` from the maps of the French State's design system.

`python -m dashboard.charts.outlines.convert FILE`, where FILE is `dist/MapChart/MapChart.js` of the package
`@gouvfr/dsfr-chart` (2.0.4 was used). Its few short curves become straight lines; islets too small to be seen are left
out.
"""

import json
import re
import sys
from pathlib import Path

from dashboard.charts.outlines import FILE, OVERSEAS, Ring

CODES = {
    "FR-20R": "94", "FR-PAC": "93", "FR-OCC": "76", "FR-ARA": "84", "FR-NAQ": "75", "FR-BRE": "53", "FR-PDL": "52",
    "FR-CVL": "24", "FR-NOR": "28", "FR-HDF": "32", "FR-IDF": "11", "FR-GES": "44", "FR-BFC": "27", "FR-971": "01",
    "FR-972": "02", "FR-973": "03", "FR-974": "04", "FR-976": "06",
}  # fmt: skip
PATH = re.compile(r'class: "(FR-[0-9A-Z]+)",.{0,200}?\bd: "([^"]+)"', re.DOTALL)
PART = re.compile(r"([A-Za-z])|(-?(?:\d+\.\d*|\.\d+|\d+))")
LENGTHS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "a": 7, "z": 0}
SMALLEST, SIZE, NEAR = 0.004, 100, 0.8
"""Share of the largest ring under which one is left out; height of an inset; points nearer than this are one."""


def outline(path: str) -> list[Ring]:
    """The rings of an SVG path."""
    found: list[Ring] = []
    x = y = 0.0
    for command, numbers in _commands(path):
        low = command.lower()
        if low == "z":
            x, y = found[-1][0]
            continue
        relative = command.islower()
        if low == "h":
            x = x + numbers[0] if relative else numbers[0]
        elif low == "v":
            y = y + numbers[0] if relative else numbers[0]
        else:
            x, y = (x + numbers[-2], y + numbers[-1]) if relative else (numbers[-2], numbers[-1])
        if low == "m":
            found.append([])
        elif not found[-1]:
            found[-1].append((x, y))
        found[-1].append((x, y))
    return found


def _commands(path: str) -> list[tuple[str, list[float]]]:
    found: list[tuple[str, list[float]]] = []
    command, numbers = "", list[float]()
    for letter, number in PART.findall(path):
        if letter:
            command, numbers = letter, []
            if letter in "zZ":
                found.append((letter, []))
            continue
        numbers.append(float(number))
        if len(numbers) == LENGTHS[command.lower()]:
            found.append((command, numbers))
            command, numbers = {"m": "l", "M": "L"}.get(command, command), []
    return found


def large(rings: list[Ring]) -> list[Ring]:
    """The rings that can be seen, without points that fall on their neighbour."""
    most = max(map(_area, rings))
    span = max(max(y for _, y in ring) for ring in rings) - min(min(y for _, y in ring) for ring in rings)
    kept = [ring for ring in rings if _area(ring) >= SMALLEST * most]
    return [_thinned(ring, NEAR * span / SIZE) for ring in kept]


def _area(ring: Ring) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _thinned(ring: Ring, near: float) -> Ring:
    kept = [ring[0]]
    for x, y in ring[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > near:
            kept.append((x, y))
    return kept


def inset(rings: list[Ring]) -> list[Ring]:
    """The rings moved to the corner and made as high as an inset."""
    left, top = (min(point[axis] for ring in rings for point in ring) for axis in (0, 1))
    scale = SIZE / (max(y for ring in rings for _, y in ring) - top)
    return [[((x - left) * scale, (y - top) * scale) for x, y in ring] for ring in rings]


def main(source: Path) -> None:
    """Write the file."""
    paths = {name: path for name, path in PATH.findall(source.read_text(encoding="utf-8")) if name in CODES}
    found = {CODES[name]: large(outline(path)) for name, path in paths.items()}
    made = {code: inset(rings) if code in OVERSEAS else rings for code, rings in sorted(found.items())}
    rounded = {code: [[[round(x, 1), round(y, 1)] for x, y in ring] for ring in each] for code, each in made.items()}
    FILE.write_text(json.dumps(rounded, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

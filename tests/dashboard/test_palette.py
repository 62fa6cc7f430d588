"""Colours, computed: contrast of texts and marks on both grounds, hues told apart in every kind of colour vision."""

import itertools
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dashboard
from dashboard.charts import maps
from dashboard.charts.look import GROUNDS, HUES, NEUTRAL, OUTSIDE
from dashboard.components.marks import BRANDS

FOLDER = Path(dashboard.__file__).parent
THEME: dict[str, Any] = tomllib.loads((FOLDER / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
STYLES = (FOLDER / "static" / "look.css").read_text(encoding="utf-8")
VARIABLES = {
    name: dict(zip(("light", "dark"), colours, strict=True))
    for name, *colours in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", STYLES)
}
THEMES = ("light", "dark")
TEXT, MARK, APART = 4.5, 3.0, 0.095

Colour = NDArray[np.float64]
VISIONS = {
    "usual": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
"""Linear sRGB as it is seen (Machado, Oliveira and Fernandes, 2009, severity 1)."""

CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                  [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
OKLAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                  [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def linear(colour: str) -> Colour:
    """`#rrggbb` as linear sRGB, from 0 to 1."""
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1."""
    lighter, darker = sorted((float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def distance(one: str, other: str, vision: str) -> float:
    """How far apart two colours are in OKLab, as seen."""
    seen = [OKLAB @ np.cbrt(CONES @ np.clip(VISIONS[vision] @ linear(each), 0, 1)) for each in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
def test_texts_are_read_on_their_ground(theme: str) -> None:
    colours = THEME[theme]
    for text in ("textColor", "grayTextColor", "linkColor", "primaryColor"):
        for ground in ("backgroundColor", "secondaryBackgroundColor"):
            assert contrast(colours[text], colours[ground]) >= TEXT, (text, ground)
    for text, ground in itertools.product(("ink", "soft", "brand"), ("card", "ground")):
        assert contrast(VARIABLES[text][theme], VARIABLES[ground][theme]) >= TEXT, (text, ground)
    assert contrast(VARIABLES["on-brand"][theme], colours["primaryColor"]) >= TEXT
    assert contrast(colours["sidebar"]["textColor"], colours["sidebar"]["backgroundColor"]) >= TEXT
    assert contrast(colours["textColor"], GROUNDS[theme]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("colour", [*HUES, NEUTRAL, OUTSIDE])
def test_marks_stand_out_on_their_ground(colour: str, theme: str) -> None:
    assert contrast(colour, GROUNDS[theme]) >= MARK


@pytest.mark.parametrize("theme", THEMES)
def test_the_focus_and_the_marks_of_tiles_stand_out(theme: str) -> None:
    for ground in ("card", "ground"):
        assert contrast(VARIABLES["focus"][theme], VARIABLES[ground][theme]) >= MARK
        assert contrast(BRANDS[theme], VARIABLES[ground][theme]) >= MARK
    assert contrast(VARIABLES["focus"][theme], THEME[theme]["sidebar"]["backgroundColor"]) >= MARK


@pytest.mark.parametrize("theme", THEMES)
def test_cards_have_the_ground_that_charts_count_on(theme: str) -> None:
    assert GROUNDS[theme].lower() == VARIABLES["card"][theme] == THEME[theme]["backgroundColor"].lower()


@pytest.mark.parametrize("vision", VISIONS)
def test_hues_are_told_apart(vision: str) -> None:
    for one, other in itertools.combinations(HUES, 2):
        assert distance(one, other, vision) >= APART, (one, other)


def test_counts_are_read_on_the_shades_of_the_map() -> None:
    for shade, ink in zip(maps.SHADES, maps.INKS, strict=True):
        assert contrast(ink, shade) >= TEXT


def test_the_shades_of_the_map_go_one_way() -> None:
    lights = [float(linear(shade).sum()) for shade in maps.SHADES]
    assert lights == sorted(lights, reverse=True)

"""What all charts share: colours, sizes, the language of the axes, and the one button of the mode bar."""

import math
import textwrap
from typing import Any, NamedTuple

import pandas as pd

from dashboard import formats, wording
from dashboard.charts.figure import Figure
from data_schemas.programme import Programme

FONT = 14
LOWEST, HIGHEST = 320, 420
NEUTRAL = "#758396"
"""Marks that stand for no indication; contrast above 3:1 on light and on dark ground."""

FAMILY = "IBM Plex Sans, sans-serif"
GROUNDS = {"light": "#FFFFFF", "dark": "#1A2330"}
"""The ground of cards, as in `.streamlit/config.toml`."""

HUES = ("#009CE2", "#B48A17", "#247C67", "#E146A3", "#864DE2", "#9C600C")
PATTERNS = ("", "/", ".", "x", "\\", "-")
"""One hue and one pattern for each indication, by its place in the programme. The hues were sought by computer: above
3:1 on both grounds, and as far from each other as that allows in every kind of colour vision."""

KINDS = (("#4A7FB5", ""), ("#B45309", "x"), ("#758396", "."), ("#8A6BBE", "/"))
"""Colour and pattern of values that are no indications, by their place in the list; above 3:1 on both grounds."""

OUTSIDE = "#8A8F98"
STRIPES = {"size": 7, "solidity": 0.15, "fgcolor": "#FFFFFF", "fillmode": "overlay"}
SHADES = [[0.0, "#F1F5F9"], [1.0, "#1E3A5F"]]
CLEAR = "rgba(0, 0, 0, 0)"
SAID = {
    "Download plot as a PNG": "download",
    "Taking snapshot - this may take a few seconds": "saving",
    "Snapshot succeeded": "saved",
    "Sorry, there was a problem downloading your snapshot!": "not_saved",
    "Double-click on legend to isolate one trace": "isolate",
}
"""What Plotly says to a reader → its sentence under `chart`."""

GRID = "rgba(128, 138, 150, 0.25)"


class Chart(NamedTuple):
    """A figure as it is shown.

    Attributes:
        alt: its finding in words, for who does not see it.
        note: a remark shown under it.
        counted: which of the counts of its measure is drawn; the main one unless said.
    """

    figure: Figure
    alt: str
    note: str = ""
    counted: str = ""


def held(label: str, **cell: object) -> list[object]:
    """What a mark holds: its name, and the cell that it stands for, empty where a value was not recorded."""
    return [label, {name: "" if value is None or pd.isna(value) else str(value) for name, value in cell.items()}]  # type: ignore[call-overload]


def hue(programme: Programme, code: str) -> str:
    """The colour of an indication, the same on every page."""
    place = [each.code for each in programme.indications].index(code)
    return HUES[place % len(HUES)] if programme.indications[place].counted else OUTSIDE


def pattern(programme: Programme, code: str) -> dict[str, Any]:
    """The pattern that goes with the colour."""
    place = [each.code for each in programme.indications].index(code)
    shape = PATTERNS[place % len(PATTERNS)]
    return {"shape": shape, **STRIPES}


def kind(place: int) -> dict[str, Any]:
    """Colour and pattern of a value that is no indication."""
    colour, shape = KINDS[place % len(KINDS)]
    return {"color": colour, "pattern": {"shape": shape, **STRIPES}, "line": {"width": 0}}


def dressed(figure: Figure, height: int, **layout: Any) -> Figure:
    """The figure with the size, the type and the margins of the house."""
    figure.update_layout(
        height=height,
        font={"family": FAMILY, "size": FONT},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": FONT},
            "traceorder": "normal",
        },
        hoverlabel={"font": {"size": FONT}},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        dragmode=False,
        bargap=0.25,
    )
    axis = {"tickfont": {"size": FONT}, "title": {"font": {"size": FONT}}, "automargin": True, "fixedrange": True}
    figure.update_xaxes(gridcolor=GRID, zeroline=False, **axis)
    figure.update_yaxes(gridcolor=GRID, zeroline=False, **axis)
    figure.update_layout(**layout)
    return figure


def height_for(rows: int, each: int, around: int = 60) -> int:
    """The height of a chart with so many rows, within the limits of the house."""
    return max(LOWEST, min(HIGHEST, rows * each + around))


def nice_step(highest: int, steps: int) -> int:
    """The smallest round step, a whole number, that reaches the highest value in so many steps."""
    least = max(1.0, highest / steps)
    power = 10 ** math.floor(math.log10(least))
    return int(next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= least
                    and float(power * factor).is_integer()))  # fmt: skip


def round_steps(about: int, *highest: int) -> int:
    """How many round steps, about so many, leave least room above the highest values.

    Args:
        highest: one value for each axis; axes with as many steps share their grid.
    """
    return min(
        range(about - 1, about + 2), key=lambda n: sum(n * nice_step(each, n) / max(each, 1) for each in highest)
    )


def wrapped(label: str, width: int) -> str:
    """A label broken between words into lines of so many characters."""
    return "<br>".join(textwrap.wrap(label, width, break_long_words=False, break_on_hyphens=False)) or label


def config(language: str, file_name: str) -> dict[str, Any]:
    """The mode bar with the PNG button alone, and the words of the axes in the reader's language."""
    names = {
        "days": formats.weekday_names(language, "EEEE"),
        "shortDays": formats.weekday_names(language),
        "months": formats.month_names(language, "MMMM"),
        "shortMonths": formats.month_names(language),
        "decimal": "," if language == "fr" else ".",
        "thousands": "\u202f" if language == "fr" else ",",
    }
    words = {said: wording.text_in(language, f"chart.{key}") for said, key in SAID.items()}
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": file_name},
        "locale": language,
        "locales": {language: {"dictionary": words, "format": names}},
        "responsive": True,
    }

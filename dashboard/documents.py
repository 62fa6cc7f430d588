"""The documents of the page of methods, as Markdown: read where they are generated, cut into parts, searched."""

import functools
import platform
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import data_schemas
import pipelines
from dashboard import accessibility, data, formats
from dashboard.programme_sheet import render

SCHEMAS, PIPELINES = Path(data_schemas.__file__).parent, Path(pipelines.__file__).parent
CONVENTIONS = {"fr": "CONVENTIONS.fr.md", "en": "CONVENTIONS.md"}
GUARANTEE = {"fr": "GUARANTEE.fr.md", "en": "GUARANTEE.md"}
DOCUMENTS = ("measures", "dictionary", "conventions", "programme", "guarantee", "accessibility", "roles", "versions")
LIBRARIES = ("rtu-follow-up", "duckdb", "pandas", "pandera", "scipy", "lifelines", "streamlit", "plotly")
HEADING = re.compile(r"^#{2,3} +(.*)$", re.MULTILINE)
CODE = re.compile(r"(```.*?```|`[^`]*`)", re.DOTALL)
FENCE = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)
RULED = "| ---"


@dataclass(frozen=True)
class Part:
    """A part of a document under its heading."""

    title: str
    body: str


def text_of(document: str, language: str) -> str:
    """A document in a language; a list of versions has none."""
    if document == "programme":
        return render(data.programme(), language)
    return _file(document, language).read_text(encoding="utf-8")


def parts(document: str, language: str) -> tuple[Part, ...]:
    """The parts of a document, in its order; what stands before the first heading is left to the file."""
    return cut(typeset(text_of(document, language), language))


@functools.lru_cache(maxsize=16)
def cut(written: str) -> tuple[Part, ...]:
    """Markdown cut at its headings of the second and third level; a heading without text of its own is none."""
    places = list(HEADING.finditer(written))
    ends = [*(place.start() for place in places[1:]), len(written)]
    found = (Part(place[1].replace("`", ""), written[place.end() : end].strip())
             for place, end in zip(places, ends, strict=False))  # fmt: skip
    return tuple(part for part in found if part.body)


def found(known: tuple[Part, ...], wanted: str) -> tuple[Part, ...]:
    """The parts that hold what is looked for, accents and capitals apart; of their tables, the rows that do."""
    if not wanted.strip():
        return known
    sought = plain(wanted)
    return tuple(Part(part.title, part.body if sought in plain(part.title) else narrowed(part.body, sought))
                 for part in known if sought in plain(part.title + part.body))  # fmt: skip


def narrowed(body: str, sought: str) -> str:
    """The text with only those rows of its tables that hold what is looked for; all of them where none does."""
    lines = body.split("\n")
    heads = {place + step for place, line in enumerate(lines) if line.startswith(RULED) for step in (-1, 0)}
    rows = {place for place, line in enumerate(lines) if line.startswith("|") and place not in heads}
    kept = {place for place in rows if sought in plain(lines[place])}
    return "\n".join(line for place, line in enumerate(lines) if place not in rows or place in kept or not kept)


def fences(body: str) -> list[tuple[str, bool]]:
    """The text in pieces, and whether each is a block of code."""
    pieces = [(piece.strip(), place % 2 == 1) for place, piece in enumerate(FENCE.split(body))]
    return [(piece, code) for piece, code in pieces if piece]


def typeset(written: str, language: str) -> str:
    """The text with the typography of the language; code stays as it is written."""
    pieces = CODE.split(written)
    return "".join(piece if CODE.fullmatch(piece) else formats.typeset(piece, language) for piece in pieces)


def plain(written: str) -> str:
    """Text without accents and capitals, its spaces all alike."""
    bare = unicodedata.normalize("NFKD", written)
    return "".join(" " if sign.isspace() else sign for sign in bare if not unicodedata.combining(sign)).lower()


def versions() -> Mapping[str, str]:
    """What computes the figures → its version."""
    return {"Python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def _file(document: str, language: str) -> Path:
    return {
        "measures": PIPELINES / "measures" / f"sheets.{language}.md",
        "dictionary": SCHEMAS / f"dictionary.{language}.md",
        "conventions": PIPELINES / "statistics" / CONVENTIONS[language],
        "guarantee": PIPELINES / "protected" / GUARANTEE[language],
        "accessibility": accessibility.file(language),
    }[document]

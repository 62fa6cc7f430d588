"""Every sentence of the screens, in both languages; views and components only name them."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from babel import Locale

from dashboard import formats
from data_schemas import shipped
from data_schemas.programme_parts import Text

FOLDER = Path(__file__).parent
LANGUAGES = ("fr", "en")
DEFAULT = "fr"


def language() -> str:
    """The language of the reader's session."""
    chosen = st.session_state.get("language", DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT


def text(key: str, **values: object) -> str:
    """A sentence in the reader's language."""
    return text_in(language(), key, **values)


def text_in(wanted: str, key: str, **values: object) -> str:
    """A sentence in a given language, with its values put in."""
    return sentences(wanted)[key].format(**values)


def counted(key: str, n: int, **values: object) -> str:
    """A sentence about `{n}` things in the reader's language, in the form that their number takes."""
    return counted_in(language(), key, n, **values)


def counted_in(wanted: str, key: str, n: int, **values: object) -> str:
    """The same in a given language: `one` or `other`, as the language has it (French: 0 is singular)."""
    form = "one" if Locale(wanted).plural_form(n) == "one" else "other"
    return text_in(wanted, f"{key}.{form}", n=formats.number(n, wanted), **values)


def said(written: Text, wanted: str) -> str:
    """A text of a definition or a programme, typeset."""
    return formats.typeset(written.in_language(wanted), wanted)


@functools.cache
def sentences(wanted: str) -> Mapping[str, str]:
    """Key → sentence; a key is the path to it in the file, joined by dots."""
    tree = shipped.read((FOLDER / f"{wanted}.yml").read_text(encoding="utf-8"))
    return {key: formats.typeset(written, wanted) for key, written in _leaves(tree, "")}


def _leaves(tree: Mapping[str, Any], before: str) -> list[tuple[str, str]]:
    found = []
    for key, value in tree.items():
        path = f"{before}{key}"
        found += _leaves(value, f"{path}.") if isinstance(value, Mapping) else [(path, str(value).strip())]
    return found

"""The reader's selection and language: they live in the session, and the address of the page says them.

What a page lets its reader choose beside these (`PARAMETERS`) lives in the address alone.

An address opened in a new session gives the same figures; a page of the menu, which has no parameters, keeps them.
"""

from collections.abc import Sequence

import streamlit as st

from dashboard import data
from dashboard.wording import DEFAULT, LANGUAGES
from data_schemas.errors import OperatorError
from pipelines.definitions import dimensions
from pipelines.selection import DATE_BASES, DIMENSIONS, DateBasis, Selection, from_query

SELECTION, LANGUAGE, NOTICE = "selection", "language", "address_notice"
PARAMETERS = ("since", "figure", "document")
LANGUAGE_PARAMETER = "lang"
"""The language in the address, and in the cookie by which the browser remembers it."""


def read_language() -> None:
    """Take the language of the address when the session begins, else the one that the browser remembers."""
    if LANGUAGE not in st.session_state:
        asked = (st.query_params.get(LANGUAGE_PARAMETER), st.context.cookies.get(LANGUAGE_PARAMETER))
        st.session_state[LANGUAGE] = next((each for each in asked if each in LANGUAGES), DEFAULT)


def read_selection() -> None:
    """Take the selection of the address when the session begins; a wrong one gives everyone and a notice."""
    if SELECTION in st.session_state:
        return
    asked = _asked()
    st.session_state[NOTICE] = asked is None
    st.session_state[SELECTION] = asked or Selection()


def _asked() -> Selection | None:
    """The selection that the address describes; none when it holds a value that the programme does not know."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    try:
        selection = from_query(query, data.programme())
    except OperatorError:
        return None
    return selection if admitted(selection) else None


def write() -> None:
    """Make the address say the selection and the language of the session."""
    wanted = dict(current().to_query())
    if st.session_state[LANGUAGE] != DEFAULT:
        wanted[LANGUAGE_PARAMETER] = st.session_state[LANGUAGE]
    wanted |= {name: st.query_params[name] for name in PARAMETERS if name in st.query_params}
    present = {name: st.query_params.get_all(name) for name in st.query_params}
    if present != {name: value if isinstance(value, list) else [value] for name, value in wanted.items()}:
        st.query_params.from_dict(wanted)


def parameter(name: str, known: Sequence[str]) -> tuple[str, bool]:
    """What the address asks of the page, the first of the known values if nothing; and whether it is one of them."""
    value = st.query_params.get(name, known[0])
    return (value, True) if value in known else (known[0], False)


def set_parameter(name: str, value: str) -> None:
    """Make the address ask this of the page."""
    st.query_params[name] = value


def current() -> Selection:
    """The selection of the session."""
    selection = st.session_state.get(SELECTION, Selection())
    return selection if isinstance(selection, Selection) else Selection()


def choose(selection: Selection) -> None:
    """Make this the selection of the session."""
    st.session_state[SELECTION] = selection


def taken_notice() -> bool:
    """Whether the address held a wrong value; said once."""
    return bool(st.session_state.pop(NOTICE, False))


def date_bases() -> list[DateBasis]:
    """The dates that the programme collects and that can give a patient the month."""
    collects = data.programme().collects
    return [basis for basis in DATE_BASES if collects("initiations", f"{basis}_date")]


def fields() -> dict[str, str]:
    """Field of the selection → dimension, for the dimensions that the programme collects."""
    known = dimensions()
    return {field: each for each, field in DIMENSIONS.items() if known[each].collected(data.programme())}


def admitted(selection: Selection) -> bool:
    """Whether the programme collects everything that the selection is about."""
    asked = [field for field in DIMENSIONS.values() if getattr(selection, field)]
    return selection.date_basis in date_bases() and set(asked) <= set(fields())

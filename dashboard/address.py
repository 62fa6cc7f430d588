"""The reader's selection and language: they live in the session, and the address of the page says them.

What a page lets its reader choose beside these (`PARAMETERS`) lives in the address alone.

An address opened in a new session gives the same figures; going back or forward in the browser takes the selection of
that address; a page of the menu, which has no parameters, keeps it. An address that names a release shows that one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from dashboard import data
from dashboard.languages import PARAMETER
from dashboard.wording import DEFAULT, LANGUAGES
from data_schemas.errors import OperatorError
from pipelines.definitions import dimensions
from pipelines.selection import DATE_BASES, DIMENSIONS, DateBasis, Selection, from_query

SELECTION, LANGUAGE, NOTICE = "selection", "language", "address_notice"
PARAMETERS = ("since", "figure", "document", "month")
LANGUAGE_PARAMETER, RELEASE = PARAMETER, "release"
"""The language in the address, and in the cookie by which the browser remembers it; the release that it pins."""

WRONG, LOST, RENAMED, NOT_OFFERED = "wrong_address", "lost_release", "renamed_release", "not_offered"
"""What may have to be said of an address: a filter is not known, its release is not there, or has another name; or it
asks what the protected ledger does not answer."""

WRITTEN, BARE = "address_written", "address_bare"
"""The page and the parameters that the address said last; pages of the menu that were opened without parameters while
there was a filter, so that an address without parameters does not mean everyone there."""

CHOICES, CHOICE = "address_choices", "choice-"
"""What the first address chose inside its page; how the keys of such choices begin."""


def read_language() -> None:
    """Take the language of the address when the session begins, else the one that the browser remembers."""
    if LANGUAGE not in st.session_state:
        asked = (st.query_params.get(LANGUAGE_PARAMETER), st.context.cookies.get(LANGUAGE_PARAMETER))
        st.session_state[LANGUAGE] = next((each for each in asked if each in LANGUAGES), DEFAULT)


def is_to_be_read(page: str) -> bool:
    """Whether the address says what to show: a new session, or the reader went back or forward."""
    if SELECTION not in st.session_state:
        return True
    (before, written), present = _written(), _present()
    if present == written or (not present and page in st.session_state.get(BARE, set())):
        return False
    return page == before or bool(present)


def read_release() -> None:
    """Look at the release that the address names, if it is there; else at the one in service."""
    asked = st.query_params.get(RELEASE)
    found = data.find_release(asked) if asked else None
    if asked and found is None:
        st.session_state[NOTICE] = LOST
    elif asked != found:
        st.session_state[NOTICE] = RENAMED
    if found or current().release:
        data.take_release(found)


def read_selection() -> None:
    """Take the selection of the address; a wrong one gives everyone and a notice."""
    asked, given = _present(), {name: value for name, value in _present().items() if name != RELEASE}
    release = data.release().name if asked.get(RELEASE) and st.session_state.get(NOTICE) != LOST else ""
    st.session_state.setdefault(
        CHOICES, {name: value[0] for name, value in asked.items() if name.startswith(CHOICE) and value}
    )
    selection = _asked(given)
    if selection is None:
        st.session_state[NOTICE] = WRONG
    st.session_state[SELECTION] = replace(selection or Selection(), release=release)


def keep_indications(page: str, known: Sequence[str]) -> None:
    """Keep of the selection what can be asked of the protected ledger: some of its indications, nothing else."""
    if is_to_be_read(page):
        asked = set(_present().get(DIMENSIONS["indication_code"], []))
        others = {name for name in _present() if not name.startswith(CHOICE)}
        others -= {DIMENSIONS["indication_code"], LANGUAGE_PARAMETER, *PARAMETERS}
        choose(Selection(indications=tuple(each for each in known if each in asked)))
        if others or not asked <= set(known):
            st.session_state[NOTICE] = NOT_OFFERED
    else:
        choose(Selection(indications=tuple(each for each in known if each in current().indications)))


def _asked(query: Mapping[str, list[str]]) -> Selection | None:
    """The selection that parameters describe; none when they hold a value that the programme does not know."""
    try:
        selection = from_query(query, data.programme())
    except OperatorError:
        return None
    return selection if admitted(selection) else None


def _written() -> tuple[str, dict[str, list[str]]]:
    """The page that was written last, and its parameters."""
    found: tuple[str, dict[str, list[str]]] = st.session_state.get(WRITTEN, ("", {}))
    return found


def _present() -> dict[str, list[str]]:
    """The parameters of the address."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def write(page: str) -> None:
    """Make the address say the selection and the language of the session."""
    wanted = dict(current().to_query())
    if st.session_state[LANGUAGE] != DEFAULT:
        wanted[LANGUAGE_PARAMETER] = st.session_state[LANGUAGE]
    wanted |= {name: st.query_params[name] for name in PARAMETERS if name in st.query_params}
    listed = {name: value if isinstance(value, list) else [value] for name, value in wanted.items()}
    if _present() != listed:
        bare: set[str] = st.session_state.setdefault(BARE, set())
        if not _present() and _written()[0] != page:
            bare.add(page)
        elif not listed:
            bare.discard(page)
        st.query_params.from_dict(wanted)
    st.session_state[WRITTEN] = (page, listed)


def link() -> str:
    """The parameters of an address that shows the same figures next month: the release is named, nothing left open."""
    choices = {
        str(name): str(value)
        for name, value in st.session_state.items()
        if str(name).startswith(CHOICE) and value is not None
    }
    choices |= {name: st.query_params[name] for name in PARAMETERS if name in st.query_params}
    said = {**current().to_query(), RELEASE: data.release().name, LANGUAGE_PARAMETER: st.session_state[LANGUAGE]}
    return urlencode({**choices, **said}, doseq=True)


def chosen(key: str, values: Sequence[str]) -> str | None:
    """What the address of the session chose inside a page, if it is one of the values."""
    asked: str | None = st.session_state.get(CHOICES, {}).get(f"{CHOICE}{key}")
    return asked if asked in values else None


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


def reset() -> None:
    """Keep everyone, in the release that is looked at."""
    choose(Selection(release=current().release))


def take_release(name: str | None) -> None:
    """Look at another release, or at the one in service, from now on."""
    choose(replace(current(), release=""))
    data.take_release(name)


def taken_notice() -> str:
    """What there is to say of the address, once; empty if nothing."""
    return str(st.session_state.pop(NOTICE, ""))


def date_bases() -> list[DateBasis]:
    """The dates that the programme collects and that can give a patient the month."""
    collects = data.programme().collects
    return [basis for basis in DATE_BASES if collects("initiations", f"{basis}_date")]


def fields() -> dict[str, str]:
    """Field of the selection → dimension, for the dimensions that the programme collects."""
    known, programme = dimensions(), data.programme()
    return {field: each for each, field in DIMENSIONS.items() if known[each].collected(programme)}


def admitted(selection: Selection) -> bool:
    """Whether the programme collects everything that the selection is about."""
    asked = [field for field in DIMENSIONS.values() if getattr(selection, field)]
    return selection.date_basis in date_bases() and set(asked) <= set(fields())

"""The selection bar: whom the page is about. What it holds is in the address too."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, data, formats
from dashboard.components.copy_link import copy_link
from dashboard.wording import counted, language, said, text
from pipelines.definitions import dimension_labels
from pipelines.selection import Selection

ALWAYS_THERE = "indications"
NARROWEST = 150
MOST_NAMED = 3
"""Values of a filter that the strip names; more are counted."""

_WAITING: ContextVar[list[Callable[[], None]] | None] = ContextVar("waiting", default=None)


def selection_bar() -> Selection:
    """The filters, then the strip that says how many patients are kept.

    Inside `selection_last` only their place is taken, and they are drawn when it ends.
    """
    selection, place, waiting = address.current(), st.container(), _WAITING.get()
    if waiting is None:
        _bar(selection, place)
    else:
        waiting.append(partial(_bar, selection, place))
    return selection


@contextmanager
def selection_last() -> Iterator[None]:
    """Send the bar after the rest: who has changed a filter looks at the figures, and the bar is there still."""
    waiting: list[Callable[[], None]] = []
    token = _WAITING.set(waiting)
    try:
        yield
    finally:
        _WAITING.reset(token)
    for draw in waiting:
        draw()


def _bar(selection: Selection, place: DeltaGenerator) -> None:
    with place:
        if notice := address.taken_notice():
            st.warning(text(f"selection.{notice}"), icon=":material/link_off:")
        _filters(selection)
        _strip(selection)


def _filters(selection: Selection) -> None:
    with st.grid(4, min_column_width=NARROWEST, vertical_alignment="bottom", gap="small"):
        _month("from_month", _months(selection.from_month, "", selection.to_month))
        _month("to_month", _months(selection.to_month, selection.from_month, ""))
        _values(ALWAYS_THERE)
        with st.popover(text("selection.more"), icon=":material/tune:", width="stretch"):
            for field in address.fields():
                if field != ALWAYS_THERE:
                    _values(field)
            _date_basis()


def _months(chosen: str, least: str, most: str) -> list[str]:
    """No month, then those on the right side of the other end; a month of an address stays even if it is outside."""
    known = [month for month in data.months() if (not least or month >= least) and (not most or month <= most)]
    return ["", *known, *([chosen] if chosen and chosen not in known else [])]


def _month(field: str, months: list[str]) -> None:
    reader = language()
    end = text(f"selection.{field}", month=formats.month(data.opened().months[1], reader))
    st.selectbox(
        text(f"field.{field}"),
        months,
        format_func=lambda month: formats.month(month, reader) if month else end,
        **_widget(field),
    )


def _values(field: str) -> None:
    names = _names(field)
    st.multiselect(
        text(f"field.{field}"),
        list(names),
        format_func=lambda code: names[code],
        placeholder=text("selection.all"),
        select_all=False,
        **_widget(field),
    )


def _names(field: str) -> dict[str, str]:
    """The values of a field in words."""
    known = dimension_labels(address.fields()[field], data.programme())
    return {code: said(label, language()) for code, label in known.items()}


def _date_basis() -> None:
    bases = address.date_bases()
    if len(bases) > 1:
        named = {basis: text(f"date_basis.{basis}") for basis in bases}
        st.selectbox(text("field.date_basis"), bases, format_func=lambda basis: named[basis], **_widget("date_basis"))


def _widget(field: str) -> dict[str, Any]:
    """A widget that shows a field of the selection and changes it."""
    key = f"select-{field}"
    value = getattr(address.current(), field)
    st.session_state[key] = list(value) if isinstance(value, tuple) else value
    return {"key": key, "on_change": _changed, "args": (field,)}


def _changed(field: str) -> None:
    value = st.session_state[f"select-{field}"]
    changed: dict[str, Any] = {field: tuple(value) if isinstance(value, list) else value}
    address.choose(replace(address.current(), **changed))


def _strip(selection: Selection) -> None:
    kept, everyone = data.retained(selection)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        retained = counted("selection.retained", kept, everyone=formats.number(everyone, language()))
        st.markdown(retained, width="content")
        for written in _described(selection):
            st.badge(formats.plain(written), color="gray")
        if selection != Selection(release=selection.release):
            st.button(text("selection.reset"), icon=":material/restart_alt:", type="tertiary", key="select-reset",
                      on_click=address.reset)  # fmt: skip
        copy_link(address.link())


def _described(selection: Selection) -> list[str]:
    """Each filter that is set, in words."""
    found = []
    for field in ("from_month", "to_month"):
        if month := getattr(selection, field):
            found.append(f"{text(f'field.{field}')} {formats.month(month, language())}")
    for field in address.fields():
        if values := getattr(selection, field):
            several = text("selection.several", field=text(f"field.{field}"), n=len(values))
            names = _names(field)
            found.append(", ".join(names[value] for value in values) if len(values) <= MOST_NAMED else several)
    if selection.date_basis != "treatment_start":
        found.append(text(f"date_basis.{selection.date_basis}"))
    return found

"""A file to take away: for a stated purpose, and written into the journal before its first byte."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import access, data, extracts
from dashboard.wording import language, text
from pipelines.access.errors import AccessError
from pipelines.access.events import Purpose
from pipelines.access.roles import Action
from pipelines.extracts.pack import Prepared


def offer(what: str, n_rows: int, make: Callable[[], bytes], file_name: str, key: str) -> None:
    """The purpose and the button; where there can be no file, a sentence that says why.

    Args:
        what: a figure or a list, as the journal names it.
        make: makes the file, at the click.
    """
    with _purpose("download_exact", key) as purpose:
        if purpose:
            deliver = access.delivered(what, purpose, n_rows, data.release(), make)
            _button(text("card.download_csv"), deliver, file_name, "text/csv", key)


def offer_extract(found: Prepared, key: str) -> None:
    """The same for an extract, whose manifest says what it is for."""
    regime = found.request.regime
    with _purpose("download_exact" if regime == "exact" else "download_protected", key) as purpose:
        if purpose:
            deliver = access.delivered(found.request.subject, purpose, found.content.n_rows, data.release(),
                                       extracts.maker(found, purpose), regime)  # fmt: skip
            _button(text("extracts.download"), deliver, found.file_name, "application/zip", key)


@contextmanager
def _purpose(action: Action, key: str) -> Iterator[Purpose | None]:
    """Where the button stands, with the purpose; none where there can be no file, or none yet."""
    if not access.may(action):
        st.info(text("access.no_download"), icon=":material/block:")
        yield None
        return
    try:
        access.journal().ready()
    except AccessError:
        st.error(text("access.refused.not_journalled"), icon=":material/error:")
        yield None
        return
    known = access.purposes(data.release())
    before = st.session_state.get(access.PURPOSE)
    first = known.index(before) if before in known else len(known) - 1 if known[-1] == "demonstration" else None
    names = {each: text(f"purpose.{each}") for each in known}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        purpose = st.selectbox(
            text("access.purpose"), known, first, key=f"{key}-purpose-{language()}", width=320,
            format_func=lambda each: names[each], placeholder=text("access.choose_purpose"),
        )  # fmt: skip
        if purpose is None:
            st.caption(text("access.purpose_first"))
        else:
            st.session_state[access.PURPOSE] = purpose
        yield purpose


def _button(label: str, deliver: Callable[[], bytes], file_name: str, mime: str, key: str) -> None:
    st.download_button(label, data=deliver, file_name=file_name, mime=mime, key=f"{key}-download", on_click="ignore",
                       icon=":material/download:")  # fmt: skip

"""A file to take away: for a stated purpose, and written into the journal before its first byte."""

from collections.abc import Callable

import streamlit as st

from dashboard import access, data
from dashboard.wording import language, text
from pipelines.access.errors import AccessError


def offer(what: str, n_rows: int, make: Callable[[], bytes], file_name: str, key: str, protected: bool = False
          ) -> None:  # fmt: skip
    """The purpose and the button; where there can be no file, a sentence that says why.

    Args:
        what: a figure or a list, as the journal names it.
        make: makes the file, at the click.
        protected: whether it holds figures of the protected ledger, and none of a release.
    """
    if not access.may("download_protected" if protected else "download_exact"):
        st.info(text("access.no_download"), icon=":material/block:")
        return
    try:
        access.journal().ready()
    except AccessError:
        st.error(text("access.refused.not_journalled"), icon=":material/error:")
        return
    release = None if protected else data.release()
    known = access.purposes(release)
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
            return
        st.session_state[access.PURPOSE] = purpose
        st.download_button(
            text("card.download_csv"),
            data=access.delivered(what, purpose, n_rows, release, make),
            file_name=file_name,
            mime="text/csv",
            key=f"{key}-download",
            on_click="ignore",
            icon=":material/download:",
        )

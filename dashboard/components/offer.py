"""A file to take away: for a stated purpose, and written into the journal before its first byte."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import access, data, extracts
from dashboard.wording import language, text
from pipelines.access.errors import AccessError
from pipelines.access.events import Purpose
from pipelines.release import Release

if TYPE_CHECKING:
    from pipelines.extracts.pack import Prepared  # loads pandera, which is slow


@dataclass(frozen=True)
class File:
    """A file that can be taken away.

    Attributes:
        label: what its button says.
        make: given the purpose, what makes it at the click.
    """

    label: str
    name: str
    make: Callable[[Purpose], Callable[[], bytes]]
    mime: str
    icon: str = ":material/download:"


def offer(what: str, n_rows: int, make: Callable[[], bytes], file_name: str, key: str, protected: bool = False
          ) -> None:  # fmt: skip
    """The same for one table.

    Args:
        make: makes the file, at the click.
        protected: whether it holds figures of the protected ledger, and none of a release.
    """
    file = File(text("card.download_csv"), file_name, lambda _: make, "text/csv")
    offer_files(what, n_rows, [file], key, None if protected else data.release())


def offer_extract(found: "Prepared", key: str) -> None:
    """The same for an extract, whose manifest says what it is for."""
    file = File(text("extracts.download"), found.file_name, partial(extracts.maker, found), "application/zip")
    release = data.release() if found.request.regime == "exact" else None
    offer_files(found.request.subject, found.content.n_rows, [file], key, release)


def offer_files(what: str, n_rows: int, files: Sequence[File], key: str, release: Release | None) -> None:
    """The purpose and a button for each file; where there can be none, a sentence that says why.

    Args:
        what: a figure or a list, as the journal names it.
        release: what the files rest on; none for figures of the protected ledger.
    """
    if not access.may("download_exact" if release else "download_protected"):
        st.info(text("access.no_download"), icon=":material/block:")
        return
    try:
        access.journal().ready()
    except AccessError:
        st.error(text("access.refused.not_journalled"), icon=":material/error:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        purpose = _purpose(key, release)
        if purpose is None:
            st.caption(text("access.purpose_first"))
            return
        for place, file in enumerate(files):
            deliver = access.delivered(what, purpose, n_rows, release, file.make(purpose))
            _button(file, deliver, f"{key}-download-{place}" if place else f"{key}-download")


def _button(file: File, deliver: Callable[[], bytes], key: str) -> None:
    st.download_button(file.label, data=deliver, file_name=file.name, mime=file.mime, key=key, on_click="ignore",
                       icon=file.icon)  # fmt: skip


def _purpose(key: str, release: Release | None) -> Purpose | None:
    """What the reader takes files for; the one that they gave before, to begin with."""
    known = access.purposes(release)
    before = st.session_state.get(access.PURPOSE)
    first = known.index(before) if before in known else len(known) - 1 if known[-1] == "demonstration" else None
    names = {each: text(f"purpose.{each}") for each in known}
    purpose: Purpose | None = st.selectbox(
        text("access.purpose"), known, first, key=f"{key}-purpose-{language()}", width=320,
        format_func=lambda each: names[each], placeholder=text("access.choose_purpose"),
    )  # fmt: skip
    if purpose is not None:
        st.session_state[access.PURPOSE] = purpose
    return purpose

"""The form that starts an import: the programme, the files or the folder, and what the files may not say themselves."""

import datetime as dt

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import imports
from dashboard.components import notices
from dashboard.components.parts import page_title
from dashboard.wording import language, text

ROUND = "import_round"
"""Counts the imports of a session: each begins with empty fields."""

DATE_ORDERS = ("dmy", "mdy")
FORMATS = {"fr": "DD/MM/YYYY", "en": "YYYY-MM-DD"}


def import_title() -> None:
    """The title of the page; on an empty store, the first sentence that anyone reads."""
    if imports.in_service():
        page_title("import_export")
    else:
        st.title(text("start.title"), anchor=False)
        st.write(text("start.how"))


def import_form() -> None:
    """Choose, drop, start."""
    turn = st.session_state.get(ROUND, 0)
    st.header(text("import_form.title"), anchor=False)
    with st.container(border=True):
        known = imports.shipped()
        usual = list(known).index(imports.usual())
        programme = st.selectbox(text("import_form.programme"), list(known), usual, format_func=known.__getitem__)
        files = _files(turn)
        with st.expander(text("import_form.options")):
            cutoff = st.date_input(
                text("import_form.cutoff"), None, format=FORMATS[language()], help=text("import_form.cutoff_help"),
                key=f"import-cutoff-{turn}",
            )  # fmt: skip
            order = st.selectbox(
                text("import_form.dates"), DATE_ORDERS, None, format_func=imports.date_order,
                placeholder=text("import_form.dates_found"), key=f"import-dates-{turn}",
            )  # fmt: skip
        st.button(
            text("import_form.start"), type="primary", icon=":material/play_arrow:", disabled=not files,
            key="import-start", on_click=_begin, args=(files, programme, cutoff, order),
        )  # fmt: skip
        st.caption(text("import_form.what_happens"))


def _files(turn: int) -> list[UploadedFile]:
    """The uploader; a browser picks either files or a folder."""
    kinds = ("files", "folder")
    kind = st.segmented_control(
        text("import_form.kind"), kinds, default="files", required=True, key=f"import-kind-{turn}",
        format_func={each: text(f"import_form.{each}") for each in kinds}.__getitem__,
    )  # fmt: skip
    label, key, forms = text(f"import_form.drop_{kind}"), f"import-{kind}-{turn}", text("import_form.forms")
    if kind == "folder":
        return st.file_uploader(label, accept_multiple_files="directory", key=key, help=forms)
    return st.file_uploader(label, accept_multiple_files=True, key=key, help=forms)


def _begin(files: list[UploadedFile], programme: str, cutoff: dt.date | None, export_dates: str | None) -> None:
    def start() -> None:
        imports.begin(files, programme, cutoff, export_dates)
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1

    notices.attempt(start)

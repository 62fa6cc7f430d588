"""The documents that say how figures are made: one at a time, part by part, searched, and to take away."""

import pandas as pd
import streamlit as st

from dashboard import access, address, data, documents, formats
from dashboard.components import parts
from dashboard.components.ledger_audit import ledger_audit
from dashboard.components.role_table import role_table
from dashboard.components.why import DOCUMENT
from dashboard.documents import DOCUMENTS, Part
from dashboard.wording import LANGUAGES, counted, language, text

WHOLE = ("conventions", "programme", "guarantee", "accessibility")
"""Documents short enough to be read in one go."""


def library() -> None:
    """The document that the reader picks; the address says it."""
    chosen, _ = address.parameter("document", DOCUMENTS)
    st.session_state["document"] = chosen
    names = {each: text(f"methods.{each}") for each in DOCUMENTS}
    st.segmented_control(text("methods.document"), DOCUMENTS, format_func=lambda each: names[each], key="document",
                         required=True, label_visibility="collapsed",
                         on_change=lambda: address.set_parameter("document", st.session_state["document"]))  # fmt: skip
    st.caption(text(f"methods.{chosen}_what"))
    with parts.panel(f"document-{chosen}"):
        if chosen == "versions":
            _versions()
        elif chosen == "roles":
            role_table()
        else:
            _document(chosen)
            if chosen == DOCUMENT:
                ledger_audit()


def _document(name: str) -> None:
    reader = language()
    known = documents.parts(name, reader)
    wanted = st.text_input(text("methods.search"), key=f"search-{name}", width=560, icon=":material/search:")
    found = documents.found(known, wanted)
    if wanted.strip():
        st.caption(counted("methods.n_found", len(found)))
    if name in WHOLE:
        for part in found:
            _part(part)
    elif found:
        titles = [part.title for part in found]
        chosen = st.selectbox(text(f"methods.{name}_part"), titles, key=f"part-{name}-{reader}", width=560)
        _part(next((part for part in found if part.title == chosen), found[0]))
    with st.container(horizontal=True):
        for each in LANGUAGES:
            _download(name, each)


def _part(part: Part) -> None:
    st.header(formats.plain(part.title), anchor=False)
    for written, code in documents.fences(part.body):
        if code:
            st.code(written, language="sql", wrap_lines=True)
        else:
            st.markdown(written)


def _download(name: str, wanted: str) -> None:
    """The whole document in a language, whatever is looked for."""
    written = documents.text_of(name, wanted)
    st.download_button(
        text(f"methods.download_{wanted}"),
        data=written,
        file_name=f"{data.programme().name}_{name}.{wanted}.md",
        mime="text/markdown",
        key=f"document-{name}-{wanted}",
        on_click="ignore",
        icon=":material/download:",
    )


def _versions() -> None:
    """What computed the release, unless the reader reads none, and what computes the figures now."""
    rows = [
        *([] if access.in_protected_world() else _made()),
        *([name, found] for name, found in documents.versions().items()),
    ]
    frame = pd.DataFrame(rows, columns=[text("methods.what"), text("methods.version")])
    parts.figures(frame, text("methods.versions"), "versions", labels=2)


def _made() -> list[list[str]]:
    record = data.release().record
    return [[text("methods.release"), record["release"]], [text("methods.imported_by"), record["code_version"]],
            [text("methods.engine"), record["engine"]]]  # fmt: skip

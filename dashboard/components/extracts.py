"""Extracts to take away: the standard ones, and one of the reader's own, each as a sealed file."""

from typing import TYPE_CHECKING, Literal

import pandas as pd
import streamlit as st

from dashboard import access, data, extracts, formats, tables
from dashboard.components import parts, passport, states
from dashboard.components.choices import measure_and_dimensions
from dashboard.components.offer import offer_extract
from dashboard.shown import Shown
from dashboard.wording import language, said, text, text_in
from pipelines.access.roles import Precision
from pipelines.extracts.request import FORMS, Figures, Form, Ledger, Request, Rows
from pipelines.selection import Selection

if TYPE_CHECKING:
    from pipelines.extracts.pack import Prepared  # loads pandera, which is slow

TALLEST, ROW = 460, 35
KINDS = ("figures", "rows")
FIELD = 320
"""Width of a field in pixels."""


def standard_extracts(selection: Selection) -> None:
    """The catalogue, and one of it to take."""
    known = extracts.standard()
    with parts.panel("extracts-standard"):
        st.header(text("extracts.standard"), anchor=False)
        if not known:
            st.info(text("extracts.no_ledger"), icon=":material/shield:")
            return
        found = {name: extracts.prepared(_request(each, selection)) for name, each in known.items()}
        titles = {name: _title(each, language()) for name, each in found.items()}
        rows = [_listed(titles[name], each) for name, each in found.items()]
        heads = [text(f"extracts.{each}") for each in ("title", "grain", "regime", "n_rows", "n_columns")]
        parts.figures(pd.DataFrame(rows, columns=heads), text("extracts.standard"), "extracts", labels=3)
        chosen = st.selectbox(text("extracts.which"), list(titles), format_func=lambda each: titles[each],
                              key=f"extract-standard-{language()}", width=FIELD)  # fmt: skip
        if isinstance(known[chosen], Ledger):
            st.caption(text("extracts.ledger_is_whole"))
        _take(known[chosen], selection, "standard")


def own_extract(selection: Selection) -> None:
    """Any measure by any of its dimensions, or the rows of a table, of the patients selected."""
    reader = language()
    with parts.panel("extracts-own"):
        st.header(text("extracts.own"), anchor=False)
        kind = st.segmented_control(text("extracts.kind"), KINDS, default=KINDS[0], required=True,
                                    format_func=lambda each: text_in(reader, f"extracts.kinds.{each}"),
                                    key=f"extract-kind-{reader}")  # fmt: skip
        if kind == "rows":
            _rows(selection)
        else:
            _figures(selection)


def _figures(selection: Selection) -> None:
    name, by = measure_and_dimensions()
    shown = data.measure(name, selection, by=by)
    if shown.state in {"not_sent", "not_collected"}:
        states.show(shown)
        return
    _preview(shown)
    _take(Figures(name, tuple(by)), selection, "own")
    with st.expander(text("card.definition")):
        passport.show(shown, "extract", [(shown.table.statement, shown.table.parameters)])


def _preview(shown: Shown) -> None:
    """The figures as they will be in the file."""
    frame = tables.readable(shown, wide=False).assign(**{text("card.state"): shown.frame["state"].map(shown.state_of)})
    size = shown.counted("extracts.rows", len(frame)), shown.counted("extracts.columns", len(frame.columns))
    st.markdown(", ".join(size), width="content")
    figures = {shown.count(each): st.column_config.TextColumn(alignment="right") for each in shown.counts}
    height: int | Literal["auto"] = TALLEST if len(frame) > TALLEST // ROW else "auto"
    st.dataframe(frame, hide_index=True, height=height, column_config=figures, alt=shown.title)


def _rows(selection: Selection) -> None:
    reader = language()
    names = {name: said(label, reader) for name, label in extracts.tables().items()}
    table = st.selectbox(text("extracts.table"), list(names), format_func=lambda each: names[each],
                         key=f"extract-table-{reader}", width=FIELD)  # fmt: skip
    labels = {name: said(label, reader) for name, label in extracts.columns(table).items()}
    chosen = st.multiselect(text("extracts.chosen"), list(labels), format_func=lambda each: labels[each],
                            placeholder=text("extracts.all"), select_all=False,
                            key=f"extract-columns-{table}-{reader}")  # fmt: skip
    st.caption(text("extracts.rows_are"))
    _take(Rows(table, tuple(chosen)), selection, "rows")


def _take(content: extracts.Content, selection: Selection, key: str) -> None:
    """How the file is written, what it is for, and the button."""
    reader = language()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form: Form = st.selectbox(text("extracts.form"), FORMS, key=f"extract-form-{key}-{reader}", width=FIELD,
                                  format_func=lambda each: text_in(reader, f"extracts.forms.{each}"))  # fmt: skip
        precision = extracts.precisions()[0]
        if isinstance(content, Rows):
            precision = st.selectbox(
                text("extracts.dates"), extracts.precisions(), width=FIELD,
                key=f"extract-dates-{key}-{reader}-{access.reader().actor.role}",
                format_func=lambda each: text_in(reader, f"extracts.precision.{each}"),
            )  # fmt: skip
    found = extracts.prepared(_request(content, selection, form, precision))
    st.caption(text("extracts.file", file=formats.plain(found.file_name)))
    if not extracts.is_signed():
        st.caption(text("extracts.not_signed"))
    offer_extract(found, f"extract-{key}")


def _request(content: extracts.Content, selection: Selection, form: Form = "csv-fr",
             precision: Precision | None = None) -> Request:  # fmt: skip
    return Request(content, form, language(), selection, precision or extracts.precisions()[0])


def _title(found: "Prepared", reader: str) -> str:
    """What a standard extract is called: two of one measure are told apart by what they are broken down by."""
    title = said(found.content.title, reader)
    content = found.request.content
    if isinstance(content, Figures) and content.by:
        names = [said(each.label, reader).lower() for each in found.content.columns[: len(content.by)]]
        return text_in(reader, "extracts.by", title=title, by=", ".join(names))
    return text_in(reader, "extracts.rows_of", title=title) if isinstance(content, Rows) else title


def _listed(title: str, found: "Prepared") -> list[str]:
    reader = language()
    size = (found.content.n_rows, len(found.content.columns))
    return [title, said(found.content.grain, reader), text(f"regime.{found.request.regime}"),
            *(formats.number(each, reader) for each in size)]  # fmt: skip

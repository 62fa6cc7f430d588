"""The passport of a figure: what it says, the SQL as run, and the lines behind it, as many as the figure."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard import data, formats, labels, tables
from dashboard.shown import Shown
from dashboard.wording import text
from pipelines.definitions import dimension_labels


def show(shown: Shown, key: str) -> None:
    """The definition, then the statement and the lines, closed until asked for."""
    st.markdown("  \n".join(f"**{head}** {formats.plain(body)}" for head, body in _sentences(shown)))
    statement = st.expander(text("passport.sql"), key=f"{key}-sql", on_change="rerun")
    if statement.open:
        with statement:
            _statement(shown)
    if shown.state in {"not_sent", "not_collected"}:
        return
    lines = st.expander(text("passport.lines"), key=f"{key}-lines", on_change="rerun")
    if lines.open:
        with lines:
            _lines(shown, key)


def _sentences(shown: Shown) -> list[tuple[str, str]]:
    said = shown.table.definition
    parts = {
        "question": said.question,
        "unit": said.unit,
        "included": said.included,
        "excluded": said.excluded,
        "denominator": said.denominator,
        "not_additive": said.not_additive,
    }
    written = [(text(f"passport.{name}"), shown.say(part)) for name, part in parts.items() if part]
    reviewed = text("passport.reviewed_on", author=said.review.author,
                    day=formats.day(said.review.reviewed_on, shown.language))  # fmt: skip
    return [*written, (text("passport.release"), shown.table.release), (text("passport.review"), reviewed)]


def _statement(shown: Shown) -> None:
    st.code(shown.table.statement, language="sql", wrap_lines=True)
    heads = [text("passport.parameter"), text("passport.value")]
    rows = [[name, _parameter(value)] for name, value in shown.table.parameters.items()]
    st.table(tables.marked(pd.DataFrame(rows, columns=heads)), border="horizontal", hide_index=True,
             alt=text("passport.sql"))  # fmt: skip


def _parameter(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or text("passport.all")
    return str(value).lower() if isinstance(value, bool) else str(value) or text("passport.all")


def pick(shown: Shown, key: str, cell: Mapping[str, str], count: str) -> None:
    """Open the lines of one cell; what the cell does not name is taken whole."""
    st.session_state[f"{key}-lines"] = True
    for dimension in shown.by:
        st.session_state[f"{key}-pick-{dimension}"] = cell.get(dimension)
    if len(shown.counts) > 1:
        st.session_state[f"{key}-count"] = count or shown.main


def _lines(shown: Shown, key: str) -> None:
    """The lines behind the whole figure, or behind the cell that the reader picks."""
    asked = {dimension: _picked(shown, dimension, key) for dimension in shown.by}
    where = {**shown.where, **{dimension: value for dimension, value in asked.items() if value is not None}}
    count = shown.main
    if len(shown.counts) > 1:
        count = st.selectbox(text("passport.count"), shown.counts, format_func=shown.count, key=f"{key}-count")
    cell = data.measure(shown.name, shown.table.selection, by=[], where=where)
    lines = data.line_list(cell, count)
    figure = int(cell.frame[count].iloc[0])
    st.write(shown.counted("passport.n_lines", len(lines), figure=shown.number(figure)))
    if len(lines):
        readable = labels.readable_lines(lines, shown)
        st.dataframe(readable, hide_index=True, height=300, alt=text("passport.lines"))


def _picked(shown: Shown, dimension: str, key: str) -> str | None:
    """A value of a dimension; none for all of them, empty for what was not recorded."""
    present = shown.frame[dimension]
    known = [value for value in dimension_labels(dimension, shown.programme) if value in set(present)]
    values = [None, *(known or present.dropna().unique()), *([""] if present.isna().any() else [])]
    every = text("passport.every")
    picked: str | None = st.selectbox(
        shown.dimension(dimension),
        values,
        format_func=lambda value: every if value is None else shown.label(dimension, value or None),
        key=f"{key}-pick-{dimension}",
    )
    return picked

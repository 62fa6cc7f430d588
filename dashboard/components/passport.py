"""The passport of a figure: what it says, what was left out and why, the findings behind it, its SQL, its lines."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard import data, formats, labels, tables, views
from dashboard.components import states
from dashboard.estimated import Run
from dashboard.shown import Shown
from dashboard.wording import text
from data_schemas.rules import words
from pipelines.definitions import dimension_labels

if TYPE_CHECKING:
    from pipelines.passport import Passport

VIEWS, QUALITY = Path(views.__file__).parent, "data_quality.py"
"""The pages, and the one that lists every finding."""


def show(shown: Shown, key: str, runs: Sequence[Run]) -> None:
    """The definition, what was left out, the findings; then the statements and the lines, closed until asked for.

    Args:
        runs: the statements behind the figure.
    """
    st.markdown("  \n".join(f"**{head}** {formats.plain(body)}" for head, body in _sentences(shown)))
    if not states.unknown(shown.state):
        known = data.passport(shown)
        _left_out(shown, known, key)
        _findings(shown, known, key)
    statement = st.expander(text("passport.sql"), key=f"{key}-sql", on_change="rerun")
    if statement.open:
        with statement:
            for run in runs:
                _statement(*run)
    if states.unknown(shown.state):
        return
    lines = st.expander(text("passport.lines"), key=f"{key}-lines", on_change="rerun")
    if lines.open:
        with lines:
            _lines(shown, key)


def _left_out(shown: Shown, known: "Passport", key: str) -> None:
    """What was looked at and does not count, by its reason, and the rows that were not loaded."""
    if known.excluded:
        heads = [text("passport.reason"), *(shown.count(count) for count in next(iter(known.excluded.values())))]
        said = shown.table.definition.exclusions
        rows = [[shown.say(said[code]), *map(shown.number, counts.values())] for code, counts in known.excluded.items()]
        _small(pd.DataFrame(rows, columns=heads), text("passport.left_out"), f"{key}-left-out")
    kept_back = [shown.counted("passport.rows_of", n, table=labels.table_name(table, shown.language))
                 for table, n in known.quarantined.items()]  # fmt: skip
    st.markdown(f"**{text('passport.quarantined')}** {formats.plain(', '.join(kept_back))}.")


def _findings(shown: Shown, known: "Passport", key: str) -> None:
    """The rules that warn of rows behind the figure; those that warn of other rows are only counted."""
    found = known.findings
    touching = found[found["n_touching"] > 0]
    heads = [text(f"passport.{each}") for each in ("finding", "n_touching", "n_warned")]
    rows = [[shown.say(words(row["rule"]).text), shown.number(row["n_touching"]), shown.number(row["n_warned"])]
            for row in touching.to_dict("records")]  # fmt: skip
    if rows:
        _small(pd.DataFrame(rows, columns=heads), text("passport.findings"), f"{key}-findings")
    others = shown.counted("passport.other_findings", len(found) - len(touching))
    st.caption(others if rows else f"{text('passport.no_finding')} {others}")
    if (VIEWS / QUALITY).is_file():
        st.page_link(f"{VIEWS.name}/{QUALITY}", label=text("passport.quality"), icon=":material/rule:")


def _small(frame: pd.DataFrame, title: str, key: str) -> None:
    """A small table of figures under its title."""
    st.markdown(f"**{title}**")
    with st.container(key=f"figures-1-{key}"):
        st.table(tables.marked(frame), border="horizontal", hide_index=True, alt=title)


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


def _statement(statement: str, parameters: Mapping[str, object]) -> None:
    st.code(statement, language="sql", wrap_lines=True)
    heads = [text("passport.parameter"), text("passport.value")]
    rows = [[name, _parameter(value)] for name, value in parameters.items()]
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

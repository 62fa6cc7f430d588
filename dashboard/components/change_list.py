"""What changed beneath the figures: records from one release to another, and the definitions they are counted by."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard import changes, data, formats, imports, labels, tables
from dashboard.components import parts
from dashboard.wording import language, text
from pipelines.release import Release

if TYPE_CHECKING:
    from pipelines.changes import TableChanges  # loads pandera, which is slow

TALLEST, HEAD, ROW = 300, 38, 35


def record_changes(base: Release) -> None:
    """What became of the records of each table, and those of one table and state."""
    with st.spinner(text("what_changed.comparing")):
        found = changes.records(base)
    reader = language()
    unknown = formats.NOT_COLLECTED[reader]
    rows = [
        [labels.table_name(each.table, reader),
         *(formats.number(len(keys), reader) if each.compared else unknown for keys in each.keys.values())]
        for each in found
    ]  # fmt: skip
    heads = [text("status.table"), *(text(f"import_review.{state}") for state in imports.CHANGES)]
    frame = pd.DataFrame(rows, columns=heads)
    listed = {f"{each.table}.{state}": (each, state) for each in found if each.compared
              for state in imports.CHANGES if each.keys[state]}  # fmt: skip
    with parts.panel("record-changes"):
        parts.figures(frame, text("what_changed.records"), "record-changes")
        if any(not each.compared for each in found):
            st.caption(text("import_review.not_compared"))
        st.caption(text("what_changed.reclassified_means"))
        if not listed:
            st.write(text("what_changed.same_records"))
            return
        chosen = st.selectbox(
            text("what_changed.show"),
            list(listed),
            index=_first_altered(list(listed)),
            format_func=lambda name: _what(*listed[name]),
            key="changed-records",
            width=560,
        )
        if chosen:
            _values(*listed[chosen])


def _first_altered(names: Sequence[str]) -> int:
    """The first choice with values before and after, else the first."""
    return next((place for place, name in enumerate(names) if name.endswith((".reclassified", ".corrected"))), 0)


def _what(changed: "TableChanges", state: str) -> str:
    table = labels.table_name(changed.table, language())
    n = formats.number(len(changed.keys[state]), language())
    return text("what_changed.of_table", table=table, state=text(f"import_review.{state}").lower(), n=n)


def _values(changed: "TableChanges", state: str) -> None:
    """The records of one state; of those that were altered, each value before and after."""
    reader, found = language(), changes.values(changed, state)
    columns = {text("what_changed.record"): found["key"].tolist()}
    if "column_name" in found:
        table, programme = changed.table, data.programme()
        columns[text("what_changed.field")] = [labels.column_name(each, (table,), reader)
                                               for each in found["column_name"]]  # fmt: skip
        for side in ("before", "after"):
            columns[text(f"what_changed.{side}")] = [
                labels.value_in_words(table, column, value, programme, reader)
                for column, value in zip(found["column_name"], found[side], strict=True)
            ]
    frame = pd.DataFrame(columns)
    height = min(TALLEST, HEAD + ROW * len(frame))
    st.dataframe(frame, hide_index=True, height=height, alt=_what(changed, state))
    st.caption(text("what_changed.restricted"))


def definition_changes(base: Release) -> None:
    """The definitions and the configuration that are not what they were."""
    found = changes.definitions(base)
    with parts.panel("definition-changes"):
        if found is None:
            st.write(text("what_changed.definitions_unknown"))
        elif not found:
            st.write(text("what_changed.definitions_same"))
        else:
            lines = [f"- **{formats.plain(text(f'what_changed.changed_{kind}'))}** {formats.plain(_names(kind, names))}"
                     for kind, names in found.items()]  # fmt: skip
            st.markdown("\n".join(lines))
        _code(base)


def _code(base: Release) -> None:
    """The two releases: what they are called, when they came in, and by which programme file."""
    now = data.release()
    rows = [[text(f"what_changed.{head}"), each.name, formats.day(each.cutoff, language()),
             each.record["programme_sha256"][:10]] for head, each in (("before", base), ("after", now))]  # fmt: skip
    heads = [text(f"what_changed.{head}") for head in ("side", "release", "cutoff", "programme_file")]
    frame = pd.DataFrame(rows, columns=heads)
    st.table(tables.marked(frame), border="horizontal", hide_index=True, alt=text("what_changed.definitions"))


def _names(kind: str, names: Sequence[str]) -> str:
    """What changed, by the names that a reader knows."""
    return " ; ".join(changes.named(kind, name) for name in names)

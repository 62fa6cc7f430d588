"""An import under way, step by step with counts; and how the last one ended, where it left no candidate."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from dashboard import access, formats, imports, tables
from dashboard.components import notices
from dashboard.wording import language, text
from pipelines.background import State

EVERY = 1.0
"""Seconds from one look to the next."""

MARKS = {"done": ":material/check_circle:", "now": ":material/pending:", "later": ":material/radio_button_unchecked:"}


class Step(NamedTuple):
    """A step of an import: how much of it is done, and of how much; 0 of 0 where that is not known yet."""

    name: str
    n_done: int
    n_all: int
    n_rows: int = 0


def import_progress() -> bool:
    """Show how far an import is, or how it ended; true while one is under way."""
    state = imports.last()
    if state.status == "under_way":
        st.header(text("import_progress.title"), anchor=False)
        with st.container(border=True):
            _follow()
        return True
    if state.status == "interrupted":
        _ended("error", text("import_progress.interrupted"))
    elif state.error:
        first, problems = imports.told(state.error)
        _ended("error", first, *problems)
    elif state.status == "ended" and not state.is_new:
        _ended("success", text("import_progress.same", release=state.release))
    return False


@access.renewed(EVERY)
def _follow() -> None:
    state = imports.last()
    if state.status != "under_way":
        st.rerun()
    began = state.began.astimezone().strftime("%H:%M") if state.began else ""
    st.caption(text("import_progress.leave", time=began))
    known = steps(state)
    current = next((place for place, step in enumerate(known) if not _is_done(step)), len(known) - 1)
    st.progress(share(known), text=text(f"import_progress.{known[current].name}"))
    for place, step in enumerate(known):
        mark = "done" if place < current else "now" if place == current else "later"
        st.markdown(f"{MARKS[mark]} {_said(step)}")
    _recognised(state)


def steps(state: State) -> Sequence[Step]:
    """The steps of an import from what it said of itself so far."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for name, details in state.steps:
        found.setdefault(name, []).append(details)
    read = found.get("read", [{}])[0]
    files, checked = found.get("file", []), found.get("validate", [])
    n_files, n_tables = read.get("n_files", 0), read.get("n_tables", 0)
    return (
        Step("start", int("read" in found), 1),
        Step("read", len(files), n_files, sum(each["n_rows"] for each in files)),
        Step("validate", len(checked), n_tables, sum(each["n_rows"] for each in checked)),
        Step("derive", int("release" in found), 1),
        Step("release", 0, 1),
    )


def share(known: Sequence[Step]) -> float:
    """How much of an import is done, from 0 to 1: each file, table and step counts the same."""
    return sum(step.n_done for step in known) / sum(step.n_all for step in known)


def _is_done(step: Step) -> bool:
    return step.n_all > 0 and step.n_done >= step.n_all


def _said(step: Step) -> str:
    name = text(f"import_progress.{step.name}")
    if not step.n_rows:
        return name
    counts = {"done": step.n_done, "all": step.n_all, "rows": step.n_rows}
    written = {each: formats.number(n, language()) for each, n in counts.items()}
    return f"{name} · {text(f'import_progress.{step.name}_counts', **written)}"


def _ended(kind: str, *lines: str) -> None:
    notices.show(kind, *lines)
    state = imports.last()
    _recognised(state)
    st.button(text("import_progress.forget"), on_click=imports.forget, key="import-forget", icon=":material/close:")


def _recognised(state: State) -> None:
    files = [details for step, details in state.steps if step == "file"]
    if files:
        with st.expander(text("import_files.title")):
            recognised(files, [details for step, details in state.steps if step == "note"])


def recognised(files: Sequence[Mapping[str, Any]], notes: Sequence[Mapping[str, Any]]) -> None:
    """What was found out about each file, and how sure that is."""
    heads = [text(f"import_files.{each}") for each in ("file", "rows", "form", *imports.KINDS)]
    rows = [[each["file"], formats.number(each["n_rows"], language()), each["form"],
             *(_found(each, kind) for kind in imports.KINDS)] for each in files]  # fmt: skip
    frame = tables.marked(pd.DataFrame(rows, columns=heads))
    st.table(frame, border="horizontal", hide_index=True, alt=text("import_files.title"))
    for note in notes:
        st.caption(formats.plain(imports.noted(note)))


def _found(file: Mapping[str, Any], kind: str) -> str:
    value = imports.date_order(file[kind]) if kind == "date_order" else str(file[kind] or formats.NOT_RECORDED)
    sure = file["confidence"].get(kind)
    return f"{value} ({text(f'import_files.{sure}')})" if sure and kind in file["evidence"] else value

"""The releases of the store, the one in service marked, and the way back to an earlier one."""

import datetime as dt
from functools import partial

import pandas as pd
import streamlit as st

from dashboard import formats, imports, tables
from dashboard.components import notices
from dashboard.components.import_review import look_at
from dashboard.wording import language, text
from pipelines.release import Release


def release_list() -> None:
    """All releases, the newest cut-off first; nothing before the first import."""
    current, releases = imports.in_service(), imports.releases()
    if current is None:
        return
    st.header(text("releases.title"), anchor=False)
    with st.container(border=True):
        heads = [text(f"releases.{head}") for head in ("state", "cutoff", "name", "imported")]
        heads += [text("status.loaded"), text("status.quarantined")]
        rows = [_row(each, each.name == current.name) for each in releases]
        frame = tables.marked(pd.DataFrame(rows, columns=heads))
        st.table(frame, border="horizontal", hide_index=True, alt=text("releases.title"))
        others = {each.name: each for each in releases if each.name != current.name}
        if others:
            _roll_back(others)


def _row(release: Release, in_service: bool) -> list[str]:
    imported = dt.datetime.fromisoformat(release.record["imported_at"]).astimezone()
    return [
        f"● {text('releases.in_service')}" if in_service else "",
        formats.day(release.cutoff, language()),
        release.name,
        f"{formats.day(imported.date(), language())} {imported:%H:%M}",
        *(formats.number(release.total(count), language()) for count in ("loaded", "quarantined")),
    ]


def _roll_back(others: dict[str, Release]) -> None:
    said = {name: f"{formats.day(each.cutoff, language())} · {name}" for name, each in others.items()}
    with st.popover(text("releases.roll_back"), icon=":material/history:"):
        name = st.selectbox(text("releases.which"), list(said), key="release-back", format_func=said.__getitem__)
        st.write(text("releases.roll_back_what"))
        st.button(
            text("releases.roll_back_confirm"), key="release-back-confirm",
            on_click=partial(notices.attempt, partial(_back_to, name)),
        )  # fmt: skip


def _back_to(name: str) -> None:
    release = imports.roll_back(name)
    day = formats.day(release.cutoff, language())
    notices.leave("success", text("releases.rolled_back", day=day, release=release.name))
    look_at(release)

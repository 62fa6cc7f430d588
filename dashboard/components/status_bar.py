"""The status bar: which programme, which data, and how they came in. On every page."""

import pandas as pd
import streamlit as st

from dashboard import access, address, data, following, formats, labels, tables
from dashboard.access import Reader
from dashboard.components.refusals import sign_out_button
from dashboard.wording import LANGUAGES, language, said, text
from pipelines.access.roles import ROLES

COLUMNS = ("read", "loaded", "quarantined", "warned")
"""What became of the rows of a table."""


def follow_language() -> None:
    """Let the document say the reader's language, and the browser remember it."""
    lang = language()
    kept = f"{address.LANGUAGE_PARAMETER}={lang};path=/;max-age=31536000;samesite=strict"
    st.html(f"<script>document.documentElement.lang='{lang}';document.cookie='{kept}'</script>",
            unsafe_allow_javascript=True)  # fmt: skip


def language_switch() -> None:
    """French or English; the address says which."""
    names = {each: text(f"status.{each}") for each in LANGUAGES}
    st.segmented_control(
        text("status.language"),
        LANGUAGES,
        format_func=lambda each: names[each],
        required=True,
        label_visibility="collapsed",
        key=address.LANGUAGE,
        width="content",
    )


def language_in_sidebar() -> None:
    """The switch where every page has it."""
    with st.sidebar:
        language_switch()


def role_switch() -> None:
    """Whose screens a reader of synthetic data looks at; nobody else has a choice."""
    with st.sidebar:
        names, key = {each: text(f"role.{each}") for each in ROLES}, f"{access.ROLE}-{language()}"
        chosen = st.session_state.setdefault(access.ROLE, access.FIRST_ROLE)
        st.selectbox(text("access.role_switch"), list(ROLES), list(ROLES).index(chosen), key=key,
                     format_func=names.__getitem__, help=text("access.role_switch_help"), on_change=_take_role,
                     args=(key,))  # fmt: skip


def _take_role(key: str) -> None:
    st.session_state[access.ROLE] = st.session_state[key]


def status_bar(reader_now: Reader, page: str) -> None:
    """Programme, cut-off, rows, regime, role; where the data come from opens at a click."""
    release, reader = data.release(), language()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="status"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
            st.markdown(f"**{formats.plain(said(data.programme().label, reader))}**", width="content")
            day = formats.day(release.cutoff, reader)
            st.badge(text("status.cutoff", day=day), icon=":material/event:", color="gray")
            if address.current().release:
                st.badge(text("status.pinned"), icon=":material/keep:", color="gray", help=text("status.pinned_help"))
            regime = reader_now.role.regime(page) if reader_now.role else None
            if regime == "exact":
                st.badge(text("status.exact"), icon=":material/lock:", color="gray", help=text("status.exact_help"))
                with st.popover(text("status.rows_short", **_totals()), icon=":material/database:", type="tertiary"):
                    _origin()
            if not reader_now.demonstration:
                st.badge(text(f"role.{reader_now.actor.role}"), icon=":material/person:", color="gray")
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
            language_switch()
            sign_out_button()
    if release.synthetic:
        with st.container(key="synthetic"):
            st.warning(text("status.synthetic"), icon=":material/science:")
    behind()
    if newer := data.newer_release():
        with st.container(horizontal=True, vertical_alignment="center"):
            pinned = bool(address.current().release)
            st.info(text("status.pinned_newer" if pinned else "status.newer", day=formats.day(release.cutoff, reader)))
            st.button(text("status.back" if pinned else "status.take"), on_click=address.take_release, args=(newer,),
                      key="take-release")  # fmt: skip


def behind() -> None:
    """That the object store cannot be looked at, if the store lies in one."""
    since = following.behind_since()
    if since:
        at = since.astimezone()
        st.warning(text("status.behind", day=formats.day(at.date(), language()), time=at.strftime("%H:%M")),
                   icon=":material/cloud_off:")  # fmt: skip


def _origin() -> None:
    """What was read, loaded and set apart, table by table."""
    record, reader = data.release().record, language()
    st.markdown(f"{text('status.release')} `{record['release']}`")
    st.markdown(text("status.rows", **_totals()))
    rows = [
        [labels.table_name(count["table"], reader), *(formats.number(count[column], reader) for column in COLUMNS)]
        for count in record["counts"]
    ]
    heads = [text("status.table"), *(text(f"status.{column}") for column in COLUMNS)]
    st.table(
        tables.marked(pd.DataFrame(rows, columns=heads)),
        border="horizontal",
        hide_index=True,
        alt=text("status.origin"),
    )
    if record["not_sent"]:
        missing = ", ".join(labels.table_name(name, reader) for name in record["not_sent"])
        st.caption(text("state.not_sent", tables=missing))


def _totals() -> dict[str, str]:
    """Rows of all tables: read, loaded, set apart, with a warning."""
    counts = data.release().record["counts"]
    return {column: formats.number(sum(count[column] for count in counts), language()) for column in COLUMNS}


def broken(below_status: bool = False) -> None:
    """The release in service cannot be opened.

    Args:
        below_status: the status bar stands above, and has the language switch.
    """
    if not below_status:
        language_switch()
    st.title(text("start.broken_title"), anchor=False)
    st.error(text("start.broken"), icon=":material/error:")

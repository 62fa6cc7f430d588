"""A prepared import: what was read, set apart and why, what it changes, and the decision to publish or discard it."""

from collections.abc import Hashable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from dashboard import address, data, formats, imports, labels, tables
from dashboard.components import notices
from dashboard.components.import_progress import recognised
from dashboard.components.tiles import Tile, tiles
from dashboard.imports import Review
from dashboard.wording import language, said, text
from data_schemas.programme import load
from pipelines.release import Release
from pipelines.selection import Selection

COUNTS = ("read", "loaded", "quarantined", "warned")
NARROWEST = 130
"""Width of a tile inside the review."""


def candidates() -> None:
    """The prepared import that waits for a decision; one of them, when there are several."""
    waiting = {each.name: each for each in imports.waiting()}
    if not waiting:
        return
    chosen = next(iter(waiting))
    if len(waiting) > 1:
        chosen = st.selectbox(text("import_review.which", n=len(waiting)), list(waiting), key="import-candidate")
    with st.container(border=True), st.spinner(text("import_review.comparing")):
        _review(imports.review(waiting[chosen]))


def _review(review: Review) -> None:
    release, reader = review.release, language()
    st.header(text("import_review.title"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = said(load(release.record["programme"]).label, reader)
        st.markdown(f"**{formats.plain(label)}**", width="content")
        st.badge(text("status.cutoff", day=formats.day(release.cutoff, reader)), icon=":material/event:", color="gray")
        st.markdown(f"`{release.name}`", width="content")
    if release.synthetic:
        st.caption(text("status.synthetic"))
    if release.record["corrections"]:
        st.caption(text("import_review.corrections", n=len(release.record["corrections"])))
    tiles([_tile(release, count) for count in COUNTS], len(COUNTS), NARROWEST)
    _figures(review)
    parts = ("tables", "reject", "warn", "changes", "files")
    tables_read, set_apart, warned, changed, files = st.tabs(
        [text(f"import_review.{each}") for each in parts], key=f"review-{reader}"
    )
    with tables_read:
        _tables(release)
    with set_apart:
        _rules(review, "reject")
    with warned:
        _rules(review, "warn")
    with changed:
        _changes(review)
    with files:
        sources = release.record["sources"]
        notes = [{"note": note, "file": each["file"], "n": n} for each in sources for note, n in each["notes"].items()]
        recognised(sources, notes)
    _decision(review)


def _tile(release: Release, count: str) -> Tile:
    total = formats.number(release.total(count), language())
    return Tile(text(f"status.{count}"), total, text(f"import_review.{count}_help"))


def _table(frame: pd.DataFrame, title: str) -> None:
    st.table(tables.marked(frame), border="horizontal", hide_index=True, alt=title)


def _tables(release: Release) -> None:
    """Table by table; one that was not sent is said so, not counted as empty."""
    reader = language()
    counts = release.record["counts"]
    rows = [[labels.table_name(each["table"], reader), each["file"],
             *(formats.number(each[count], reader) for count in COUNTS)] for each in counts]  # fmt: skip
    rows += [[labels.table_name(name, reader), text("import_review.not_sent"),
              *(formats.NOT_COLLECTED[reader] for _ in COUNTS)] for name in release.record["not_sent"]]  # fmt: skip
    heads = [text("status.table"), text("import_files.file"), *(text(f"status.{count}") for count in COUNTS)]
    _table(pd.DataFrame(rows, columns=heads), text("import_review.tables"))


def _rules(review: Review, severity: str) -> None:
    """Why rows were set apart or warned of, where, and whether that is new; the rule that most rows break first."""
    frame = review.findings[review.findings["severity"] == severity]
    if not len(frame):
        st.write(text(f"import_review.no_{severity}"))
        return
    totals = frame.groupby("rule", sort=False)["n_failing"].sum().sort_values(ascending=False, kind="stable")
    compared = review.before is not None
    st.markdown(
        "\n".join(_rule(str(name), int(n), frame[frame["rule"] == name], compared) for name, n in totals.items())
    )
    st.caption(text("import_review.rows_may_repeat"))


def _rule(name: str, n_rows: int, places: pd.DataFrame, compared: bool) -> str:
    """A rule, how many rows break it, what to do, and below it where they are."""
    sentence, remedy = imports.rule(name)
    ordered = places.sort_values("n_failing", ascending=False, kind="stable").to_dict("records")
    where = formats.plain(", ".join(_place(row, compared) for row in ordered))
    n = formats.number(n_rows, language())
    return f"- **{n}** · {formats.plain(sentence)}. *{formats.plain(remedy)}.*  \n  :small[{where}]"


def _place(row: Mapping[Hashable, object], compared: bool) -> str:
    """Table and column, number of rows, and what became of the finding since the release in service."""
    table, column = str(row["table_name"]), str(row["column_name"])
    where = labels.table_name(table, language())
    if column:
        where = f"{where} · {labels.column_name(column, (table,), language())}"
    state = f", {imports.state_of(str(row['state']))}" if compared else ""
    return f"{where} ({formats.number(int(str(row['n_failing'])), language())}{state})"


def _changes(review: Review) -> None:
    """Records new, withdrawn and changed since the release in service."""
    if review.before is None:
        st.write(text("import_review.other_programme" if imports.in_service() else "import_review.first"))
        return
    unknown = formats.NOT_COLLECTED[language()]
    rows = [[labels.table_name(each.table, language()),
             *(formats.number(each.counts[state], language()) if each.counts else unknown for state in imports.CHANGES)]
            for each in review.changes]  # fmt: skip
    heads = [text("status.table"), *(text(f"import_review.{state}") for state in imports.CHANGES)]
    _table(pd.DataFrame(rows, columns=heads), text("import_review.changes"))
    if any(each.counts is None for each in review.changes):
        st.caption(text("import_review.not_compared"))


def _figures(review: Review) -> None:
    """The figures that everyone looks at, by indication, before and after."""
    by, whole = {}, {}
    for name in imports.HEADLINES:
        before, after = review.shown(name, "before"), review.shown(name, "after")
        if after:
            by[after[0].title] = (before[0] if before else None, after[0])
            whole[after[0].title] = (before[1] if before else None, after[1])
    title = text("import_review.figures" if review.before else "import_review.figures_alone")
    st.subheader(title, anchor=False)
    _table(tables.compared(by, whole, text("import_review.everyone")), title)
    if review.before:
        st.caption(text("import_review.against", day=formats.day(review.before.cutoff, language())))


def _decision(review: Review) -> None:
    """What each button does is said before it is pressed."""
    release, current = review.release, imports.in_service()
    if current is None:
        key = "import_review.publish_first"
    else:
        key = "import_review.publish_next" if current.cutoff <= release.cutoff else "import_review.publish_older"
    day = formats.day(current.cutoff, language()) if current else ""
    st.subheader(text("import_review.decision"), anchor=False)
    st.write(text(key, day=day))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text("import_review.publish"), type="primary", icon=":material/publish:", key="import-publish",
            on_click=partial(notices.attempt, partial(_publish, release.name)),
        )  # fmt: skip
        with st.popover(text("import_review.discard"), icon=":material/delete:"):
            st.write(text("import_review.discard_what"))
            st.button(
                text("import_review.discard_confirm"), key="import-discard",
                on_click=partial(notices.attempt, partial(_discard, release.name)),
            )  # fmt: skip


def _publish(name: str) -> None:
    release, enters = imports.publish(name)
    day = formats.day(release.cutoff, language())
    notices.leave("success", text("import_review.published" if enters else "import_review.kept", day=day, release=name))
    if enters:
        look_at(release)


def _discard(name: str) -> None:
    imports.discard(name)
    notices.leave("success", text("import_review.discarded", release=name))


def look_at(release: Release) -> None:
    """Show the release that this reader has just put in service; another programme has other filters."""
    if data.KEPT in st.session_state and data.programme().name != release.record["programme"]:
        address.choose(Selection())
    data.take_release(release.name)

"""What moved the headline figures: since when, a line for each, and the bridge of one of them with its records."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import address, changes, charts, formats, labels
from dashboard.changes import PREVIOUS, RETURN
from dashboard.components import parts
from dashboard.components.leaf import download, leaf
from dashboard.moved import Moved
from dashboard.wording import counted, language, text
from pipelines.release import Release
from pipelines.selection import Selection

SINCE, FIGURE = "since", "figure"
TALLEST, HEAD, ROW = 300, 38, 35


def compared_with() -> Release | None:
    """The release that today's is compared with, as the reader chooses; none, said in words, where there is none."""
    known = changes.bases()
    _about_the_return()
    if not known:
        st.info(text("what_changed.nothing_before"), icon=":material/inbox:")
        return None
    chosen, right = address.parameter(SINCE, list(known))
    if not right:
        st.warning(text("what_changed.wrong_release"), icon=":material/link_off:")
    st.session_state["changed-since"] = chosen
    st.selectbox(
        text("what_changed.since"),
        list(known),
        format_func=lambda name: _named(name, known[name]),
        key="changed-since",
        on_change=lambda: address.set_parameter(SINCE, st.session_state["changed-since"]),
        width=560,
    )
    return known[chosen]


def _about_the_return() -> None:
    """Why the last return may not be one of the choices."""
    declared = changes.last_return()
    if declared is None:
        st.caption(text("since_return.none"))
    elif declared.release is None:
        st.caption(text("since_return.unknown_release", day=formats.day(declared.cutoff, language())))


def _named(name: str, release: Release) -> str:
    key = name if name in {RETURN, PREVIOUS} else "release"
    return text(f"what_changed.since_{key}", day=formats.day(release.cutoff, language()), release=release.name)


def bridges(base: Release, selection: Selection) -> None:
    """A line for each headline figure, and the bridge of the one that the reader picks."""
    with st.spinner(text("what_changed.counting")):
        moved = {name: changes.moved(name, base, selection) for name in changes.HEADLINES}
    first = next(iter(moved.values()))
    st.subheader(text("what_changed.summary", since=first.day("since"), until=first.day("until")), anchor=False)
    st.markdown("\n".join(f"- {line(each)}" for each in moved.values()))
    st.caption(text("what_changed.adds_up"))
    shown = _picked(moved)
    if not shown.known:
        st.info(line(shown), icon=":material/block:")
        return
    key = f"bridge-{shown.name}"
    frame = bridge_table(shown)
    leaf(
        key,
        text("what_changed.bridge", title=shown.title),
        text("what_changed.between", since=shown.day("since"), until=shown.day("until"),
             origin=text("what_changed.published" if shown.bridge.recorded else "what_changed.recounted")),
        lambda: charts.bridge_bars(shown),
        {
            "table": lambda: parts.figures(frame, shown.title, key),
            "definition": lambda: _definition(shown, key),
            "download": lambda: download(frame, shown.name, f"{shown.name.replace('_', '-')}-bridge"),
        },
        lambda cell: _pick_reason(key, cell),
    )  # fmt: skip


def line(moved: Moved) -> str:
    """The figure, what it was, and why, in a line."""
    title = f"**{formats.plain(moved.title)}**"
    if not moved.known:
        named = ", ".join(labels.table_name(each, moved.language) for each in moved.bridge.not_sent)
        return text("what_changed.line_unknown", title=title, tables=named)
    key = "what_changed.line" if moved.moves else "what_changed.line_same"
    return text(key, title=title, before=moved.number(moved.before), after=moved.number(moved.after),
                difference=moved.signed(moved.difference), why=formats.plain(moved.why))  # fmt: skip


def _picked(moved: Mapping[str, Moved]) -> Moved:
    """The figure whose bridge is shown; the address says it."""
    chosen, _ = address.parameter(FIGURE, list(moved))
    st.session_state["changed-figure"] = chosen
    st.selectbox(
        text("what_changed.figure"),
        list(moved),
        format_func=lambda name: moved[name].title,
        key="changed-figure",
        on_change=lambda: address.set_parameter(FIGURE, st.session_state["changed-figure"]),
        width=560,
    )
    return moved[chosen]


def bridge_table(moved: Moved) -> pd.DataFrame:
    """The bridge as a table that adds up: before, each reason, now."""
    nothing = ""
    rows = [[text("what_changed.end_table", day=moved.day("since")), nothing, nothing, moved.number(moved.before)]]
    for move in moved.moves:
        listed = move.entered or move.left
        came = [moved.number(each) if listed else formats.NOT_RECORDED for each in (move.entered, move.left)]
        rows.append([move.label, *came, moved.signed(move.net)])
    rows.append([text("what_changed.end_table", day=moved.day("until")), nothing, nothing, moved.number(moved.after)])
    heads = [text(f"what_changed.{head}") for head in ("reason", "entered", "left", "net")]
    return pd.DataFrame(rows, columns=heads)


def _definition(moved: Moved, key: str) -> None:
    """Each reason in a sentence, the two releases, and the records behind a reason."""
    said = moved.bridge.definition
    st.markdown(f"**{text('passport.question')}** {formats.plain(said.question.in_language(moved.language))}")
    st.markdown(text("what_changed.rule"))
    if moved.moves:
        st.markdown("\n".join(f"- **{formats.plain(each.label)}** : {formats.plain(each.sentence)}"
                              if moved.language == "fr" else
                              f"- **{formats.plain(each.label)}**: {formats.plain(each.sentence)}"
                              for each in moved.moves))  # fmt: skip
    st.caption(text("what_changed.releases", before=moved.bridge.before, after=moved.bridge.after))
    listed = [move for move in moved.moves if move.entered or move.left]
    if listed:
        _records(moved, listed, key)


def _records(moved: Moved, listed: Sequence[object], key: str) -> None:
    """The records that came or went for a reason, as many as it says."""
    known = {move.reason: move for move in moved.moves if move in listed}
    reason = st.selectbox(
        text("what_changed.reason"),
        list(known),
        format_func=lambda code: f"{known[code].label} {moved.written(known[code])}",
        key=f"{key}-reason",
    )
    if reason is None:
        return
    records = changes.records_of(moved, reason)
    st.write(counted("what_changed.n_records", len(records)))
    ways = {1: text("what_changed.came"), -1: text("what_changed.went")}
    shown = pd.DataFrame({
        text("what_changed.record"): records["key"],
        text("what_changed.way"): [ways[int(change)] for change in records["change"]],
    })  # fmt: skip
    height = min(TALLEST, HEAD + ROW * len(shown))
    st.dataframe(shown, hide_index=True, height=height, alt=text("what_changed.records_of", reason=known[reason].label))
    st.caption(text("what_changed.restricted"))


def _pick_reason(key: str, cell: Mapping[str, str]) -> None:
    st.session_state[f"{key}-reason"] = cell["reason"]

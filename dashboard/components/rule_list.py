"""Rules that rows break: how many, since when, and where the rows stand; never what they hold."""

from collections.abc import Hashable, Mapping
from typing import Literal

import pandas as pd
import streamlit as st

from dashboard import data, formats, imports, labels, quality
from dashboard.components import parts
from dashboard.components.leaf import download
from dashboard.components.tiles import Tile, tiles
from dashboard.wording import counted, language, text
from pipelines.findings import ORDER, STABLE

GLYPHS = {"NEW": "▲", "PERSISTING": "●", "RESOLVED": "✓", "STABLE": "="}
SEVERITIES = ("reject", "warn")
TALLEST, HEAD, ROW = 300, 38, 35
LONG, HEIGHT = 16, 560
"""Rules from which their table scrolls inside its card, and its height then."""

NARROWEST = 130


def rule_tiles() -> None:
    """How many rules fail, by what became of them, and how many rows they concern."""
    frame, release, reader = quality.rules(), data.release(), language()
    compared = quality.compared_with() is not None
    counts = frame["state"].value_counts()
    shown = [
        Tile(
            text(f"data_quality.tile_{state}"),
            formats.number(int(counts.get(state, 0)), reader),
            text(f"data_quality.means_{state}"),
        )
        for state in (ORDER[:-1] if compared else ORDER[:1])
    ]
    for count in ("quarantined", "warned"):
        total = formats.number(release.total(count), reader)
        shown.append(Tile(text(f"data_quality.tile_{count}"), total, text(f"import_review.{count}_help")))
    tiles(shown, len(shown), NARROWEST)
    before = quality.compared_with()
    if before is None:
        st.caption(text("data_quality.no_previous"))
    else:
        st.caption(text("data_quality.compared", day=formats.day(before.cutoff, reader), release=before.name))


def rule_list() -> None:
    """The rules that fail or failed before, all of them at the reader's wish, and the rows behind one."""
    with parts.panel("rules"):
        chosen = _filtered(quality.rules())
        if not len(chosen):
            st.write(text("data_quality.no_rule"))
            return
        frame = pd.DataFrame([_row(row) for row in chosen.to_dict("records")])
        tall: int | Literal["content"] = HEIGHT if len(frame) > LONG else "content"
        parts.figures(frame, text("data_quality.rules"), "rules", labels=4, height=tall)
        st.caption(text("data_quality.states"))
        download(frame, "rules")
        failing = [row for row in chosen.to_dict("records") if row["n_failing"]]
        if failing:
            _behind(failing)


def _filtered(frame: pd.DataFrame) -> pd.DataFrame:
    """What the reader asks for: severities, and whether rules that hold are shown too."""
    reader = language()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {each: text(f"data_quality.{each}") for each in SEVERITIES}
        wanted = st.pills(text("data_quality.severity"), SEVERITIES, selection_mode="multi", default=SEVERITIES,
                          format_func=lambda each: names[each], key=f"rules-severity-{reader}")  # fmt: skip
        stable = st.toggle(text("data_quality.also_stable"), key="rules-stable")
    kept = frame[frame["severity"].isin(wanted)]
    kept = kept if stable else kept[kept["state"] != STABLE]
    rank = kept["state"].map({state: place for place, state in enumerate(ORDER)})
    return kept.assign(rank=rank).sort_values(["rank", "n_failing"], ascending=[True, False], kind="stable")


def _row(row: Mapping[Hashable, object]) -> dict[str, str]:
    """A rule in words; its state by a sign and a word."""
    reader = language()
    state, severity = str(row["state"]), str(row["severity"])
    failing, checked = int(str(row["n_failing"])), int(str(row["n_checked"]))
    came = int(str(row["n_new"]))
    return {
        text("data_quality.state"): f"{GLYPHS[state]}\u00a0{imports.state_of(state)}",
        text("data_quality.rule"): imports.rule(str(row["rule"]))[0],
        text("data_quality.field"): _field(row),
        text("data_quality.severity"): text(f"data_quality.{severity}"),
        text("data_quality.failing"): formats.share(failing, checked, reader),
        text("data_quality.came"): formats.number(came, reader),
        text("data_quality.gone"): formats.number(int(str(row["n_resolved"])), reader),
    }


def _field(row: Mapping[Hashable, object]) -> str:
    table, column = str(row["table_name"]), str(row["column_name"])
    named = labels.table_name(table, language())
    return f"{named} · {labels.column_name(column, (table,), language())}" if column else named


def _behind(failing: list[dict[Hashable, object]]) -> None:
    """Where the rows of one rule stand: file, line and key."""
    known = {f"{row['table_name']}:{row['rule']}:{row['column_name']}": row for row in failing}
    chosen = st.selectbox(
        text("data_quality.behind"),
        list(known),
        format_func=lambda key: f"{_field(known[key])} : {imports.rule(str(known[key]['rule']))[0]}",
        key="rules-behind",
        width=720,
    )
    if chosen is None:
        return
    table, rule, column = chosen.split(":", 2)
    st.markdown(text("data_quality.remedy", remedy=formats.plain(imports.rule(rule)[1])))
    found = quality.rows(table, rule, column)
    st.write(counted("data_quality.n_rows", len(found)))
    heads = (text("import_files.file"), text("data_quality.line"), text("data_quality.key"))
    values = [found["file"], found["line"], [each or formats.NOT_RECORDED for each in found["row_key"].fillna("")]]
    shown = pd.DataFrame(dict(zip(heads, values, strict=True)))
    st.dataframe(shown, hide_index=True, height=min(TALLEST, HEAD + ROW * len(shown)), alt=text("data_quality.behind"))
    st.caption(text("data_quality.restricted"))


def quarantine() -> None:
    """The rows that were not loaded, by reason, and the command that writes them out for those who correct them."""
    frame = quality.rules()
    rejected = frame[(frame["severity"] == "reject") & (frame["n_failing"] > 0)]
    with parts.panel("quarantine"):
        if not len(rejected):
            st.write(text("import_review.no_reject"))
            return
        reader = language()
        sums = rejected.groupby("rule", sort=False)["n_failing"].sum().sort_values(ascending=False, kind="stable")
        rows = [[imports.rule(str(rule))[0], imports.rule(str(rule))[1], formats.number(int(n), reader)]
                for rule, n in sums.items()]  # fmt: skip
        heads = [text(f"data_quality.{head}") for head in ("reason", "what_to_do", "n_set_apart")]
        title = text("data_quality.quarantine")
        parts.figures(pd.DataFrame(rows, columns=heads), title, "quarantine", labels=2)
        st.caption(text("import_review.rows_may_repeat"))
        st.write(text("data_quality.export"))
        st.code(text("data_quality.command", release=data.release().name), language="bash", wrap_lines=True)

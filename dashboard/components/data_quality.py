"""Figures of the data themselves as cards: empty fields, probable duplicates, forms by centre, days until receipt."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboard import charts, data, formats, labels, quality
from dashboard.charts import Empty
from dashboard.components import parts
from dashboard.components.leaf import download, leaf
from dashboard.wording import counted, language, text
from pipelines.quality import MOST_EMPTY
from pipelines.states import OBSERVED

LONG, HEIGHT = 20, 420


def _card(name: str, frame: pd.DataFrame, chart: Callable[[], charts.Chart] | None, labels_left: int = 1,
          note: str = "") -> None:  # fmt: skip
    """A figure of the quality with its table, its definition and its file."""
    title = text(f"data_quality.{name}")
    height: int | Literal["content"] = HEIGHT if len(frame) > LONG else "content"
    leaf(
        f"quality-{name}",
        title,
        text(f"data_quality.{name}_unit"),
        chart,
        {
            "table": lambda: parts.figures(frame, title, f"quality-{name}", labels_left, height),
            "definition": lambda: st.write(text(f"data_quality.{name}_means")),
            "download": lambda: download(frame, name),
        },
        note=note,
    )


def _unknown(name: str) -> bool:
    """Say which fields are not collected without which the figure is not known; true when something was said."""
    missing = quality.not_collected(name)
    if missing:
        fields = ", ".join(_field(*each.split(".")) for each in missing)
        with parts.panel(f"quality-{name}"):
            st.subheader(text(f"data_quality.{name}"), anchor=False)
            st.info(text("state.not_collected", what=fields), icon=":material/block:")
    return bool(missing)


def _field(table: str, column: str) -> str:
    return f"{labels.table_name(table, language())} · {labels.column_name(column, (table,), language())}"


def completeness() -> None:
    """The fields that are empty in more than one row in ten, and all fields in the table."""
    reader, found = language(), quality.figure("completeness")
    observed = found[(found["state"] == OBSERVED) & (found["n_rows"] > 0)]
    often = observed[observed["flagged"]].sort_values("share_empty", ascending=False, kind="stable")
    drawn = [Empty(_field(row["table_name"], row["column_name"]), int(row["n_empty"]), int(row["n_rows"]))
             for row in often.to_dict("records")]  # fmt: skip
    ordered = pd.concat([often, found.drop(often.index)])
    rows = [_completeness(row, reader) for row in ordered.to_dict("records")]
    heads = [text(f"data_quality.{head}") for head in ("field", "empty", "verdict")]
    frame = pd.DataFrame(rows, columns=heads)
    chart = (lambda: charts.empty_fields(drawn, MOST_EMPTY, reader)) if drawn else None
    note = "" if drawn else text("data_quality.none_empty")
    _card("completeness", frame, chart, note=note)


def _completeness(row: Mapping[Hashable, Any], reader: str) -> list[str]:
    """A field, how often it is empty, and what is thought of that."""
    name = _field(str(row["table_name"]), str(row["column_name"]))
    if row["state"] != OBSERVED:
        return [name, formats.NOT_COLLECTED[reader], text(f"tile.{row['state']}")]
    empty, every = int(str(row["n_empty"])), int(str(row["n_rows"]))
    verdict = "often_empty" if row["flagged"] else "rarely_empty"
    return [name, formats.share(empty, every, reader), text(f"data_quality.{verdict}")]


def duplicates() -> None:
    """Pairs of pseudonyms that may be one patient."""
    if _unknown("duplicates"):
        return
    reader, found = language(), quality.figure("duplicates")
    with parts.panel("quality-duplicates"):
        st.subheader(text("data_quality.duplicates"), anchor=False)
        st.caption(text("data_quality.duplicates_means"))
        st.markdown(counted("data_quality.n_pairs", len(found)))
        if not len(found):
            return
        columns = ("centre_id", "indication_code", "birth_year", "sex")
        shown = pd.DataFrame({
            text("data_quality.pseudonym"): found["patient_id"],
            text("data_quality.twin"): found["other_patient_id"],
            **{labels.column_name(each, ("patients",), reader):
               [labels.value_in_words("initiations" if each == "indication_code" else "patients", each, value,
                                      data.programme(), reader) for value in found[each]] for each in columns},
            text("data_quality.days_apart"): [formats.number(int(days), reader) for days in found["days_apart"]],
        })  # fmt: skip
        st.dataframe(shown, hide_index=True, height=min(HEIGHT, 38 + 35 * len(shown)),
                     alt=text("data_quality.duplicates"))  # fmt: skip
        st.caption(text("data_quality.restricted"))


def submissions() -> None:
    """Forms by centre and month; silent centres first."""
    if _unknown("submissions"):
        return
    reader, grid, quiet = language(), quality.figure("submissions"), quality.figure("silent")
    silent = dict(zip(quiet["centre_id"], map(int, quiet["n_silent_months"]), strict=True))
    last = {row["centre_id"]: formats.month(row["last_month"], reader) for row in quiet.to_dict("records")}
    sums = grid.groupby("centre_id")["n_forms"].sum()
    ordered = [*silent, *(each for each in sums.index if each not in silent)]
    rows = [[centre, formats.number(int(sums[centre]), reader), last.get(centre, formats.NOT_RECORDED),
             formats.number(silent[centre], reader) if centre in silent else text("data_quality.not_silent")]
            for centre in ordered]  # fmt: skip
    heads = [text(f"data_quality.{head}") for head in ("centre", "forms", "last_form", "silent_months")]
    frame = pd.DataFrame(rows, columns=heads)
    chart = (lambda: charts.submission_grid(grid, silent, reader)) if len(grid) else None
    _card("submissions", frame, chart, note=text("data_quality.submissions_note"))


def delays() -> None:
    """Days from the signature of a form to its receipt, by month of receipt."""
    if _unknown("delays"):
        return
    reader, found = language(), quality.figure("delays")
    known = found[found["n_forms"] > found["n_before"]]
    columns = ("n_forms", "n_before", "least", "p25", "median", "p75", "p90", "most")
    rows = [[formats.month(str(row["received_month"]), reader),
             *(formats.NOT_RECORDED if pd.isna(row[each]) else formats.number(round(float(row[each]), 1), reader)
               for each in columns)] for row in found.to_dict("records")][::-1]  # fmt: skip
    heads = [text("data_quality.received_month"), *(text(f"data_quality.{each}") for each in columns)]
    frame = pd.DataFrame(rows, columns=heads)
    chart = (lambda: charts.delay_ranges(known, reader)) if len(known) else None
    _card("delays", frame, chart, note=text("data_quality.delays_note"))

"""The figures of a return: declared then and recounted now, the bridge of each difference, the document as it looks."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import access, charts, formats, returns
from dashboard.components import notices, parts
from dashboard.components.bridge_card import bridge_table
from dashboard.components.leaf import leaf
from dashboard.wording import language, text
from pipelines.returns.drafts import Draft
from pipelines.returns.packs import Pack
from pipelines.returns.statement import Line, Statement
from pipelines.returns.steps import Progress


def balances(said: Statement) -> None:
    """The central table: by indication, what was declared, what differs, what is new, and the sum."""
    reader = language()
    rows = [[returns.indication(said, each.indication_code), formats.number(each.declared, reader),
             formats.number(each.undeclared, reader), formats.difference(each.difference, reader),
             formats.number(each.new, reader), formats.number(each.cumulative, reader)]
            for each in said.balances]  # fmt: skip
    heads = [text(f"monthly_return.{head}")
             for head in ("indication", "declared", "undeclared", "difference", "new", "cumulative")]  # fmt: skip
    parts.figures(pd.DataFrame(rows, columns=heads), text("monthly_return.by_indication"), "return-balances")
    st.caption(text("monthly_return.adds_up"))


def every_month(said: Statement) -> None:
    """Declared then, recounted now, for every month and indication, the newest month first."""
    rows = [[formats.month(line.period, language()), returns.indication(said, line.indication_code), _declared(line),
             formats.number(line.recounted, language()), _signed(line.difference),
             formats.number(line.cumulative, language()), text(f"monthly_return.state_{line.state}")]
            for line in sorted(said.lines, key=lambda each: each.period, reverse=True)]  # fmt: skip
    heads = [text(f"monthly_return.{head}")
             for head in ("period", "indication", "then", "now", "difference", "cumulative", "state")]  # fmt: skip
    parts.figures(pd.DataFrame(rows, columns=heads), text("monthly_return.every_month"), "return-months", 2)


def differences(found: Progress) -> None:
    """Each difference in a line; the bridge of the one that the reader picks, and the officer's note on it."""
    said = found.statement
    known = {(line.period, line.indication_code or ""): line for line in reversed(said.restated)}
    rows = [[returns.cell_name(said, line), _declared(line), formats.number(line.recounted, language()),
             _signed(line.difference), returns.why(line), _signed(line.residual)]
            for line in known.values()]  # fmt: skip
    heads = [text(f"monthly_return.{head}") for head in ("cell", "then", "now", "difference", "reasons", "residual")]
    parts.figures(
        pd.DataFrame(rows, columns=heads),
        text("monthly_return.differences"),
        "return-differences",
        1,
        parts.capped(len(rows)),
    )
    labels = {cell: returns.cell_name(said, line) for cell, line in known.items()}
    cell = st.selectbox(text("monthly_return.pick"), list(known), key="return-difference", width=420,
                        format_func=labels.__getitem__)  # fmt: skip
    line = known[cell]
    if line.by_record:
        _bridge(found, line)
    else:
        st.info(text("monthly_return.no_bridge"), icon=":material/help:")
    if not access.may("sign_return"):
        if line.note:
            st.write(text("monthly_return.noted", note=formats.plain(line.note)))
        return
    note = st.text_area(text("monthly_return.note"), line.note, key=f"return-note-{cell[0]}-{cell[1]}", height=80,
                        help=text("monthly_return.note_help"))  # fmt: skip
    st.button(text("monthly_return.note_action"), icon=":material/edit_note:", key="return-note-action",
              on_click=partial(notices.attempt, partial(returns.annotate, said.period, line, note)))  # fmt: skip


def _bridge(found: Progress, line: Line) -> None:
    moved, said = returns.moved(found, line), found.statement
    frame = bridge_table(moved)
    leaf(
        "return-bridge",
        text("monthly_return.bridge", cell=returns.cell_name(said, line)),
        text("monthly_return.bridge_unit", since=moved.day("since"), until=moved.day("until")),
        lambda: charts.bridge_bars(moved),
        {"table": lambda: parts.figures(frame, text("monthly_return.differences"), "return-bridge-table")},
    )


def preview(said: Statement, draft: Draft | None = None, pack: Pack | None = None) -> None:
    """The pages of the document, with its text beside them for those who do not see them."""
    st.caption(text("monthly_return.preview_what"))
    for place, page in enumerate(returns.pictures(said, draft, pack), start=1):
        st.image(page, caption=text("monthly_return.page", n=place), width="stretch")


def _declared(line: Line) -> str:
    if line.declared is None:
        return formats.NOT_APPLICABLE
    origin = text("monthly_return.mark_imported") if line.imported else ""
    return f"{formats.number(line.declared, language())} {origin}".strip()


def _signed(value: int | None) -> str:
    return formats.NOT_APPLICABLE if value is None else formats.difference(value, language())

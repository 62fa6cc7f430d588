"""The card of the protected regime: a figure of the ledger, its table, what it means, and its file."""

from typing import Literal

import pandas as pd
import streamlit as st

from dashboard import access, charts, formats, protected, told_tables
from dashboard.components import parts
from dashboard.components.card import HEIGHT, LONG, VIEWS
from dashboard.components.frame import Head, frame
from dashboard.components.offer import offer
from dashboard.components.why import why_link
from dashboard.told import Figure, Told
from dashboard.wording import text
from pipelines.ledger_reports import entry_line
from pipelines.protected.reading import MONTH


def protected_card(figure: Figure, chosen: tuple[str, ...]) -> None:
    """A figure of the ledger as a card.

    Args:
        chosen: indications; none for all.
    """
    _card(figure, chosen, protected.told(figure, chosen))


@access.fragment
def _card(figure: Figure, chosen: tuple[str, ...], told: Told) -> None:
    key = f"protected-{figure.name}"
    view = st.session_state.get(f"{key}-view", VIEWS[0])
    shown = told.answer.total is not None
    drawn = None
    if view == "chart" and shown:
        drawn = charts.blocks(told) if figure.by == MONTH else charts.categories(told)
    head = Head(
        told.title, _subtitle(told, chosen), {each: text(f"card.{each}") for each in VIEWS}, view, told.language
    )
    with parts.panel(key):
        frame(head, drawn, key, lambda name: _open(key, name), lambda _: None)
        if view == "table":
            table = told_tables.readable(told)
            height: int | Literal["content"] = HEIGHT if len(table) > LONG else "content"
            parts.figures(table, told.title, key, labels=2 if figure.by == MONTH else 1, height=height)
        elif view == "definition":
            _definition(told, key)
        elif view == "download":
            offer(
                figure.measure,
                len(told.answer.frame),
                lambda: told_tables.csv_of(told),
                told_tables.file_name(told),
                key,
                protected=True,
            )
        elif not shown:
            st.info(text("protected.nothing_shown", sign=told.number(None)), icon=":material/shield:")
        if view in ("chart", "table"):
            st.caption(formats.plain(_note(told)))
        why_link(key)


def _open(key: str, view: str) -> None:
    st.session_state[f"{key}-view"] = view


def _subtitle(told: Told, chosen: tuple[str, ...]) -> str:
    """Who is counted, and until when."""
    who = ", ".join(told.indication(code) for code in chosen) if chosen else text("protected.all_indications")
    return f"{who} · {text('protected.until', month=formats.month(told.ledger.cutoff[:7], told.language))}"


def _note(told: Told) -> str:
    """What is not told apart, and what the sign means."""
    said = []
    if told.answer.total and told.answer.undivided:
        said.append(told.text("protected.undivided_note", n=told.number(told.answer.undivided),
                              total=told.number(told.answer.total)))  # fmt: skip
    if told.differs:
        said.append(told.text("protected.differs"))
    return " ".join([*said, told.text("protected.sign", sign=told.number(None))])


def _definition(told: Told, key: str) -> None:
    """What is counted and when it is published, and the lines of the ledger that the figure is summed from."""
    plan = told.ledger.begun.plan
    st.markdown(text(f"protected.{told.figure.of or 'new_patients'}_what"))
    st.markdown(text("protected.rule" if told.figure.by in ("month", "indication_code") else "protected.cut_rule",
                     threshold=plan.threshold, batch=plan.batch_size))  # fmt: skip
    lines = [[told.number(line), entry_line(entry, told.language)] for line, entry in told.sources]
    if lines:
        with st.expander(text("protected.lines", n=told.number(len(lines)))):
            heads = [text("protected.line"), text("protected.entry")]
            parts.figures(pd.DataFrame(lines, columns=heads), text("protected.lines_what"), f"{key}-lines", labels=2,
                          height=HEIGHT if len(lines) > LONG else "content")  # fmt: skip

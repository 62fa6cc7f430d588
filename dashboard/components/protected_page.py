"""A page in the protected regime: the figures that the ledger holds, and the names of those that it does not."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard import address, formats, protected
from dashboard.components import parts
from dashboard.components.extracts import standard_extracts
from dashboard.components.protected_card import protected_card
from dashboard.components.selection_bar import ALWAYS_THERE
from dashboard.components.tiles import Tile, tiles
from dashboard.components.why import why_link
from dashboard.protected_pages import PAGES, Summary
from dashboard.wording import language, said, text
from data_schemas.vocabularies import labels
from pipelines.definitions import definition
from pipelines.protected.reading import MONTH
from pipelines.selection import Selection
from pipelines.states import MASKED, sign

INDICATIONS_WIDTH = 560


def protected_page(name: str) -> None:
    """The page of the exact regime with this name, as far as the ledger goes."""
    parts.page_title(name)
    page = PAGES[name]
    if page.has_files:
        standard_extracts(Selection(regime="protected"))
        return
    if not page.figures:
        st.info(text("protected.nothing_held"), icon=":material/shield:")
        why_link("nothing")
        return
    chosen = _indications()
    if page.summaries:
        tiles([_tile(each, chosen) for each in page.summaries])
    parts.section("protected.held")
    for figure in page.figures:
        if figure.by == MONTH:
            protected_card(figure, chosen)
    with parts.side_by_side():
        for figure in page.figures:
            if figure.by != MONTH:
                protected_card(figure, chosen)
    if page.not_held:
        parts.section("protected.not_held")
        _not_held(page.not_held)


def nothing_published(name: str) -> None:
    """A page of a store in which nothing was published."""
    st.title(text(f"page.{name}"), anchor=False)
    st.info(text("protected.no_ledger"), icon=":material/shield:")


def _indications() -> tuple[str, ...]:
    """The one filter: indications of the plan."""
    if notice := address.taken_notice():
        st.warning(text(f"selection.{notice}"), icon=":material/link_off:")
    names = labels("indication", protected.programme())
    key = f"protected-{ALWAYS_THERE}"
    st.session_state[key] = list(address.current().indications)
    st.multiselect(text(f"field.{ALWAYS_THERE}"), list(protected.indications()), placeholder=text("selection.all"),
                   format_func=lambda code: said(names[code], language()), select_all=False, key=key,
                   on_change=_choose, args=(key,), width=INDICATIONS_WIDTH)  # fmt: skip
    st.caption(text("protected.only_indications"))
    return address.current().indications


def _choose(key: str) -> None:
    chosen = set(st.session_state[key])
    known = protected.indications()
    address.choose(replace(address.current(), indications=tuple(each for each in known if each in chosen)))


def _tile(summary: Summary, chosen: tuple[str, ...]) -> Tile:
    label = text(summary.label)
    if summary.figure is None:
        return Tile(label, sign(MASKED, language()), text("protected.not_held_what"), under=text("protected.masked"))
    told = protected.told(summary.figure, chosen)
    n = told.answer.total
    if summary.code:
        n = next((each.n for each in told.categories if each.code == summary.code), None)
    whole = protected.told(replace(summary.figure, of=None, by="indication_code"), chosen).answer.total
    under = text("protected.of_new", n=told.number(whole)) if n and whole and n != whole else text("protected.known")
    question = text(f"protected.{summary.figure.of or 'new_patients'}_what")
    return Tile(label, told.number(n), question, under=under if n else text("protected.masked"))


def _not_held(measures: tuple[str, ...]) -> None:
    """A row for each figure that the page has in the exact regime, and that is not published."""
    lang = language()
    rows = [[said(definition(name).title, lang), sign(MASKED, lang)] for name in measures]
    heads = [text("protected.figure"), text("protected.value")]
    with parts.panel("protected-not-held"):
        parts.figures(pd.DataFrame(rows, columns=heads), text("protected.not_held"), "not-held")
        st.caption(formats.plain(text("protected.not_held_what")))
        why_link("not-held")

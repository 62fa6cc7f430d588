"""The status bar of the protected regime: the ledger's own facts, and none of a release."""

import datetime as dt

import streamlit as st

from dashboard import access, formats, protected
from dashboard.access import Reader
from dashboard.components.refusals import sign_out_button
from dashboard.components.status_bar import behind, language_switch
from dashboard.wording import language, said, text

SHORT = 12
"""Figures of a hash by which it is told from another."""


def protected_status(reader_now: Reader) -> None:
    """Programme, cut-off of the last publication, regime, role; how the ledger is known again opens at a click."""
    ledger, lang = protected.ledger(), language()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="status"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
            st.markdown(f"**{formats.plain(said(protected.programme().label, lang))}**", width="content")
            day = formats.day(dt.date.fromisoformat(ledger.cutoff), lang)
            st.badge(text("protected.cutoff", day=day), icon=":material/event:", color="gray")
            st.badge(
                text("protected.regime"), icon=":material/shield:", color="gray", help=text("protected.regime_help")
            )
            with st.popover(text("protected.ledger", head=ledger.head[:SHORT]), icon=":material/receipt_long:",
                            type="tertiary"):  # fmt: skip
                _ledger()
            if not reader_now.demonstration:
                st.badge(text(f"role.{reader_now.actor.role}"), icon=":material/person:", color="gray")
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
            language_switch()
            sign_out_button()
    if access.is_synthetic():
        with st.container(key="synthetic"):
            st.warning(text("status.synthetic"), icon=":material/science:")
    behind()


def _ledger() -> None:
    """What a reader compares with a ledger that they received by another way."""
    ledger = protected.ledger()
    st.markdown(text("protected.ledger_whole", lines=formats.number(len(ledger.entries) + 1, language())))
    for key, value in (("head", ledger.head), ("signature", ledger.signature), ("key", ledger.begun.public_key)):
        st.markdown(f"**{text(f'protected.{key}')}**")
        st.code(value, language=None, wrap_lines=True)

"""The audit of the protected ledger: that it passed when it was published, and once more whenever a reader asks."""

import datetime as dt

import streamlit as st

from dashboard import formats, protected
from dashboard.wording import language, text
from pipelines.ledger_reports import audit_report

ASKED = "audit_asked"


def ledger_audit() -> None:
    """The ledger's last publication, and a button that repeats its audit from the ledger alone."""
    if not protected.has_ledger():
        st.info(text("protected.no_ledger"), icon=":material/shield:")
        return
    ledger, lang = protected.ledger(), language()
    day = formats.day(dt.date.fromisoformat(ledger.cutoff), lang)
    st.markdown(text("protected.audit", day=day, lines=formats.number(len(ledger.entries) + 1, lang)))
    st.code(ledger.head, language=None, wrap_lines=True)
    if st.button(text("protected.audit_again"), icon=":material/fact_check:", key="audit-again"):
        st.session_state[ASKED] = ledger.head
    if st.session_state.get(ASKED) == ledger.head:
        with st.spinner(text("protected.auditing")):
            report = protected.audited()
        say = st.success if report.is_safe else st.error
        said = audit_report(report, ledger.begun.plan.threshold, lang)
        say(formats.plain(formats.typeset(said, lang)), icon=":material/fact_check:")

"""The audit of the protected ledger: that it passed when it was published, and once more whenever a reader asks."""

import datetime as dt
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import formats, protected
from dashboard.wording import language, text
from pipelines.ledger_reports import audit_report
from pipelines.protected.lines import Ledger

if TYPE_CHECKING:
    from pipelines.protected.audit import Report

ASKED = "audit_asked"
_AUDITS: dict[str, "Report"] = {}
"""Hash of a ledger's last line → its audit, which is the same each time."""


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
            report = _audited(ledger)
        say = st.success if report.is_safe else st.error
        said = audit_report(report, ledger.begun.plan.threshold, lang)
        say(formats.plain(formats.typeset(said, lang)), icon=":material/fact_check:")


def _audited(ledger: Ledger) -> "Report":
    """The audit of a ledger, with the questions that were put when it was published."""
    from pipelines.protected.audit import audit  # noqa: PLC0415 - scipy is slow to load, and only needed here

    if ledger.head not in _AUDITS:
        _AUDITS[ledger.head] = audit(ledger)
    return _AUDITS[ledger.head]

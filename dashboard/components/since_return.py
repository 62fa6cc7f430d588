"""The card of the overview on the last return: what it declared, and what has moved since."""

import streamlit as st

from dashboard import changes, data, formats
from dashboard.changes import RETURN
from dashboard.components import parts
from dashboard.components.bridge_card import FIGURE, SINCE, line
from dashboard.moved import Moved
from dashboard.wording import language, text
from pipelines.selection import Selection


def since_return() -> None:
    """The card of the overview: what moved each headline figure since the last return, a line and a link each."""
    with parts.panel("since-return"):
        st.subheader(text("since_return.title"), anchor=False)
        declared = changes.last_return()
        if declared is None:
            st.write(text("since_return.none"))
            return
        reader = language()
        recounted = data.measure("new_patients", Selection(), by=["month"])
        found = recounted.frame.loc[recounted.frame["month"] == declared.period, recounted.main]
        now = int(found.iloc[0]) if len(found) else 0
        st.caption(text("since_return.declared", month=formats.month(declared.period, reader),
                        day=formats.day(declared.sent_on, reader), declared=formats.number(declared.declared, reader),
                        now=formats.number(now, reader),
                        difference=formats.difference(now - declared.declared, reader)))  # fmt: skip
        if declared.release is None:
            st.write(text("since_return.unknown_release", day=formats.day(declared.cutoff, reader)))
            return
        with st.spinner(text("what_changed.counting")):
            for name in changes.HEADLINES:
                _link(changes.moved(name, declared.release, Selection()))
        st.caption(text("since_return.everyone"))


def _link(moved: Moved) -> None:
    """A figure and what it became, as a link to its bridge."""
    if not moved.known:
        st.markdown(line(moved))
        return
    key = "since_return.line" if moved.moves else "since_return.line_same"
    label = text(key, title=moved.title, before=moved.number(moved.before), after=moved.number(moved.after),
                 difference=moved.signed(moved.difference))  # fmt: skip
    st.page_link("views/what_changed.py", label=formats.plain(label), icon=":material/arrow_forward:",
                 query_params={SINCE: RETURN, FIGURE: moved.name})  # fmt: skip

"""Indications that name an age: the rule in words, and the patients inside and outside it."""

import pandas as pd
import streamlit as st

from dashboard import data, formats, labels
from dashboard.components import parts
from dashboard.wording import language, said, text
from data_schemas.programme_parts import Indication
from pipelines.selection import Selection

WHO = ("patient_id", "indication_code", "age_at_start", "sex", "treatment_start_date", "centre_id")
INSIDE, OUTSIDE, UNKNOWN = "1", "0", ""


def age_rules(selection: Selection) -> None:
    """A card for the indications with an age rule, if the programme has any."""
    ruled = [indication for indication in data.programme().indications if indication.age]
    if not ruled:
        return
    with parts.panel("age-rules"):
        st.subheader(text("age_rules.title"), anchor=False)
        for indication in ruled:
            if indication.age:
                rule = text("age_rules.rule", indication=said(indication.label, language()),
                            rule=said(indication.age.label, language()))  # fmt: skip
                st.markdown(formats.plain(rule))
        frame = pd.DataFrame([_row(selection, indication) for indication in ruled])
        parts.figures(frame, text("age_rules.title"), "age-rules")
        st.caption(text("age_rules.outside_is_counted"))
        _outside(selection)


def _outside(selection: Selection) -> None:
    """Who falls outside the rules, one row each."""
    shown = data.measure("treated_patients", selection, by=[], where={"age_as_indicated": OUTSIDE})
    if not shown.single:
        return
    st.markdown(f"**{formats.plain(shown.counted('age_rules.who', shown.single))}**")
    lines = labels.readable_lines(data.line_list(shown)[list(WHO)], shown)
    st.dataframe(lines, hide_index=True, alt=text("age_rules.outside"))


def _row(selection: Selection, indication: Indication) -> dict[str, str]:
    found = {text("age_rules.indication"): said(indication.label, language())}
    for head, value in (("inside", INSIDE), ("outside", OUTSIDE), ("unknown", UNKNOWN)):
        where = {"indication_code": indication.code, "age_as_indicated": value}
        count = data.measure("treated_patients", selection, by=[], where=where).single
        found[text(f"age_rules.{head}")] = formats.number(count or 0, language())
    return found

"""Initiations that do not conform, one by one: the text in force that day, the value found, and what it means."""

import pandas as pd
import streamlit as st

from dashboard import data, formats, labels
from dashboard.components import parts, states
from dashboard.shown import Shown
from dashboard.wording import language, said, text
from data_schemas.programme_parts import Indication, Wording
from pipelines.selection import Selection

MEASURE, WHERE = "conformity_criteria", {"conformity": "NON_CONFORMING"}
COLUMNS = ("patient_id", "treatment_start_date", "found", "centre_id")
AGE = "AGE"


def not_conforming(selection: Selection) -> None:
    """A card for each wording that initiations do not conform to; one sentence if there is none."""
    shown = data.measure(MEASURE, selection, by=[], where=WHERE)
    if shown.state != "observed":
        with parts.panel("not-conforming"):
            states.show(shown)
        return
    lines = data.line_list(shown)
    lines["wording"] = lines["wording"].fillna("")
    for code, number in dict.fromkeys(zip(lines["indication_code"], lines["wording"], strict=True)):
        indication = shown.programme.indication(code)
        rows = lines[(lines["indication_code"] == code) & (lines["wording"] == number)]
        with parts.panel(f"not-conforming-{code}-{number}"):
            st.subheader(said(indication.label, language()), anchor=False)
            _quoted(indication.wordings[int(number) - 1] if number else None)
            for criterion in rows["conformity_criterion"].unique():
                chosen = rows[rows["conformity_criterion"] == criterion]
                _initiations(shown, indication, criterion, chosen, f"{code}-{number}-{criterion}")


def _quoted(wording: Wording | None) -> None:
    """The text of the decision in force on the day of the start, as published."""
    if wording is None:
        st.caption(text("conformity.no_wording"))
        return
    first = formats.day(wording.holds_from, language())
    last = formats.day(wording.holds_until, language()) if wording.holds_until else ""
    held = text("conformity.held_until" if last else "conformity.held_since", first=first, last=last)
    st.markdown(
        f"> « {formats.plain(formats.typeset(wording.quoted, 'fr'))} »".replace("« ", "«\u00a0").replace(
            " »", "\u00a0»"
        )
    )
    st.caption(formats.plain(f"{said(wording.source, language())} ; {held}"))


def _initiations(shown: Shown, indication: Indication, criterion: str, rows: pd.DataFrame, key: str) -> None:
    """What is asked, and the initiations that do not have it."""
    name = shown.label("conformity_criterion", criterion)
    st.markdown(formats.plain(f"{name} : {_asked(shown, indication, criterion)}"))
    frame = labels.readable_lines(rows[list(COLUMNS)], shown)
    frame[text("conformity.means")] = [_means(shown, indication, criterion, str(value)) for value in rows["found"]]
    parts.figures(frame, name, f"not-conforming-{key}", labels=len(frame.columns))


def _asked(shown: Shown, indication: Indication, criterion: str) -> str:
    return shown.say(indication.age.label) if criterion == AGE and indication.age else text("conformity.asked_prior")


def _means(shown: Shown, indication: Indication, criterion: str, found: str) -> str:
    """What the value found means, in words."""
    rule = indication.age
    if criterion != AGE or rule is None:
        return text("conformity.means_prior")
    if int(found) < rule.at_least:
        return shown.counted("conformity.too_young", int(found), least=shown.number(rule.at_least))
    return shown.counted("conformity.too_old", int(found), below=shown.number(rule.below or 0))

"""How much of the time on treatment is known, on which depends whether a rate may be read."""

import streamlit as st

from dashboard import data, formats
from dashboard.wording import language, text
from pipelines.selection import Selection
from pipelines.states import OBSERVED

LEAST = 0.5
"""Share of the time on treatment below which rates give way to counts: a convention of these screens, no text's."""


def rates_readable(selection: Selection) -> bool:
    """Whether enough of the time on treatment is observed for a rate."""
    share = _share(selection)
    return share is None or share >= LEAST


def observed_share(selection: Selection) -> None:
    """Say how much is observed, and what follows from it."""
    share = _share(selection)
    if share is None:
        return
    key, icon = (
        ("observed.enough", ":material/info:") if share >= LEAST else ("observed.too_little", ":material/warning:")
    )
    limit, reader = formats.percentage(LEAST, language()), language()
    st.info(formats.plain(text(key, share=formats.percentage(share, reader), least=limit)), icon=icon)


def _share(selection: Selection) -> float | None:
    """From 0 to 1; none when nobody was on treatment, or nothing is known of it."""
    cell = data.estimated("observed_time", selection, by=[]).found["observed"].frame.to_dict("records")
    return float(cell[0]["value"]) if cell and cell[0]["state"] == OBSERVED else None

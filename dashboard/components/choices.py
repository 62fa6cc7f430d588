"""Choices inside a page: a value of a dimension, a unit, a measure and its dimensions."""

import streamlit as st

from dashboard import address, data
from dashboard.address import CHOICE
from dashboard.estimated import Estimates
from dashboard.shown import Shown
from dashboard.wording import language, said, text
from pipelines import definitions
from pipelines.selection import Selection

FIRST = "new_patients"
"""The measure that the page of extracts opens on."""

ALL = "all"
"""Stands for every indication in the address; codes of indications are upper-case."""

LEAST_WIDTH, MOST_LEAST = 260, 999
"""Width of a small field in pixels, and the most that it takes."""


def unit_of(key: str, found: Estimates, rates: bool = True) -> str:
    """What estimates are drawn in: persons, events or a rate, unless rates cannot be read."""
    units = [each for each in found.units if rates or each not in found.rates]
    first = address.chosen(key, units) or units[0]
    chosen = st.segmented_control(text(key), units, format_func=found.unit, default=first, required=True,
                                  key=f"{CHOICE}{key}")  # fmt: skip
    return chosen or units[0]


def indications(selection: Selection) -> list[str]:
    """The indications of the programme's figure that the selection keeps, in their order."""
    counted = [each.code for each in data.programme().indications if each.counted]
    return [code for code in counted if code in selection.indications or not selection.indications]


def least_of(key: str) -> int:
    """From how many persons on a row is shown."""
    first = int(address.chosen(key, [str(n) for n in range(1, MOST_LEAST + 1)]) or 1)
    return int(st.number_input(text(key), min_value=1, max_value=MOST_LEAST, value=first, step=1,
                               key=f"{CHOICE}{key}", width=LEAST_WIDTH))  # fmt: skip


def code_of(key: str, dimension: str) -> str:
    """One of the values that a dimension of the programme has."""
    known = definitions.dimension_labels(dimension, data.programme())
    codes = list(known)
    first = codes.index(address.chosen(key, codes) or codes[0])
    chosen: str = st.selectbox(text(key), codes, first, format_func=lambda code: said(known[code], language()),
                               key=f"{CHOICE}{key}")  # fmt: skip
    return chosen


def indication_of(key: str) -> str:
    """One of the programme's indications; empty for all of them together."""
    known = definitions.dimension_labels("indication_code", data.programme())
    codes = [ALL, *known]
    first = codes.index(address.chosen(key, codes) or ALL)
    chosen: str = st.selectbox(
        text(key),
        codes,
        first,
        format_func=lambda code: text("selection.all") if code == ALL else said(known[code], language()),
        key=f"{CHOICE}{key}",
    )
    return "" if chosen == ALL else chosen


def value_of(key: str, shown: Shown) -> str | None:
    """One of the observed values of a dimension, the most frequent first; none when nothing was observed."""
    if shown.state != "observed":
        return None
    dimension = shown.by[0]
    ordered = shown.observed.sort_values(shown.main, ascending=False, kind="stable").dropna(subset=[dimension])
    values = list(ordered[dimension])
    chosen: str | None = st.selectbox(
        text(key),
        values,
        values.index(address.chosen(key, values) or values[0]),
        format_func=lambda value: shown.label(dimension, value),
        key=f"{CHOICE}{key}",
    )
    return chosen


def measure_and_dimensions() -> tuple[str, list[str]]:
    """A measure, and what it is broken down by."""
    reader, names = language(), data.measure_names()
    name = st.selectbox(
        text("extracts.measure"),
        names,
        index=names.index(FIRST),
        format_func=lambda each: said(definitions.definition(each).title, reader),
        key="extract-measure",
    )
    known = data.dimensions(name)
    usual = [each for each in definitions.definition(name).by if each in known]
    by = st.multiselect(
        text("extracts.dimensions"),
        known,
        default=usual,
        format_func=lambda each: said(definitions.dimensions()[each].label, reader),
        placeholder=text("extracts.none"),
        select_all=False,
        key=f"extract-by-{name}",
    )
    return name, by

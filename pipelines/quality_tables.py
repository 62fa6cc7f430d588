"""Figures of the quality of a release as a table for the eye, in the reader's language.

An observed zero is `0`, what was not recorded a dash, and what was not sent or is not collected `n. c.`.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from babel.numbers import format_decimal, format_percent

from pipelines.messages import say
from pipelines.states import NOT_RECORDED, OBSERVED, label, sign

PERCENT = {"fr": "#,##0.#\u202f%", "en": "#,##0.#%"}
SHARES, YEARS = ("share_empty",), ("birth_year",)


def percent(share: float, language: str) -> str:
    """A share with one decimal at most."""
    return str(format_percent(share, PERCENT[language], locale=language))


def quality_table(frame: pd.DataFrame, language: str) -> str:
    """The columns with their names in words, numbers to the right."""
    columns = []
    for name in frame.columns:
        head = say(f"quality.column.{name}", language)
        cells = [head, *(_cell(str(name), row, language) for row in frame.to_dict("records"))]
        width = max(map(len, cells))
        number = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
        columns.append([cell.rjust(width) if number else cell.ljust(width) for cell in cells])
    return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))


def _cell(name: str, row: Mapping[Hashable, Any], language: str) -> str:
    value = row[name]
    if name == "state":
        return label(value, language)
    if row.get("state", OBSERVED) != OBSERVED and name in ("n_rows", "n_empty", "share_empty", "flagged"):
        return sign(row["state"], language)
    if pd.isna(value):
        return sign(NOT_RECORDED, language)
    if isinstance(value, bool):
        return say("quality.yes" if value else "quality.no", language)
    if isinstance(value, str) or name in YEARS:
        return str(value)
    return percent(value, language) if name in SHARES else str(format_decimal(value, locale=language))

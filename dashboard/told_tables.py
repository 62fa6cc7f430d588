"""The twin of each chart of the protected regime: the same numbers as a table to read, and as a file."""

import pandas as pd

from dashboard import formats
from dashboard.tables import csv_text
from dashboard.told import Category, Told
from pipelines.protected.reading import MONTH
from pipelines.states import MASKED, OBSERVED, label

INDENT = "\u2003"


def readable(told: Told) -> pd.DataFrame:
    """The numbers in words, those that are not told apart and everyone at the end."""
    if told.figure.by == MONTH:
        blocks = [[told.indication(each.indication), told.months(each.first, each.last), told.number(each.n)]
                  for each in told.blocks]  # fmt: skip
        heads = [told.text("protected.indication"), told.text("protected.entry_months"), told.what]
        return pd.DataFrame([*blocks, *([each.label, "", told.number(each.n)] for each in told.rest)], columns=heads)
    nested = any(each.undivided is not None for each in told.categories)
    rows = [[INDENT * each.depth + each.label, told.number(each.n), *([_finer(told, each)] if nested else [])]
            for each in [*told.categories, *told.rest]]  # fmt: skip
    heads = [told.dimension, told.what, *([told.text("protected.of_which")] if nested else [])]
    return pd.DataFrame(rows, columns=heads)


def csv_of(told: Told) -> bytes:
    """The numbers as a file, one row each with its state in words, as a spreadsheet of the language opens it."""
    state = told.text("card.state")
    if told.figure.by == MONTH:
        heads = [told.text("protected.indication"), told.text("protected.first_month"),
                 told.text("protected.last_month"), told.what, state]  # fmt: skip
        rows = [[told.indication(each.indication), each.first, each.last, *_written(told, each.n)]
                for each in told.blocks]  # fmt: skip
        rows += [[each.label, "", "", *_written(told, each.n)] for each in told.rest]
    else:
        heads = [told.dimension, told.text("protected.within"), told.what, state, told.text("protected.of_which")]
        rows = [[each.label, each.within, *_written(told, each.n), str(each.undivided or "")]
                for each in [*told.categories, *told.rest]]  # fmt: skip
    return csv_text(heads, rows, told.language)


def file_name(told: Told) -> str:
    """`<programme>_new-patients-sex_2022-08-31_protected.csv`, of the last publication."""
    return f"{told.programme.name}_{told.figure.name}_{told.ledger.cutoff}_protected.csv"


def _finer(told: Told, category: Category) -> str:
    return formats.number(category.undivided, told.language) if category.undivided else ""


def _written(told: Told, n: int | None) -> list[str]:
    """A number and its state in words."""
    return [told.number(None) if n is None else str(n), label(MASKED if n is None else OBSERVED, told.language)]

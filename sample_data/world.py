"""Everything that will ever be known of the synthetic programme; an export is what was known of it by a day.

A table is a frame whose columns are those of the contract, with helper columns beside them. Codes are categories, days
are numbers (`days.py`), identifiers are row numbers from 0. `seen` is the day from which a row stands in the exports.
"""

from dataclasses import dataclass

import pandas as pd

from sample_data.history import Correction
from sample_data.wrong import Spoilt


@dataclass
class World:
    """The tables in their last state, the values that stood there before, and the records spoilt on purpose."""

    tables: dict[str, pd.DataFrame]
    corrections: list[Correction]
    spoilt: list[Spoilt]

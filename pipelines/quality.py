"""Empty fields of every table of an export: a figure of the data, not of patients, for the circle that corrects them.

Rules that fail are in `findings.py`; probable duplicates, centres and delays of forms are measures.
"""

import pandas as pd

from data_schemas.tables import TABLES
from pipelines import sql
from pipelines.opened import Opened

MOST_EMPTY = 0.10
OBSERVED, NOT_COLLECTED, NOT_SENT = "observed", "not_collected", "not_sent"


def completeness(opened: Opened, most: float = MOST_EMPTY) -> pd.DataFrame:
    """Share of loaded rows whose field is empty, for each column of the contract.

    Returns:
        `table_name`, `column_name`, `n_rows`, `n_empty`, `share_empty`, `flagged` (more than `most` is empty) and
        `state`; numbers are null for a column that the programme does not collect and a table that was not sent, and a
        share is null where there is no row.
    """
    rows = []
    for name, table in TABLES.items():
        sent = opened.release.was_sent(name)
        counted = ", ".join(f"count({sql.name(column)}) as {sql.name(column)}" for column in table.columns)
        filled = opened.query(f"select count(*) as n_rows, {counted} from core_{name}").iloc[0]
        for column in table.columns:
            state = OBSERVED if opened.programme.collects(name, column) else NOT_COLLECTED
            state = state if sent else NOT_SENT
            n_rows = int(filled["n_rows"]) if state == OBSERVED else pd.NA
            n_empty = n_rows - int(filled[column]) if state == OBSERVED else pd.NA
            rows.append((name, column, n_rows, n_empty, state))
    frame = pd.DataFrame(rows, columns=["table_name", "column_name", "n_rows", "n_empty", "state"])
    frame = frame.astype({"n_rows": "Int64", "n_empty": "Int64"})
    observed = frame["n_rows"].mask(frame["n_rows"] == 0)
    frame.insert(4, "share_empty", (frame["n_empty"] / observed).astype("Float64"))
    frame.insert(5, "flagged", (frame["share_empty"] > most).fillna(False).astype(bool))
    return frame


def empty_rows(opened: Opened, table: str, column: str) -> pd.DataFrame:
    """The rows whose field is empty: as many as `completeness` says.

    Returns:
        The key of each row.

    Raises:
        ValueError: no such column in the contract.
    """
    if table not in TABLES or column not in TABLES[table].columns:
        raise ValueError("the contract has no such column")
    keys = sql.names(TABLES[table].key)
    return opened.query(f"select {keys} from core_{table} where {sql.name(column)} is null order by {keys}")

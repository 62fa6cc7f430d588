"""What the exports of a cut-off show of the world: rows received by then, with the values known by then."""

import numpy as np
import pandas as pd

from sample_data.days import NO_DAY, Bools
from sample_data.world import World

LATER_KNOWN = {"adverse_events": "submitted_date", "contraceptions": "end_date"}
"""Dates that a row gets after it was first sent."""


def shown(world: World, table: str, cutoff: int) -> pd.DataFrame:
    """A table as known at the end of the day `cutoff`; its index is the row's place in the world."""
    frame = _with_old_values(world, table, cutoff)
    rows = (frame["seen"].to_numpy() <= cutoff) & ~_of_gone_patients(world, table, cutoff)
    frame = frame[rows]
    later = LATER_KNOWN.get(table)
    if later:
        known = frame[later].to_numpy()
        frame = frame.assign(**{later: np.where(known <= cutoff, known, NO_DAY)})
    return frame


def _with_old_values(world: World, table: str, cutoff: int) -> pd.DataFrame:
    frame = world.tables[table]
    for correction in world.corrections:
        still = correction.until > cutoff
        if correction.table == table and still.any():
            column = frame[correction.column].copy()
            column.iloc[correction.rows[still]] = correction.old[still]
            frame = frame.assign(**{correction.column: column})
    return frame


def _of_gone_patients(world: World, table: str, cutoff: int) -> Bools:
    """Rows of patients who were withdrawn, or whose pseudonym was merged into another."""
    gone = world.tables["patients"]["gone"].to_numpy() <= cutoff
    frame = world.tables[table]
    if table == "patients":
        return np.asarray(gone)
    if table == "initiations":
        return np.asarray(gone[_with_old_values(world, table, cutoff)["patient_id"].to_numpy()])
    if "patient_id" in frame:
        return np.asarray(gone[frame["patient_id"].to_numpy()])
    if "episode_id" in frame:
        owner = world.tables["initiations"]["patient_id"].to_numpy()
        return np.asarray(gone[owner[frame["episode_id"].to_numpy()]])
    return np.zeros(len(frame), np.bool_)

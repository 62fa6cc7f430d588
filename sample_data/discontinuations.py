"""The end of a treatment, when the hospital reported it."""

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.settings import LAST_DAY, Options

ALWAYS_REPORTED = ("DECES", "EFFET_INDESIRABLE")


def discontinuations(options: Options, episodes: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """One row per reported stop, with the effect that caused it where there is one."""
    rng = draws.stream(options.seed, "discontinuations")
    reported = draws.chance(rng, weights.read("treatment")["stop_recorded_share"], len(episodes))
    reported |= episodes["reason"].isin(ALWAYS_REPORTED).to_numpy()
    stopped = episodes["followed"].to_numpy() & (episodes["end"].to_numpy() <= LAST_DAY)
    rows = episodes[reported & stopped]
    episode, stop = rows["episode_id"].to_numpy(), rows["end"].to_numpy()
    effect = np.full(len(episodes), -1)
    linked = effects[effects["linked"].to_numpy() >= 0]
    effect[linked["linked"].to_numpy()] = linked["ae_id"].to_numpy()
    known = np.append(effects["received_date"].to_numpy(), 0)[effect[episode]]
    written = stop + draws.delays(rng, 20, 300, len(rows))
    return pd.DataFrame({
        "episode_id": episode, "stop_date": stop, "reason": rows["reason"].array, "ae_id": effect[episode],
        "seen": np.maximum.reduce([written, rows["form_received_date"].to_numpy(), known]),
    })  # fmt: skip

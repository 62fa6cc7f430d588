"""Hospital dispensings: a box of 28 capsules at a time, every four weeks, for the treatments whose pharmacy reports."""

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.brands import brand
from sample_data.settings import FIRST_DAY, LAST_DAY, Options

CYCLE = 28
CAPSULE_MG = 50
REPORTED_SHARE = 0.92
ATTACK_CYCLES = 3
"""Cycles after which half of the treatments go on with fewer capsules."""


def dispensings(options: Options, episodes: pd.DataFrame) -> pd.DataFrame:
    """Every fourth week of each treatment that is reported on, with some weeks missing."""
    rng = draws.stream(options.seed, "dispensings")
    reporting = draws.chance(rng, weights.read("treatment")["followed_dispensings_share"], len(episodes))
    begin = np.maximum(episodes["treatment_start_date"].to_numpy(), FIRST_DAY)
    length = np.minimum(episodes["end"].to_numpy(), LAST_DAY) - begin
    cycles = np.where(episodes["followed"].to_numpy() & reporting & (length >= 0), length // CYCLE + 1, 0)
    episode, rank = draws.repeat(cycles)
    kept = draws.chance(rng, REPORTED_SHARE, len(episode))
    episode, rank = episode[kept], rank[kept]
    given = begin[episode] + rank * CYCLE + draws.between(rng, 0, 3, len(episode)) * (rank > 0)
    prescribed = given - np.minimum(draws.delays(rng, 2, 20, len(given)), 20) * (rank > 0)
    boxes = np.ceil(episodes["start_dose_mg_day"].to_numpy()[episode] / CAPSULE_MG)
    halved = draws.chance(rng, 0.5, len(episodes))[episode]
    boxes = np.where((rank > ATTACK_CYCLES) & halved, np.ceil(boxes / 2), boxes)
    known = episodes["form_received_date"].to_numpy()[episode]
    return pd.DataFrame({
        "dispensing_id": np.arange(len(episode)), "episode_id": episode, "prescription_date": prescribed,
        "dispensing_date": given, "capsules": (boxes * CYCLE).astype(np.int64),
        "days_supplied": np.full(len(rank), CYCLE), "product": brand(given, episodes["luck"].to_numpy()[episode]),
        "seen": np.maximum(given + draws.delays(rng, 15, 200, len(given)), known),
    })  # fmt: skip

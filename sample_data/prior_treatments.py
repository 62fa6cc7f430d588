"""Treatments tried before, as written on the first form of a patient."""

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.settings import Options


def prior_treatments(options: Options, episodes: pd.DataFrame) -> pd.DataFrame:
    """One row per episode and class of treatment; restarts have none."""
    rng = draws.stream(options.seed, "prior_treatments")
    settings = weights.read("treatment")
    first = episodes[(episodes["episode_type"] != "REPRISE").to_numpy()]
    indication = first["indication_code"].array
    classes = list(dict.fromkeys(name for row in settings["prior_treatment"].values() for name in row))
    shares = ({code: row.get(name, 0.0) for code, row in settings["prior_treatment"].items()} for name in classes)
    tried = np.stack([draws.chance(rng, draws.by_group(indication, share), len(first)) for share in shares], axis=1)
    episode, treatment = np.nonzero(tried)
    return pd.DataFrame({
        "episode_id": first["episode_id"].to_numpy()[episode],
        "treatment_class": draws.coded(treatment.astype(np.int8), classes),
        "outcome": draws.category(rng, settings["prior_outcome"], len(episode)),
        "seen": first["seen"].to_numpy()[episode],
    })  # fmt: skip

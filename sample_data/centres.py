"""The hospitals, and which one a patient is treated in."""

import numpy as np
import pandas as pd

from sample_data import weights
from sample_data.days import Ints

PATIENTS_PER_COPY = 50_000
"""In large runs the list of hospitals is repeated, up to ten times."""


def centres(patients: int) -> pd.DataFrame:
    """The hospitals of a programme with so many patients."""
    listed = weights.table("centres")
    copies = min(10, 1 + patients // PATIENTS_PER_COPY)
    frame = pd.concat([listed] * copies, ignore_index=True)
    return pd.DataFrame({
        "centre_id": np.arange(len(frame)),
        "centre_type": pd.Categorical(frame["centre_type"]),
        "region_code": pd.Categorical(frame["region_code"]),
        "weight": frame["weight"],
    })  # fmt: skip


def centre_of(rng: np.random.Generator, indication: pd.Categorical, hospitals: pd.DataFrame) -> Ints:
    """The number of each patient's hospital, drawn with weights that depend on the indication."""
    chosen = np.zeros(len(indication), np.int64)
    for code, name in enumerate(indication.categories):
        here = np.flatnonzero(indication.codes == code)
        share = _weights(hospitals, name)
        chosen[here] = rng.choice(hospitals["centre_id"].to_numpy(), len(here), p=share / share.sum())
    return chosen


def _weights(hospitals: pd.DataFrame, indication: str) -> pd.Series:
    settings = weights.read("population")
    regions = settings["region_factors"].get(indication, {"other": 1})
    types = settings["centre_type_factors"].get(indication, {})
    by_region = hospitals["region_code"].astype(str).map(lambda code: regions.get(code, regions["other"]))
    by_type = hospitals["centre_type"].astype(str).map(lambda code: types.get(code, 1))
    return hospitals["weight"] * by_region.astype(float) * by_type.astype(float)

"""Which adverse effects happen, to whom and when. How they are reported is in `adverse_events.py`.

A case is one report; it may hold several effects. `effect` is a line number of `calibration/effects.csv`.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.days import YEAR, Bools, Floats, Ints
from sample_data.settings import FIRST_DAY, LAST_DAY

USUAL_DOSE = 75.0
HARMLESS_DOSE = 25.0
"""Daily mg up to which the effects that follow the dose most steeply were not seen."""
STEEP = 1.5
COASTING_DAYS = 150


def cases(rng: np.random.Generator, episodes: pd.DataFrame) -> pd.DataFrame:
    """One row per case: `episode`, `effect`, `onset`, `linked` (it ended the treatment), `fatal`."""
    found = pd.concat([_background(rng, episodes), _ending(rng, episodes)], ignore_index=True)
    known: Bools = found["onset"].to_numpy() <= LAST_DAY
    return found[known].reset_index(drop=True)


def with_companions(rng: np.random.Generator, found: pd.DataFrame) -> pd.DataFrame:
    """One row per effect: the case's own, then others reported with it. The index of the case is in `case`."""
    effects = weights.table("effects")
    parent, rank = draws.repeat(1 + rng.poisson(weights.read("safety")["companions_per_case"], len(found)))
    rows: pd.DataFrame = found.iloc[parent].reset_index(drop=True)
    rows["case"] = parent
    added = rank > 0
    share = effects["per_100_py"].to_numpy(float)
    other = rng.choice(len(effects), len(rows), p=share / share.sum())
    rows["effect"] = np.where(added, other, rows["effect"])
    rows["linked"] &= ~added
    rows["fatal"] &= ~added
    again = added & (rows["effect"].to_numpy() == found["effect"].to_numpy()[parent])
    again |= rows.duplicated(["case", "effect"]).to_numpy()
    kept: pd.DataFrame = rows[~again].reset_index(drop=True)
    return kept


def _case(episode: Ints, effect: Ints, onset: Ints, *, linked: bool = False, fatal: bool = False) -> pd.DataFrame:
    return pd.DataFrame({"episode": episode, "effect": effect, "onset": onset, "linked": linked, "fatal": fatal})


def _background(rng: np.random.Generator, episodes: pd.DataFrame) -> pd.DataFrame:
    """Effects that arise with the time under treatment, each at most once an episode."""
    begin = np.maximum(episodes["treatment_start_date"].to_numpy(), FIRST_DAY)
    length = np.maximum(np.minimum(episodes["end"].to_numpy(), LAST_DAY) - begin, 0) * episodes["followed"].to_numpy()
    found = []
    for number, row in enumerate(weights.table("effects").to_dict("records")):
        risk = float(row["per_100_py"]) / 100 * length / YEAR * _factor(row, episodes)
        hit = np.flatnonzero(draws.chance(rng, 1 - np.exp(-risk), len(episodes)))
        power = 3 if row["early"] else 1
        onset = begin[hit] + (rng.random(len(hit)) ** power * length[hit]).astype(np.int64)
        found.append(_case(hit, np.full(len(hit), number), onset))
    return _outside_treatment(rng, pd.concat(found, ignore_index=True), episodes)


def _factor(effect: Mapping[Hashable, Any], episodes: pd.DataFrame) -> Floats:
    indication, dose = episodes["indication_code"].array, episodes["start_dose_mg_day"].to_numpy()
    own = {"LUPUS_CUT": float(effect["lupus_factor"]), "CROHN_PED": float(effect["crohn_factor"])}
    factor = draws.by_group(indication, {name: own.get(name, 1.0) for name in indication.categories})
    factor *= (dose / USUAL_DOSE) ** float(effect["dose_power"])
    return np.where((dose <= HARMLESS_DOSE) & (effect["dose_power"] >= STEEP), 0, factor)


def _outside_treatment(rng: np.random.Generator, found: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """A few effects began before the treatment; some neuropathies appear after the last dose."""
    settings = weights.read("safety")
    owner = episodes.iloc[found["episode"].to_numpy()]
    start, end = owner["treatment_start_date"].to_numpy(), owner["end"].to_numpy()
    family = weights.table("effects")["family"].to_numpy()[found["effect"].to_numpy()]
    before = draws.chance(rng, settings["before_treatment_share"], len(found))
    after = (family == "neuropathy") & draws.chance(rng, settings["coasting_share"] * 2, len(found)) & ~before
    onset = np.where(before, start - draws.between(rng, 5, 60, len(found)), found["onset"])
    found["onset"] = np.where(after & (end < LAST_DAY), end + draws.between(rng, 1, COASTING_DAYS, len(found)), onset)
    return found


def _ending(rng: np.random.Generator, episodes: pd.DataFrame) -> pd.DataFrame:
    """The effects for which a treatment was stopped, and those that a patient died of."""
    effects = weights.table("effects")
    over = (episodes["followed"] & (episodes["end"] <= LAST_DAY)).to_numpy()
    found = []
    for reason, column, days, fatal in (
        ("EFFET_INDESIRABLE", "stop_weight", 30, False),
        ("DECES", "fatal_weight", 10, True),
    ):
        hit = np.flatnonzero(over & (episodes["reason"] == reason).to_numpy())
        share = effects[column].to_numpy(float)
        onset = episodes["end"].to_numpy()[hit] - draws.between(rng, 0, days, len(hit))
        onset = np.maximum(onset, episodes["treatment_start_date"].to_numpy()[hit])
        chosen = rng.choice(len(effects), len(hit), p=share / share.sum())
        found.append(_case(hit, chosen, onset, linked=True, fatal=fatal))
    return pd.concat(found, ignore_index=True)

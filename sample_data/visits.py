"""Follow-up visits: sparse, as the protocol asks for the first form only. Some hospitals send many, some none."""

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.days import Anything, Floats, Ints
from sample_data.settings import ADULT, FIRST_DAY, LAST_DAY, Options

LEAST_GAP = 5
"""Days between two visits, at least."""
EARLY_DAYS = 60
WRONG_FROM = 1
"""Marks of wrong visits (`--wrong-share`) count from here; 0 is a visit in order."""


def visits(options: Options, episodes: pd.DataFrame, neuropathy: Ints, wrong_kinds: int) -> pd.DataFrame:
    """`neuropathy`: the day of each episode's first neuropathy. `wrong_kinds`: how many sorts of wrong visit exist."""
    rng = draws.stream(options.seed, "visits")
    begin = np.maximum(episodes["treatment_start_date"].to_numpy(), FIRST_DAY)
    length = np.maximum(np.minimum(episodes["end"].to_numpy(), LAST_DAY) - begin, 0)
    counts = _counts(rng, options, episodes, length)
    episode, rank = draws.repeat(counts)
    share = (rank + rng.uniform(0.3, 0.95, len(rank))) / counts[episode]
    day = begin[episode] + (share * length[episode]).astype(np.int64)
    since = day - episodes["treatment_start_date"].to_numpy()[episode]
    delay = draws.delays(rng, 12, 300, len(day))
    wrong = draws.chance(rng, options.wrong_share, len(day))
    return pd.DataFrame({
        "visit_id": np.arange(len(day)), "episode_id": episode, "visit_date": day, "visit_label": _label(since),
        **_measured(rng, episodes, episode, since),
        **_neurology(rng, day >= neuropathy[episode]),
        "seen": np.maximum(day + delay, episodes["form_received_date"].to_numpy()[episode]),
        "wrong": np.where(wrong, draws.between(rng, WRONG_FROM, wrong_kinds, len(day)), 0).astype(np.int8),
    })  # fmt: skip


def _counts(rng: np.random.Generator, options: Options, episodes: pd.DataFrame, length: Ints) -> Ints:
    """Visits of each episode: more with time under treatment, uneven between hospitals; on average as asked for."""
    share = length * rng.gamma(1.2, 1, len(episodes)) * episodes["followed"].to_numpy()
    wanted = options.visits_per_patient * options.patients * share / max(share.sum(), 1)
    counts: Ints = np.minimum(rng.poisson(wanted), length // LEAST_GAP)
    return counts


def _label(since: Ints) -> pd.Categorical:
    month = np.round(since / 30.4).astype(np.int16)
    return draws.coded(month, [f"M{number}" for number in range(int(month.max(initial=0)) + 1)])


def _measured(
    rng: np.random.Generator, episodes: pd.DataFrame, episode: Ints, since: Ints
) -> dict[str, pd.Categorical | Floats]:
    settings = weights.read("treatment")
    size = len(episode)
    indication = episodes["indication_code"].array[episode]
    age, weight = episodes["age_at_start"].to_numpy()[episode], episodes["weight"].to_numpy()[episode]
    kept = draws.numbers(draws.category(rng, settings["dose_factors"], len(episodes)))
    factor = np.where(since < EARLY_DAYS, 1, kept[episode])
    dose = np.round(episodes["start_dose_mg_day"].to_numpy()[episode] * factor, 1)
    weighed = draws.chance(rng, np.where(age < ADULT, 0.85, 0.25), size)
    grown = np.round(weight * (1 + np.where(age < ADULT, since / 4000, 0)) + rng.normal(0, 1.2, size), 1)
    late: Anything = (since >= EARLY_DAYS).astype(np.int8)
    phases = {"early": settings["response_early"], "late": settings["response_late"]}
    score = np.clip(np.round((45 * np.exp(-since / 120) + rng.normal(8, 6, size)) / 2.5) * 2.5, 0, 100)
    scored = (indication == "CROHN_PED") & draws.chance(rng, 0.7, size)
    return {
        "dose_mg_day": np.where(draws.chance(rng, 0.9, size), dose, np.nan),
        "weight_kg": np.where(weighed, grown, np.nan),
        "response": draws.category_by(rng, draws.coded(late, list(phases)), phases),
        "pcdai": np.where(scored, score, np.nan),
    }


def _neurology(rng: np.random.Generator, affected: Anything) -> dict[str, pd.Categorical | Ints]:
    settings = weights.read("treatment")
    states = {"before": settings["neuro_exam"], "after": settings["neuro_exam_after_neuropathy"]}
    exam = draws.category_by(rng, draws.coded(affected.astype(np.int8), list(states)), states)
    grade = draws.numbers(draws.category(rng, settings["neuro_grade"], len(affected))).astype(np.int64)
    grade = np.where(exam == "ANORMAL", grade, np.where(exam == "NORMAL", 0, -1))
    return {"neuro_exam": exam, "neuro_grade": grade, "emg": draws.category(rng, settings["emg"], len(affected))}

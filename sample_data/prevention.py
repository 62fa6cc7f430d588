"""Pregnancy prevention: tests, dated childbearing status with contraception, and exposed pregnancies."""

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.days import NO_DAY, Bools, Ints, day
from sample_data.settings import ADULT, FIRST_DAY, LAST_DAY, Options

CYCLE = 28
KEPT_AFTER_STOP = 30
"""Days for which contraception goes on after the last dose."""
CONTEXTS = ["AVANT_TRAITEMENT", "PENDANT", "APRES_ARRET"]
PATERNAL_EXPOSURE = day("2021-06-14")


def at_risk(episodes: pd.DataFrame) -> tuple[Ints, Ints, Bools]:
    """From and until when each episode's patient may become pregnant under treatment, and whether that is ever."""
    begin = np.maximum(episodes["treatment_start_date"].to_numpy(), episodes["fertile_from"].to_numpy())
    end = np.minimum(np.minimum(episodes["end"].to_numpy(), episodes["fertile_until"].to_numpy()), LAST_DAY)
    # Menopause during treatment does not end the follow-up that began before it.
    started = (episodes["childbearing_status"] == "FSP").to_numpy()
    end = np.where(started, np.minimum(episodes["end"].to_numpy(), LAST_DAY), end)
    return begin, end, episodes["followed"].to_numpy() & (begin <= end)


def pregnancy_tests(options: Options, episodes: pd.DataFrame) -> pd.DataFrame:
    """Before the start, every four weeks, and once after the stop; mostly on time, some missing."""
    rng = draws.stream(options.seed, "pregnancy_tests")
    settings = weights.read("treatment")
    begin, end, concerned = at_risk(episodes)
    begin = np.maximum(begin, FIRST_DAY)
    concerned &= draws.chance(rng, settings["followed_tests_share"], len(episodes)) & (begin <= end)
    stopped = episodes["end"].to_numpy() < LAST_DAY - CYCLE
    during = np.where(concerned, (end - begin) // CYCLE, 0)
    episode, rank = draws.repeat(np.where(concerned, 1 + during + stopped, 0))
    context = np.where(rank == 0, 0, np.where(rank > during[episode], 2, 1))
    kept = draws.chance(rng, np.array([0.94, 0.9, 0.65])[context], len(rank))
    episode, rank, context = episode[kept], rank[kept], context[kept]
    tested = _test_days(rng, begin[episode], end[episode], rank, context)
    known = episodes["form_received_date"].to_numpy()[episode]
    return pd.DataFrame({
        "test_id": np.arange(len(rank)), "episode_id": episode, "test_date": tested,
        "result": draws.category(rng, settings["test_result"], len(rank)),
        "test_type": draws.category(rng, settings["test_type"], len(rank)),
        "context": draws.coded(context, CONTEXTS),
        "seen": np.maximum(tested + draws.delays(rng, 14, 200, len(rank)), known),
    })  # fmt: skip


def _test_days(rng: np.random.Generator, begin: Ints, end: Ints, rank: Ints, context: Ints) -> Ints:
    """Nine tests in ten on time: up to 3 days before the start, every fourth week, and 4 weeks after the stop."""
    size = len(rank)
    on_time = draws.chance(rng, 0.9, size)
    early = np.where(on_time, draws.between(rng, 0, 3, size), draws.between(rng, 4, 14, size))
    late = np.where(on_time, draws.between(rng, -1, 2, size), draws.between(rng, 3, 12, size))
    during = np.minimum(begin + rank * CYCLE + late, end)
    days: Ints = np.choose(context, [begin - early, during, end + CYCLE + late])
    return days


def contraceptions(options: Options, episodes: pd.DataFrame) -> pd.DataFrame:
    """The status and method at the start, changes of method, and girls who reach childbearing age under treatment."""
    rng = draws.stream(options.seed, "contraceptions")
    begin, end, concerned = at_risk(episodes)
    start = episodes["treatment_start_date"].to_numpy()
    grown = concerned & (begin > start)
    early = np.where(grown, begin, begin - draws.between(rng, 28, 60, len(episodes)))
    change = begin + draws.between(rng, 60, 400, len(episodes))
    changed = concerned & (change < end) & draws.chance(rng, 0.12, len(episodes))
    over = episodes["end"].to_numpy()
    last = np.where(over <= LAST_DAY, over + KEPT_AFTER_STOP, NO_DAY)
    parts = [
        _statuses(episodes, grown, start, begin, "FNSP"),
        _statuses(episodes, concerned, early, np.where(changed, change, last), "FSP"),
        _statuses(episodes, changed, change, last, "FSP"),
    ]
    frame = pd.concat(parts, ignore_index=True)
    delay = draws.delays(rng, 10, 120, len(frame))
    frame["seen"] = np.maximum(frame["seen"], frame["start_date"] + delay)
    method = draws.category(rng, weights.read("treatment")["contraception_method"], len(frame))
    none = list(method.categories).index("AUCUNE")
    codes = np.where(frame["childbearing_status"] == "FNSP", none, method.codes)
    frame["method"] = draws.coded(codes, list(method.categories))
    frame["childbearing_status"] = pd.Categorical(frame["childbearing_status"])
    return frame.sort_values(["episode_id", "start_date"], kind="stable").reset_index(drop=True)


def _statuses(episodes: pd.DataFrame, rows: Bools, begin: Ints, end: Ints, status: str) -> pd.DataFrame:
    return pd.DataFrame({
        "episode_id": episodes["episode_id"].to_numpy()[rows], "start_date": begin[rows], "end_date": end[rows],
        "childbearing_status": status, "seen": episodes["form_received_date"].to_numpy()[rows],
    })  # fmt: skip


def pregnancies(episodes: pd.DataFrame) -> pd.DataFrame:
    """No woman became pregnant; one partner of a treated man did."""
    treated = episodes["treatment_start_date"].to_numpy() <= PATERNAL_EXPOSURE - CYCLE
    treated &= (episodes["childbearing_status"] == "HOMME").to_numpy() & episodes["followed"].to_numpy()
    treated &= (episodes["end"].to_numpy() > PATERNAL_EXPOSURE) & (episodes["age_at_start"].to_numpy() >= ADULT)
    treated &= episodes["form_received_date"].to_numpy() <= PATERNAL_EXPOSURE
    father = episodes["patient_id"].to_numpy()[treated][:1]
    return pd.DataFrame({
        "pregnancy_id": np.arange(len(father)), "patient_id": father,
        "exposure": pd.Categorical(["PATERNELLE"] * len(father), ["MATERNELLE", "PATERNELLE"]),
        "detection_date": np.full(len(father), PATERNAL_EXPOSURE),
        "outcome": pd.Categorical(["NAISSANCE_VIVANTE"] * len(father), ["NAISSANCE_VIVANTE", "EN_COURS"]),
        "seen": np.full(len(father), PATERNAL_EXPOSURE + 20),
    })  # fmt: skip

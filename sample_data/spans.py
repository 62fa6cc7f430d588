"""From when to when each patient is treated, and why a treatment ends. The form about it: `initiations.py`."""

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.days import NEVER, Bools, Ints
from sample_data.settings import FIRST_DAY, LAST_DAY, Options

RESTARTS = 2
"""A patient restarts at most so many times."""
SHORTEST = 14
"""No treatment is shorter, in days."""


def spans(options: Options, people: pd.DataFrame) -> pd.DataFrame:
    """One row per form: first treatments, restarts after a stop, and the forms of a second hospital.

    `end` may lie after the last day of the programme: still treated. `followed`: the form has visits and effects.
    """
    rng = draws.stream(options.seed, "spans")
    found = [_first(rng, people)]
    for _ in range(RESTARTS):
        found.append(_restarts(rng, people, found[-1]))
    found.append(_second_centre(rng, people, found[0]))
    frame = pd.concat(found, ignore_index=True)
    for column in ("episode_type", "reason"):
        frame[column] = pd.Categorical(frame[column])
    return frame


def _span(patient: Ints, kind: str | Bools, start: Ints, end: Ints, reason: pd.Categorical) -> pd.DataFrame:
    return pd.DataFrame({
        "patient": patient, "episode_type": kind, "start": start, "end": end, "reason": np.asarray(reason, object),
        "followed": True,
    })  # fmt: skip


def _first(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    start = people["start"].to_numpy()
    prevalent = people["prevalent"].to_numpy()
    kind = np.where(prevalent, "POURSUITE", "INITIATION").astype(object)
    end, reason = _ends(rng, people, np.maximum(start, FIRST_DAY))
    frame = _span(np.arange(len(people)), kind, start, end, reason)
    frame["followed"] = people["copy_of"].to_numpy() < 0
    frame.loc[~frame["followed"], "end"] = NEVER
    return frame


def _ends(rng: np.random.Generator, people: pd.DataFrame, begun: Ints) -> tuple[Ints, pd.Categorical]:
    settings = weights.read("treatment")
    indication = people["indication"].array
    mean = draws.by_group(indication, settings["duration_days"])
    duration = SHORTEST + rng.gamma(1.1, mean / 1.1).astype(np.int64)
    return begun + duration, draws.category_by(rng, indication, settings["stop_reason"])


def _restarts(rng: np.random.Generator, people: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    share = weights.read("treatment")["restart_share"]
    likely = before["reason"].map(lambda reason: share.get(reason, 0.0)).to_numpy(float)
    start = before["end"].to_numpy() + 28 + draws.delays(rng, 120, 700, len(before))
    again = before["followed"].to_numpy() & (start <= LAST_DAY) & draws.chance(rng, likely, len(before))
    patient = before["patient"].to_numpy()[again]
    end, reason = _ends(rng, people.iloc[patient], start[again])
    return _span(patient, "REPRISE", start[again], end, reason)


def _second_centre(rng: np.random.Generator, people: pd.DataFrame, first: pd.DataFrame) -> pd.DataFrame:
    """Another hospital takes over and fills in a form of its own, now and then as if treatment began there."""
    start = first["start"].to_numpy() + draws.between(rng, 40, 300, len(first))
    likely = first["followed"].to_numpy() & (start < first["end"].to_numpy()) & (start <= LAST_DAY)
    likely &= ~people["prevalent"].to_numpy()
    chosen = draws.sample(rng, np.flatnonzero(likely), weights.read("population")["second_centre_share"], least=2)
    kind = np.where(draws.chance(rng, 0.8, len(chosen)), "POURSUITE", "INITIATION").astype(object)
    reason = pd.Categorical([None] * len(chosen))
    frame = _span(chosen, kind, start[chosen], np.full(len(chosen), NEVER), reason)
    frame["followed"] = False
    return frame

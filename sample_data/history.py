"""What changes between exports: values corrected, pseudonyms merged, patients withdrawn or opposed.

The tables hold the last state; a `Correction` keeps what stood there before.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.days import Anything, Ints, day, year_of
from sample_data.settings import ESTABLISHED, LAST_DAY, Options

SWAPPED = {"APHTOSE": "LUPUS_CUT", "LUPUS_CUT": "APHTOSE", "ENL": "HORS_PROTOCOLE", "HORS_PROTOCOLE": "LUPUS_CUT"}
"""The indication that was written first, where it was corrected."""
MISREAD_WEIGHT = 0.8
FIRST_OPPOSITION = day("2020-06-01")


@dataclass(frozen=True)
class Correction:
    """Rows of a table that showed `old` in a column until the day `until`, that day not included."""

    table: str
    column: str
    rows: Ints
    old: Anything
    until: Ints


def rewrite(options: Options, people: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> tuple[list[Correction], Ints]:
    """Applies the later states to the tables; returns the earlier values, and the patients concerned."""
    rng = draws.stream(options.seed, "history")
    patients, episodes = tables["patients"], tables["initiations"]
    copies = np.flatnonzero(people["copy_of"].to_numpy() >= 0)
    originals = people["copy_of"].to_numpy()[copies]
    settings = weights.read("population")
    fathers = tables["pregnancies"]["patient_id"].to_numpy()
    free = np.setdiff1d(_recruited(episodes), np.concatenate([copies, originals, fathers]))
    groups = []
    for name in ("withdrawn_share", "opposition_share", "correction_share"):
        groups.append(draws.sample(rng, free, settings[name], least=2))
        free = np.setdiff1d(free, groups[-1])
    withdrawn, opposed, corrected = groups
    typed = draws.sample(draws.stream(options.seed, "types"), free, settings["type_correction_share"], least=2)
    _withdraw(rng, patients, withdrawn)
    corrections = [
        _merge(rng, patients, episodes, copies[::2], originals[::2]),
        _oppose(rng, patients, opposed),
        *_correct(rng, episodes, corrected),
        *_births(tables["pregnancies"]),
        _mistype(draws.stream(options.seed, "types until"), episodes, typed),
    ]
    touched = np.concatenate([copies, originals, *groups, typed])
    return [correction for correction in corrections if len(correction.rows)], touched


def _recruited(episodes: pd.DataFrame) -> Ints:
    """Patients with a first form of this programme, received in time to change later."""
    first = (episodes["episode_type"] == "INITIATION") & (episodes["form_received_date"] < LAST_DAY - 40)
    return np.unique(episodes["patient_id"].to_numpy()[first])


def _later(rng: np.random.Generator, seen: Ints, least: int = 20) -> Ints:
    return seen + draws.between(rng, least, 240, len(seen))


def _withdraw(rng: np.random.Generator, patients: pd.DataFrame, chosen: Ints) -> None:
    patients.loc[chosen, "gone"] = _later(rng, patients["seen"].to_numpy()[chosen])


def _oppose(rng: np.random.Generator, patients: pd.DataFrame, chosen: Ints) -> Correction:
    since = np.maximum(_later(rng, patients["seen"].to_numpy()[chosen]), FIRST_OPPOSITION)
    patients.loc[chosen, "data_opposition"] = "1"
    return Correction("patients", "data_opposition", chosen, np.full(len(chosen), "0", object), since)


def _merge(
    rng: np.random.Generator, patients: pd.DataFrame, episodes: pd.DataFrame, copies: Ints, originals: Ints
) -> Correction:
    """The second pseudonym disappears; its form stays, under the first one."""
    seen = np.maximum(patients["seen"].to_numpy()[copies], patients["seen"].to_numpy()[originals])
    merged = _later(rng, seen, least=60)
    patients.loc[copies, "gone"] = merged
    place = pd.Series(np.arange(len(copies)), copies)
    rows = np.flatnonzero(episodes["patient_id"].isin(copies).to_numpy())
    old = episodes["patient_id"].to_numpy()[rows].copy()
    which = place.loc[old].to_numpy()
    episodes.loc[rows, "patient_id"] = originals[which]
    return Correction("initiations", "patient_id", rows, old, merged[which])


def _correct(rng: np.random.Generator, episodes: pd.DataFrame, chosen: Ints) -> list[Correction]:
    """Dates, indications and weights first keyed in wrongly, in the first form of each chosen patient."""
    kind = (episodes["episode_type"] == "INITIATION") & episodes["followed"]
    rows = np.flatnonzero(kind.to_numpy() & episodes["patient_id"].isin(chosen).to_numpy())
    until = _later(rng, episodes["seen"].to_numpy()[rows])
    what = draws.category(rng, {"date": 0.4, "indication": 0.4, "weight": 0.2}, len(rows))
    dated, coded, weighed = (rows[np.asarray(what == name)] for name in what.categories)
    coded = coded[episodes["indication_code"].iloc[coded].isin(SWAPPED).to_numpy()]
    weighed = weighed[episodes["weight_kg"].iloc[weighed].notna().to_numpy()]
    day_of = dict(zip(rows, until, strict=True))

    def correction(column: str, at: Ints, old: Anything) -> Correction:
        return Correction("initiations", column, at, old, np.array([day_of[row] for row in at], np.int64))

    start = episodes["treatment_start_date"].to_numpy()[dated]
    indication = episodes["indication_code"].iloc[coded].astype(object)
    weight = episodes["weight_kg"].to_numpy()[weighed]
    return [
        correction("treatment_start_date", dated, _mistaken_start(rng, episodes.iloc[dated], start)),
        correction("indication_code", coded, indication.map(SWAPPED).to_numpy(object)),
        correction("indication_subtype", coded, np.full(len(coded), None, object)),
        correction("weight_kg", weighed, np.round(weight * MISREAD_WEIGHT, 1)),
    ]


def _mistaken_start(rng: np.random.Generator, rows: pd.DataFrame, start: Ints) -> Ints:
    """Mostly a month or so too early; too late now and then, within the year and before the form was received."""
    earlier = np.maximum(start - draws.between(rng, 3, 45, len(start)), ESTABLISHED)
    later = np.minimum(start + draws.between(rng, 3, 20, len(start)), rows["form_received_date"].to_numpy())
    use_later = draws.chance(rng, 0.3, len(start)) & (year_of(later) == year_of(start)) & (later > start)
    mistaken: Ints = np.where(use_later, later, earlier)
    return mistaken


def _mistype(rng: np.random.Generator, episodes: pd.DataFrame, chosen: Ints) -> Correction:
    """The first form of each chosen patient was first keyed in as a restart."""
    first = (episodes["episode_type"] == "INITIATION").to_numpy() & episodes["patient_id"].isin(chosen).to_numpy()
    rows = np.flatnonzero(first)
    until = _later(rng, episodes["seen"].to_numpy()[rows])
    return Correction("initiations", "episode_type", rows, np.full(len(rows), "REPRISE", object), until)


def _births(pregnancies: pd.DataFrame) -> list[Correction]:
    """A pregnancy is first reported as ongoing."""
    rows = np.arange(len(pregnancies))
    until = pregnancies["detection_date"].to_numpy() + 200
    return [Correction("pregnancies", "outcome", rows, np.full(len(rows), "EN_COURS", object), until)]

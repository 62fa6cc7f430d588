"""Who is treated: one row per pseudonym, with what a person is born with and the day of the first treatment.

Some persons have two pseudonyms (`copy_of`). What happens to them under treatment begins in `spans.py`.
"""

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.centres import centre_of
from sample_data.days import NEVER, NO_DAY, YEAR, Floats, Ints, day, year_of
from sample_data.settings import CUTOFFS, ESTABLISHED, FIRST_DAY, LAST_DAY, Options


def persons(options: Options, hospitals: pd.DataFrame) -> pd.DataFrame:
    """All pseudonyms in the order of their first treatment; the index is the pseudonym's number."""
    rng = draws.stream(options.seed, "persons")
    frame = _drawn(rng, options.patients, hospitals)
    frame = pd.concat([frame, _copies(rng, frame)], ignore_index=True)
    order = np.argsort(frame["start"].to_numpy(), kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    frame = frame.iloc[order].reset_index(drop=True)
    copy_of = frame["copy_of"].to_numpy()
    frame["copy_of"] = np.where(copy_of >= 0, place[copy_of], -1)
    return frame


def _drawn(rng: np.random.Generator, size: int, hospitals: pd.DataFrame) -> pd.DataFrame:
    settings = weights.read("population")
    indication = draws.category(rng, settings["indication"], size)
    prevalent = draws.chance(rng, settings["prevalent_share"], size)
    start = np.where(prevalent, rng.integers(ESTABLISHED, FIRST_DAY, size), _starts(rng, size))
    birth = start - np.round(_ages(rng, indication) * YEAR).astype(np.int64)
    sex = draws.category_by(rng, indication, settings["sex"])
    fertile_from, fertile_until = _fertile(rng, sex, birth)
    return pd.DataFrame({
        "indication": indication,
        "subtype": draws.category_by(rng, indication, settings["subtype"]),
        "sex": sex,
        "birth": birth,
        "birth_year": year_of(birth),
        "centre": centre_of(rng, indication, hospitals),
        "specialty": draws.category_by(rng, indication, settings["specialty"]),
        "prevalent": prevalent,
        "start": start,
        "fertile_from": fertile_from,
        "fertile_until": fertile_until,
        "build": rng.normal(1, 0.14, size).clip(0.7, 1.5),
        "copy_of": np.full(size, -1),
    })  # fmt: skip


def _starts(rng: np.random.Generator, size: int) -> Ints:
    """Days of recruitment: as many a month, but for the months that the calibration names."""
    factors = weights.read("population")["month_weights"]
    ends = np.array([day(cutoff) for cutoff in CUTOFFS])
    firsts = np.append(FIRST_DAY, ends[:-1] + 1)
    share = np.array([factors.get(cutoff[:7], 1.0) for cutoff in CUTOFFS])
    month = rng.choice(len(ends), size, p=share / share.sum())
    return rng.integers(firsts[month], ends[month] + 1)


def _ages(rng: np.random.Generator, indication: pd.Categorical) -> Floats:
    """Ages in years, with the few children and adults whom the Crohn indication does not admit."""
    settings = weights.read("population")
    mean, spread, least, most = (
        draws.by_group(indication, {name: row[column] for name, row in settings["age"].items()}) for column in range(4)
    )
    age = np.clip(rng.normal(mean, spread), least, most - rng.random(len(indication)) * 0.8)
    crohn = rng.permutation(np.flatnonzero(indication == "CROHN_PED"))
    first = 0
    for group in ("crohn_too_young", "crohn_adult"):
        many = max(2, round(settings[group]["share"] * len(crohn)))
        here = crohn[first : first + many]
        age[here] = draws.uniform(rng, settings[group]["ages"], len(here))
        first += many
    return age


def _fertile(rng: np.random.Generator, sex: pd.Categorical, birth: Ints) -> tuple[Ints, Ints]:
    """Days between which a woman may become pregnant; empty for men and for women who cannot."""
    settings = weights.read("population")["fertile"]
    menarche = birth + draws.normal(rng, settings["menarche"], len(birth)) * YEAR
    menopause = birth + draws.normal(rng, settings["menopause"], len(birth)) * YEAR
    able = (sex == "F") & ~draws.chance(rng, settings["sterile_share"], len(birth))
    return np.where(able, menarche, NEVER).astype(np.int64), np.where(able, menopause, NO_DAY).astype(np.int64)


def _copies(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Second pseudonyms: the same person, hospital and indication, first treated a few days apart."""
    recruited = np.flatnonzero(~frame["prevalent"].to_numpy())
    chosen = draws.sample(rng, recruited, weights.read("population")["duplicate_share"], least=2)
    copies = frame.iloc[chosen].copy()
    moved = copies["start"].to_numpy() + draws.between(rng, -5, 5, len(copies))
    copies["start"] = np.clip(moved, FIRST_DAY, LAST_DAY)
    copies["copy_of"] = chosen
    return copies

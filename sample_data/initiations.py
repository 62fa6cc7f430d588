"""The form that opens a treatment: dates, dose, weight, brand. The index is the episode's number, by date received.

Besides the columns of the contract it keeps what later steps need: `end`, `reason`, `followed`, `luck`, `weight`,
`fertile_from`, `fertile_until`, `subject` (the person, whatever the pseudonym shown).
"""

import numpy as np
import pandas as pd

from sample_data import draws, weights
from sample_data.brands import brand
from sample_data.days import Anything, Floats, Ints, completed_years
from sample_data.settings import ADULT, FIRST_DAY, Options

LATE_SHARE = 0.07
"""Forms that arrive months after the others."""


def initiations(options: Options, people: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """One row per form, for the treatment periods drawn in `spans.py`."""
    rng = draws.stream(options.seed, "initiations")
    signed, received = _form_dates(rng, periods)
    order = np.argsort(received, kind="stable")
    periods, signed, received = periods.iloc[order].reset_index(drop=True), signed[order], received[order]
    frame = people.iloc[periods["patient"].to_numpy()].reset_index(drop=True)
    start = periods["start"].to_numpy()
    age = completed_years(frame["birth"].to_numpy(), start)
    weight = _weight(frame["build"].to_numpy(), age)
    luck = rng.random(len(frame))
    return pd.DataFrame({
        "episode_id": np.arange(len(frame)), "patient_id": periods["patient"], "episode_type": periods["episode_type"],
        "form_signed_date": signed, "form_received_date": received, "treatment_start_date": start,
        "prescriber_specialty": frame["specialty"], "indication_code": frame["indication"],
        "indication_subtype": frame["subtype"], "age_at_start": age, "weight_kg": _written(rng, weight, age),
        "childbearing_status": _childbearing(frame, start),
        "start_dose_mg_day": _dose(rng, frame["indication"].array, weight),
        "product": brand(start, luck),
        **_plain(rng, len(frame)),
        "subject": periods["patient"], "end": periods["end"], "reason": periods["reason"],
        "followed": periods["followed"], "luck": luck, "weight": weight,
        "fertile_from": frame["fertile_from"], "fertile_until": frame["fertile_until"], "seen": received,
    })  # fmt: skip


def _form_dates(rng: np.random.Generator, periods: pd.DataFrame) -> tuple[Ints, Ints]:
    """A form is signed around the start, and received at once, weeks or months later; never before the start."""
    size = len(periods)
    start = periods["start"].to_numpy()
    signed = start + draws.between(rng, -7, 3, size)
    signed = np.where(start < FIRST_DAY, FIRST_DAY + draws.delays(rng, 40, 700, size), signed)
    late = draws.chance(rng, LATE_SHARE, size) * draws.between(rng, 45, 270, size)
    received = np.maximum(signed + draws.delays(rng, 5, 120, size) + late, start)
    return signed, received


def _plain(rng: np.random.Generator, size: int) -> dict[str, pd.Categorical]:
    """Columns that depend on nothing else."""
    settings = weights.read("treatment")
    names = ["form_channel", "care_agreement_signed", "emg_baseline", "vte_risk_factor"]
    return {name: draws.category(rng, settings[name], size) for name in names}


def _weight(build: Floats, age: Ints) -> Floats:
    """The body weight in kg: usual for the age, times the person's build."""
    usual = np.interp(age, [3, 6, 10, 13, 16, 18, 30, 90], [15, 20.5, 32, 45, 58, 63, 68, 68])
    return np.round(usual * build, 1)


def _written(rng: np.random.Generator, weight: Floats, age: Ints) -> Floats:
    """The weight as written on the form: nearly always for a child, half the time for an adult."""
    return np.where(draws.chance(rng, np.where(age < ADULT, 0.96, 0.55), len(weight)), weight, np.nan)


def _childbearing(frame: pd.DataFrame, on: Ints) -> pd.Categorical:
    able = (frame["fertile_from"].to_numpy() <= on) & (on < frame["fertile_until"].to_numpy())
    status: Anything = np.where(able, 0, 1)
    return draws.coded(np.where(frame["sex"] == "M", 2, status), ["FSP", "FNSP", "HOMME"])


def _dose(rng: np.random.Generator, indication: pd.Categorical, weight: Floats) -> Floats:
    """Doses of the indication; for Crohn by body weight, in steps of 25 mg (half a capsule a day: alternate days)."""
    settings = weights.read("treatment")
    dose = draws.numbers(draws.category_by(rng, indication, settings["start_dose"]))
    per_kg = draws.uniform(rng, settings["crohn_mg_per_kg"], len(weight)) * weight
    return np.where(indication == "CROHN_PED", np.maximum(25, np.round(per_kg / 25) * 25), dose)

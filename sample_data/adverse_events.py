"""How adverse effects are reported: dates, seriousness, outcome. One row per effect, in order of reception.

Besides the columns of the contract: `onset`, `onset_precision` (0 unknown, 1 year, 2 month, 3 day), `soc_in_english`,
`linked` (the episode that the effect ended), `neuropathy`.
"""

import numpy as np
import pandas as pd

from sample_data import cases, draws, weights
from sample_data.days import NO_DAY, Bools, Ints, day
from sample_data.settings import Options

FLAGS = ["death", "life_threatening", "hospitalisation", "disability", "congenital_anomaly", "other"]
PRECISIONS = ["none", "year", "month", "day"]


def adverse_events(options: Options, episodes: pd.DataFrame) -> pd.DataFrame:
    """All effects of all cases."""
    rng = draws.stream(options.seed, "adverse_events")
    found = cases.cases(rng, episodes)
    known = episodes["form_received_date"].to_numpy()[found["episode"].to_numpy()]
    found["received"] = np.maximum(found["onset"] + draws.delays(rng, 24, 500, len(found)), known)
    found = found.sort_values("received", kind="stable").reset_index(drop=True)
    rows = cases.with_companions(rng, found)
    effects = weights.table("effects").iloc[rows["effect"].to_numpy()].reset_index(drop=True)
    serious = _serious(rng, rows, effects)
    return pd.DataFrame({
        "ae_id": np.arange(len(rows)), "case_id": rows["case"],
        **_who(rng, rows, episodes),
        "onset": rows["onset"], "onset_precision": _precision(rng, len(rows)), "received_date": rows["received"],
        "pt_label": pd.Categorical(effects["pt_label"]), "soc_label": pd.Categorical(effects["soc_code"]),
        "soc_in_english": draws.chance(rng, weights.read("safety")["soc_in_english_share"], len(rows)),
        "serious": serious,
        **_flags(rng, rows, serious),
        "severity_grade": _severity(rng, rows, serious),
        **_course(rng, rows, effects),
        "submitted_date": _submitted(rng, rows, serious),
        "meddra_version": _meddra(rows["received"].to_numpy()),
        "linked": np.where(rows["linked"], rows["episode"], -1),
        "neuropathy": (effects["family"] == "neuropathy").to_numpy(), "seen": rows["received"],
    })  # fmt: skip


def _who(rng: np.random.Generator, rows: pd.DataFrame, episodes: pd.DataFrame) -> dict[str, Ints]:
    episode = rows["episode"].to_numpy()
    known = draws.chance(rng, weights.read("safety")["episode_known_share"], len(rows)) | rows["linked"].to_numpy()
    return {"patient_id": episodes["patient_id"].to_numpy()[episode], "episode_id": np.where(known, episode, -1)}


def _precision(rng: np.random.Generator, size: int) -> Ints:
    known = draws.category(rng, weights.read("safety")["onset_known"], size)
    places: Ints = np.array([PRECISIONS.index(name) for name in known.categories], np.int64)[known.codes]
    return places


def _serious(rng: np.random.Generator, rows: pd.DataFrame, effects: pd.DataFrame) -> pd.Categorical:
    likely = effects["serious_share"].to_numpy(float)
    codes = (draws.chance(rng, likely, len(rows)) | rows["fatal"].to_numpy()).astype(np.int8)
    unknown = draws.chance(rng, weights.read("safety")["serious_unknown_share"], len(rows)) & (codes == 0)
    return draws.coded(np.where(unknown, 2, codes), ["0", "1", "NR"])


def _flags(rng: np.random.Generator, rows: pd.DataFrame, serious: pd.Categorical) -> dict[str, pd.Categorical]:
    """At least one reason for a serious effect, none for another, empty when it is not known whether it is serious."""
    settings = weights.read("safety")
    fatal = rows["fatal"].to_numpy()
    first = np.asarray(draws.category(rng, settings["seriousness"], len(rows)).astype(object))
    second = np.asarray(draws.category(rng, settings["seriousness"], len(rows)).astype(object))
    twice = draws.chance(rng, settings["second_seriousness_share"], len(rows))
    flags = {}
    for name in FLAGS:
        raised = fatal if name == "death" else ((first == name) & ~fatal) | ((second == name) & twice)
        codes = np.where(serious == "NR", -1, raised & np.asarray(serious == "1")).astype(np.int8)
        flags[f"seriousness_{name}"] = draws.coded(codes, ["0", "1"])
    return flags


def _severity(rng: np.random.Generator, rows: pd.DataFrame, serious: pd.Categorical) -> Ints:
    settings = weights.read("safety")
    grade = draws.numbers(draws.category(rng, settings["severity_other"], len(rows)))
    heavy = draws.numbers(draws.category(rng, settings["severity_serious"], len(rows)))
    grade = np.where(rows["fatal"], 5, np.where(serious == "1", heavy, grade))
    return np.where(np.isnan(grade), -1, grade).astype(np.int64)


def _course(rng: np.random.Generator, rows: pd.DataFrame, effects: pd.DataFrame) -> dict[str, pd.Categorical]:
    settings = weights.read("safety")
    fatal, linked = rows["fatal"].to_numpy(), rows["linked"].to_numpy()
    kind = np.where(fatal, 2, effects["family"] == "neuropathy")
    outcomes = {"other": settings["outcome"], "neuropathy": settings["outcome_neuropathy"], "fatal": {"DECES": 1}}
    actions = {"other": settings["action_taken"], "stopped": {"ARRET": 1}, "fatal": {"SANS_OBJET": 1}}
    ending = draws.coded(np.where(fatal, 2, linked), list(actions))
    return {
        "outcome": draws.category_by(rng, draws.coded(kind, list(outcomes)), outcomes),
        "action_taken": draws.category_by(rng, ending, actions),
        "causality": draws.category(rng, settings["causality"], len(rows)),
    }


def _submitted(rng: np.random.Generator, rows: pd.DataFrame, serious: pd.Categorical) -> Ints:
    """The day of the report to the authority, one a case: mostly within 15 days if an effect is serious, else 90."""
    case = rows["case"].to_numpy()
    size = int(case.max(initial=-1)) + 1
    urgent: Bools = np.zeros(size, np.bool_)
    urgent[case[np.asarray(serious == "1")]] = True
    late = draws.chance(rng, 0.1, size)
    soon = np.where(late, draws.between(rng, 16, 50, size), draws.between(rng, 1, 15, size))
    other = np.where(late, draws.between(rng, 91, 150, size), draws.between(rng, 5, 90, size))
    sent = draws.chance(rng, 0.95, size)
    delay = np.where(urgent, soon, other)
    return np.where(sent[case], rows["received"].to_numpy() + delay[case], NO_DAY)


def _meddra(received: Ints) -> pd.Categorical:
    versions = weights.read("safety")["meddra_versions"]
    begins = np.array([day(str(begin)) for begin in versions.values()])
    return draws.coded(np.searchsorted(begins, received, "right") - 1, list(versions))


def first_neuropathy(effects: pd.DataFrame, episodes: int) -> Ints:
    """For each episode the day of its first neuropathy, or a day later than any."""
    first = np.full(episodes, np.iinfo(np.int64).max)
    rows = effects[effects["neuropathy"].to_numpy() & (effects["episode_id"].to_numpy() >= 0)]
    np.minimum.at(first, rows["episode_id"].to_numpy(), rows["onset"].to_numpy())
    return first

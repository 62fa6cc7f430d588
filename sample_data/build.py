"""Draws the world: calls each table's step in order. What a table holds is said in its own module."""

import numpy as np
import pandas as pd

from sample_data import (
    adverse_events,
    centres,
    declarations,
    discontinuations,
    dispensings,
    draws,
    history,
    initiations,
    persons,
    prevention,
    prior_treatments,
    spans,
    visits,
    wrong,
)
from sample_data.days import NEVER, Ints
from sample_data.settings import Options
from sample_data.world import World


def build(options: Options) -> World:
    """The world of some options: the same for the same options, on any day."""
    hospitals = centres.centres(options.patients)
    people = persons.persons(options, hospitals)
    periods = spans.spans(options, people)
    episodes = initiations.initiations(options, people, periods)
    effects = adverse_events.adverse_events(options, episodes)
    neuropathy = adverse_events.first_neuropathy(effects, len(episodes))
    patients = _patients(people, episodes)
    hospitals["seen"] = _first_seen(patients["centre_id"].to_numpy(), patients["seen"].to_numpy(), len(hospitals))
    tables = {
        "centres": hospitals, "patients": patients, "initiations": episodes,
        "prior_treatments": prior_treatments.prior_treatments(options, episodes),
        "visits": visits.visits(options, episodes, neuropathy, len(wrong.SCATTERED)),
        "dispensings": dispensings.dispensings(options, episodes),
        "pregnancy_tests": prevention.pregnancy_tests(options, episodes),
        "contraceptions": prevention.contraceptions(options, episodes),
        "adverse_events": effects,
        "discontinuations": discontinuations.discontinuations(options, episodes, effects),
        "pregnancies": prevention.pregnancies(episodes),
    }  # fmt: skip
    corrections, touched = history.rewrite(options, people, tables)
    world = World(tables, corrections, wrong.choose(tables, touched))
    tables["declarations"] = declarations.declarations(world)
    return world


def _patients(people: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    seen = _first_seen(episodes["patient_id"].to_numpy(), episodes["form_received_date"].to_numpy(), len(people))
    return pd.DataFrame({
        "patient_id": np.arange(len(people)), "birth_year": people["birth_year"], "sex": people["sex"],
        "centre_id": people["centre"],
        "protocol_version": draws.coded(1 - people["prevalent"].to_numpy().astype(np.int8), ["2015", "2019"]),
        "data_opposition": draws.coded(np.zeros(len(people), np.int8), ["0", "1"]),
        "seen": seen, "gone": np.full(len(people), NEVER),
    })  # fmt: skip


def _first_seen(owner: Ints, seen: Ints, owners: int) -> Ints:
    first = np.full(owners, NEVER)
    np.minimum.at(first, owner, seen)
    return first

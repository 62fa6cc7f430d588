"""The figures sent to the regulator: new patients of a month, as its cut-off allowed to count them.

A new patient: the first treatment known begins in the month, with a form of type INITIATION, in one of the four
indications; patients who object to the use of their data are not counted.
"""

import numpy as np
import pandas as pd

from sample_data.as_of import shown
from sample_data.days import date, day
from sample_data.settings import CUTOFFS, MISDECLARED, REDECLARED
from sample_data.world import World

COUNTED = ["APHTOSE", "LUPUS_CUT", "ENL", "CROHN_PED"]
SATURDAY = 5
SENT_ON = 10
"""Day of the next month on which a figure is sent; the Monday after, at a week-end."""


def new_patients(world: World, period: str, cutoff: int) -> dict[str, int]:
    """New patients of a month by indication, as known at a cut-off."""
    patients, episodes = shown(world, "patients", cutoff), shown(world, "initiations", cutoff)
    opposed = patients.index[(patients["data_opposition"] == "1").to_numpy()]
    episodes = episodes[~episodes["patient_id"].isin(opposed).to_numpy()]
    order = np.lexsort((episodes["treatment_start_date"].to_numpy(), episodes["patient_id"].to_numpy()))
    patient = episodes["patient_id"].to_numpy()[order]
    first = episodes.iloc[order[np.append(True, patient[1:] != patient[:-1])]] if len(order) else episodes
    begin, end = _days_of(period)
    counted = first["treatment_start_date"].between(begin, end) & (first["episode_type"] == "INITIATION")
    found = first["indication_code"][counted].value_counts()
    return {code: int(found.get(code, 0)) for code in COUNTED}


def declarations(world: World) -> pd.DataFrame:
    """All figures, in the order in which they were sent."""
    planned = [(end[:7], 1, end) for end in CUTOFFS] + [(REDECLARED.period, 2, REDECLARED.cutoff)]
    rows = []
    for period, version, known_at in planned:
        figures = new_patients(world, period, day(known_at))
        if period == MISDECLARED.period:
            figures[MISDECLARED.indication_code] += MISDECLARED.excess
        for code, figure in [*figures.items(), (None, sum(figures.values()))]:
            rows.append((period, version, code, figure, _sent_on(known_at), day(known_at)))
    columns = ["period", "version", "indication_code", "n_new_patients", "sent_on", "cutoff_date"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["sent_on", "version"], kind="stable", ignore_index=True)
    for column in ("period", "indication_code"):
        frame[column] = pd.Categorical(frame[column])
    return frame.assign(seen=frame["sent_on"])


def _days_of(period: str) -> tuple[int, int]:
    end = next(cutoff for cutoff in CUTOFFS if cutoff.startswith(period))
    return day(f"{period}-01"), day(end)


def _sent_on(cutoff: str) -> int:
    planned = day(cutoff) + SENT_ON
    weekday = date(planned).weekday()
    return planned + (7 - weekday if weekday >= SATURDAY else 0)

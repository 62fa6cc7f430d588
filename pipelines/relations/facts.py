"""What a programme says, as small tables that relations and measures can join: `programme_*`."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data_schemas.programme import Programme
from pipelines.sql import comparable_text


@dataclass(frozen=True)
class Fact:
    """A small table: column → SQL type, and its rows."""

    columns: Mapping[str, str]
    rows: Sequence[Sequence[Any]]


def facts(programme: Programme, cutoff: dt.date) -> dict[str, Fact]:
    """Name of each table → its content.

    - `programme_release`: one row, the `cutoff` and the strength of a capsule (`capsule_mg`, null if it has none);
    - `programme_indications`: `counted`, and the ages an indication names (`age_at_least` ≤ age < `age_below`);
    - `programme_criteria`: one row for each treatment class of each `criterion` (from 1) of an indication;
    - `programme_wordings`: the days on which each quoted wording (from 1) of an indication holds;
    - `programme_age_groups`, `programme_dose_bands` (`above` < dose ≤ `up_to`, mg a day), `programme_dose_marks` (g);
    - `programme_visits`: the days after the start on which a visit is expected, and the window;
    - `programme_special_interest`: preferred terms in comparable spelling;
    - `programme_prevention`: one row of days, none if the programme has no pregnancy prevention;
    - `programme_reporting`: one row, days within which serious and other effects are to be reported.
    """
    text, number, day = "varchar", "bigint", "date"
    calendar = programme.calendar
    prevention = calendar.pregnancy_prevention
    return {
        "programme_release": Fact({"cutoff": day, "capsule_mg": "double"}, [[cutoff, programme.capsule_mg]]),
        "programme_indications": Fact(
            {"indication_code": text, "counted": "boolean", "age_at_least": number, "age_below": number},
            [[each.code, each.counted, each.age and each.age.at_least, each.age and each.age.below]
             for each in programme.indications]),
        "programme_criteria": Fact(
            {"indication_code": text, "criterion": number, "treatment_class": text},
            [[each.code, place, one] for each in programme.indications
             for place, group in enumerate(each.prior_treatments, start=1) for one in group.any_of]),
        "programme_wordings": Fact(
            {"indication_code": text, "wording": number, "holds_from": day, "holds_until": day},
            [[each.code, place, wording.holds_from, wording.holds_until] for each in programme.indications
             for place, wording in enumerate(each.wordings, start=1)]),
        "programme_age_groups": Fact(
            {"age_group": text, "at_least": number, "below": number},
            [[each.code, each.at_least, each.below] for each in programme.age_bands]),
        "programme_dose_bands": Fact(
            {"dose_band": text, "above": "double", "up_to": "double"},
            [[each.code, each.above, each.up_to] for each in programme.dose_bands]),
        "programme_dose_marks": Fact({"mark_g": "double"}, [[each] for each in programme.cumulative_dose_marks_g]),
        "programme_visits": Fact(
            {"scheduled_visit": number, "day": number, "window_days": number},
            [[place, each.day, each.window_days] for place, each in enumerate(calendar.visits, start=1)]),
        "programme_special_interest": Fact(
            {"special_interest": text, "preferred_term": text},
            [[each.code, comparable_text(term)] for each in programme.special_interest
             for term in each.preferred_terms]),
        "programme_prevention": Fact(
            {"test_every_days": number, "test_before_start_days": number, "prescription_days": number,
             "dispensing_within_days": number, "contraception_after_stop_days": number},
            [[prevention.test_every_days, prevention.test_before_start_days, prevention.prescription_days,
              prevention.dispensing_within_days, prevention.contraception_after_stop_days]] if prevention else []),
        "programme_reporting": Fact(
            {"serious_report_days": number, "other_report_days": number},
            [[calendar.serious_report_days, calendar.other_report_days]]),
    }  # fmt: skip

"""What the programme says, as relations that rules, derived tables and measures join: one SELECT of constants each."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from data_schemas.programme import Programme
from data_schemas.vocabularies import codes
from pipelines import sql

TEXT, NUMBER, DECIMAL, DAY, YES_NO = "varchar", "bigint", "double", "date", "boolean"
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "programme_release": {"cutoff": DAY, "capsule_mg": DECIMAL},
    "programme_indications": {
        "indication_code": TEXT, "counted": YES_NO, "age_at_least": NUMBER, "age_below": NUMBER,
        "usual_age_at_least": NUMBER, "usual_age_below": NUMBER, "dose_unit": TEXT, "dose_least": DECIMAL,
        "dose_most": DECIMAL},
    "programme_criteria": {"indication_code": TEXT, "conformity_criterion": TEXT, "treatment_class": TEXT},
    "programme_treatment_classes": {"treatment_class": TEXT, "place": NUMBER},
    "programme_wordings": {"indication_code": TEXT, "wording": NUMBER, "holds_from": DAY, "holds_until": DAY},
    "programme_age_groups": {"age_group": TEXT, "at_least": NUMBER, "below": NUMBER},
    "programme_dose_bands": {"dose_band": TEXT, "above": DECIMAL, "up_to": DECIMAL},
    "programme_cumulative_dose_bands": {"cumulative_dose_band": TEXT, "at_least": DECIMAL, "below": DECIMAL},
    "programme_visits": {"scheduled_visit": NUMBER, "day": NUMBER, "window_days": NUMBER},
    "programme_special_interest": {
        "special_interest": TEXT, "preferred_term": TEXT, "dose_related": YES_NO},
    "programme_prevention": {
        "test_every_days": NUMBER, "test_grace_days": NUMBER, "test_before_start_days": NUMBER,
        "prescription_days": NUMBER, "dispensing_within_days": NUMBER, "contraception_after_stop_days": NUMBER},
    "programme_methods_advised_against": {"method": TEXT},
    "programme_reporting": {"serious_report_days": NUMBER, "other_report_days": NUMBER},
    "programme_forms": {"silent_after_months": NUMBER},
    "programme_not_collected": {"table_name": TEXT, "column_name": TEXT},
}  # fmt: skip
"""Relation → its columns.

- `programme_release`: one row, the cut-off and the strength of a capsule (null if there is none);
- `programme_indications`: ages that an indication names (`age_at_least` ≤ age < `age_below`), usual ages, dose;
- `programme_criteria`: a row for each treatment class of each criterion of an indication;
- `programme_treatment_classes`: the place of each class in its list;
- `programme_wordings`: the days on which each quoted wording (from 1) of an indication holds;
- `programme_dose_bands`: `above` < dose ≤ `up_to`, mg a day;
- `programme_cumulative_dose_bands`: `at_least` ≤ cumulative dose < `below`, g;
- `programme_visits`: days after the start on which a visit is expected, with its window;
- `programme_special_interest`: preferred terms in comparable spelling, and whether their list is shown by dose;
- `programme_prevention`: one row of days, none if the programme has no pregnancy prevention;
- `programme_methods_advised_against`: methods of contraception that it does not recommend;
- `programme_reporting`: one row, the days within which serious and other effects are to be reported;
- `programme_forms`: one row, the whole months without a form after which a centre is silent;
- `programme_not_collected`: the columns of the contract that the programme does not collect.
"""


def selects(programme: Programme, cutoff: dt.date) -> dict[str, str]:
    """Name of each relation → its SELECT."""
    rows = _rows(programme, cutoff)
    return {name: _select(columns, rows[name]) for name, columns in COLUMNS.items()}


def _rows(programme: Programme, cutoff: dt.date) -> dict[str, list[list[object]]]:
    calendar = programme.calendar
    prevention = calendar.pregnancy_prevention
    indications: list[list[object]] = []
    for each in programme.indications:
        age, usual, dose = each.age, each.usual_age, each.start_dose
        row = [each.code, each.counted, age and age.at_least, age and age.below, usual and usual.at_least,
               usual and usual.below, dose and dose.unit, dose and dose.least, dose and dose.most]  # fmt: skip
        indications.append(row)
    return {
        "programme_release": [[cutoff, programme.capsule_mg]],
        "programme_indications": indications,
        "programme_criteria": [[each.code, group.code, one] for each in programme.indications
                               for group in each.prior_treatments for one in group.any_of],
        "programme_treatment_classes": [[code, place] for place, code in
                                        enumerate(codes("treatment_class", programme), start=1)],
        "programme_wordings": [[each.code, place, wording.holds_from, wording.holds_until]
                               for each in programme.indications
                               for place, wording in enumerate(each.wordings, start=1)],
        "programme_age_groups": [[each.code, each.at_least, each.below] for each in programme.age_bands],
        "programme_dose_bands": [[each.code, each.above, each.up_to] for each in programme.dose_bands],
        "programme_cumulative_dose_bands": [[each.code, each.at_least, each.below]
                                            for each in programme.cumulative_dose_bands],
        "programme_visits": [[place, each.day, each.window_days]
                             for place, each in enumerate(calendar.visits, start=1)],
        "programme_special_interest": [[each.code, sql.comparable_text(term), each.dose_related]
                                       for each in programme.special_interest for term in each.preferred_terms],
        "programme_prevention": [[
            prevention.test_every_days, prevention.test_grace_days, prevention.test_before_start_days,
            prevention.prescription_days, prevention.dispensing_within_days,
            prevention.contraception_after_stop_days]] if prevention else [],
        "programme_methods_advised_against": [[each] for each in prevention.not_recommended_methods]
                                             if prevention else [],
        "programme_reporting": [[calendar.serious_report_days, calendar.other_report_days]],
        "programme_forms": [[calendar.silent_after_months]],
        "programme_not_collected": [[table, column] for table, columns in programme.not_collected.items()
                                    for column in columns],
    }  # fmt: skip


def _select(columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> str:
    values = ", ".join(f"({sql.literals(row)})" for row in rows)
    if not values:
        return (
            "select " + ", ".join(f"cast(null as {each}) as {name}" for name, each in columns.items()) + " where false"
        )
    typed = ", ".join(f"cast({name} as {sql_type}) as {name}" for name, sql_type in columns.items())
    return f"select {typed} from (values {values}) constants ({', '.join(columns)})"

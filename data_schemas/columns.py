"""The one definition of each column of the contract, shared by every table that holds it.

A definition is a Pandera column: type, range, pattern and vocabulary. Whether a table requires the column, and what
may be empty, is said by the table (`tables.py`). Labels and sentences stand in `texts/columns.yml`.

`metadata["kind"]` names how the text of an export becomes a value:

| kind | value | written in an export as |
|---|---|---|
| identifier | text | letters, digits, `.`, `_`, `-`; 40 at most |
| code | text, one of `metadata["vocabulary"]` | its code or a label |
| label | text, 120 characters at most | as it stands |
| date | day | `yyyy-mm-dd` or `dd/mm/yyyy`, one form a file |
| partial_date | text `yyyy`, `yyyy-mm` or `yyyy-mm-dd` | the same, or `mm/yyyy` |
| month | text `yyyy-mm` | `yyyy-mm` or `mm/yyyy` |
| integer, decimal | number | digits, with a point or a comma, one form a file |
"""

from collections.abc import Sequence

import pandas as pd
import pandera.pandas as pa

IDENTIFIER_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$"
PARTIAL_DATE_PATTERN = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


def _column(kind: str, dtype: object, checks: Sequence[pa.Check], vocabulary: str | None = None) -> pa.Column:
    metadata = {"kind": kind} | ({"vocabulary": vocabulary} if vocabulary else {})
    return pa.Column(dtype, checks=list(checks), metadata=metadata)


def _identifier() -> pa.Column:
    return _column("identifier", str, [pa.Check.str_matches(IDENTIFIER_PATTERN)])


def _code(vocabulary: str) -> pa.Column:
    """The admitted codes are added when the programme is known (`tables.schema`)."""
    return _column("code", str, [], vocabulary)


def _label(longest: int = 120) -> pa.Column:
    return _column("label", str, [pa.Check.str_length(1, longest)])


def _date() -> pa.Column:
    return _column("date", "datetime64[us]", [])


def _partial_date() -> pa.Column:
    return _column("partial_date", str, [pa.Check.str_matches(PARTIAL_DATE_PATTERN)])


def _month() -> pa.Column:
    return _column("month", str, [pa.Check.str_matches(MONTH_PATTERN)])


def _integer(least: int, most: int) -> pa.Column:
    return _column("integer", pd.Int64Dtype(), [pa.Check.in_range(least, most)])


def _decimal(least: float, most: float) -> pa.Column:
    return _column("decimal", float, [pa.Check.in_range(least, most)])


COLUMNS: dict[str, pa.Column] = {
    # who and where
    "centre_id": _identifier(),
    "centre_type": _code("centre_type"),
    "region_code": _code("region"),
    "patient_id": _identifier(),
    "birth_year": _integer(1900, 2100),
    "sex": _code("sex"),
    "protocol_version": _label(40),
    "data_opposition": _code("yes_no"),
    # a treatment episode
    "episode_id": _identifier(),
    "episode_type": _code("episode_type"),
    "form_signed_date": _date(),
    "form_received_date": _date(),
    "form_channel": _code("form_channel"),
    "treatment_start_date": _date(),
    "prescriber_specialty": _code("prescriber_specialty"),
    "indication_code": _code("indication"),
    "indication_subtype": _code("indication_subtype"),
    "age_at_start": _integer(0, 120),
    "weight_kg": _decimal(1, 350),
    "childbearing_status": _code("childbearing_status"),
    "care_agreement_signed": _code("yes_no"),
    "start_dose_mg_day": _decimal(0, 10_000),
    "product": _code("product"),
    "emg_baseline": _code("emg"),
    "vte_risk_factor": _code("yes_no_unknown"),
    # treatments tried before
    "treatment_class": _code("treatment_class"),
    # follow-up visits
    "visit_id": _identifier(),
    "visit_date": _date(),
    "visit_label": _label(40),
    "dose_mg_day": _decimal(0, 10_000),
    "response": _code("response"),
    "pcdai": _decimal(0, 100),
    "neuro_exam": _code("neuro_exam"),
    "neuro_grade": _integer(0, 4),
    "emg": _code("emg"),
    # dispensings
    "dispensing_id": _identifier(),
    "prescription_date": _date(),
    "dispensing_date": _date(),
    "capsules": _integer(1, 1_000),
    "days_supplied": _integer(1, 366),
    # pregnancy prevention
    "test_id": _identifier(),
    "test_date": _date(),
    "test_type": _code("test_type"),
    "context": _code("test_context"),
    "start_date": _date(),
    "end_date": _date(),
    "method": _code("contraception_method"),
    "pregnancy_id": _identifier(),
    "exposure": _code("pregnancy_exposure"),
    "detection_date": _date(),
    # adverse events
    "ae_id": _identifier(),
    "case_id": _identifier(),
    "onset_date": _partial_date(),
    "received_date": _date(),
    "pt_label": _label(),
    "soc_label": _code("system_organ_class"),
    "serious": _code("yes_no_unknown"),
    "seriousness_death": _code("yes_no"),
    "seriousness_life_threatening": _code("yes_no"),
    "seriousness_hospitalisation": _code("yes_no"),
    "seriousness_disability": _code("yes_no"),
    "seriousness_congenital_anomaly": _code("yes_no"),
    "seriousness_other": _code("yes_no"),
    "severity_grade": _integer(1, 5),
    "action_taken": _code("action_taken"),
    "causality": _code("causality"),
    "submitted_date": _date(),
    "meddra_version": _label(10),
    # the end of an episode
    "stop_date": _date(),
    # figures sent to the regulator
    "period": _month(),
    "version": _integer(1, 99),
    "n_new_patients": _integer(0, 100_000),
    "sent_on": _date(),
    "cutoff_date": _date(),
}
"""Definitions of the columns whose meaning is the same in every table."""

COLUMNS_BY_TABLE: dict[str, dict[str, pa.Column]] = {
    "prior_treatments": {"outcome": _code("prior_treatment_outcome")},
    "pregnancy_tests": {"result": _code("test_result")},
    "adverse_events": {"outcome": _code("adverse_event_outcome")},
    "discontinuations": {"reason": _code("discontinuation_reason")},
    "pregnancies": {"outcome": _code("pregnancy_outcome")},
}
"""Columns whose name the contract uses for another list of codes in another table."""

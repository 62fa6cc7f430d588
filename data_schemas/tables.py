"""The twelve tables of the monthly export, as Pandera schemas.

Source: the export contract of the programme's follow-up protocol. A table says which columns it requires, which may be
empty, its key and the tables it refers to; what a column means is said once, in `columns.py`.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandera.pandas as pa

from data_schemas.columns import COLUMNS, COLUMNS_BY_TABLE
from data_schemas.programme import Programme
from data_schemas.vocabularies import codes


@dataclass(frozen=True)
class Use:
    """How a table uses a column."""

    column: str
    required: bool
    nullable: bool
    refers_to: str | None = None


def _required(*columns: str) -> list[Use]:
    """The column must be there and filled."""
    return [Use(column, required=True, nullable=False) for column in columns]


def _optional(*columns: str) -> list[Use]:
    """The column may be left out, and may be empty."""
    return [Use(column, required=False, nullable=True) for column in columns]


def _refers(column: str, table: str, required: bool = True) -> list[Use]:
    """The column names a row of another table."""
    return [Use(column, required=required, nullable=not required, refers_to=table)]


@dataclass(frozen=True)
class Table:
    """One table of the contract.

    Attributes:
        key: the columns that together name a row; unique.
        required: an export without this table is refused; the others may be "not sent".
    """

    name: str
    key: tuple[str, ...]
    uses: tuple[Use, ...]
    required: bool = False

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of the contract."""
        return [use.column for use in self.uses]

    @property
    def references(self) -> dict[str, str]:
        """Column → table it refers to."""
        return {use.column: use.refers_to for use in self.uses if use.refers_to}


def _table(name: str, key: Sequence[str], *uses: list[Use], required: bool = False) -> Table:
    return Table(name, tuple(key), tuple(use for group in uses for use in group), required)


_TABLES = [
    _table("centres", ["centre_id"],
           _required("centre_id"), _optional("centre_type"), _required("region_code"), required=True),
    _table("patients", ["patient_id"],
           _required("patient_id", "birth_year", "sex"), _refers("centre_id", "centres"),
           _optional("protocol_version", "data_opposition"), required=True),
    _table("initiations", ["episode_id"],
           _required("episode_id"), _refers("patient_id", "patients"),
           _required("episode_type", "form_signed_date", "form_received_date"), _optional("form_channel"),
           _required("treatment_start_date", "prescriber_specialty", "indication_code"),
           _optional("indication_subtype"), _required("age_at_start"), _optional("weight_kg"),
           _required("childbearing_status"), _optional("care_agreement_signed"),
           _required("start_dose_mg_day", "product"), _optional("emg_baseline", "vte_risk_factor"), required=True),
    _table("prior_treatments", ["episode_id", "treatment_class"],
           _refers("episode_id", "initiations"), _required("treatment_class", "outcome")),
    _table("discontinuations", ["episode_id"],
           _refers("episode_id", "initiations"), _required("stop_date", "reason"), _optional("ae_id")),
    _table("visits", ["visit_id"],
           _required("visit_id"), _refers("episode_id", "initiations"), _required("visit_date"),
           _optional("visit_label", "dose_mg_day", "weight_kg", "response", "pcdai", "neuro_exam", "neuro_grade",
                     "emg")),
    _table("dispensings", ["dispensing_id"],
           _required("dispensing_id"), _refers("episode_id", "initiations"),
           _required("prescription_date", "dispensing_date", "capsules", "days_supplied", "product")),
    _table("pregnancy_tests", ["test_id"],
           _required("test_id"), _refers("episode_id", "initiations"), _required("test_date", "result"),
           _optional("test_type", "context")),
    _table("contraceptions", ["episode_id", "start_date"],
           _refers("episode_id", "initiations"), _required("start_date"), _optional("end_date"),
           _required("method", "childbearing_status")),
    _table("adverse_events", ["ae_id"],
           _required("ae_id", "case_id"), _refers("patient_id", "patients"),
           _refers("episode_id", "initiations", required=False), _optional("onset_date"),
           _required("received_date", "pt_label", "soc_label", "serious"),
           _optional("seriousness_death", "seriousness_life_threatening", "seriousness_hospitalisation",
                     "seriousness_disability", "seriousness_congenital_anomaly", "seriousness_other",
                     "severity_grade", "outcome", "action_taken", "causality", "submitted_date", "meddra_version")),
    _table("pregnancies", ["pregnancy_id"],
           _required("pregnancy_id"), _refers("patient_id", "patients"), _optional("exposure"),
           _required("detection_date"), _optional("outcome")),
    _table("declarations", ["period", "version", "indication_code"],
           _required("period", "version"), _optional("indication_code"),
           _required("n_new_patients", "sent_on", "cutoff_date")),
]  # fmt: skip

TABLES: Mapping[str, Table] = {table.name: table for table in _TABLES}
"""The tables in the order in which they can be checked: a table comes after those it refers to."""


def definition(table: str, column: str) -> pa.Column:
    """The definition of a column, as a fresh copy."""
    return copy.deepcopy(COLUMNS_BY_TABLE.get(table, {}).get(column) or COLUMNS[column])


def metadata(table: str, column: str) -> Mapping[str, str]:
    """The `kind` of a column and, of a code, its `vocabulary`."""
    return (COLUMNS_BY_TABLE.get(table, {}).get(column) or COLUMNS[column]).metadata or {}


def schema(table: Table, programme: Programme) -> pa.DataFrameSchema:
    """The Pandera schema of a table under a programme.

    The programme settles the codes that depend on it (indications), and which columns it does not collect: those are
    neither required nor filled.
    """
    columns = {}
    for use in table.uses:
        column = definition(table.name, use.column)
        vocabulary = (column.metadata or {}).get("vocabulary")
        if vocabulary:
            column.checks.append(pa.Check.isin(codes(vocabulary, programme)))
        collected = programme.collects(table.name, use.column)
        columns[use.column] = column.set_name(use.column)
        columns[use.column].required = use.required and collected
        columns[use.column].nullable = use.nullable or not collected
        columns[use.column].metadata = (column.metadata or {}) | {"refers_to": use.refers_to}
    return pa.DataFrameSchema(columns, name=table.name, unique=list(table.key), strict=True)

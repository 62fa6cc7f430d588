"""What the programme says, as relations that the rules and the derived tables join: one SELECT of constants each."""

from collections.abc import Iterable, Mapping, Sequence

from data_schemas.programme import Programme
from pipelines import sql

INDICATIONS = {
    "indication_code": "varchar", "counted": "boolean", "age_at_least": "bigint", "age_below": "bigint",
    "usual_age_at_least": "bigint", "usual_age_below": "bigint", "dose_unit": "varchar", "dose_least": "double",
    "dose_most": "double",
}  # fmt: skip
AGE_GROUPS = {"age_group": "varchar", "at_least": "bigint", "below": "bigint"}


def selects(programme: Programme) -> dict[str, str]:
    """Name of each relation → its SELECT."""
    indications = []
    for each in programme.indications:
        age, usual, dose = each.age, each.usual_age, each.start_dose
        row = [each.code, each.counted, age and age.at_least, age and age.below, usual and usual.at_least,
               usual and usual.below, dose and dose.unit, dose and dose.least, dose and dose.most]  # fmt: skip
        indications.append(row)
    bands = [[band.code, band.at_least, band.below] for band in programme.age_bands]
    return {
        "programme_indications": _select(INDICATIONS, indications),
        "programme_age_groups": _select(AGE_GROUPS, bands),
    }


def _select(columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> str:
    values = ", ".join(f"({sql.literals(row)})" for row in rows)
    typed = ", ".join(f"cast({name} as {sql_type}) as {name}" for name, sql_type in columns.items())
    return f"select {typed} from (values {values}) constants ({', '.join(columns)})"

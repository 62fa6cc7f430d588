"""Derive: what follows from the loaded tables by definition, one SQL file per derived table, in this order."""

from pathlib import Path
from typing import TYPE_CHECKING

from data_schemas.programme import Programme
from pipelines import programme_tables

if TYPE_CHECKING:
    from pipelines.validate import Validator  # loads pandera, which is slow

FOLDER = Path(__file__).parent
DERIVED = ("core_treated_patients", "core_effects")


def derive(validator: "Validator") -> None:
    """Build the derived tables beside the loaded ones."""
    validator.run(
        f"create temp table programme_age_groups as "
        f"{programme_tables.selects(validator.programme)['programme_age_groups']}"
    )
    for table in DERIVED:
        validator.run(f"create temp table {table} as {derivation(table)}")


def derivation(table: str) -> str:
    """The SELECT that a derived table is."""
    return (FOLDER / f"{table}.sql").read_text(encoding="utf-8")


def under(programme: Programme) -> dict[str, str]:
    """The derived tables as relations over the loaded ones, in their order, with what they take from the programme.

    What a release would hold if it were derived under this programme today.
    """
    return programme_tables.selects(programme) | {table: derivation(table) for table in DERIVED}

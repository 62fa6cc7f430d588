"""Derive: what follows from the loaded tables by definition, one SQL file per derived table, in this order."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.validate import Validator  # loads pandera, which is slow

FOLDER = Path(__file__).parent
DERIVED = ("core_treated_patients", "core_effects")


def derive(validator: "Validator") -> None:
    """Build the derived tables beside the loaded ones."""
    for table in DERIVED:
        validator.run(f"create temp table {table} as {derivation(table)}")


def derivation(table: str) -> str:
    """The SELECT that a derived table is, over the loaded tables and what the programme says."""
    return (FOLDER / f"{table}.sql").read_text(encoding="utf-8")

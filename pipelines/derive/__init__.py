"""Derive: what follows from the loaded tables by definition, one SQL file per derived table, in this order."""

from pathlib import Path

from pipelines.validate import Validator

FOLDER = Path(__file__).parent
DERIVED = ("core_treated_patients", "core_effects")


def derive(validator: Validator) -> None:
    """Build the derived tables beside the loaded ones."""
    _age_groups(validator)
    for table in DERIVED:
        validator.run(f"create temp table {table} as {(FOLDER / f'{table}.sql').read_text(encoding='utf-8')}")


def _age_groups(validator: Validator) -> None:
    validator.run("create temp table programme_age_groups (age_group varchar, at_least bigint, below bigint)")
    for band in validator.programme.age_bands:
        validator.connection.execute(
            "insert into programme_age_groups values (?, ?, ?)", [band.code, band.at_least, band.below]
        )

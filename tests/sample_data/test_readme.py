"""The read-me tells what is wrong on purpose, as the code has it."""

from pathlib import Path

import pytest

import sample_data
from sample_data.settings import DEFAULT_PATIENTS, DEFAULT_SEED, MISDECLARED, REDECLARED
from sample_data.wrong import WRONG_ROWS, WrongRow

README = (Path(sample_data.__file__).parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("defect", WRONG_ROWS, ids=lambda defect: defect.code)
def test_each_wrong_row_is_documented(defect: WrongRow) -> None:
    assert f"| `{defect.code}` | {defect.table} | {defect.rows} | {defect.rule} |" in README


def test_the_months_declared_otherwise_are_named() -> None:
    assert f"{MISDECLARED.period} was declared differently**: two {MISDECLARED.indication_code}" in README
    assert MISDECLARED.excess == 2
    assert f"{REDECLARED.period} was declared twice**: version 2 is what was known at {REDECLARED.cutoff}" in README


def test_the_defaults_are_told() -> None:
    assert f"| `--seed` | {DEFAULT_SEED} |" in README
    assert f"| `--patients` | {DEFAULT_PATIENTS} |" in README

"""Relations: what measures read beside the loaded tables, one SELECT each over a release and its programme.

They are views of an opened release, so that a definition that changes needs no new import. A relation reads the tables
of the release (`core_*`), what the programme says (`programme_*`, see `programme_tables.py`) and earlier relations.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
ORDER = (
    "episodes",
    "effects_on_treatment",
    "special_effects",
    "month_ends",
    "judged_criteria",
    "supplies",
    "dose_periods",
    "women_in_prevention",
    "tests_due",
    "prevention_steps",
)
"""The relations, each after those it reads."""


@functools.cache
def views() -> Mapping[str, str]:
    """Name of each relation → its SELECT, in order."""
    return {name: (FOLDER / f"{name}.sql").read_text(encoding="utf-8") for name in ORDER}

"""The states of a cell: observed, a zero included, or why there is no number; signs and words are in `states.yml`.

The state travels with the number from the query to the file. A missing value of a dimension is a state as well: not
recorded in the rows, or not collected at all.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from data_schemas import shipped
from data_schemas.programme_parts import Text

OBSERVED = "observed"
MASKED = "masked"
NOT_APPLICABLE = "not_applicable"
NOT_RECORDED = "not_recorded"
NOT_COLLECTED = "not_collected"
NOT_SENT = "not_sent"
TOO_FEW = "too_few"
UNDEFINED = "undefined"

STATES = (OBSERVED, MASKED, NOT_APPLICABLE, NOT_RECORDED, NOT_COLLECTED, NOT_SENT, TOO_FEW, UNDEFINED)
"""Of these `too_few` and `undefined` are an estimate's: its counts are observed, the estimate itself does not apply."""


class _State(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    sign: Text | None = None
    label: Text


@functools.cache
def _states() -> Mapping[str, _State]:
    entries = shipped.read((Path(__file__).parent / "states.yml").read_text(encoding="utf-8"))
    return {name: _State.model_validate(entry) for name, entry in entries.items()}


def sign(state: str, language: str) -> str:
    """What stands in the place of a number.

    Raises:
        ValueError: an observed cell has its number.
    """
    written = _states()[state].sign
    if written is None:
        raise ValueError("an observed cell shows its number")
    return written.in_language(language)


def label(state: str, language: str) -> str:
    """The state in words."""
    return _states()[state].label.in_language(language)

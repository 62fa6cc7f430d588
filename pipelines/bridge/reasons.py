"""The reasons for which a figure moves: their labels and sentences, in the order in which they are shown."""

import functools
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

from data_schemas.programme_parts import Part, Text

FILE = Path(__file__).parent / "reasons.yml"


class Reason(Part):
    """What a reason is called, and what it means."""

    label: Text
    sentence: Text


@functools.cache
def reasons() -> Mapping[str, Reason]:
    """Every reason by its code."""
    entries = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    return {code: Reason.model_validate(entry) for code, entry in entries.items()}

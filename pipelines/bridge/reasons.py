"""The reasons for which a figure moves: their labels and sentences, in the order in which they are shown."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from data_schemas import shipped
from data_schemas.programme_parts import Part, Text

FILE = Path(__file__).parent / "reasons.yml"


class Reason(Part):
    """What a reason is called, and what it means.

    Attributes:
        of: what gives the reason: the records of two releases, or the declaration itself, where it did not rest on a
            release that the store holds.
    """

    label: Text
    sentence: Text
    of: Literal["records", "declaration"] = "records"


@functools.cache
def every_reason() -> Mapping[str, Reason]:
    """Every reason by its code."""
    entries = shipped.read(FILE.read_text(encoding="utf-8"))
    return {code: Reason.model_validate(entry) for code, entry in entries.items()}


@functools.cache
def reasons() -> Mapping[str, Reason]:
    """Those for which a record moves between two releases."""
    return {code: reason for code, reason in every_reason().items() if reason.of == "records"}

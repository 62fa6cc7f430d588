"""The standard extracts: name → what each holds, from `catalogue.yml`. Their words are those of what they hold."""

import functools
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from data_schemas import shipped
from pipelines.errors import ExtractError
from pipelines.extracts.request import Figures, Ledger, Part, Rows

FILE = Path(__file__).parent / "catalogue.yml"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    part: Part | None = None
    measure: str | None = None
    by: tuple[str, ...] | None = None
    table: str | None = None

    @property
    def content(self) -> Ledger | Figures | Rows:
        if self.part:
            return Ledger(self.part)
        return Rows(self.table) if self.table else Figures(str(self.measure), self.by)


@functools.cache
def catalogue() -> Mapping[str, Ledger | Figures | Rows]:
    """Every standard extract by its name, those that may leave the circle first."""
    entries = shipped.read(FILE.read_text(encoding="utf-8"))
    return {name: _Entry.model_validate(entry).content for name, entry in entries.items()}


def standard(name: str) -> Ledger | Figures | Rows:
    """A standard extract.

    Raises:
        ExtractError: there is none of this name.
    """
    if name not in catalogue():
        raise ExtractError("extract.unknown", known=", ".join(catalogue()))
    return catalogue()[name]

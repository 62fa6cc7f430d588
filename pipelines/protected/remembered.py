"""What must be remembered to go on counting: exact, and therefore never in the ledger.

Who was counted is kept as keyed fingerprints that only the store can recognise (`pipelines/journal.py`); what people
were is kept as numbers in the leaves of one tree at a time, and only until their batch is cut.
"""

from pydantic import BaseModel, ConfigDict, Field

from pipelines.protected.cutting import Tally

Tallies = dict[str, Tally]


class Series(BaseModel):
    """A row of blocks, or of the links of an event.

    Attributes:
        counted: fingerprints of the people in it.
        total: the sum of what was published.
        numbers: how many blocks or links there are; `batches`: how many batches.
        open_from, open_people: first block or link that is in no batch, and the people of these.
        tallies: column → these people in the leaves of its tree.
    """

    model_config = ConfigDict(extra="forbid")

    counted: set[str] = Field(default_factory=set)
    total: int = 0
    numbers: int = 0
    batches: int = 0
    open_from: int = 1
    open_people: int = 0
    tallies: Tallies = Field(default_factory=dict)


class Remembered(BaseModel):
    """Everything that is remembered of a programme.

    Attributes:
        length: bytes of the ledger that this belongs to.
        release, cutoff: the release that was published last, and its cut-off.
        lengths: name of a release → bytes of the ledger when it was published.
        open_months: indication → first month of the open block; none before the first one.
        blocks: indication → its blocks; `links`: indication → event → its links.
    """

    model_config = ConfigDict(extra="forbid")

    length: int = 0
    cutoff: str = ""
    lengths: dict[str, int] = Field(default_factory=dict)
    open_months: dict[str, str] = Field(default_factory=dict)
    blocks: dict[str, Series] = Field(default_factory=dict)
    links: dict[str, dict[str, Series]] = Field(default_factory=dict)

    def fingerprints(self) -> set[str]:
        """Everyone who was ever counted."""
        return set().union(*(series.counted for series in self.blocks.values()))

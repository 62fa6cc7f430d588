"""What an import says of itself when it ends."""

from dataclasses import dataclass

from pipelines.release import Release


@dataclass(frozen=True)
class TableCount:
    """What became of the rows of a table: `read = loaded + quarantined`, always."""

    table: str
    file: str
    read: int
    loaded: int
    quarantined: int
    warned: int


@dataclass(frozen=True)
class Imported:
    """What an import did.

    Attributes:
        release: in service, kept, or a candidate.
        is_new: false when the same content was there already.
        in_service: false when a release of a later cut-off stays in service.
    """

    release: Release
    is_new: bool
    in_service: bool
    counts: tuple[TableCount, ...]
    not_sent: tuple[str, ...]
    n_corrections: int = 0

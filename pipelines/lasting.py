"""What of a store lasts: what a back-up holds, and what an object store holds.

Left out is what can be made again (`aggregates/`) and what only lives for a moment (locks, scratch, sign-ins, an import
under way).
"""

from collections.abc import Iterator
from pathlib import Path

from pipelines.access import sessions
from pipelines.release import AGGREGATES, SPILL
from pipelines.store import LOCK

IMPORT = "import"
"""The folder of an import under way (`pipelines.background`)."""

LEFT_OUT = {AGGREGATES, SPILL, IMPORT, sessions.FOLDER, LOCK}
PASSING = ("tmp-", ".tmp", "-wal", "-shm", "-journal")
"""How names begin or end of what is not kept: SQLite's files beside its own go into its file or a snapshot of it."""


def lasting(folder: Path) -> Iterator[Path]:
    """The files and folders of a store that last, each folder before what stands in it."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        passing = any(each.startswith(PASSING[0]) or each.endswith(PASSING[1:]) for each in parts)
        if parts[0] not in LEFT_OUT and not passing and (path.is_dir() or path.is_file()) and not path.is_symlink():
            yield path

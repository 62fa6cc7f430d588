"""Where a ledger and what belongs to it stand in a store.

    store/ledger/
      <programme>.jsonl                 the ledger, for everyone
      <programme>-<length>.exact.json   what is remembered with a ledger of so many bytes; for the store's owner only
      <programme>.known.yml             numbers published elsewhere, with which every publication is audited

What is remembered is written first, then the ledger takes the place of the one before in one rename: killed in between,
the store has the ledger before, and what was remembered with it.
"""

import os
import re
from pathlib import Path

from pydantic import ValidationError

from pipelines.durable import sync
from pipelines.errors import LedgerError
from pipelines.protected.remembered import Remembered
from pipelines.store import Store

FOLDER = "ledger"
STATE = re.compile(r"-([0-9]+)\.exact\.json$")


class LedgerFiles:
    """The ledger of one programme in a store."""

    def __init__(self, store: Store, programme: str) -> None:
        self.folder = store.folder / FOLDER
        self.path = self.folder / f"{programme}.jsonl"
        self.programme = programme
        self._known = self.folder / f"{programme}.known.yml"

    def content(self) -> bytes:
        """The bytes of the ledger; none before the first publication."""
        return self.path.read_bytes() if self.path.is_file() else b""

    def remembered(self) -> Remembered:
        """What belongs to the ledger as it is.

        Raises:
            LedgerError: it is lost or damaged: who was counted is not known any more.
        """
        length = len(self.content())
        path = self._state(length)
        if not length:
            return Remembered()
        try:
            found = Remembered.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise LedgerError("ledger.forgotten", file=path.name) from None
        if found.length != length:
            raise LedgerError("ledger.forgotten", file=path.name)
        return found

    def noted(self) -> int:
        """How many bytes the ledger has at least, by what is remembered with it."""
        names = (STATE.search(path.name) for path in self.folder.glob(f"{self.programme}-*"))
        return min((int(found[1]) for found in names if found), default=0)

    def put(self, content: bytes, remembered: Remembered) -> None:
        """Put a ledger that goes on from the present one in its place, for a writer that holds the store."""
        self.folder.mkdir(exist_ok=True)
        self.sweep()
        state = self._state(len(content))
        self._write(state, remembered.model_dump_json().encode())
        self._write(self.path, content)
        self.sweep()

    def known(self) -> Path | None:
        """The list of numbers published elsewhere, if there is one."""
        return self._known if self._known.is_file() else None

    def put_known(self, content: bytes) -> None:
        """Keep a list of numbers published elsewhere instead of the one before, for a writer that holds the store."""
        self.folder.mkdir(exist_ok=True)
        self._write(self._known, content)

    def sweep(self) -> None:
        """Remove what belongs to no ledger that there is."""
        kept = self._state(len(self.content()))
        for path in self.folder.glob(f"{self.programme}-*"):
            if path != kept and (STATE.search(path.name) or path.suffix == ".tmp"):
                path.unlink(missing_ok=True)

    def _state(self, length: int) -> Path:
        return self.folder / f"{self.programme}-{length}.exact.json"

    def _write(self, path: Path, content: bytes) -> None:
        temporary = self.folder / f"{self.programme}-{os.getpid()}.tmp"
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync(self.folder)

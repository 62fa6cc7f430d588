"""A release: one immutable state of the data at a cut-off, in a folder of its own.

    <cut-off>-<short hash>/
      <table>.parquet      the loaded and derived tables, quarantine, findings, checks
      release.json         the record: programme, cut-off, sources, counts, hashes

The name derives from what the tables hold, so that it is never used again for other content.
"""

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pipelines.durable import sha256
from pipelines.errors import StoreError

RELEASES, CANDIDATES, AGGREGATES, SPILL = "releases", "candidates", "aggregates", "spill"
"""The folders of a store in which releases stand, and what belongs to one of them."""

RECORD = "release.json"
IDENTITY = ("programme_sha256", "cutoff", "synthetic", "not_sent")
"""What the name of a release derives from, beside the content of its tables."""
NAME = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{10}$")


class _Count(BaseModel):
    table: str
    read: int
    loaded: int
    quarantined: int
    warned: int


class _Record(BaseModel):
    """What every `release.json` holds, beside what only some do."""

    programme: str
    programme_sha256: str
    cutoff: dt.date
    synthetic: bool
    imported_at: str
    previous: str | None
    not_sent: list[str]
    counts: list[_Count]
    hashes: dict[str, str]


@dataclass(frozen=True)
class Release:
    """One immutable state of the data at a cut-off."""

    folder: Path

    @property
    def name(self) -> str:
        """`<cut-off>-<short hash>`."""
        return self.folder.name

    @cached_property
    def record(self) -> dict[str, Any]:
        """What `release.json` says: programme, cut-off, sources, counts, hashes.

        Raises:
            StoreError: it is missing or damaged.
        """
        try:
            record: dict[str, Any] = json.loads((self.folder / RECORD).read_text(encoding="utf-8"))
            _Record.model_validate(record)
        except OSError as error:
            raise self._unread(RECORD, error) from None
        except (ValueError, ValidationError):
            raise StoreError("damaged.changed", release=self.name, file=RECORD) from None
        return record

    @property
    def is_candidate(self) -> bool:
        """Whether it waits to be published."""
        return self.folder.parent.name == CANDIDATES

    @property
    def aggregates(self) -> Path:
        """The folder in which figures that were counted beforehand are kept."""
        return self.folder.parent.parent / AGGREGATES / self.name

    @property
    def spill(self) -> Path | None:
        """The folder for what readers find no room for in memory; none where the store cannot be written."""
        folder = self.folder.parent.parent / SPILL
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            return None
        return folder

    @property
    def cutoff(self) -> dt.date:
        """The day at which the data were stopped, with which the name begins."""
        return dt.date.fromisoformat(self.name[:10])

    @property
    def synthetic(self) -> bool:
        """Whether the export said that its data are made up."""
        return bool(self.record["synthetic"])

    @property
    def tables(self) -> list[str]:
        """The tables of the release, by the names of their Parquet files."""
        return list(self.record["hashes"])

    def total(self, count: str) -> int:
        """Sum of a count (`read`, `loaded`, `quarantined`, `warned`) over the tables."""
        return sum(int(each[count]) for each in self.record["counts"])

    def was_sent(self, table: str) -> bool:
        """Whether the export held a table of the contract; if not, its figures are not zero but unknown."""
        return table not in self.record["not_sent"]

    def faults(self) -> list[StoreError]:
        """What is wrong with the files, by their content against the record and the name; nothing if all are whole."""
        if not self.folder.is_dir():
            return [StoreError("store.no_such_release")]
        try:
            record = self.record
        except StoreError as error:
            return [error]
        found = [fault for table in self.tables if (fault := self._fault(f"{table}.parquet", record["hashes"][table]))]
        known = {RECORD, *(f"{table}.parquet" for table in self.tables)}
        found += [StoreError("damaged.unlisted", release=self.name, file=path.name)
                  for path in sorted(self.folder.iterdir()) if path.name not in known]  # fmt: skip
        if name_of(record, record["hashes"]) != self.name:
            found.append(StoreError("damaged.changed", release=self.name, file=RECORD))
        return found

    def _fault(self, file: str, expected: str) -> StoreError | None:
        try:
            same = sha256(self.folder / file) == expected
        except OSError as error:
            return self._unread(file, error)
        return None if same else StoreError("damaged.changed", release=self.name, file=file)

    def _unread(self, file: str, error: OSError) -> StoreError:
        missing = isinstance(error, FileNotFoundError)
        return StoreError("damaged.missing" if missing else "damaged.unreadable", release=self.name, file=file)


def name_of(record: dict[str, Any], hashes: dict[str, str]) -> str:
    """The name of a release: its cut-off, and a hash of its identity and its tables."""
    identity = json.dumps([record[part] for part in IDENTITY] + [hashes], sort_keys=True)
    return f"{record['cutoff']}-{hashlib.sha256(identity.encode()).hexdigest()[:10]}"


def write_record(folder: Path, record: dict[str, Any]) -> Path:
    """Write `release.json` into a folder."""
    path = folder / RECORD
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path

"""Sealed packs: what stands in one, how it is written once and read again.

<period>-v<n>.<fr|en>.pdf   the return, to be read and filed
<period>-v<n>.<fr|en>.xlsx  the same figures as a workbook
<period>-v<n>.csv           the same figures for machines
statement.json              the return's content, from which all of these follow
signatures.json             who signed, as what, when
measure.sql                 the SQL that counted
programme.yml               the programme as it was
manifest.json               SHA-256 of each of these files, and what they rest on
seal.json                   SHA-256 of the manifest, its Ed25519 signature, and the public key
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines.durable import move, sync
from pipelines.errors import ReturnError
from pipelines.journal import Entry
from pipelines.packed import MANIFEST, contents
from pipelines.returns.drafts import RETURNS, Draft, Signature, unchanged
from pipelines.returns.statement import Statement
from pipelines.store import Store

STATEMENT, SIGNATURES, MEASURE, PROGRAMME = "statement.json", "signatures.json", "measure.sql", "programme.yml"
NAME = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-v[1-9][0-9]*")
_SIGNATURES = TypeAdapter(tuple[Signature, ...])


@dataclass(frozen=True)
class Pack:
    """A sealed return."""

    folder: Path

    @property
    def name(self) -> str:
        """`<period>-v<version>`."""
        return self.folder.name

    @cached_property
    def statement(self) -> Statement:
        """What it says.

        Raises:
            ReturnError: the file is missing or damaged.
        """
        return statement_in(self.contents, self.name)

    @cached_property
    def signatures(self) -> tuple[Signature, ...]:
        """Who signed it."""
        return signatures_in(self.contents, self.name)

    @property
    def signed_at(self) -> datetime:
        """When the last of them signed."""
        return max(each.at for each in self.signatures)

    @cached_property
    def contents(self) -> Mapping[str, bytes]:
        """File → bytes.

        Raises:
            PackError: it cannot be read.
        """
        return contents(self.folder)

    @property
    def libraries(self) -> Mapping[str, str]:
        """The versions of the libraries that wrote its files.

        Raises:
            ReturnError: the manifest is missing or damaged.
        """
        try:
            return dict(json.loads(self.contents[MANIFEST])["software"]["libraries"])
        except (KeyError, ValueError, TypeError):
            raise ReturnError("return.damaged", file=f"{self.name}/{MANIFEST}") from None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it can be read."""
        return tuple(each for each in ("fr", "en") if f"{self.name}.{each}.pdf" in self.contents)


def packs(store: Store) -> list[Pack]:
    """Every sealed return, the oldest month first."""
    folder = store.folder / RETURNS
    found = folder.iterdir() if folder.is_dir() else []
    return [Pack(path) for path in sorted(found, key=_order) if path.is_dir() and NAME.fullmatch(path.name)]


def pack(store: Store, name: str) -> Pack:
    """A sealed return by its name.

    Raises:
        ReturnError: there is none.
    """
    found = {each.name: each for each in packs(store)}
    if name not in found:
        raise ReturnError("return.no_such_pack", known=", ".join(found) or "–")
    return found[name]


def keep(store: Store, draft: Draft, files: Mapping[str, bytes], release: str) -> Pack:
    """Write the sealed pack of a return into the store, whole or not at all.

    Args:
        release: that counted, by the name it has today.

    Raises:
        ReturnError: there is one of this name, which is never replaced, or somebody else has decided something
            meanwhile.
    """
    name = draft.name
    target = store.folder / RETURNS / name
    with store.writing() as scratch:
        if target.exists():
            raise ReturnError("return.sealed", name=name)
        unchanged(store, draft.period, draft)
        target.parent.mkdir(exist_ok=True)
        built = scratch / name
        built.mkdir()
        for file, content in files.items():
            (built / file).write_bytes(content)
            (built / file).chmod(0o440)
            sync(built / file)
        sync(built)
        move(built, target)
        target.with_name(f"{name}.json").unlink(missing_ok=True)
        store.journal.add([Entry(f"return {name}", None, release, None)])
    return Pack(target)


def statement_in(files: Mapping[str, bytes], name: str) -> Statement:
    """The statement of a pack."""
    try:
        return Statement.model_validate_json(files[STATEMENT])
    except (KeyError, ValidationError):
        raise ReturnError("return.damaged", file=f"{name}/{STATEMENT}") from None


def signatures_in(files: Mapping[str, bytes], name: str) -> tuple[Signature, ...]:
    """The signatures of a pack; there is at least one."""
    try:
        found = _SIGNATURES.validate_json(files[SIGNATURES])
    except (KeyError, ValidationError):
        found = ()
    if not found:
        raise ReturnError("return.damaged", file=f"{name}/{SIGNATURES}")
    return found


def signatures_as_json(found: tuple[Signature, ...]) -> object:
    """Signatures as plain content."""
    return json.loads(_SIGNATURES.dump_json(found, exclude_defaults=True))


def _order(path: Path) -> tuple[str, int]:
    period, _, version = path.name.rpartition("-v")
    return period, int(version) if version.isdigit() else 0

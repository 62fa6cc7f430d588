"""Publication: the ledger follows the release in service, once for each release, and never goes back.

A release of an earlier cut-off than the last one published adds nothing: what was published stays as it is.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_schemas.programme import Programme, load, names
from pipelines.errors import LedgerError, StoreError
from pipelines.opened import Opened
from pipelines.protected import audit
from pipelines.protected.counting import count
from pipelines.protected.entries import Begun, Entry, Publication
from pipelines.protected.facts import known
from pipelines.protected.files import LedgerFiles
from pipelines.protected.lines import Ledger, appended, verified
from pipelines.protected.people import people
from pipelines.protected.questions import Fact
from pipelines.protected.remembered import Remembered
from pipelines.release import Release
from pipelines.signing import load_key, named_key, public_half
from pipelines.store import Store

Outcome = Literal["published", "already", "older"]


@dataclass(frozen=True)
class Published:
    """What became of the ledger.

    Attributes:
        outcome: `already` where this release was published before, `older` where one of a later cut-off was.
        n_entries: how many numbers and cuts were added.
        report: the audit; none where nothing was added.
    """

    outcome: Outcome
    release: Release
    n_entries: int = 0
    report: audit.Report | None = None


def follow(store: Store, key: Ed25519PrivateKey, programme: Programme | None = None) -> Published:
    """Publish to the ledger what the release in service adds to it.

    The same again after a crash finishes what was begun, and adds nothing else. The audit reckons with the numbers
    published elsewhere that are kept beside the ledger.

    Args:
        programme: that of the release, if it is not a shipped one.

    Raises:
        LedgerError: the programme has no plan or another one than the ledger, the ledger is not whole or not of this
            key, or the audit failed; nothing was published.
        StoreError: nothing is in service, or the store is being written to.
    """
    with store.writing():
        release = store.current()
        if release is None:
            raise StoreError("store.no_release", store=store.folder.name)
        programme = programme or load(release.record["programme"])
        files = LedgerFiles(store, programme.name)
        begun, content = _begun(programme, public_half(key)), files.content()
        before = _before(files, content, begun)
        if release.name in {store.journal.today(name) for name in before.lengths}:
            return Published("already", release)
        if release.cutoff.isoformat() < before.cutoff:
            return Published("older", release)
        entries, after = count(begun, before, _people(store, release, programme, before), _last_month(release.cutoff))
        said: list[Entry] = [*(() if content else (begun,)), Publication(cutoff=release.cutoff.isoformat()), *entries]
        content = appended(content, said, key)
        report = _audited(verified(content), entries, known(files, programme.disclosure))
        lengths = before.lengths | {release.name: len(content)}
        files.put(content, after.model_copy(update={"length": len(content), "cutoff": release.cutoff.isoformat(),
                                                    "lengths": lengths}))  # fmt: skip
    return Published("published", release, len(entries), report)


def follow_if_signed(store: Store) -> Published | None:
    """The same after a release was put in service, with the key that the environment names.

    Nothing happens where it names none, or where the programme has no protected world.
    """
    release = store.current()
    if release is None or not has_protected_world(release) or named_key() is None:
        return None
    return follow(store, load_key(None, store.folder))


def has_protected_world(release: Release) -> bool:
    """Whether the programme of a release has a plan; one that is not shipped cannot be looked up here."""
    name = release.record["programme"]
    return name in names() and load(name).disclosure.is_complete


def published(store: Store, programme: str, release: str | None = None) -> Ledger | None:
    """The ledger of a programme, as it was when a release was published; none before the first publication.

    Raises:
        LedgerError: it is not whole, or shorter than what is remembered of it.
    """
    files = LedgerFiles(store, programme)
    content = files.content()
    if not content:
        return None
    lengths = {store.journal.today(name): length for name, length in files.remembered().lengths.items()}
    length = lengths.get(release, len(content)) if release else len(content)
    return verified(content[:length], length=length)


def _begun(programme: Programme, public_key: str) -> Begun:
    if not programme.disclosure.is_complete:
        raise LedgerError("ledger.no_plan", programme=programme.name)
    return Begun(programme=programme.name, public_key=public_key, plan=programme.disclosure,
                 indications=tuple(each.code for each in programme.indications if each.counted),
                 age_bands=programme.age_bands, first_month=programme.established_on.strftime("%Y-%m"))  # fmt: skip


def _before(files: LedgerFiles, content: bytes, begun: Begun) -> Remembered:
    """What is remembered with the ledger so far, if it is whole and of this plan and key."""
    if content:
        there = verified(content).begun
        if there.public_key != begun.public_key:
            raise LedgerError("ledger.other_key", file=files.path.name)
        if _unlabelled(there.model_dump(mode="json")) != _unlabelled(begun.model_dump(mode="json")):
            raise LedgerError("ledger.other_plan", file=files.path.name, programme=begun.programme)
    return files.remembered()


def _unlabelled(part: Any) -> Any:
    """A plan without its labels, which may be worded anew."""
    if isinstance(part, dict):
        return {name: _unlabelled(each) for name, each in part.items() if name != "label"}
    return [_unlabelled(each) for each in part] if isinstance(part, list) else part


def _people(store: Store, release: Release, programme: Programme, before: Remembered) -> list[Any]:
    fingerprint = store.journal.fingerprint(is_new=not before.fingerprints())
    opened = Opened(release, programme)
    try:
        return people(opened, fingerprint)
    finally:
        opened.close()


def _last_month(cutoff: dt.date) -> str:
    """The last month that is complete at a cut-off."""
    following = cutoff + dt.timedelta(days=1)
    return (following.replace(day=1) - dt.timedelta(days=1)).strftime("%Y-%m")


def _audited(ledger: Ledger, entries: Sequence[Entry], facts: Sequence[Fact]) -> audit.Report:
    report = audit.audit(ledger, facts, drawn=audit.DRAWN if entries else 0)
    if report.broken:
        raise LedgerError("ledger.against_plan", line=report.broken[0])
    if report.findings:
        found = report.findings[0]
        raise LedgerError("ledger.unsafe", where=found.where, least=found.interval.least, most=found.interval.most)
    return report

"""Candidates: complete, immutable releases that wait for someone to publish or discard them.

A candidate is written like a release, into `candidates/`, and becomes one by a rename. No figure is ever read from it,
except to review it. It outlives whoever prepared it, and no other import waits for it. Erasing a patient discards every
candidate: each would bring the patient back.
"""

from pathlib import Path
from typing import Any

from pipelines.durable import move, sync
from pipelines.errors import StoreError
from pipelines.journal import Entry
from pipelines.release import CANDIDATES, NAME, RECORD, RELEASES, Release, write_record
from pipelines.store import Store


def candidates(store: Store) -> list[Release]:
    """All candidates, the last one prepared first."""
    folder = store.folder / CANDIDATES
    found = [Release(path) for path in folder.iterdir() if NAME.match(path.name)] if folder.is_dir() else []
    return sorted(found, key=lambda each: (each.record["imported_at"], each.name), reverse=True)


def candidate(store: Store, name: str | None = None) -> Release:
    """A candidate by its name, or the only one there is.

    Raises:
        StoreError: there is none of this name, none at all, or none was named among several.
    """
    known = {each.name: each for each in candidates(store)}
    if not known:
        raise StoreError("candidate.none")
    if name is None and len(known) > 1:
        raise StoreError("candidate.which", known=", ".join(known))
    if name is not None and name not in known:
        raise StoreError("candidate.unknown", known=", ".join(known))
    return known[name or next(iter(known))]


def keep(store: Store, built: Path, record: dict[str, Any]) -> tuple[Release, bool]:
    """Turn a folder of Parquet files into a candidate.

    Returns:
        The candidate and true, or the release in service and false when its content is the same.
    """
    (store.folder / CANDIDATES).mkdir(exist_ok=True)
    current = store.current()
    found, _ = store.keep(built, record | {"previous": current.name if current else None}, CANDIDATES)
    if current is None or current.name != found.name:
        return found, True
    store.remove(found, built.parent)
    return current, False


def publish(store: Store, name: str | None = None) -> tuple[Release, bool]:
    """Make a candidate a release and put it in service, unless one of a later cut-off is.

    The same again finishes what was interrupted.

    Returns:
        The release, and whether it is in service.

    Raises:
        StoreError: no such candidate, another import is under way, or the store cannot be written.
    """
    with store.writing() as scratch:
        if name is not None and name not in {each.name for each in candidates(store)}:
            release = _published(store, name)
            return release, store.enter(release)
        chosen, before = candidate(store, name), store.name_in_service()
        target = store.folder / RELEASES / chosen.name
        store.journal.add([Entry("publish", before, chosen.name, None)])
        if target.exists():
            store.remove(chosen, scratch)
        else:
            _say_previous(chosen, before, scratch)
            move(chosen.folder, target)
            sync(chosen.folder.parent)
        release = Release(target)
        return release, store.enter(release)


def discard(store: Store, name: str | None = None) -> str:
    """Remove a candidate for good; the release in service stays in service.

    Returns:
        The name of what was removed.

    Raises:
        StoreError: no such candidate, another import is under way, or the store cannot be written.
    """
    with store.writing() as scratch:
        chosen = candidate(store, name)
        store.journal.add([Entry("discard", chosen.name, None, None)])
        store.remove(chosen, scratch)
        return chosen.name


def discard_all(store: Store, scratch: Path) -> int:
    """Remove every candidate, for a writer that holds the store; says how many there were."""
    found = candidates(store)
    store.journal.add([Entry("discard", each.name, None, None) for each in found])
    for each in found:
        store.remove(each, scratch)
    return len(found)


def _published(store: Store, name: str) -> Release:
    """The release that a candidate of this name has become already."""
    try:
        return store.release(name)
    except StoreError:
        return candidate(store, name)


def _say_previous(chosen: Release, before: str | None, scratch: Path) -> None:
    """The release in service may be another one than when the candidate was prepared."""
    written = write_record(scratch, chosen.record | {"previous": before})
    written.chmod(0o440)
    sync(written)
    written.replace(chosen.folder / RECORD)
    sync(chosen.folder)

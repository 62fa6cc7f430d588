"""A return that is being prepared: what people have decided so far. What follows from data is computed each time.

It is one file, replaced as a whole, so that a kill leaves it as it was before or after a step.
"""

import datetime as dt
from pathlib import Path

from pydantic import AwareDatetime, Field, ValidationError

from data_schemas.programme_parts import Part
from pipelines.durable import sync
from pipelines.errors import ReturnError
from pipelines.store import Store

RETURNS = "returns"


class Signature(Part):
    """Who answers for a return.

    Attributes:
        role: in which capacity.
        statement: for which content, the SHA-256 of the statement.
        account: with which account (`pipelines.access.events.Actor.account`), so that one person does not sign twice
            under two names; empty in a demonstration, where nobody signs in.
    """

    name: str = Field(min_length=1)
    role: str = Field(min_length=1)
    at: AwareDatetime
    statement: str
    account: str = ""


class Note(Part):
    """What an officer adds to a difference; the reasons themselves are computed."""

    period: str
    indication_code: str | None
    text: str = Field(min_length=1)


class Draft(Part):
    """The decisions.

    Attributes:
        release: the release that counts, by the name it had when it was bound to the period.
        reason: why an earlier version is replaced; empty for the first.
        undocumented: why imported figures without a release may stand undecomposed; empty where they may not.
    """

    period: str
    version: int = Field(ge=1)
    programme: str
    release: str
    locked_at: AwareDatetime
    reason: str = ""
    undocumented: str = ""
    notes: tuple[Note, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def name(self) -> str:
        """`<period>-v<version>`."""
        return f"{self.period}-v{self.version}"

    @property
    def signed_at(self) -> dt.datetime | None:
        """The time of the last signature: that of the return."""
        return max((each.at for each in self.signatures), default=None)


def drafts(store: Store) -> list[Draft]:
    """Every return that is being prepared, in the order of their months."""
    return [_read(path) for path in sorted((store.folder / RETURNS).glob("*.json"))
            if not path.with_suffix("").is_dir()]  # fmt: skip


def draft(store: Store, period: str) -> Draft:
    """The return of a month that is being prepared.

    Raises:
        ReturnError: there is none.
    """
    found = [each for each in drafts(store) if each.period == period]
    if not found:
        raise ReturnError("return.not_locked", period=period)
    return found[0]


def save(store: Store, new: Draft, before: Draft | None = None) -> Draft:
    """Keep a draft, instead of the state of it that it was made from.

    Args:
        before: that state; none for a return that was not being prepared.

    Raises:
        ReturnError: somebody else has decided something meanwhile.
    """
    with store.writing() as scratch:
        unchanged(store, new.period, before)
        folder = store.folder / RETURNS
        if (folder / new.name).exists():
            raise ReturnError("return.changed_meanwhile", period=new.period)
        folder.mkdir(exist_ok=True)
        written = scratch / "draft.json"
        written.write_text(new.model_dump_json(indent=1) + "\n", encoding="utf-8")
        sync(written)
        written.replace(folder / f"{new.name}.json")
        sync(folder)
    return new


def drop(store: Store, gone: Draft) -> None:
    """Give a draft up.

    Raises:
        ReturnError: somebody else has decided something meanwhile.
    """
    with store.writing():
        unchanged(store, gone.period, gone)
        (store.folder / RETURNS / f"{gone.name}.json").unlink(missing_ok=True)
        sync(store.folder / RETURNS)


def unchanged(store: Store, period: str, before: Draft | None) -> None:
    """Go on, for a writer that holds the store, only if the return of a month is as it was when it was looked at.

    Raises:
        ReturnError: it is not.
    """
    if next((each for each in drafts(store) if each.period == period), None) != before:
        raise ReturnError("return.changed_meanwhile", period=period)


def _read(path: Path) -> Draft:
    try:
        return Draft.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise ReturnError("return.damaged", file=path.name) from None

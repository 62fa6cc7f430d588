"""The steps of a return: lock, check, reconcile, explain, sign, archive.

Only decisions are kept (`drafts.py`). Whether a step is done follows from the data each time it is looked at, so that
no tick outlives what it stood for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_schemas.programme import Programme, load
from pipelines.bridge.reconcile import Reconciliation
from pipelines.errors import ReturnError
from pipelines.opened import Opened
from pipelines.packed import packed
from pipelines.release import Release
from pipelines.returns import clock
from pipelines.returns.documents import LANGUAGES
from pipelines.returns.drafts import Draft, Note, Signature, draft, drafts, drop, save
from pipelines.returns.history import history
from pipelines.returns.making import asked, compared, make
from pipelines.returns.packing import files_of, rests_on
from pipelines.returns.packs import Pack, keep, packs
from pipelines.returns.statement import BLOCK, Line, Statement
from pipelines.sealing import sealed
from pipelines.store import Store

STEPS = ("lock", "check", "reconcile", "explain", "sign", "archive")
TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
TELLING = """
select 1 from core_patients where list_contains($words, patient_id)
union all select 1 from core_initiations where list_contains($words, episode_id) limit 1
"""
NAMED = 6
"""Differences that a refusal names."""


@dataclass(frozen=True)
class Progress:
    """Where a return stands.

    Attributes:
        reconciled: what the statement rests on, with the records that moved; restricted circle.
        done: the steps that are done.
        notices: what only holds today: message → what it mentions.
    """

    draft: Draft
    statement: Statement
    reconciled: Reconciliation
    done: tuple[str, ...]
    notices: Mapping[str, Mapping[str, object]]


def lock(store: Store, period: str, name: str = "", reason: str = "", at: datetime | None = None,
         programme: Programme | None = None) -> Draft:  # fmt: skip
    """Bind a release to a month.

    Args:
        name: the release that counts; the only one whose cut-off ends the month unless said.
        reason: why a month that was declared before is declared again.

    Raises:
        ReturnError: the month is not over in Paris, is being prepared already, has no release or more than one, its
            programme asks for no return, or it was declared before and no reason is given.
        StoreError: the release does not exist or is damaged.
    """
    moment = at or clock.now()
    last = clock.last_day(period)
    if not clock.is_over(period, moment):
        raise ReturnError("return.not_over", period=period)
    if any(each.period == period for each in drafts(store)):
        raise ReturnError("return.under_way", period=period)
    release = store.release(name) if name else _release_for(store, period)
    if release.cutoff < last:
        raise ReturnError("return.too_early", release=release.name, day=last)
    if faults := release.faults():
        raise faults[0]
    asked(programme or load(release.record["programme"]))
    if any(each.statement.programme != release.record["programme"] for each in packs(store)):
        raise ReturnError("return.other_programme")
    number = history(store, release).last_version(period) + 1
    if number > 1 and not reason.strip():
        raise ReturnError("return.no_reason", period=period, version=number)
    _speaks_of_no_one(release, reason)
    return save(store, Draft(period=period, version=number, programme=release.record["programme"], release=release.name,
                             locked_at=moment, reason=reason.strip()))  # fmt: skip


def usual(store: Store, period: str) -> list[Release]:
    """The releases whose cut-off ends a month and not the next one."""
    first, last = clock.days_of_cutoff(period)
    return [each for each in store.releases() if first <= each.cutoff <= last]


def _release_for(store: Store, period: str) -> Release:
    first, last = clock.days_of_cutoff(period)
    found = usual(store, period)
    if not found:
        raise ReturnError("return.no_release", period=period, first=first, last=last)
    if len(found) > 1:
        raise ReturnError("return.which_release", known=", ".join(each.name for each in found))
    return found[0]


def progress(store: Store, period: str, programme: Programme | None = None) -> Progress:
    """Where the return of a month stands.

    Raises:
        ReturnError: none is being prepared.
    """
    found = draft(store, period)
    said, reconciled = compared(store, found, found.signed_at or clock.now(), programme)
    valid = [each for each in found.signatures if each.statement == said.sha256]
    done = ["lock"]
    if not any(each.severity == BLOCK for each in said.findings):
        done.append("check")
    done.append("reconcile")
    if not said.unexplained:
        done.append("explain")
    if len(valid) >= said.required_signatures:
        done.append("sign")
    notices = _notices(store, found)
    if len(valid) < len(found.signatures):
        notices["return.stale"] = {}
    return Progress(found, said, reconciled, tuple(done), notices)


def _notices(store: Store, found: Draft) -> dict[str, dict[str, object]]:
    release = store.release(found.release)
    notices: dict[str, dict[str, object]] = {}
    if release.name != found.release:
        notices["return.erased_since"] = {"release": release.name}
    if store.name_in_service() != release.name:
        notices["return.not_in_service"] = {"release": release.name}
    return notices


def annotate(store: Store, period: str, month: str, code: str | None, text: str, programme: Programme | None = None
             ) -> Draft:  # fmt: skip
    """Add a note to a difference, in place of an earlier one; an empty text takes it away. Numbers are not touched.

    Raises:
        ReturnError: there is no such difference, or the note names a patient or an episode.
    """
    found = draft(store, period)
    said = make(store, found, clock.now(), programme)
    if not any((line.period, line.indication_code) == (month, code) for line in said.restated):
        raise ReturnError("return.no_difference", period=month)
    _speaks_of_no_one(store.release(found.release), text)
    others = tuple(each for each in found.notes if (each.period, each.indication_code) != (month, code))
    added = (Note(period=month, indication_code=code, text=text.strip()),) if text.strip() else ()
    return save(store, found.model_copy(update={"notes": (*others, *added)}), found)


def take_over(store: Store, period: str, text: str) -> Draft:
    """Accept that imported figures whose release the store never held stand undecomposed, and say why.

    Raises:
        ReturnError: no reason is given, or it names a patient or an episode.
    """
    found = draft(store, period)
    if not text.strip():
        raise ReturnError("return.no_text")
    _speaks_of_no_one(store.release(found.release), text)
    return save(store, found.model_copy(update={"undocumented": text.strip()}), found)


def sign(store: Store, period: str, name: str, role: str, at: datetime | None = None,
         programme: Programme | None = None, account: str = "") -> Draft:  # fmt: skip
    """Sign what the return says now. Signatures of another content are void and leave.

    Args:
        account: with which account the person is signed in; empty in a demonstration.

    Raises:
        ReturnError: something blocks it, a difference is unexplained, or it is signed already, by enough persons or by
            this one.
    """
    found, moment = draft(store, period), at or clock.now()
    if not name.strip() or not role.strip():
        raise ReturnError("return.no_name")
    said = make(store, found, moment, programme)
    if n := sum(each.severity == BLOCK for each in said.findings):
        raise ReturnError("return.blocked", n=n, period=period)
    if left := said.unexplained:
        raise ReturnError("return.unexplained", n=len(left), cells=_cells(left))
    valid = tuple(each for each in found.signatures if each.statement == said.sha256)
    if len(valid) >= said.required_signatures:
        raise ReturnError("return.signed", n=len(valid))
    if any(name.strip().casefold() == each.name.casefold() or (account and account == each.account) for each in valid):
        raise ReturnError("return.same_person")
    signature = Signature(name=name.strip(), role=role.strip(), at=moment, statement=said.sha256,
                          account=account)  # fmt: skip
    return save(store, found.model_copy(update={"signatures": (*valid, signature)}), found)


def archive(store: Store, period: str, key: Ed25519PrivateKey, languages: Sequence[str] = LANGUAGES[:1],
            programme: Programme | None = None) -> Pack:  # fmt: skip
    """Seal a signed return into the store, for good.

    Raises:
        ReturnError: it lacks a signature, no longer says what was signed, or another was signed later and sealed
            before it, without knowing of it.
    """
    found = draft(store, period)
    signed_at = found.signed_at
    if signed_at is None:
        raise ReturnError("return.unsigned", period=period)
    said = make(store, found, signed_at, programme)
    if any(each.statement != said.sha256 for each in found.signatures):
        raise ReturnError("return.signed_other", period=period)
    if len(found.signatures) < said.required_signatures:
        raise ReturnError("return.unsigned", period=period)
    if later := [each.name for each in packs(store) if each.signed_at >= signed_at]:
        raise ReturnError("return.overtaken", period=period, names=", ".join(later))
    text = (programme or load(said.programme)).text
    files = files_of(said, found.signatures, languages, text)
    return keep(store, found, files | sealed(packed(files).hashes, rests_on(said), key), said.release)


def discard(store: Store, period: str) -> None:
    """Give up a return that is being prepared."""
    drop(store, draft(store, period))


def _cells(lines: Sequence[Line]) -> str:
    named = [f"{line.period} {line.indication_code or '*'} ({line.residual:+d})" for line in lines[:NAMED]]
    return ", ".join([*named, "…"] if len(lines) > NAMED else named)


def _speaks_of_no_one(release: Release, text: str) -> None:
    """Refuse words that hold the pseudonym of a patient or the number of an episode.

    Raises:
        ReturnError: they do.
    """
    words = sorted({each.strip("._-") for each in TOKEN.findall(text)})
    if not words:
        return
    opened = Opened(release)
    try:
        told = opened.query(TELLING, {"words": words})
    finally:
        opened.close()
    if len(told):
        raise ReturnError("return.telling")

"""The steps of a return: lock, check, reconcile, explain, sign, archive; and what a sealed one is asked later.

Only decisions are kept (`drafts.py`). Whether a step is done follows from the data each time it is looked at, so that no
tick outlives what it stood for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_schemas.programme import Programme, load, parse
from pipelines.bridge.reasons import reasons
from pipelines.errors import ReturnError
from pipelines.journal import Entry
from pipelines.opened import Opened
from pipelines.recorded import hashes
from pipelines.returns import clock
from pipelines.returns.documents import LANGUAGES, documents
from pipelines.returns.drafts import Draft, Note, Signature, draft, drafts, drop, save
from pipelines.returns.history import history
from pipelines.returns.making import asked, make
from pipelines.returns.packs import (
    MEASURE,
    PROGRAMME,
    SIGNATURES,
    STATEMENT,
    Pack,
    keep,
    packs,
    signatures_as_json,
    signatures_in,
    statement_in,
)
from pipelines.returns.sealing import sealed
from pipelines.returns.statement import BLOCK, Line, Statement, canonical
from pipelines.store import Release, Store

STEPS = ("lock", "check", "reconcile", "explain", "sign", "archive")
TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
NAMED = 6
"""Differences that a refusal names."""
LIBRARIES = ("typst", "xlsxwriter", "cryptography")


@dataclass(frozen=True)
class Progress:
    """Where a return stands.

    Attributes:
        done: the steps that are done.
        notices: what only holds today: message → what it mentions.
    """

    draft: Draft
    statement: Statement
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


def _release_for(store: Store, period: str) -> Release:
    first, last = clock.days_of_cutoff(period)
    found = [each for each in store.releases() if first <= each.cutoff <= last]
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
    said = make(store, found, found.signed_at or clock.now(), programme)
    valid = [each for each in found.signatures if each.statement == said.sha256]
    done = ["lock"]
    if not any(each.severity == BLOCK for each in said.findings):
        done.append("check")
    done.append("reconcile")
    if not said.unexplained:
        done.append("explain")
    if len(valid) >= said.required_signatures:
        done.append("sign")
    notices = _notices(store, found) | ({"return.stale": {}} if len(valid) < len(found.signatures) else {})
    return Progress(found, said, tuple(done), notices)


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
    return save(store, found.model_copy(update={"notes": (*others, *added)}))


def take_over(store: Store, period: str, text: str) -> Draft:
    """Accept that imported figures whose release the store never held stand undecomposed, and say why.

    Raises:
        ReturnError: no reason is given, or it names a patient or an episode.
    """
    found = draft(store, period)
    if not text.strip():
        raise ReturnError("return.no_text")
    _speaks_of_no_one(store.release(found.release), text)
    return save(store, found.model_copy(update={"undocumented": text.strip()}))


def sign(store: Store, period: str, name: str, role: str, at: datetime | None = None,
         programme: Programme | None = None) -> Draft:  # fmt: skip
    """Sign what the return says now. Signatures of another content are void and leave.

    Raises:
        ReturnError: something blocks it, a difference is unexplained, or it is signed already, by enough or by the same.
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
    if name.strip().casefold() in {each.name.casefold() for each in valid}:
        raise ReturnError("return.same_person")
    signature = Signature(name=name.strip(), role=role.strip(), at=moment, statement=said.sha256)
    return save(store, found.model_copy(update={"signatures": (*valid, signature)}))


def archive(store: Store, period: str, key: Ed25519PrivateKey, languages: Sequence[str] = LANGUAGES[:1],
            programme: Programme | None = None) -> Pack:  # fmt: skip
    """Seal a signed return into the store, for good.

    Raises:
        ReturnError: it lacks a signature, or no longer says what was signed.
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
    text = (programme or load(said.programme)).text
    files = sealed(files_of(said, found.signatures, languages, text), rests_on(said), key)
    done = keep(store, found.name, files)
    store.journal.add([Entry(f"return {found.name}", None, said.release, None)])
    return done


def discard(store: Store, period: str) -> None:
    """Give up a return that is being prepared."""
    drop(store, draft(store, period))


def files_of(said: Statement, signatures: Sequence[Signature], languages: Sequence[str], programme: str
             ) -> dict[str, bytes]:  # fmt: skip
    """The files of a pack before it is sealed: nothing decides them but these four."""
    return {
        **documents(said, signatures, languages), STATEMENT: said.canonical(),
        SIGNATURES: canonical(signatures_as_json(tuple(signatures))), MEASURE: f"{said.statement}\n".encode(),
        PROGRAMME: programme.encode(),
    }  # fmt: skip


def rests_on(said: Statement) -> dict[str, object]:
    """What the manifest of a pack says beside its files."""
    return {
        "return": said.name, "release": said.release, "cutoff": said.cutoff.isoformat(), "sources": said.sources,
        "tables": said.tables, "programme": {"name": said.programme, "sha256": said.programme_sha256},
        "software": {"version": said.software, "definitions": said.definitions,
                     "libraries": {each: version(each) for each in LIBRARIES}},
        "sql": said.statement, "parameters": said.parameters,
    }  # fmt: skip


def rebuilt(store: Store, files: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    """The files of a sealed pack made again from its release, to be held against them; without manifest and seal.

    Raises:
        ReturnError: patients were erased from the release since, or the store does not hold it.
    """
    said, signatures = statement_in(files, name), signatures_in(files, name)
    release = store.release(said.release)
    if release.name != said.release:
        raise ReturnError("return.not_rebuildable", release=said.release)
    signed_at = max(each.at for each in signatures)
    notes = tuple(Note(period=line.period, indication_code=line.indication_code, text=line.note)
                  for line in said.lines if line.note)  # fmt: skip
    again = Draft(period=said.period, version=said.version, programme=said.programme, release=said.release,
                  locked_at=signed_at, reason=said.reason, undocumented=said.undocumented, notes=notes,
                  signatures=signatures)  # fmt: skip
    text = files[PROGRAMME].decode()
    languages = [each for each in LANGUAGES if f"{said.name}.{each}.pdf" in files]
    return files_of(make(store, again, signed_at, parse(text, PROGRAMME)), signatures, languages, text)


def changed_definitions(files: Mapping[str, bytes], name: str) -> list[str]:
    """What decides the figures and is no longer as it was when a pack was sealed."""
    said = statement_in(files, name)
    now = hashes(parse(files[PROGRAMME].decode(), PROGRAMME))
    return [each for kind, then in said.definitions.items() for each in sorted({*then, *now.get(kind, {})})
            if then.get(each) != now.get(kind, {}).get(each)]  # fmt: skip


def lines_frame(said: Statement) -> pd.DataFrame:
    """The lines of a statement as a table: its fields, one column for each reason."""
    rows = [each.model_dump(mode="json", exclude={"reasons"}) | {reason: each.reasons.get(reason, 0) for reason in reasons()}
            for each in said.lines]  # fmt: skip
    return pd.DataFrame(rows).convert_dtypes()


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
        told = opened.query("""select 1 from core_patients where list_contains($words, patient_id)
            union all select 1 from core_initiations where list_contains($words, episode_id) limit 1""", {"words": words})
    finally:
        opened.close()
    if len(told):
        raise ReturnError("return.telling")

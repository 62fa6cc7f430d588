"""The gate from the page of the monthly return to the pipelines: where one stands, its steps, and what is sealed."""

import datetime as dt
import functools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from dashboard import access, data, formats
from dashboard.moved import Moved
from dashboard.places import store_folder
from dashboard.wording import language
from pipelines import cells, packed, sealing, signing
from pipelines.access.events import Step
from pipelines.bridge.bridges import AFTER, BEFORE, Bridge
from pipelines.bridge.reasons import every_reason
from pipelines.bridge.reconcile import MEASURE
from pipelines.definitions import definition
from pipelines.messages import say
from pipelines.release import RELEASES, Release
from pipelines.returns import clock, packs, steps
from pipelines.returns import history as declarations
from pipelines.returns.documents import content, typeset
from pipelines.returns.documents.content import Language
from pipelines.returns.drafts import Draft, drafts
from pipelines.returns.history import History
from pipelines.returns.packs import Pack
from pipelines.returns.statement import Line, Statement
from pipelines.returns.steps import Progress
from pipelines.store import Store

SEALED, DRAFT, IMPORTED, OPEN = "sealed", "draft", "imported", "open"


def asked() -> bool:
    """Whether the programme asks for a monthly return."""
    return data.programme().monthly_return is not None


def months() -> dict[str, str]:
    """Each month that can be or was declared → where it stands; the one to be dealt with first comes first."""
    store = _store()
    sealed, preparing = {each.statement.period for each in _packs()}, {each.period for each in drafts(store)}
    first, last = data.opened().months
    over = {each for each in cells.months(first, last) if clock.is_over(each, clock.now())}
    imported = set(history().frame["period"])

    def state(month: str) -> str:
        if month in preparing:
            return DRAFT
        return SEALED if month in sealed else IMPORTED if month in imported else OPEN

    found = {month: state(month) for month in sorted(over | sealed | preparing, reverse=True)}
    return dict(sorted(found.items(), key=lambda each: each[1] != DRAFT))


def being_prepared(month: str) -> Draft | None:
    """The return of a month that is being prepared."""
    return next((each for each in drafts(_store()) if each.period == month), None)


def progress(draft: Draft) -> Progress:
    """Where it stands; computed again once anything it rests on has changed."""
    store = _store()
    access.require_shown(store.release(draft.release))
    known = (tuple(each.name for each in store.releases()), store.name_in_service(),
             tuple(each.name for each in packs.packs(store)))  # fmt: skip
    return _progress(store_folder(), draft, known)


def next_version(month: str) -> int:
    """The number that a new return of a month would have."""
    return history().last_version(month) + 1


def candidates(month: str) -> dict[str, Release]:
    """The releases that can be bound to a month: of its programme, not stopped before its end; the usual one first."""
    store, last = _store(), clock.last_day(month)
    known = [each for each in store.releases()
             if each.cutoff >= last and each.record["programme"] == data.programme().name]  # fmt: skip
    fitting = {each.name for each in steps.usual(store, month)}
    return {each.name: each for each in sorted(known, key=lambda each: (each.name not in fitting, each.name))}


def lock(month: str, release: str, reason: str) -> None:
    """Bind a release to a month.

    Raises:
        OperatorError: it cannot be, or the reader's role does not include it; so with every step.
    """
    store = _store()
    access.require_shown(store.release(release))
    access.done("return", release, "lock", month)
    steps.lock(store, month, release, reason)


def discard(month: str) -> None:
    """Give up what is being prepared."""
    steps.discard(_decided("discard", month), month)


def annotate(month: str, line: Line, note: str) -> None:
    """Note something on a difference.

    Raises:
        OperatorError: the note names a patient, or there is no such difference.
    """
    steps.annotate(_decided("annotate", month), month, line.period, line.indication_code, note)


def take_over(month: str, reason: str) -> None:
    """Accept imported figures that no release explains.

    Raises:
        OperatorError: no reason is given, or it names a patient.
    """
    steps.take_over(_decided("take_over", month), month, reason)


def sign(month: str, typed: tuple[str, str]) -> None:
    """Sign what the return says now, as the person who is signed in.

    Args:
        typed: name and role of the one who signs in a demonstration.

    Raises:
        OperatorError: something forbids it.
    """
    name, role = access.signature(typed)
    steps.sign(_decided("sign", month), month, name, role, account=access.account())


def archive(month: str, languages: Sequence[str]) -> Pack:
    """Seal it with the key that the variable names.

    Raises:
        OperatorError: it is not signed, or there is no such key.
    """
    key = signing.load_key(None, store_folder())
    return steps.archive(_decided("archive", month), month, key, languages)


def _decided(step: Step, month: str) -> Store:
    """The store, once it is written down what is about to be done to the return of a month.

    Raises:
        AccessError: the reader's role does not include it, or it cannot be written down.
    """
    draft = being_prepared(month)
    access.done("return", draft.release if draft else None, step, month)
    return _store()


def has_key() -> bool:
    """Whether the dashboard was started with a signing key."""
    return bool(os.environ.get(signing.VARIABLE))


def sealed() -> dict[str, Pack]:
    """Every sealed return by its name, the newest month first."""
    return {each.name: each for each in _packs()[::-1]}


def whole(pack: Pack) -> list[str]:
    """What is wrong with a sealed return, in words; nothing if every byte is as it was sealed."""
    return [formats.typeset(say(each.key, language(), **each.details), language())
            for each in sealing.verify(packed.found(pack.folder)).faults]  # fmt: skip


def release_of(pack: Pack) -> Release:
    """The release that a sealed return rests on, by the name it had then."""
    return Release(store_folder() / RELEASES / pack.statement.release)


def one_file(pack: Pack) -> bytes:
    """A sealed return as a `.zip`."""
    return packed.zipped(pack.contents)


def pictures(said: Statement, draft: Draft | None, pack: Pack | None) -> list[bytes]:
    """The pages of the document as they look, in the reader's language."""
    signatures = pack.signatures if pack else draft.signatures if draft else ()
    return typeset.pictures(said, signatures, language())


def history() -> History:
    """Everything that was declared, as the release in service and the sealed returns know it."""
    store = _store()
    return declarations.history(store, store.current())


def compared(first: Pack, second: Pack) -> pd.DataFrame:
    """The cells that two returns count differently."""
    frame = declarations.compare(first, second)
    return frame[frame["difference"] != 0]


def moved(found: Progress, line: Line) -> Moved:
    """The bridge from what was declared of a cell to its recount."""
    said = found.statement
    frame = found.reconciled.frame
    same = frame["indication_code"].isna() if line.indication_code is None else (
        frame["indication_code"] == line.indication_code)  # fmt: skip
    before = str(frame.loc[(frame["period"] == line.period) & same, "release"].iloc[0])
    cell = {BEFORE: line.declared or 0, **{each: line.reasons.get(each, 0) for each in every_reason()},
            AFTER: line.recounted}  # fmt: skip
    moves = found.reconciled.moves
    mine = moves[(moves["period"] == line.period)
                 & (line.indication_code is None or moves["indication_code"] == line.indication_code)]  # fmt: skip
    bridge = Bridge(definition(MEASURE), before, said.release, (), pd.DataFrame([cell]), mine, True, ())
    return Moved(bridge, data.programme(), language(), dt.date.fromisoformat(before[:10]), said.cutoff)


def step_name(step: str) -> str:
    """A step in a word."""
    return say(f"return.step.{step}", language())


def in_words(said: Statement) -> Mapping[str, str]:
    """Texts of the documents, as the page repeats them."""
    to = Language(language())
    return {"headline": content.headline(said, to), "definition": to.text(said.definition),
            "provisional": content.provisional(said, to)}  # fmt: skip


def findings(said: Statement) -> list[tuple[str, str]]:
    """Severity and sentence of what touches the figure."""
    to = Language(language())
    return [(each.severity, content.finding(each, to)) for each in said.findings]


def notices(found: Progress) -> list[str]:
    """What only holds today."""
    return [formats.typeset(say(key, language(), **details), language()) for key, details in found.notices.items()]


def cell_name(said: Statement, line: Line) -> str:
    """A month and its indication in words."""
    return f"{formats.month(line.period, language())} · {indication(said, line.indication_code)}"


def indication(said: Statement, code: str | None) -> str:
    """An indication in words, or all of them."""
    return content.indication(said, code, Language(language()))


def why(line: Line) -> str:
    """The reasons of a difference."""
    return content.why(line, Language(language()))


def moment(at: dt.datetime) -> str:
    """A day and a time in Paris."""
    return Language(language()).moment(at)


def _packs() -> list[Pack]:
    return [_pack(each.folder) for each in packs.packs(_store())]


def _store() -> Store:
    """The store, for a reader who sees exact figures."""
    access.require_figures(data.release())
    return Store(store_folder())


@functools.lru_cache(maxsize=256)
def _pack(folder: Path) -> Pack:
    return Pack(folder)


@functools.lru_cache(maxsize=4)
def _progress(folder: Path, draft: Draft, _known: object) -> Progress:
    return steps.progress(Store(folder), draft.period)

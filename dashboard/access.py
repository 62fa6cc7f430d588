"""The gate to the roles and the journal: who reads, what their role lets them see, and what is written down first.

Asked anew at each run and each request: the list of roles, the age of the sign-in. Whoever has no role sees nothing.
Without a sign-in the reader is a demonstration's, of synthetic data only, and picks the role.
"""

import functools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ParamSpec

import streamlit as st

from dashboard.places import store_folder
from dashboard.wording import DEFAULT, language, text_in
from data_schemas.errors import OperatorError
from pipelines.access import events, sessions, settings
from pipelines.access.errors import AccessError
from pipelines.access.events import DEMONSTRATION, Actor, Event, Kind, Purpose, Reason, Step
from pipelines.access.journal import AccessJournal
from pipelines.access.roles import ROLES, Action, Role, RoleName
from pipelines.access.sessions import Sessions
from pipelines.access.settings import Settings
from pipelines.errors import StoreError
from pipelines.messages import explain
from pipelines.release import Release
from pipelines.store import Store

ROLE, SEEN, PURPOSE = "role", "rows_seen", "purpose"
FIRST_ROLE: RoleName = "mah_officer"
NOT_JOURNALLED = "not_journalled"
NEEDED: Mapping[Kind, Action] = {"import": "import", "return": "sign_return"}
"""Kind of event → what the role must include; else to publish."""

NAMES, LONGEST = ("name", "preferred_username", "email"), 120
"""Where an identity may hold the name of its person, the best first; of a name no more than this is taken."""

_REFUSED: set[tuple[str, ...]] = set()
_LOCK = threading.Lock()
P = ParamSpec("P")


@dataclass(frozen=True)
class Reader:
    """Who looks at the screens.

    Attributes:
        role: none where they are refused, and then `refused` says why.
        session: fingerprint of the sign-in; empty in a demonstration.
    """

    actor: Actor
    role: Role | None
    refused: Reason | str | None = None
    session: str = ""
    issued: float = 0

    @property
    def demonstration(self) -> bool:
        """Whether nobody signs in."""
        return self.actor.issuer == DEMONSTRATION


def known() -> Settings:
    """The settings of this process."""
    return settings.asked()


def journal() -> AccessJournal:
    """The journal of the store."""
    return known().journal(store_folder())


def sign_ins() -> Sessions:
    """The sign-ins that the processes on the store have seen."""
    return Sessions(store_folder() / sessions.FOLDER)


def reader(active: bool = True) -> Reader:
    """Who looks at the screens now.

    Args:
        active: whether they did something, and do not merely have a page open that renews itself.
    """
    if known().sign_in is None:
        name = st.session_state.get(ROLE, FIRST_ROLE)
        return Reader(Actor(issuer=DEMONSTRATION, subject="reader", role=name), ROLES[name])
    return admitted(claims(), active)


def claims() -> Mapping[str, Any]:
    """What the verified identity of this session says; nothing where nobody is signed in."""
    user = st.user.to_dict()
    return user if user.get("is_logged_in") else {}


def admitted(said: Mapping[str, Any], active: bool) -> Reader:
    """The reader of a verified identity; the first time, a line of the journal says that they signed in."""
    try:
        actor = Actor(issuer=str(said["iss"]), subject=str(said["sub"]))
        issued = float(said["iat"])
    except (KeyError, TypeError, ValueError):
        return Reader(Actor(issuer="–", subject="–"), None, "not_verified")
    try:
        session = _fingerprint(journal(), actor.issuer, actor.subject, issued, str(said.get("nonce", "")))
        return _settled(Reader(actor, None, None, session, issued), active)
    except AccessError as error:
        return Reader(actor, None, "list_unusable" if error.key.startswith("access.list") else NOT_JOURNALLED)


def _settled(found: Reader, active: bool) -> Reader:
    with _LOCK:
        known().note(journal())
    access, now, held = known().access, time.time(), sign_ins()
    why = held.fault(found.session, found.issued, access.session, now, active)
    role = access.role(found.actor.issuer, found.actor.subject)
    had = held.knows(found.session)
    if why is None and not had and _signed_out(found):
        why = "signed_out"
    if why is None and role is None:
        why = "role_removed" if had else "unknown"
    if why is not None or role is None:
        _refuse(found, why or "unknown")
        return replace(found, refused=why)
    found = replace(found, actor=found.actor.model_copy(update={"role": role.name}), role=role)
    with _LOCK:
        if not held.knows(found.session):
            journal().write(Event(kind="sign_in", actor=found.actor, session=found.session))
            held.begin(found.session, found.issued)
    return found


def _signed_out(found: Reader) -> bool:
    """Whether the journal says that this sign-in was ended, where the folder of sign-ins was lost meanwhile."""
    since = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(found.issued))
    lines = (line.fields for line in journal().lines(since))
    return any(each["kind"] == "sign_out" and each.get("session") == found.session for each in lines)


def _refuse(found: Reader, why: Reason, what: str | None = None) -> None:
    """Write a refusal down once for each sign-in and reason."""
    mark = (found.session, why, what or "")
    with _LOCK:
        if found.session and mark in _REFUSED:
            return
        _REFUSED.add(mark)
    journal().write(Event(kind="refusal", actor=found.actor, reason=why, what=what, session=found.session or None))


def refuse_page(found: Reader, page: str) -> None:
    """Write down that a page was asked for which the role does not see; unless it cannot be written, it is once."""
    if not found.demonstration:
        _refuse(found, "page", page)


def sign_out() -> None:
    """End the sign-in for good, in every window that has it.

    Raises:
        AccessError: it cannot be written down; it is ended nevertheless.
    """
    found = reader()
    if found.session:
        sign_ins().end(found.session, time.time())
        journal().write(Event(kind="sign_out", actor=found.actor, session=found.session))


def require_figures(release: Release) -> None:
    """Stop unless the reader sees exact figures, and these.

    Raises:
        AccessError: they do not.
    """
    found = reader()
    if found.role is None or "exact" not in found.role.pages.values():
        raise AccessError("access.no_figures")
    require_shown(release, found)


def in_protected_world() -> bool:
    """Whether the reader reads the protected ledger, and no release."""
    role = reader().role
    return role is not None and role.is_protected


def require_exact() -> None:
    """Stop where the reader reads nothing but the protected ledger.

    Raises:
        AccessError: so it is.
    """
    if in_protected_world():
        raise AccessError("access.no_figures")


def is_synthetic() -> bool:
    """Whether every release of the store is synthetic; all that a reader of the ledger learns of them."""
    try:
        known = Store(store_folder()).releases()
        return bool(known) and all(each.synthetic for each in known)
    except StoreError:
        return False


def require_shown(release: Release, found: Reader | None = None) -> None:
    """Stop where nobody signs in and the data are not synthetic.

    Raises:
        AccessError: so it is.
    """
    if (found or reader()).demonstration and not release.synthetic:
        raise AccessError("access.real_data")


def may(action: Action) -> bool:
    """Whether the reader's role includes an action."""
    role = reader().role
    return role is not None and role.may(action)


def require(action: Action) -> Reader:
    """The reader, if their role includes an action.

    Raises:
        AccessError: it does not; the journal says so.
    """
    found = reader()
    if found.role is None or not found.role.may(action):
        _refuse(found, "action", None)
        raise AccessError("access.no_action")
    return found


def done(kind: Kind, release: str | None = None, step: Step | None = None, period: str | None = None) -> None:
    """Write down what is about to be done to the store, or to the return of a month.

    Raises:
        AccessError: the reader's role does not include it, or it cannot be written down; then it must not be done.
    """
    found = require(NEEDED.get(kind, "publish"))
    journal().write(Event(kind=kind, actor=found.actor, release=release, step=step, period=period,
                          session=found.session or None))  # fmt: skip


def signature(typed: tuple[str, str]) -> tuple[str, str]:
    """Name and role of the one who signs, as their identity and the list of roles say; in a demonstration as typed.

    Raises:
        AccessError: the reader's role does not include signing.
    """
    found = require("sign_return")
    if found.demonstration:
        return typed
    said = claims()
    names = (" ".join(str(said.get(each) or "").split()) for each in NAMES)
    name = next((each for each in names if each), found.actor.subject)
    return name[:LONGEST], text_in(DEFAULT, f"role.{found.actor.role}")


def account() -> str:
    """What tells the account of the one who signs from others; empty in a demonstration."""
    found = reader()
    return "" if found.demonstration else found.actor.account


def rows_seen(what: str, release: Release, selection: str = "") -> None:
    """Write down that rows are shown, once in a session for each list and selection.

    Args:
        selection: which rows of the list; only its keyed fingerprint is written down, by which the same selection is
            known again and none can be read.

    Raises:
        AccessError: the role sees no rows, or it cannot be written down; then they must not be shown.
    """
    found = require("rows")
    seen: set[tuple[str, ...]] = st.session_state.setdefault(SEEN, set())
    mark = (what, release.name, found.actor.role or "", selection)
    if mark not in seen:
        place = journal()
        place.write(Event(kind="rows", actor=found.actor, what=what, release=release.name, regime="exact",
                          selection=place.fingerprint("selection", selection.encode())[:32],
                          session=found.session or None))  # fmt: skip
        seen.add(mark)


def purposes(release: Release | None) -> tuple[Purpose, ...]:
    """For what a file, of a release or of the ledger, may be taken; for a demonstration only of synthetic data."""
    synthetic = release.synthetic if release else is_synthetic()
    return events.PURPOSES if synthetic else tuple(each for each in events.PURPOSES if each != "demonstration")


def delivered(what: str, purpose: Purpose, n_rows: int, release: Release | None, make: Callable[[], bytes]
              ) -> Callable[[], bytes]:  # fmt: skip
    """What makes a file at the click, which another thread runs: its line is in the journal before its first byte.

    Args:
        release: whose exact figures it holds; none for those of the protected ledger.

    Raises:
        AccessError: (when run) the reader's role is gone, or the line cannot be written; then there is no file. Its
            note says so in the reader's language.
    """
    said, place = None if known().sign_in is None else claims(), journal()
    asked, told_in = reader(), language()
    action: Action = "download_exact" if release else "download_protected"

    def deliver() -> bytes:
        try:
            return written_and_made()
        except OperatorError as error:
            error.add_note(explain(error, told_in))
            raise

    def written_and_made() -> bytes:
        found = asked if said is None else admitted(said, active=True)
        if found.role is None or not found.role.may(action):
            raise AccessError("access.no_action")
        content = make()
        place.write(Event(kind="download", actor=found.actor, what=what, release=release.name if release else None,
                          regime="exact" if release else "protected",
                          purpose=purpose, size=events.size(n_rows), session=found.session or None,
                          content=place.fingerprint("download", content)))  # fmt: skip
        return content

    return deliver


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that is run by itself, once its reader is still admitted; else the whole page is run anew."""
    return st.fragment(_admitting(part, active=True))


def renewed(every: float) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """The same, run by itself every so many seconds: that is no activity of the reader, whose sign-in goes idle."""
    return lambda part: st.fragment(_admitting(part, active=False), run_every=every)


def _admitting(part: Callable[P, None], active: bool) -> Callable[P, None]:
    @functools.wraps(part)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        if reader(active).role is None:
            st.rerun()
        part(*args, **kwargs)

    return run


@functools.lru_cache(maxsize=1024)
def _fingerprint(place: AccessJournal, issuer: str, subject: str, issued: float, nonce: str) -> str:
    return place.fingerprint("session", f"{issuer}\n{subject}\n{issued}\n{nonce}".encode())[:32]

"""The settings of access: one folder outside the store, `--settings DIR` or the variable `RTU_SETTINGS`.

    settings/
      access.yml     who has which role, for how long one is signed in, how long the journal is kept
      journal.key    the key of the journal (`rtu journal key`); beside it, the head
      extracts.key   the secret that pseudonyms in extracts derive from; drawn at the first one
      secrets.toml   the sign-in, as Streamlit's `st.login` reads it

Without such a folder nobody signs in: then only synthetic data are shown, and only to this machine.
"""

import datetime as dt
import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pipelines.access import journal, keys
from pipelines.access.errors import AccessError
from pipelines.access.events import DEMONSTRATION, LOCAL, Actor, Event, Text
from pipelines.access.journal import AccessJournal
from pipelines.access.roles import ROLES, Role, RoleName
from pipelines.objects.places import copy_at

VARIABLE, LIST, KEY, SIGN_IN = "RTU_SETTINGS", "access.yml", "journal.key", "secrets.toml"
EXTRACTS = "extracts.key"
MACHINE = Actor(issuer=LOCAL, subject="machine")
"""Who changed a file of the settings: who had the right to on the machine; the file does not say who it was."""

_NOTED: set[tuple[object, ...]] = set()
SHORTEST_DAYS = 180
"""The journal is kept for at least six months, as the CNIL advises for traces of access."""

LONGEST_HOURS = 12
"""No sign-in holds longer."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Part):
    """Someone who has a role, as the issuer of their identity names them; `until` is the last day."""

    issuer: Text
    subject: Text
    role: RoleName
    until: dt.date | None = None


class Session(_Part):
    """For how long one is signed in."""

    hours: Annotated[float, Field(gt=0, le=LONGEST_HOURS)] = 8
    idle_minutes: Annotated[float, Field(gt=0, le=120)] = 30


class Journal(_Part):
    """How long the journal is kept, where, and from how many in a day on a kind of event is unusual."""

    keep_days: Annotated[int, Field(ge=SHORTEST_DAYS)] = 1095
    database: Annotated[str, Field(pattern=r"^postgres(ql)?://[^:@/]*(@|/|$)")] | None = None
    unusual_a_day: Mapping[str, int] = {"download": 20, "rows": 200, "refusal": 10}


class Access(_Part):
    """What `access.yml` says.

    Attributes:
        address: what readers type, `https://…`, where a proxy stands before the dashboard; no other is answered.
    """

    address: Annotated[str, Field(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]+)?$")] | None = None
    people: tuple[Person, ...]
    session: Session = Session()
    journal: Journal = Journal()

    @model_validator(mode="after")
    def _once(self) -> Self:
        known = [(each.issuer, each.subject) for each in self.people]
        if len(known) != len(set(known)):
            raise ValueError("someone is listed twice")
        if any(each.issuer in (LOCAL, DEMONSTRATION) for each in self.people):
            raise ValueError("an issuer is one of those that nobody signs in with")
        return self

    def role(self, issuer: str, subject: str, today: dt.date | None = None) -> Role | None:
        """The role of someone today; none for everyone who is not listed."""
        day = today or dt.datetime.now(dt.UTC).date()
        found = (each for each in self.people if (each.issuer, each.subject) == (issuer, subject))
        return next((ROLES[each.role] for each in found if each.until is None or day <= each.until), None)


@dataclass(frozen=True)
class Settings:
    """The folder of settings; without one nobody signs in."""

    folder: Path | None = None

    @property
    def access(self) -> Access:
        """What `access.yml` says now.

        Raises:
            AccessError: it cannot be used; then nobody has a role.
        """
        if self.folder is None:
            return Access(people=())
        path = self.folder / LIST
        try:
            state = path.stat()
            if state.st_mode & 0o022:
                raise AccessError("access.list_open", file=LIST)
            return _read(path, state.st_mtime_ns, state.st_size, state.st_ino)
        except OSError:
            raise AccessError("access.list_missing", file=LIST) from None

    def note(self, place: AccessJournal) -> None:
        """Write down, by a keyed fingerprint, that the list of roles is not what the journal last said it was.

        Raises:
            AccessError: it cannot be read or written down.
        """
        if self.folder is None:
            return
        path = self.folder / LIST
        try:
            state = path.stat()
            mark = (place.store, path, state.st_mtime_ns, state.st_size, state.st_ino)
            if mark in _NOTED:
                return
            content = place.fingerprint("settings", path.read_bytes())
        except OSError:
            raise AccessError("access.list_missing", file=LIST) from None
        said = [line.fields["content"] for line in place.lines() if '"settings"' in line.said
                and line.fields["kind"] == "settings"]  # fmt: skip
        if said[-1:] != [content]:
            place.write(Event(kind="settings", actor=MACHINE, content=content))
        _NOTED.clear()
        _NOTED.add(mark)

    @property
    def sign_in(self) -> Path | None:
        """The file of the sign-in, if there is one."""
        path = self.folder / SIGN_IN if self.folder else None
        return path if path and path.is_file() else None

    def journal(self, store: Path) -> AccessJournal:
        """The journal of a store. Without settings its key lies beside the store, and is drawn when it is missing.

        Raises:
            AccessError: the store is in an object store and the journal in no database, so that each machine would have
                a part of it, in a folder that may be removed.
        """
        if self.folder:
            if not self.access.journal.database and copy_at(store):
                raise AccessError("access.journal_apart", file=LIST)
            place = self.access.journal.database or str(store / journal.FILE)
            return journal.at(place, self.folder / KEY, store)
        key = store.with_name(f".{store.name}-{KEY}")
        if not (store / journal.FILE).exists():
            keys.make(key)
        return journal.at(str(store / journal.FILE), key, store)

    def extract_secret(self, store: Path) -> bytes:
        """What pseudonyms in extracts derive from; drawn when it is missing, as each extract has pseudonyms of its own.

        Raises:
            AccessError: it cannot be drawn or used.
        """
        path = self.folder / EXTRACTS if self.folder else store.with_name(f".{store.name}-{EXTRACTS}")
        keys.make(path)
        return keys.read(path, store)


def asked(folder: Path | None = None) -> Settings:
    """The settings of a folder, or of the one that the variable names."""
    named = folder or os.environ.get(VARIABLE)
    return Settings(Path(named).resolve() if named else None)


@functools.lru_cache(maxsize=4)
def _read(path: Path, *_state: int) -> Access:
    try:
        return Access.model_validate(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {})
    except (YAMLError, UnicodeDecodeError):
        raise AccessError("access.list_not_yaml", file=path.name) from None
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        places = "; ".join(f"{'.'.join(map(str, each['loc'])) or '–'}: {each['msg']}" for each in found)
        raise AccessError("access.list_invalid", file=path.name, problems=places) from None

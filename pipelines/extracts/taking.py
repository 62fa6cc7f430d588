"""Taking an extract out: its line is in the journal before its first byte is where anyone can have it."""

import contextlib
import io
import os
import secrets
import tempfile
from pathlib import Path

from pipelines.access import events
from pipelines.access.events import Actor, Event, Purpose
from pipelines.access.journal import AccessJournal
from pipelines.access.settings import Settings
from pipelines.errors import ExtractError, StoreError
from pipelines.extracts.pack import Prepared, Taking
from pipelines.signing import load_key, named_key

NUMBER_BYTES = 8


def taking(settings: Settings, journal: AccessJournal, store: Path, recipient: str, purpose: Purpose) -> Taking:
    """What an extract is made with: a new number, the secret, and the signing key if the environment names one.

    Raises:
        AccessError: the secret or the journal's key cannot be used.
        SigningError: a key is named and cannot be used.
    """
    key = load_key(None, store) if named_key() else None
    fingerprint = journal.fingerprint("recipient", recipient.encode())[:32]
    secret = settings.extract_secret(store)
    return Taking(secrets.token_hex(NUMBER_BYTES), recipient, fingerprint, purpose, secret, key)


def as_bytes(prepared: Prepared, by: Taking) -> bytes:
    """The pack in memory, for a browser; whoever calls writes the journal's line before giving it away."""
    sink = io.BytesIO()
    prepared.write(sink, by)
    return sink.getvalue()


def to_file(prepared: Prepared, folder: Path, by: Taking, journal: AccessJournal, actor: Actor) -> Path:
    """The pack in a folder, for its owner only; it has its name once the journal has its line.

    Raises:
        AccessError: the line cannot be written; then there is no file.
        ExtractError: there is a file of this name already.
        StoreError: the folder cannot be written.
    """
    target = folder / prepared.file_name
    if target.exists():
        raise ExtractError("extract.file_exists", file=target.name)
    journal.ready()
    try:
        descriptor, name = tempfile.mkstemp(prefix=".extract-", dir=folder)
    except OSError as error:
        raise StoreError.cannot_write(folder.name, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            prepared.write(stream, by)
            stream.seek(0)
            content = journal.stream_fingerprint("download", stream)
        journal.write(Event(kind="download", actor=actor, what=prepared.request.subject, purpose=by.purpose,
                            release=prepared.origin.source.get("release"), regime=prepared.request.regime,
                            size=events.size(prepared.content.n_rows), content=content))  # fmt: skip
        target.hardlink_to(temporary)
    except FileExistsError:
        raise ExtractError("extract.file_exists", file=target.name) from None
    except OSError as error:
        raise StoreError.cannot_write(folder.name, error) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return target

"""What keeps the dashboard from starting. Each reason names its remedy; there is no way around but to remove it."""

import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from data_schemas.errors import OperatorError
from pipelines.access import keys
from pipelines.access.errors import AccessError
from pipelines.access.settings import KEY, SIGN_IN, Settings
from pipelines.candidates import candidates
from pipelines.store import Store

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
LEAST_SECRET, LEAST_DISTINCT = 32, 12
WANTED: Mapping[str, object] = {
    "browser.gatherUsageStats": False,
    "server.enableAgentApi": False,
    "global.developmentMode": False,
    "client.showErrorDetails": "none",
    "client.disableDataExport": True,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.trustedUserHeaders": {},
}
"""The options of the server that must not be otherwise: telemetry, debugging, and what lets others in."""

OFF = {"false", "0", "no", "off"}


def faults(store: Path, settings: Settings, options: Mapping[str, object], environment: Mapping[str, str]
           ) -> list[OperatorError]:  # fmt: skip
    """Every reason not to start; none if it may.

    Args:
        options: the server's options by name, those of `WANTED` and `server.address`.
    """
    found = [*_engine(options, environment), *_place(settings, options)]
    if is_real(store):
        if settings.sign_in is None:
            found.append(AccessError("start.no_sign_in"))
        if store.stat().st_mode & stat.S_IRWXO:
            found.append(AccessError("start.store_open", store=store.name))
    if settings.folder is not None:
        found += _settings(store, settings)
    return found


def is_real(store: Path) -> bool:
    """Whether any release or candidate is not said to be synthetic; one that cannot be read counts as real."""
    known = Store(store)
    try:
        return not all(each.synthetic for each in [*known.releases(), *candidates(known)])
    except OperatorError:
        return True


def _engine(options: Mapping[str, object], environment: Mapping[str, str]) -> Iterator[OperatorError]:
    if environment.get("PANDERA_VALIDATION_ENABLED", "").strip().lower() in OFF:
        yield AccessError("start.validation_off", variable="PANDERA_VALIDATION_ENABLED")
    for name, wanted in WANTED.items():
        if name in options and (options[name] or None) != (wanted or None):
            yield AccessError("start.option", option=name, wanted=str(wanted).lower())


def _place(settings: Settings, options: Mapping[str, object]) -> Iterator[OperatorError]:
    try:
        address = settings.access.address
    except AccessError as error:
        yield error
        return
    if str(options.get("server.address") or "") not in LOOPBACK and address is None:
        yield AccessError("start.listens", entry="address")


def _settings(store: Path, settings: Settings) -> Iterator[OperatorError]:
    folder = settings.folder or Path()
    try:
        keys.read(folder / KEY, store)
    except AccessError as error:
        yield error
    try:
        settings.journal(store)
    except AccessError as error:
        if error.key == "access.journal_apart":
            yield error
    if settings.sign_in is None:
        yield AccessError("start.no_secrets", file=SIGN_IN)
        return
    if keys.is_open(settings.sign_in.stat()):
        yield AccessError("start.secrets_open", file=SIGN_IN)
    try:
        auth: dict[str, Any] = tomllib.loads(settings.sign_in.read_text(encoding="utf-8")).get("auth", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        yield AccessError("start.secrets_unreadable", file=SIGN_IN)
        return
    yield from _auth(auth, settings)


def _auth(auth: Mapping[str, Any], settings: Settings) -> Iterator[OperatorError]:
    missing = [each for each in ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
               if not isinstance(auth.get(each), str) or not auth[each]]  # fmt: skip
    if missing:
        yield AccessError("start.secrets_missing", file=SIGN_IN, entries=", ".join(missing))
        return
    if len(auth["cookie_secret"]) < LEAST_SECRET or len(set(auth["cookie_secret"])) < LEAST_DISTINCT:
        yield AccessError("start.secret_weak", file=SIGN_IN, entry="cookie_secret", n=LEAST_SECRET)
    if not _is_safe(auth["server_metadata_url"]):
        yield AccessError("start.not_https", file=SIGN_IN, entry="server_metadata_url")
    try:
        address = settings.access.address
    except AccessError:
        return
    back = urlparse(auth["redirect_uri"])
    if f"{back.scheme}://{back.netloc}" != address and not (address is None and _is_safe(auth["redirect_uri"])):
        yield AccessError("start.other_address", file=SIGN_IN, entry="redirect_uri")


def _is_safe(url: str) -> bool:
    """Whether an address is encrypted, or of this machine."""
    parts = urlparse(url)
    return parts.scheme == "https" or (parts.scheme == "http" and (parts.hostname or "") in LOOPBACK)

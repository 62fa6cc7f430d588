"""The gate to extracts: what a reader may take out, and the sealed file made at their click."""

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dashboard import access, data, protected
from dashboard.places import store_folder
from data_schemas.programme_parts import Text
from pipelines.access.errors import AccessError
from pipelines.access.events import Purpose
from pipelines.access.roles import PRECISIONS, Precision
from pipelines.extracts.catalogue import catalogue
from pipelines.extracts.request import Figures, Ledger, Request, Rows
from pipelines.opened import Opened
from pipelines.protected.lines import Ledger as Published
from pipelines.protected.publication import published
from pipelines.signing import named_key
from pipelines.store import Store

if TYPE_CHECKING:
    from pipelines.extracts.pack import Prepared  # loads pandera, which is slow

Content = Ledger | Figures | Rows


def is_exact() -> bool:
    """Whether the reader may take exact figures and rows."""
    return access.may("download_exact")


def standard() -> Mapping[str, Content]:
    """The standard extracts that the reader may take and the release can give."""
    has_ledger, exact = _ledger() is not None, is_exact()

    def can_be_taken(content: Content) -> bool:
        if isinstance(content, Ledger):
            return has_ledger
        return exact and not (isinstance(content, Rows) and not data.release().was_sent(content.table))

    return {name: each for name, each in catalogue().items() if can_be_taken(each)}


def tables() -> Mapping[str, Text]:
    """The tables whose rows can be taken → their names."""
    from data_schemas.dictionary import texts  # noqa: PLC0415 - pandera is slow to load, and only needed here

    return {name: said["label"] for name, said in texts("tables").items() if data.release().was_sent(name)}


def columns(table: str) -> Mapping[str, Text]:
    """The columns of a table → their names."""
    from data_schemas.dictionary import column_text  # noqa: PLC0415 - as above
    from data_schemas.tables import TABLES  # noqa: PLC0415 - as above

    return {each: column_text(table, each)["label"] for each in TABLES[table].columns}


def precisions() -> tuple[Precision, ...]:
    """How exact the dates of persons may be in a file of the reader, the finest first."""
    role = access.reader().role
    return PRECISIONS[PRECISIONS.index(role.dates if role else "month") :]


def is_signed() -> bool:
    """Whether the dashboard was started with a signing key."""
    return named_key() is not None


def prepared(request: Request) -> "Prepared":
    """The rows of a request, for a reader who may have them.

    Raises:
        AccessError: they may not, or not with such dates.
        ExtractError: there is nothing to take.
    """
    access.require("download_protected" if request.regime == "protected" else "download_exact")
    if isinstance(request.content, Rows) and request.precision not in precisions():
        raise AccessError("access.no_action")
    if isinstance(request.content, Ledger):
        from pipelines.extracts.pack import of_ledger  # noqa: PLC0415 - pandera is slow to load, and only needed here

        return of_ledger(request, request.content, _ledger(), protected.programme(), access.is_synthetic())
    return _prepared(data.opened(), request)


def maker(found: "Prepared", purpose: Purpose) -> Callable[[], bytes]:
    """What makes the file at the click, on another thread."""
    actor, settings, journal, store = access.reader().actor, access.known(), access.journal(), store_folder().resolve()

    def make() -> bytes:
        from pipelines.extracts import taking  # noqa: PLC0415 - pandera is slow to load, and only needed here

        by = taking.taking(settings, journal, store, f"{actor.issuer}\n{actor.subject}", purpose)
        return taking.as_bytes(found, by)

    return make


def _ledger() -> Published | None:
    """What was published; for who sees releases, as it was when theirs was."""
    if access.in_protected_world():
        return protected.ledger()
    return published(Store(store_folder()), data.programme().name, data.release().name)


@functools.lru_cache(maxsize=64)
def _prepared(opened: Opened, request: Request) -> "Prepared":
    from pipelines.extracts.pack import prepared as prepare  # noqa: PLC0415 - pandera is slow to load

    return prepare(request, opened)

"""A store in an object store is followed: a thread looks whether something new is published, and no page waits for it.

Where the object store cannot be reached the dashboard goes on with what it has, and the status bar says since when.
"""

import datetime as dt
import threading
from pathlib import Path

from dashboard.places import store_folder
from data_schemas.errors import OperatorError
from pipelines.objects.places import copy_at

EVERY = 30.0
"""Seconds between two looks."""

_BEHIND: dict[Path, dt.datetime] = {}
"""Folder of a working copy → since when looking has failed."""


def begin() -> None:
    """Fetch what is published, and go on looking; nothing happens for a store in a folder.

    Raises:
        OperatorError: there is nothing yet that one could go on with.
    """
    folder = store_folder()
    copy = copy_at(folder)
    if copy is None:
        return
    try:
        copy.follow()
    except OperatorError:
        if copy.is_empty:
            raise
        _BEHIND[folder] = dt.datetime.now(dt.UTC)
    threading.Thread(target=_go_on, args=(folder,), daemon=True).start()


def look(folder: Path) -> None:
    """Take up what is published by now, and note whether that could be done."""
    copy = copy_at(folder)
    if copy is None:
        return
    try:
        copy.look()
    except OperatorError:
        _BEHIND.setdefault(folder, dt.datetime.now(dt.UTC))
    else:
        _BEHIND.pop(folder, None)


def behind_since() -> dt.datetime | None:
    """Since when the object store could not be looked at, in UTC; none where it can, or the store is a folder."""
    return _BEHIND.get(store_folder())


def _go_on(folder: Path) -> None:
    pause = threading.Event()
    while not pause.wait(EVERY):
        look(folder)

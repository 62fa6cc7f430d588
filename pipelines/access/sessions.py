"""For how long a sign-in holds: an age from when the identity was issued, and a time without activity.

    store/sign-ins/
      <fingerprint>          a sign-in that was begun; its time of change is when its reader last did something
      <fingerprint>.ended    one that was signed out

Kept beside the releases, so that every process on the store knows the same, also after a restart. A sign-in that was
begun nowhere holds only while it is younger than the time without activity.
"""

import contextlib
import os
from pathlib import Path

from pipelines.access.errors import AccessError
from pipelines.access.events import Reason
from pipelines.access.settings import LONGEST_HOURS, Session

FOLDER = "sign-ins"
EARLY = 120
"""Seconds by which the clock of the issuer may be ahead of ours."""

EVERY = 1
"""Seconds between two notes that a reader did something."""

KEPT = 2 * LONGEST_HOURS * 3600
"""Seconds after which nothing of a sign-in is kept: it is too old by then, whatever the settings say."""


class Sessions:
    """The sign-ins that the processes on a store have seen, by their fingerprints.

    Each method raises an AccessError where the folder cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def knows(self, session: str) -> bool:
        """Whether a sign-in was begun."""
        return self._last(session) is not None

    def begin(self, session: str, issued: float) -> None:
        """Note a sign-in; what is left of those that are long over goes."""
        self._write(self._folder / session, issued)
        for path in self._folder.iterdir():
            with contextlib.suppress(OSError):
                if issued - path.stat().st_mtime > KEPT:
                    path.unlink()

    def end(self, session: str, now: float) -> None:
        """Sign out: the sign-in never holds again, wherever its cookie is kept."""
        self._write(self._ended(session), now)
        with contextlib.suppress(OSError):
            (self._folder / session).unlink()

    def fault(self, session: str, issued: float, limits: Session, now: float, active: bool) -> Reason | None:
        """Why a sign-in does not hold; none if it does.

        Args:
            issued: when the identity was issued, and `now`, in seconds of the epoch.
            active: whether its reader did something now.
        """
        last = self._last(session)
        if self._ended(session).exists():
            return "signed_out"
        if issued > now + EARLY:
            return "not_verified"
        if now - issued > limits.hours * 3600:
            return "too_old"
        if now - (issued if last is None else last) > limits.idle_minutes * 60:
            return "idle"
        if active and last is not None and now - last >= EVERY:
            self._note(self._folder / session, now)
        return None

    def _last(self, session: str) -> float | None:
        """When the reader of a sign-in last did something; none where it was not begun."""
        try:
            return (self._folder / session).stat().st_mtime
        except FileNotFoundError:
            return None
        except OSError:
            raise AccessError("access.sign_ins_fail", folder=FOLDER) from None

    def _note(self, path: Path, now: float) -> None:
        """Its reader did something; one who signs out at the same time is gone."""
        try:
            os.utime(path, (now, now))
        except FileNotFoundError:
            return
        except OSError:
            raise AccessError("access.sign_ins_fail", folder=FOLDER) from None

    def _ended(self, session: str) -> Path:
        return self._folder / f"{session}.ended"

    def _write(self, path: Path, at: float) -> None:
        """A file with a time; one that is there keeps its own."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                path.touch(0o600)
                os.utime(path, (at, at))
        except OSError:
            raise AccessError("access.sign_ins_fail", folder=FOLDER) from None

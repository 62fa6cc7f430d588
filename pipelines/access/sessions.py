"""For how long a sign-in holds: an age from when the identity was issued, and a time without activity.

Kept in memory. A sign-in that this process has not seen holds only while it is younger than the time without activity,
so that a restart never prolongs one.
"""

import threading

from pipelines.access.events import Reason
from pipelines.access.settings import Session

EARLY = 120
"""Seconds by which the clock of the issuer may be ahead of ours."""


class Sessions:
    """The sign-ins that this process has seen, by their fingerprints."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._ended: set[str] = set()
        self._lock = threading.Lock()

    def knows(self, session: str) -> bool:
        """Whether a sign-in was begun here."""
        with self._lock:
            return session in self._last

    def begin(self, session: str, issued: float) -> None:
        """Note a sign-in."""
        with self._lock:
            self._last.setdefault(session, issued)

    def end(self, session: str) -> None:
        """Sign out: the sign-in never holds again, wherever its cookie is kept."""
        with self._lock:
            self._ended.add(session)
            self._last.pop(session, None)

    def fault(self, session: str, issued: float, limits: Session, now: float, active: bool) -> Reason | None:
        """Why a sign-in does not hold; none if it does.

        Args:
            issued: when the identity was issued, and `now`, in seconds of the epoch.
            active: whether its reader did something now.
        """
        with self._lock:
            if session in self._ended:
                return "signed_out"
            if issued > now + EARLY:
                return "not_verified"
            if now - issued > limits.hours * 3600:
                return "too_old"
            if now - self._last.get(session, issued) > limits.idle_minutes * 60:
                return "idle"
            if active and session in self._last:
                self._last[session] = max(self._last[session], now)
            return None

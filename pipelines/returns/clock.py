"""Days and months as the regulator counts them: in Paris, whatever the machine's clock is set to."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from pipelines.errors import ReturnError

PARIS = ZoneInfo("Europe/Paris")
PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def now() -> dt.datetime:
    """This second, in Paris."""
    return dt.datetime.now(PARIS).replace(microsecond=0)


def first_day(period: str) -> dt.date:
    """The first day of a month `yyyy-mm`.

    Raises:
        ReturnError: it is no month.
    """
    if not PERIOD.fullmatch(period) or period.startswith("0000"):
        raise ReturnError("return.bad_period")
    return dt.date.fromisoformat(f"{period}-01")


def last_day(period: str) -> dt.date:
    """The last day of a month."""
    return _next_month(first_day(period)) - dt.timedelta(days=1)


def days_of_cutoff(period: str) -> tuple[dt.date, dt.date]:
    """The cut-offs at which the month is over and the next one is not: those of its first return."""
    following = _next_month(first_day(period))
    return last_day(period), _next_month(following) - dt.timedelta(days=2)


def is_over(period: str, at: dt.datetime) -> bool:
    """Whether the month has ended in Paris."""
    return at.astimezone(PARIS).date() > last_day(period)


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)

"""How numbers, days and months are written for a reader, in French and in English."""

import datetime as dt
import functools
import math
import re
from collections.abc import Iterable

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from pipelines import states, typography

typeset = typography.typeset

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
SMALLEST_BASE = 10
"""Below so many patients a share is written as a fraction, never as a percentage."""

NOT_RECORDED = states.sign(states.NOT_RECORDED, "fr")
NOT_APPLICABLE = states.sign(states.NOT_APPLICABLE, "fr")
NOT_COLLECTED = {language: states.sign(states.NOT_COLLECTED, language) for language in LOCALES}
MOST_DECIMALS = 4
_MARKDOWN = re.compile(r"([\\`*_\[\]<>$~:#|{}^])")


@functools.lru_cache(maxsize=4096)
def number(value: float, language: str) -> str:
    """A number with the thousands and the decimals of the language."""
    return str(format_decimal(value, locale=LOCALES[language])).replace("-", "−")


def difference(value: int, language: str) -> str:
    """A change with its sign; no change has none."""
    return f"+{number(value, language)}" if value > 0 else number(value, language)


def percent(part: int, whole: int, language: str) -> str:
    """A share with one decimal, never 0 for something; empty when the whole is too small to speak of percentages."""
    if whole < SMALLEST_BASE:
        return ""
    least = part and 1000 * part < whole / 2
    written = format_percent(0.001 if least else part / whole, format=_PERCENT[language], locale=LOCALES[language])
    return f"< {written}" if least else str(written)


def share(part: int, whole: int, language: str) -> str:
    """`12/254 (4,7 %)`, or `3/7` alone when the whole is too small."""
    written = f"{number(part, language)}/{number(whole, language)}"
    percentage = percent(part, whole, language)
    return f"{written} ({percentage})" if percentage else written


def percentage(value: float, language: str) -> str:
    """A share from 0 to 1 with one decimal."""
    return str(format_percent(value, format=_PERCENT[language], locale=LOCALES[language]))


def decimal(value: float, language: str) -> str:
    """A rate with one decimal, as many more as a small one needs to differ from 0, and `0` for no event at all."""
    if value == 0:
        return "0"
    places = max(1, min(MOST_DECIMALS, -math.floor(math.log10(abs(value)))))
    return str(format_decimal(value, format=f"#,##0.{'0' * places}", locale=LOCALES[language]))


def interval(low: float, high: float, language: str, factor: float = 1) -> str:
    """`[0,3 – 55,2]`.

    Args:
        factor: 100 for the limits of a share, which are written as percentages without their sign.
    """
    return f"[{decimal(low * factor, language)} – {decimal(high * factor, language)}]".replace(" ", "\u00a0")


def listed(parts: Iterable[str], language: str) -> str:
    """Parts of a sentence with semicolons between them."""
    return ("\u202f; " if language == "fr" else "; ").join(parts)


def day(value: dt.date, language: str) -> str:
    """`31/08/2022` in French, `31 Aug 2022` in English."""
    pattern = "d MMM y" if language == "en" else "dd/MM/y"
    return str(format_date(value, pattern, locale=LOCALES[language]))


@functools.lru_cache(maxsize=4096)
def month(value: str, language: str) -> str:
    """`2026-10` as `oct. 2026` or `Oct 2026`."""
    return str(format_date(dt.date.fromisoformat(f"{value}-01"), "MMM y", locale=LOCALES[language]))


@functools.cache
def month_names(language: str, pattern: str = "MMM") -> tuple[str, ...]:
    """The months of the year."""
    return tuple(str(format_date(dt.date(2000, place, 1), pattern, locale=LOCALES[language])) for place in range(1, 13))


@functools.cache
def weekday_names(language: str, pattern: str = "EEE") -> tuple[str, ...]:
    """The days of the week from Sunday."""
    return tuple(str(format_date(dt.date(2000, 1, 2 + place), pattern, locale=LOCALES[language])) for place in range(7))


def plain(written: str) -> str:
    """Text shown where Markdown is read, with its signs taken as they are."""
    return _MARKDOWN.sub(r"\\\1", written)


PERCENT_SIGN = {"fr": "\u202f%", "en": "%"}
_PERCENT = {language: f"#,##0.0{sign}" for language, sign in PERCENT_SIGN.items()}


def partial_day(value: str, language: str) -> str:
    """A day, a month or a year, as much of it as is known."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value[:10]):
        return day(dt.date.fromisoformat(value[:10]), language)
    return month(value, language) if re.fullmatch(r"[0-9]{4}-[0-9]{2}", value) else value

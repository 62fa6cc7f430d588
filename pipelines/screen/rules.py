"""The rules by which a value looks like a direct identifier: a pattern finds candidates, a check confirms them.

A pattern is written in what DuckDB's and Python's regular expressions have in common, so that the database can find
candidates among millions of values and Python confirm the few. What a value holds never leaves this package.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import phonenumbers
from stdnum.fr import nir

from pipelines.screen.words import listed

LONGEST = 40
"""Longer text of several words, where none is expected, is a narrative."""
WORDS = 4
FIRST_YEAR = 1900

Confirm = Callable[[str, dt.date], bool]

_BEGIN, _END = "(?:^|[^0-9A-Za-z])", "(?:$|[^0-9A-Za-z])"
_NO_DIGIT = "(?:^|[^0-9])"
_GAP = "[ .\u00a0\u202f/_-]?"
_DAY = (
    r"(?:[0-9]{1,2}[/._-][0-9]{1,2}[/._-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[/._-][0-9]{1,2}[/._-][0-9]{1,2}"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}|[0-9]{8})"
)
_INITIALS = r"(?:[A-Z]{2,20}|[A-Z][.] ?-?[A-Z][.]?(?: ?-?[A-Z][.]?)?)"
_MONTHS = {name: month for month, names in enumerate(
    [("jan",), ("fev", "feb"), ("mar",), ("avr", "apr"), ("mai", "may"), ("juin", "jun"), ("juil", "jul"),
     ("aou", "aug"), ("sep",), ("oct",), ("nov",), ("dec",)], start=1) for name in names}  # fmt: skip


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def day(text: str) -> dt.date | None:
    """The day that a written date means, whatever the order and the separators; none if there is no such day."""
    numbers = re.findall("[0-9]+", text)
    if len(numbers) == 1 and len(numbers[0]) == len("ddmmyyyy"):
        closed = numbers[0]
        return _of(closed[:4], closed[4:6], closed[6:]) or _of(closed[4:], closed[2:4], closed[:2])
    letters = text.lower().replace("é", "e").replace("û", "u")
    if (named := re.search(f"[ .]({'|'.join(_MONTHS)})", letters)) and len(numbers) == 2:  # noqa: PLR2004
        numbers.insert(1, str(_MONTHS[named.group(1)]))
    if len(numbers) < 3:  # noqa: PLR2004
        return None
    first, second, third = numbers[:3]
    if len(first) == len("yyyy"):
        return _of(first, second, third)
    return _of(third if len(third) == len("yyyy") else f"19{third}", second, first)


def _of(year: str, month: str, day_no: str) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day_no))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year < FIRST_YEAR + 200 else None


def _is_nir(text: str, _: dt.date) -> bool:
    number = re.sub("[^0-9ABab]", "", text).upper()
    month, department, commune, order = int(number[3:5]), number[5:7], int(number[7:10]), int(number[10:13])
    possible = department not in ("00", "96") and 0 < commune <= 990 and order > 0  # noqa: PLR2004
    usual = number[0] in "12" and 1 <= month <= 12 and possible  # noqa: PLR2004
    return usual or (len(number) == 15 and possible and month > 0 and nir.is_valid(number))  # noqa: PLR2004


def _is_phone(text: str, _: dt.date) -> bool:
    """Numbers of one's own country are written closed or in pairs, with one separator."""
    written = re.search("[+0].*[0-9]", text)
    gaps = re.findall("[^0-9]", written.group()) if written else []
    if written and not written.group().startswith(("+", "00")) and len(set(gaps)) > 1:
        return False
    try:
        number = phonenumbers.parse(re.sub(r"[(]0[)]|[^0-9+]", "", text), "FR")
    except phonenumbers.NumberParseException:
        return False
    at_home = number.country_code == phonenumbers.country_code_for_region("FR")
    return phonenumbers.is_possible_number(number) if at_home else phonenumbers.is_valid_number(number)


def _is_birth(text: str, before: dt.date) -> bool:
    found = day(text)
    return found is not None and found < before


def _is_initials_and_date(text: str, before: dt.date) -> bool:
    """Initials without dots may be any code, so that only a date on which no treatment could begin tells."""
    words = [word.upper() for word in re.findall("[A-Za-z]+", text)]
    if any(word in listed("values", "not_initials") for word in words):
        return False
    written = re.search(_DAY, text)
    until = dt.date.max if re.search("[A-Z][.]", text) else before
    return written is not None and _is_birth(written.group(), until)


def _always(_: str, __: dt.date) -> bool:
    return True


@dataclass(frozen=True)
class Rule:
    """One way to look like a direct identifier.

    Attributes:
        pattern: of a candidate, anywhere in a value.
        confirmed: whether a candidate is one; given the first day of the programme, before which births lie.
        chance: share of random codes of the same shape that are confirmed; in columns of identifiers only more counts.
    """

    pattern: str
    confirmed: Confirm = _always
    chance: float = 0.0

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.pattern)


NIR = Rule(
    f"{_NO_DIGIT}[1-478]{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}(?:[0-9]{{2}}|2[ABab]){_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}"
    f"(?:{_GAP}[0-9]{{2}})?(?:$|[^0-9])", _is_nir, chance=0.1)  # fmt: skip
PHONE = Rule(
    f"{_BEGIN}0[1-9](?:[0-9]{{8}}|(?:[ .\u00a0\u202f/_-][0-9]{{2}}){{4}}){_END}"
    f"|(?:^|[^0-9A-Za-z])(?:[+]|00)[1-9][0-9]{{0,2}}(?:[ ./-]?[(]0[)])?(?:[ ./()\u00a0\u202f-]{{0,2}}[0-9]){{7,12}}"
    f"{_END}", _is_phone, chance=0.1)  # fmt: skip
FILE_NUMBER = Rule(f"(?i){_BEGIN}(?:{_any(listed('values', 'file_numbers'))})[ :.°no#_-]{{0,6}}[0-9]{{5,}}")
INITIALS = Rule(
    f"(?:^|[^A-Za-z]){_INITIALS}[ ,._/-]{{0,3}}{_DAY}(?:$|[^0-9])|(?:^|[^0-9]){_DAY}[ ,._/-]{{0,3}}{_INITIALS}"
    "(?:$|[^A-Za-z])", _is_initials_and_date, chance=0.002)  # fmt: skip
BIRTH_DATE = Rule(f"(?:^|[^0-9]){_DAY}(?:$|[^0-9])|[0-9]{{1,2}}(?:er)? [A-Za-zéûÉÛ]{{3,9}}[.]? (?:19|20)[0-9]{{2}}",
                  _is_birth)  # fmt: skip
BIRTH_YEAR = Rule(f"{BIRTH_DATE.pattern}|(?:^|[^0-9])[0-9]{{1,2}}[/._ -][0-9]{{1,2}}[/._ -][0-9]{{2,4}}(?:$|[^0-9])",
                  lambda text, _: day(text) is not None)  # fmt: skip
"""A full date in place of a year."""

IN_IDENTIFIERS = {"nir": NIR, "phone": PHONE, "file_number": FILE_NUMBER, "initials_date": INITIALS}
"""Rules for pseudonyms, which hold letters, digits, dots and dashes only."""
IN_TEXT = {
    "email": Rule("[^ @;,]@ ?[0-9A-Za-z-]+([.][0-9A-Za-z-]+)*[.][A-Za-z]{2,}"),
    **IN_IDENTIFIERS,
    "birth_date": Rule(f"(?i){_BEGIN}(?:{_any(listed('values', 'births'))})[ :=]{{0,3}}{_DAY}", _is_birth),
    "person": Rule(f"{_BEGIN}(?:{_any(listed('values', 'civilities'))}) ?[A-ZÉÈÀÇ][A-Za-zÀ-ÿ'’-]+"),
    "address": Rule(
        f"(?i){_BEGIN}[0-9]{{1,4}} ?(?:bis|ter)?,? (?:{_any(listed('values', 'streets'))})[ .][a-zà-ÿ'’ -]"
        "{3,}|"
        f"{_BEGIN}[0-9]{{5}} [A-Z][A-ZÉÈÀ-]{{3,}}{_END}"
    ),
}
"""Rules for everything else that is written."""
IN_NAMES = IN_TEXT | {"birth_date": BIRTH_DATE}
"""Rules for the names of files and columns."""


def holds(rule: Rule, text: str, before: dt.date) -> bool:
    """Whether a value breaks a rule."""
    start = 0
    while found := rule.expression.search(text, start):
        if rule.confirmed(found.group(), before):
            return True
        start = found.start() + 1  # candidates may overlap
    return False


def broken(text: str, before: dt.date, rules: dict[str, Rule] = IN_TEXT) -> list[str]:
    """The rules that a value breaks."""
    return [name for name, rule in rules.items() if holds(rule, text, before)]


def is_narrative(text: str, longest: int = LONGEST) -> bool:
    """Whether a value is text of several words, longer than expected."""
    return len(text) > longest and len(text.split()) >= WORDS

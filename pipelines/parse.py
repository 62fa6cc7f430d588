"""Parse: the SQL expression that turns the text of a field into a value, every accepted form written down.

Text goes through a pattern before any cast: a cast alone reads `1.5` as 2, `0x1F` as 31 and `2020-1-5` as a day. What
does not fit becomes null and is told from an empty field by the validation.
"""

from collections.abc import Mapping

from pipelines import sql
from pipelines.dialect import DateOrder, Dialect

WHOLE = "^[+-]?[0-9]{1,18}$"
NUMBER = {mark: f"^[+-]?[0-9]{{1,15}}([{mark}][0-9]{{1,15}})?$" for mark in ".,"}
_SPACED = f"([ {sql.SPACES}][0-9]{{3}})+"
GROUPED = {
    mark: f"^[+-]?[0-9]{{1,3}}({_SPACED}([{mark}][0-9]{{1,15}})?|([{other}][0-9]{{3}})+[{mark}][0-9]{{1,15}})$"
    for mark, other in (".,", ",.")
}
"""Thousands apart: by a space of any width, or by the other mark if the decimal mark follows."""

ISO_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
FRENCH_DAY = "^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$"
FRENCH_MONTH = "^[0-9]{1,2}/[0-9]{4}$"
MARKED = "^(([0-9]{1,2}[.]){1,2}|([0-9]{1,2}-){1,2})[0-9]{4}$"
"""A day or month written as a French one, with points or dashes in place of slashes."""

ISO_MONTH = "^[0-9]{4}-[0-9]{2}$"
YEAR = "^[0-9]{4}$"


def clean(text: str, dialect: Dialect) -> str:
    """The expression without surrounding spaces; empty becomes null, as the reader of text files has it already."""
    if not dialect.padded:
        return text
    return f"nullif({sql.trimmed(text, sql.SPACES if dialect.special_spaces else '')}, '')"


def value(kind: str, text: str, dialect: Dialect) -> str:
    """The typed expression for a cleaned text expression; codes have `code`.

    Args:
        kind: as in `data_schemas.columns`.
        text: SQL expression of the cleaned text.
        dialect: of the file the text comes from.
    """
    if kind in ("identifier", "label", "code"):
        return text
    if kind == "integer":
        return _guarded(text, WHOLE, f"try_cast({text} as bigint)")
    if kind == "decimal":
        return _number(text, dialect.decimal)
    if dialect.date_marks:
        text = slashed(text)
    is_iso = dialect.date_order not in ("dmy", "mdy")
    if kind == "date" and is_iso:
        return _written_back(text)
    day = text if is_iso else _iso_day(text, dialect.date_order)
    if kind == "date":
        return _guarded(day, ISO_DAY, f"try_cast({day} as date)")
    return _partial(text, day, kind)


def _written_back(text: str) -> str:
    """A day written yyyy-mm-dd: one that is written back the same; cheaper than a pattern, and as strict."""
    day = f"try_cast({text} as date)"
    return f"case when strlen({text}) = {len('yyyy-mm-dd')} and cast({day} as varchar) = {text} then {day} end"


def _number(text: str, mark: str) -> str:
    pointed = text if mark == "." else f"replace({text}, ',', '.')"
    plain = f"try_cast({pointed} as double)"
    other = "," if mark == "." else "."
    bare = f"replace(translate({text}, {sql.literal(other + ' ' + sql.SPACES)}, ''), ',', '.')"
    return (
        f"case when {sql.matches(text, NUMBER[mark])} then {plain} "
        f"when {sql.matches(text, GROUPED[mark])} then try_cast({bare} as double) end"
    )


def _guarded(text: str, pattern: str, cast: str) -> str:
    return f"case when {sql.matches(text, pattern)} then {cast} end"


def slashed(text: str) -> str:
    """The expression with slashes in days and months that have points or dashes."""
    return f"case when {sql.matches(text, MARKED)} then translate({text}, '.-', '//') else {text} end"


def spelling(text: str, spellings: Mapping[str, str]) -> str:
    """The comparable form of a text that is not a code itself; a column of its own, so that it is computed once."""
    return f"case when {sql.unlisted(text, sorted(set(spellings.values())))} then {sql.comparable(text)} end"


def code(text: str, spelled: str, spellings: Mapping[str, str]) -> str:
    """The code itself as it stands; any other spelling by its comparable form `spelled`; unknown ones unchanged."""
    branches = {sql.comparable_text(known): code for known, code in spellings.items()}
    cases = " ".join(f"when {sql.literal(known)} then {sql.literal(code)}" for known, code in branches.items())
    return f"case when {spelled} is null then {text} else case {spelled} {cases} else {text} end end"


def _iso_day(text: str, order: DateOrder) -> str:
    day, month = ("1", "2") if order == "dmy" else ("2", "1")
    parts = [f"lpad(split_part({text}, '/', {n}), 2, '0')" for n in (month, day)]
    return _guarded(text, FRENCH_DAY, f"split_part({text}, '/', 3) || '-' || {parts[0]} || '-' || {parts[1]}")


def _iso_month(text: str, dialect_is_french: bool) -> str:
    if not dialect_is_french:
        return _guarded(text, ISO_MONTH, text)
    month, year = f"split_part({text}, '/', 1)", f"split_part({text}, '/', 2)"
    french = _guarded(text, FRENCH_MONTH, f"{year} || '-' || lpad({month}, 2, '0')")
    return f"coalesce({french}, {_guarded(text, ISO_MONTH, text)})"


def _partial(text: str, day: str, kind: str) -> str:
    """A month, or what is known of a date, as text; an impossible month or day becomes null."""
    month = _iso_month(text, day != text)
    possible_month = f"case when try_cast({month} || '-01' as date) is not null then {month} end"
    if kind == "month":
        return possible_month
    possible_day = _guarded(day, ISO_DAY, f"case when try_cast({day} as date) is not null then {day} end")
    return f"coalesce({possible_day}, {possible_month}, {_guarded(text, YEAR, text)})"


def earliest(partial: str) -> str:
    """The first day that a partial date can mean."""
    return f"try_cast(case length({partial}) when 4 then {partial} || '-01-01' when 7 then {partial} || '-01' else {partial} end as date)"  # noqa: E501


def latest(partial: str) -> str:
    """The last day that a partial date can mean."""
    return (
        f"case length({partial}) when 4 then try_cast({partial} || '-12-31' as date) "
        f"when 7 then last_day(try_cast({partial} || '-01' as date)) else try_cast({partial} as date) end"
    )

"""Small pieces of SQL text: names, constants, and how a spelling is made comparable.

Identifiers and constants that enter a statement come from schemas, programmes and headers, never from a user's
selection, whose values are bound parameters.
"""

import datetime as dt
from collections.abc import Iterable

ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyy"
SPACES = "\u00a0\u202f\u2009"
SPECIAL, ORDINARY = "’ʼ`" + SPACES, "'''" + " " * len(SPACES)


COMBINING = "".join(map(chr, range(0x300, 0x316)))
"""Accents written apart from their letter, as some systems do; they are left out."""


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def names(identifiers: Iterable[str], prefix: str = "") -> str:
    """Quoted identifiers, each after the prefix, between commas."""
    return ", ".join(prefix + name(identifier) for identifier in identifiers)


def row_key(columns: Iterable[str], prefix: str = "") -> str:
    """The key of a row as one text: its parts joined by `|`, an empty part left empty."""
    parts = ", ".join(f"coalesce(cast({prefix}{name(column)} as varchar), '')" for column in columns)
    return f"concat_ws('|', {parts})"


def row_json(columns: Iterable[str], prefix: str = "") -> str:
    """A row as the text of a JSON object, empty fields as null."""
    fields = ", ".join(f"{literal(column)}: {prefix}{name(column)}" for column in columns)
    return f"cast(to_json({{{fields}}}) as varchar)"


def literal(value: object) -> str:
    """A constant."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.date):
        return f"date '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"


def literals(values: Iterable[object]) -> str:
    """Constants between commas."""
    return ", ".join(literal(value) for value in values)


def trimmed(text: str, spaces: str = SPACES) -> str:
    """The expression without ordinary spaces and the given ones at either end; ordinary ones alone cost a tenth."""
    return f"trim({text}, {literal(' ' + spaces)})" if spaces else f"trim({text})"


def matches(text: str, pattern: str) -> str:
    """Whether a text holds a pattern that needs one character or more.

    Of what it extracts, DuckDB looks at each different text once; of what it only matches, at every row.
    """
    return f"regexp_extract({text}, {literal(pattern)}) <> ''"


def unlisted(value: str, known: Iterable[object]) -> str:
    """Whether a value is there and none of the known ones; NOT IN would compare it with each of them in every row."""
    return f"({value} is not null and list_position([{literals(known)}], {value}) is null)"


def comparable(text: str) -> str:
    """The expression in small letters, without accents, with straight apostrophes and ordinary spaces.

    `comparable_text` is its twin. Text in ASCII, which has as many bytes as characters, is spared the costly steps.
    """
    signs, plain = literal(ACCENTED + SPECIAL + COMBINING), literal(PLAIN + ORDINARY)
    in_ascii = f"replace(lower(trim({text})), '`', '''')"
    any_other = f"translate(lower({trimmed(text)}), {signs}, {plain})"
    return f"case when strlen({text}) = length({text}) then {in_ascii} else {any_other} end"


def comparable_text(text: str) -> str:
    """The text in small letters, without accents, with straight apostrophes."""
    table = str.maketrans(ACCENTED + SPECIAL, PLAIN + ORDINARY, COMBINING)
    return text.strip(" " + SPACES).lower().translate(table)

"""Small pieces of SQL text: names, constants, and how a spelling is made comparable.

Identifiers and constants that enter a statement come from schemas, programmes and headers, never from a user's
selection, whose values are bound parameters.
"""

import datetime as dt
from collections.abc import Iterable

ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyy"
SPACES = "\u00a0\u202f\u2009"


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def names(identifiers: Iterable[str], prefix: str = "") -> str:
    """Quoted identifiers, each after the prefix, between commas."""
    return ", ".join(prefix + name(identifier) for identifier in identifiers)


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


def plain_spaces(text: str) -> str:
    """The expression with non-breaking and thin spaces made ordinary, and none at either end."""
    return f"trim(translate({text}, {literal(SPACES)}, '   '))"


def comparable(text: str) -> str:
    """The expression in small letters, without accents, with straight apostrophes; the twin of `comparable_text`."""
    return f"translate(lower({plain_spaces(text)}), {literal(ACCENTED + '’ʼ`')}, {literal(PLAIN + chr(39) * 3)})"


def comparable_text(text: str) -> str:
    """The text in small letters, without accents, with straight apostrophes."""
    spaces = str.maketrans(dict.fromkeys(SPACES, " "))
    table = str.maketrans(ACCENTED + "’ʼ`", PLAIN + "'" * 3)
    return text.translate(spaces).strip(" ").lower().translate(table)

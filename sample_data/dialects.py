"""How a value is written in a file: encoding, separator, dates, decimals, labels.

`clean` is what a program writes; `french` is what French Excel saves. The records are the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """The habits of the program that saves a file."""

    name: str
    encoding: str
    separator: str
    line_end: str
    decimal: str
    french: bool

    def quoted(self, text: str) -> str:
        """A cell that may hold the separator, in quotes if it does."""
        special = (self.separator, '"', "\n", "\r")
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in special) else text

    def date(self, written: str) -> str:
        """A day, month or year written `yyyy-mm-dd`, `yyyy-mm` or `yyyy`; the day need not exist."""
        return "/".join(reversed(written.split("-"))) if self.french else written

    def apostrophes(self, text: str) -> str:
        """As a word processor sets them."""
        return text.replace("'", "\u2019")


DIALECTS = {
    "clean": Dialect("clean", "utf-8", ",", "\n", ".", french=False),
    "french": Dialect("french", "cp1252", ";", "\r\n", ",", french=True),
}

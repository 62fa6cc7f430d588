"""Pseudonyms that mean something in one extract only.

Each extract and recipient has a key, derived (HKDF, RFC 5869) from a secret of the store's owner; an identifier becomes
the first 64 bits of its HMAC-SHA-256 under that key. So two rows of one extract still tell whether they are about the
same patient, and two extracts, or two recipients, cannot be joined. The HMAC (RFC 2104) is computed by the engine,
which is given the key, padded in two ways, as bound values; neither is ever written down.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipelines import sql

BLOCK, LENGTH, FIGURES = 64, 32, 16
INNER, OUTER = 0x36, 0x5C
HIDDEN = ("key_inner", "key_outer")
"""Bound values that no manifest names the content of."""


@dataclass(frozen=True)
class Pseudonyms:
    """The pseudonyms of one extract for one recipient."""

    key: bytes

    @classmethod
    def of(cls, secret: bytes, extract: str, recipient: str) -> "Pseudonyms":
        """Those of an extract by its number, which is never used twice."""
        info = b"pseudonyms of an extract\n" + recipient.encode()
        return cls(HKDF(hashes.SHA256(), LENGTH, salt=extract.encode(), info=info).derive(secret))

    @property
    def parameters(self) -> Mapping[str, object]:
        """What is bound beside the statement."""
        padded = self.key.ljust(BLOCK, b"\0")
        return dict(zip(HIDDEN, (bytes(each ^ pad for each in padded) for pad in (INNER, OUTER)), strict=True))


def pseudonym(column: str, table: str) -> str:
    """An identifier's pseudonym as SQL: the same in every table and row of an extract, null where there is none."""
    return f"left({keyed(named(column, table))}, {FIGURES})"


def named(column: str, table: str) -> str:
    """An identifier after the name of its column, as SQL: two columns that hold the same text are told apart."""
    return f"{sql.literal(f'{column}:')} || {sql.name(table)}.{sql.name(column)}"


def keyed(text: str) -> str:
    """The HMAC of a text as SQL, in hexadecimal figures; null of null."""
    return f"sha256($key_outer || unhex(sha256($key_inner || encode({text}))))"

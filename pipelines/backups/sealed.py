"""A stream of bytes, encrypted and authenticated as a whole, in pieces that are checked before they are given out.

    RTU-BACKUP-1 | salt, 16 bytes | proof of the key, 16 bytes | pieces

Each piece is AES-256-GCM (NIST SP 800-38D) over at most a mebibyte, with the beginning of the file as associated data.
Its nonce is its number and whether it is the last, so that no piece can be changed, moved, left out or cut off (the
STREAM construction: Hoang, Reyhanitabar, Rogaway & Vizár, CRYPTO 2015). The key of a file is derived from the one in
the key file and a fresh salt by HKDF-SHA-256: no nonce is ever used twice with a key.
"""

import hmac
import secrets
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipelines.errors import BackupError

MAGIC, SALT, PROOF = b"RTU-BACKUP-1\n", 16, 16
PIECE, TAG = 1 << 20, 16


class Sealer:
    """Encrypts what is written into a file; `close` writes the last piece, without which the file is refused."""

    def __init__(self, out: IO[bytes], key: bytes) -> None:
        salt = secrets.token_bytes(SALT)
        self._out, self._begins = out, MAGIC + salt + _derived(key, salt, b"proof", PROOF)
        self._cipher, self._n, self._held = AESGCM(_derived(key, salt, b"content", 32)), 0, bytearray()
        out.write(self._begins)

    def write(self, content: bytes) -> int:
        """Take bytes, in any portion."""
        self._held += content
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), is_last=False)
            del self._held[:PIECE]
        return len(content)

    def close(self) -> None:
        """Write what is left."""
        self._put(bytes(self._held), is_last=True)
        self._held.clear()

    def _put(self, piece: bytes, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._n, is_last), piece, self._begins))
        self._n += 1


class Opener:
    """Decrypts a file that a `Sealer` wrote; no byte is given out before its piece was checked.

    Raises:
        BackupError: it is no such file, of another key, or not what was written; also while it is read.
    """

    def __init__(self, source: IO[bytes], key: bytes) -> None:
        self._source, self._begins = source, source.read(len(MAGIC) + SALT + PROOF)
        if not self._begins.startswith(MAGIC) or len(self._begins) < len(MAGIC) + SALT + PROOF:
            raise BackupError("backup.not_one")
        salt = self._begins[len(MAGIC) : -PROOF]
        if not hmac.compare_digest(self._begins[-PROOF:], _derived(key, salt, b"proof", PROOF)):
            raise BackupError("backup.wrong_key")
        self._cipher, self._n, self._held = AESGCM(_derived(key, salt, b"content", 32)), 0, b""
        self._ahead, self._ended = source.read(PIECE + TAG), False

    def read(self, n: int = -1) -> bytes:
        """The next bytes, fewer than `n` only at the end; all that are left without a number."""
        while not self._ended and (n < 0 or len(self._held) < n):
            self._held += self._next()
        wanted = len(self._held) if n < 0 else n
        given, self._held = self._held[:wanted], self._held[wanted:]
        return given

    def _next(self) -> bytes:
        piece, self._ahead = self._ahead, self._source.read(PIECE + TAG)
        self._ended = not self._ahead
        try:
            content = self._cipher.decrypt(_nonce(self._n, self._ended), piece, self._begins)
        except InvalidTag:
            raise BackupError("backup.damaged", place=self._n + 1) from None
        self._n += 1
        return content


def _nonce(n: int, is_last: bool) -> bytes:
    return n.to_bytes(11, "big") + bytes([is_last])


def _derived(key: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, b"rtu backup " + purpose).derive(key)

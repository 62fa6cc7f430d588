"""Signing keys: Ed25519, in a file of its owner's only, never in a store; and one way to write what is signed.

The key is named by `--key` or by the variable `RTU_SIGNING_KEY`. Its public half is given to recipients once, by
another way: what is signed proves by itself that it is whole, and with that half also who signed it.
"""

import json
import os
import re
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipelines.errors import SigningError

VARIABLE = "RTU_SIGNING_KEY"
PUBLIC = re.compile(r"[0-9a-f]{64}")
OTHERS = 0o077
"""Permissions of anyone but the owner."""


def make_key(path: Path, store: Path | None = None) -> str:
    """Write a new key into a file that only its owner can read, and its public half beside it, `.pub`.

    Returns:
        The public half, in hexadecimal figures.

    Raises:
        SigningError: the file is there already, would lie in a store, or cannot be written.
    """
    if store is not None and path.resolve().is_relative_to(store.resolve()):
        raise SigningError("signing.key_in_store")
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())  # fmt: skip
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(private)
        path.with_name(f"{path.name}.pub").write_text(public_half(key) + "\n", encoding="ascii")
    except FileExistsError:
        raise SigningError("signing.key_exists", file=path.name) from None
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise SigningError("signing.key_unwritable", file=path.name, reason=reason) from None
    return public_half(key)


def named_key(path: Path | None = None) -> Path | None:
    """The file of the key: the one given, or the one that the variable names; none if neither."""
    return path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)


def load_key(path: Path | None, store: Path) -> Ed25519PrivateKey:
    """The key in a file, or in the one that the variable names.

    Raises:
        SigningError: no file is named, it holds no such key, others may read it, or it lies in the store.
    """
    named = named_key(path)
    if named is None:
        raise SigningError("signing.no_key", variable=VARIABLE)
    if named.resolve().is_relative_to(store.resolve()):
        raise SigningError("signing.key_in_store")
    try:
        if named.stat().st_mode & OTHERS:
            raise SigningError("signing.key_open", file=named.name)
        key = serialization.load_pem_private_key(named.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise SigningError("signing.key_unreadable", file=named.name) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError("signing.key_unreadable", file=named.name)
    return key


def public_key(path: Path) -> str:
    """The public half in a file.

    Raises:
        SigningError: it holds none.
    """
    try:
        found = path.read_text(encoding="ascii").strip().lower()
    except (OSError, UnicodeDecodeError):
        found = ""
    if not PUBLIC.fullmatch(found):
        raise SigningError("signing.no_public_key", file=path.name)
    return found


def public_half(key: Ed25519PrivateKey) -> str:
    """What others know the key by."""
    return key.public_key().public_bytes_raw().hex()


def is_signed(public: str, signature: str, content: bytes) -> bool:
    """Whether a signature, in hexadecimal figures, is that of the key with this public half over the content."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def canonical(content: object) -> bytes:
    """JSON with sorted keys, one way to write each content."""
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def canonical_line(content: object) -> bytes:
    """JSON on one line, with sorted keys: one way to write each content."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()

"""Seals: the key of the one who declares, the signature over a manifest, and what a changed byte is found by.

The key never enters the store: it is a file of its own, readable by its owner only, named by `--key` or by the variable
`RTU_SIGNING_KEY`. Its public half goes with every pack, and to the recipient once, by another way: a pack proves by
itself that it is whole, and with that known half also who sealed it.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, ValidationError

from data_schemas.programme_parts import Part
from pipelines.errors import ReturnError
from pipelines.returns.packs import MANIFEST, SEAL
from pipelines.returns.statement import canonical

VARIABLE = "RTU_SIGNING_KEY"
PUBLIC = re.compile(r"[0-9a-f]{64}")
OTHERS = 0o077
"""Permissions of anyone but the owner."""


class Seal(Part):
    """What stands in `seal.json`, in small hexadecimal figures."""

    manifest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a pack, file by file; nothing if it is as it was sealed.

    Attributes:
        public_key: the key that its seal names; none where the seal cannot be read.
        known: whether that is the key of the one who is expected to have sealed it; none where no key was given.
    """

    faults: tuple[ReturnError, ...]
    public_key: str | None
    known: bool | None


def make_key(path: Path, store: Path | None = None) -> str:
    """Write a new key into a file that only its owner can read, and its public half beside it, `.pub`.

    Returns:
        The public half, in hexadecimal figures.

    Raises:
        ReturnError: the file is there already, would lie in a store, or cannot be written.
    """
    if store is not None and path.resolve().is_relative_to(store.resolve()):
        raise ReturnError("return.key_in_store")
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())  # fmt: skip
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(private)
        path.with_name(f"{path.name}.pub").write_text(public_half(key) + "\n", encoding="ascii")
    except FileExistsError:
        raise ReturnError("return.key_exists", file=path.name) from None
    except OSError as error:
        raise ReturnError("return.key_unwritable", file=path.name,
                          reason=os.strerror(error.errno or 0)) from None  # fmt: skip
    return public_half(key)


def load_key(path: Path | None, store: Path) -> Ed25519PrivateKey:
    """The key in a file, or in the one that the variable names.

    Raises:
        ReturnError: no file is named, it holds no such key, others may read it, or it lies in the store.
    """
    named = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is None:
        raise ReturnError("return.no_key", variable=VARIABLE)
    if named.resolve().is_relative_to(store.resolve()):
        raise ReturnError("return.key_in_store")
    try:
        if named.stat().st_mode & OTHERS:
            raise ReturnError("return.key_open", file=named.name)
        key = serialization.load_pem_private_key(named.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise ReturnError("return.key_unreadable", file=named.name) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ReturnError("return.key_unreadable", file=named.name)
    return key


def public_key(path: Path) -> str:
    """The public half in a file.

    Raises:
        ReturnError: it holds none.
    """
    try:
        found = path.read_text(encoding="ascii").strip().lower()
    except (OSError, UnicodeDecodeError):
        found = ""
    if not PUBLIC.fullmatch(found):
        raise ReturnError("return.no_public_key", file=path.name)
    return found


def public_half(key: Ed25519PrivateKey) -> str:
    """What others know the key by."""
    return key.public_key().public_bytes_raw().hex()


def sealed(files: Mapping[str, bytes], rests_on: Mapping[str, object], key: Ed25519PrivateKey) -> dict[str, bytes]:
    """The files with their manifest and seal.

    Args:
        rests_on: what the manifest says beside the files.
    """
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = canonical({**rests_on, "files": hashes})
    seal = Seal(manifest=hashlib.sha256(manifest).hexdigest(), signature=key.sign(manifest).hex(),
                public_key=public_half(key))  # fmt: skip
    return {**files, MANIFEST: manifest, SEAL: canonical(seal.model_dump())}


def verify(files: Mapping[str, bytes], expected: str | None = None) -> Verdict:
    """Whether a pack is as it was sealed, and which files are not.

    Args:
        expected: the public half of the key that is known to belong to the one who declares.
    """
    seal = _seal(files)
    listed = _listed(files)
    faults = [_missing(name) for name in (*(listed or ()), MANIFEST, SEAL) if name not in files]
    if SEAL in files and (seal is None or not _is_seal_of(seal, files)):
        faults.append(_changed(SEAL))
    if MANIFEST in files and (listed is None or (seal and not _holds(seal, files) and SEAL not in _names(faults))):
        faults.append(_changed(MANIFEST))
    if listed is not None and MANIFEST not in _names(faults):
        faults += _against(listed, files)
    found = seal.public_key if seal else None
    known = None if expected is None else found == expected
    if known is False:
        faults.append(ReturnError("return.other_key"))
    return Verdict(tuple(faults), found, known)


def _against(listed: Mapping[str, str], files: Mapping[str, bytes]) -> list[ReturnError]:
    """The files that are not those of a manifest that holds; what a changed one lists tells nothing."""
    others = sorted(set(files) - {MANIFEST, SEAL})
    unlisted = [ReturnError("return.unlisted", file=name) for name in others if name not in listed]
    return unlisted + [_changed(name) for name in others
                       if name in listed and hashlib.sha256(files[name]).hexdigest() != listed[name]]  # fmt: skip


def _seal(files: Mapping[str, bytes]) -> Seal | None:
    try:
        seal = Seal.model_validate_json(files[SEAL])
    except (KeyError, ValidationError):
        return None
    return seal if canonical(seal.model_dump()) == files[SEAL] else None


def _listed(files: Mapping[str, bytes]) -> dict[str, str] | None:
    try:
        listed = json.loads(files[MANIFEST])["files"]
    except (KeyError, ValueError, TypeError):
        return None
    return listed if isinstance(listed, dict) else None


def _holds(seal: Seal, files: Mapping[str, bytes]) -> bool:
    """Whether the signature is one of the manifest's bytes."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.public_key))
        public.verify(bytes.fromhex(seal.signature), files.get(MANIFEST, b""))
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_seal_of(seal: Seal, files: Mapping[str, bytes]) -> bool:
    """Whether the seal agrees with itself: of a changed manifest, neither its hash nor its signature hold."""
    same = seal.manifest == hashlib.sha256(files.get(MANIFEST, b"")).hexdigest()
    return MANIFEST not in files or same == _holds(seal, files)


def _names(faults: list[ReturnError]) -> set[object]:
    return {each.details["file"] for each in faults}


def _missing(name: str) -> ReturnError:
    return ReturnError("return.missing", file=name)


def _changed(name: str) -> ReturnError:
    return ReturnError("return.changed", file=name)

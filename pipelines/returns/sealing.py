"""Seals: the key of the one who declares, the signature over a manifest, and what a changed byte is found by.

The public half of the key goes with every pack, and to the recipient once, by another way: a pack proves by itself that
it is whole, and with that known half also who sealed it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field, ValidationError

from data_schemas.programme_parts import Part
from pipelines.errors import ReturnError
from pipelines.returns.packs import MANIFEST, SEAL
from pipelines.returns.statement import canonical
from pipelines.signing import is_signed, public_half


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
    return is_signed(seal.public_key, seal.signature, files.get(MANIFEST, b""))


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

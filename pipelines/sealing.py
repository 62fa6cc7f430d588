"""Seals: the signature over a manifest, and what a changed byte is found by.

A pack is files, a manifest that holds the SHA-256 of each, and a seal over the manifest. The public half of the key
goes with every pack, and to the recipient once, by another way: a pack proves by itself that it is whole, and with that
known half also who sealed it. A manifest may say that it is not signed: its seal is then a hash, which finds damage,
and no forgery.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field, ValidationError, model_validator

from data_schemas.programme_parts import Part
from pipelines.errors import PackError
from pipelines.packed import MANIFEST, SEAL, Packed
from pipelines.signing import canonical, is_signed, public_half

SIGNED, KIND, EXTRACT = "signed", "kind", "extract"
"""Entries of a manifest: `false` where there was no key, and what the pack is; only an extract may be unsigned."""


class Seal(Part):
    """What stands in `seal.json`, in small hexadecimal figures; without a key, the hash alone."""

    manifest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")] | None
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.signature is None) != (self.public_key is None):
            raise ValueError("a signature goes with its key")
        return self


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a pack, file by file; nothing if it is as it was sealed.

    Attributes:
        public_key: the key that its seal names; none where the seal cannot be read or is not signed.
        known: whether that is the key of the one who is expected to have sealed it; none where no key was given.
        signed: whether it says that it is signed.
    """

    faults: tuple[PackError, ...]
    public_key: str | None
    known: bool | None
    signed: bool


def sealed(hashes: Mapping[str, str], rests_on: Mapping[str, object], key: Ed25519PrivateKey | None
           ) -> dict[str, bytes]:  # fmt: skip
    """The manifest and the seal of files.

    Args:
        hashes: file → SHA-256.
        rests_on: what the manifest says beside the files.
        key: none where there is none; the manifest says so.
    """
    manifest = canonical({**rests_on, **({} if key else {SIGNED: False}), "files": dict(hashes)})
    seal = Seal(manifest=hashlib.sha256(manifest).hexdigest(), signature=key.sign(manifest).hex() if key else None,
                public_key=public_half(key) if key else None)  # fmt: skip
    return {MANIFEST: manifest, SEAL: canonical(seal.model_dump())}


def verify(pack: Packed, expected: str | None = None) -> Verdict:
    """Whether a pack is as it was sealed, and which files are not.

    Args:
        expected: the public half of the key that is known to belong to the one who sealed it.
    """
    seal, said = _seal(pack), _said(pack)
    listed = _listed(said)
    signed = said is None or said.get(SIGNED) is not False or said.get(KIND) != EXTRACT
    faults = [_missing(name) for name in (*(listed or ()), MANIFEST, SEAL) if name not in pack.hashes]
    if pack.seal is not None and (seal is None or not _is_seal_of(seal, pack, signed)):
        faults.append(_changed(SEAL))
    if pack.manifest is not None and (
        listed is None or (seal and not _holds(seal, pack) and SEAL not in _names(faults))
    ):
        faults.append(_changed(MANIFEST))
    if listed is not None and MANIFEST not in _names(faults):
        faults += _against(listed, pack.hashes)
    found = seal.public_key if seal else None
    known = None if expected is None else found == expected
    if known is False:
        faults.append(PackError("pack.other_key" if signed else "pack.not_by_key"))
    return Verdict(tuple(faults), found, known, signed)


def _against(listed: Mapping[str, str], hashes: Mapping[str, str]) -> list[PackError]:
    """The files that are not those of a manifest that holds; what a changed one lists tells nothing."""
    others = sorted(set(hashes) - {MANIFEST, SEAL})
    unlisted = [PackError("pack.unlisted", file=name) for name in others if name not in listed]
    return unlisted + [_changed(name) for name in others if name in listed and hashes[name] != listed[name]]


def _seal(pack: Packed) -> Seal | None:
    try:
        seal = Seal.model_validate_json(pack.seal or b"")
    except ValidationError:
        return None
    return seal if canonical(seal.model_dump()) == pack.seal else None


def _said(pack: Packed) -> dict[str, object] | None:
    """What the manifest says; none where it cannot be read."""
    try:
        said = json.loads(pack.manifest or b"")
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _listed(said: Mapping[str, object] | None) -> dict[str, str] | None:
    listed = (said or {}).get("files")
    return listed if isinstance(listed, dict) else None


def _holds(seal: Seal, pack: Packed) -> bool:
    """Whether the signature, or without one the hash, is that of the manifest's bytes."""
    if seal.signature is None or seal.public_key is None:
        return seal.manifest == pack.hashes.get(MANIFEST)
    return is_signed(seal.public_key, seal.signature, pack.manifest or b"")


def _is_seal_of(seal: Seal, pack: Packed, signed: bool) -> bool:
    """Whether the seal agrees with itself: of a changed manifest, neither its hash nor its signature hold.

    A seal without a signature is one only of a manifest that says so.
    """
    same = seal.manifest == pack.hashes.get(MANIFEST)
    agrees = same == _holds(seal, pack) and (not same or signed == (seal.signature is not None))
    return pack.manifest is None or agrees


def _names(faults: list[PackError]) -> set[object]:
    return {each.details["file"] for each in faults}


def _missing(name: str) -> PackError:
    return PackError("pack.missing", file=name)


def _changed(name: str) -> PackError:
    return PackError("pack.changed", file=name)

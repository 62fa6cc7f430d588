"""What a store is at one moment: for each of its files the object that holds it, and by what it is known again."""

import json
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import StoreError
from pipelines.lasting import LEFT_OUT

FORMAT = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class File(_Part):
    """One file.

    Attributes:
        name: of its object, random: names are never used again, and say nothing of what stands in them. Empty where
            it has none yet.
        sha256: of the file, not of the sealed object.
        size: of the file, in bytes.
        mode: its permissions.
    """

    name: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]
    mode: Annotated[int, Field(ge=0, le=0o777)]


class Manifest(_Part):
    """The files of a store by their paths.

    Attributes:
        generation: how often the store was published.
    """

    format: int = FORMAT
    generation: int = 0
    files: dict[str, File] = {}

    @property
    def names(self) -> frozenset[str]:
        """The objects that are needed."""
        return frozenset(each.name for each in self.files.values())


def read(content: bytes, store: str) -> Manifest:
    """A manifest as it was written.

    Raises:
        StoreError: it is none, or one of a later version.
    """
    try:
        said = json.loads(content)
        if isinstance(said, dict) and isinstance(said.get("format"), int) and said["format"] > FORMAT:
            raise StoreError("objects.newer", store=store)
        found = Manifest.model_validate(said)
    except (ValueError, ValidationError):
        raise StoreError("objects.manifest", store=store) from None
    if not all(_is_inside(path) for path in found.files):
        raise StoreError("objects.manifest", store=store)
    return found


def _is_inside(path: str) -> bool:
    """Whether a file would stand in the store, where files that last stand."""
    parts = PurePosixPath(path).parts
    return bool(parts) and path == "/".join(parts) and parts[0] not in {"/", *LEFT_OUT} and ".." not in parts

"""Files that a browser sends, written side by side into a folder as an export is expected to lie there.

The browser's names are not trusted: only their last part, of plain characters, becomes a name in that folder, and the
content of a file whose form is not known is not written at all; the import then refuses it by its name.
"""

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from pipelines.errors import ExportRefused, Problem
from pipelines.export import CORRECTIONS, DAY, MANIFEST
from pipelines.formats.archive import MOST_MEMBERS, is_litter
from pipelines.formats.readable import suffix_of

MOST_MEGABYTES = 1024
"""All files together."""

ZIP = ".zip"
LONGEST = 100
ODD = re.compile(r"[^\w .()-]")


@dataclass(frozen=True)
class Sent:
    """A file as a browser sends it; the name may begin with folders."""

    name: str
    size: int
    content: IO[bytes]

    @property
    def base(self) -> str:
        """A harmless name of its own."""
        odd = ODD.sub("_", _parts(self.name).name)
        return odd.lstrip(". ")[-LONGEST:] or "_"

    @property
    def folder(self) -> PurePosixPath:
        """The folder that the browser names."""
        return _parts(self.name).parent


def receive(sent: Sequence[Sent], folder: Path) -> Path:
    """Write the files into an empty folder.

    Returns:
        The export: a zip, or a folder named after the cut-off, when the browser's names say one.

    Raises:
        ExportRefused: no file, too many, too large, a zip beside other files, or files that cannot lie side by side.
    """
    kept = [each for each in sent if not is_litter(str(_parts(each.name)))]
    if problems := _problems(kept):
        raise ExportRefused(problems)
    day = next(iter(DAY.findall(kept[0].name)), "")
    named = f"export-{day}" if day else "export"
    if _is_zip(kept[0]):
        return _written(kept[0], folder / f"{named}{ZIP}")
    source = folder / named
    source.mkdir()
    for each in kept:
        _written(each, source / each.base)
    return source


def _parts(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))


def _is_zip(sent: Sent) -> bool:
    return sent.base.lower().endswith(ZIP)


def _is_known(sent: Sent) -> bool:
    return _is_zip(sent) or sent.base in {MANIFEST, CORRECTIONS} or suffix_of(sent.base) is not None


def _problems(sent: Sequence[Sent]) -> list[Problem]:
    if not sent:
        return [Problem("upload.nothing")]
    if len(sent) > MOST_MEMBERS:
        return [Problem("upload.too_many", {"n": len(sent), "most": MOST_MEMBERS})]
    if sum(each.size for each in sent) > MOST_MEGABYTES << 20:
        return [Problem("upload.too_large", {"most": MOST_MEGABYTES})]
    if len(sent) > 1 and any(_is_zip(each) for each in sent):
        return [Problem("upload.zip_and_files")]
    if len({each.folder for each in sent}) > 1:
        return [Problem("upload.several_folders")]
    names = Counter(each.base.lower() for each in sent)
    return [Problem("export.table_twice", {"file": each.base}) for each in sent if names.pop(each.base.lower(), 1) > 1]


def _written(sent: Sent, path: Path) -> Path:
    with path.open("xb") as target:
        if _is_known(sent):
            shutil.copyfileobj(sent.content, target, 1 << 20)
    return path

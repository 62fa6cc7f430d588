"""The folder of an export: which files it holds, its manifest and its cut-off.

Reading rows is `read.py`; this module looks at names, bytes and headers only.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ValidationError

from data_schemas.programme import Programme
from pipelines import dialect
from pipelines.dialect import Content, Dialect
from pipelines.errors import ExportRefused, Problem

MANIFEST = "manifest.json"
CORRECTIONS = "corrections.yml"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class SourceFile:
    """A file of the export, with what was found out about it."""

    path: Path
    content: Content
    dialect: Dialect

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.name

    @property
    def stem(self) -> str:
        """The name of the table that the file is, in small letters."""
        return self.path.stem.lower()


class ListedFile(BaseModel):
    """A file as the manifest lists it."""

    sha256: str | None = None
    rows: int | None = None


class Manifest(BaseModel):
    """What the sender says of an export; everything is optional."""

    programme: str | None = None
    cutoff_date: dt.date | None = None
    synthetic: bool = False
    files: dict[str, ListedFile] = {}


@dataclass(frozen=True)
class Export:
    """An export as it lies in its folder.

    Attributes:
        files: by the file's name in small letters, without ending.
        cutoff: the day at which the data were stopped.
        cutoff_origin: where the cut-off comes from: `option`, `manifest`, `folder` or `programme`.
    """

    folder: Path
    files: Mapping[str, SourceFile]
    cutoff: dt.date
    cutoff_origin: str
    synthetic: bool
    listed_rows: Mapping[str, int | None]


@contextlib.contextmanager
def readable(folder: Path) -> Iterator[None]:
    """A file of the export that the system does not let us read is the export's trouble, not the store's."""
    try:
        yield
    except OSError as error:
        path = Path(str(error.filename or ""))
        if path != folder and folder not in path.parents:
            raise
        raise ExportRefused([Problem("export.unreadable", {"file": path.name})]) from None


def open_export(folder: Path, programme: Programme, cutoff: dt.date | None = None) -> Export:
    """Look at a folder.

    Raises:
        ExportRefused: no folder, no file, a file that is not a table, a manifest that does not fit, or no cut-off.
    """
    if not folder.is_dir():
        raise ExportRefused([Problem("export.no_folder", {"folder": folder.name})])
    others = sorted(
        path for path in folder.iterdir() if path.name not in (MANIFEST, CORRECTIONS) and not _is_litter(path)
    )
    paths = [path for path in others if path.suffix.lower() == ".csv" and path.is_file()]
    if not paths:
        raise ExportRefused([Problem("export.no_file", {"folder": folder.name})])
    problems = [Problem("export.not_csv", {"file": path.name}) for path in others if path not in paths]
    files: list[SourceFile] = []
    for path in paths:
        if path.stem.lower() in {file.stem for file in files}:
            problems.append(Problem("export.table_twice", {"file": path.name}))
        elif found := _source(path, problems):
            files.append(found)
    manifest = _manifest(folder, problems)
    problems += _disagreements(manifest, programme, files, {path.name for path in paths})
    day, origin = _cutoff(folder, manifest, programme, cutoff)
    if day is None:
        problems.append(Problem("export.no_cutoff", {"folder": folder.name}))
    if problems or day is None:
        raise ExportRefused(problems)
    rows = {name: listed.rows for name, listed in manifest.files.items()}
    return Export(folder, {file.stem: file for file in files}, day, origin, manifest.synthetic, rows)


def _is_litter(path: Path) -> bool:
    """What operating systems leave in folders."""
    return path.name.startswith(".") or path.name.lower() in ("thumbs.db", "desktop.ini", "__macosx")


def _source(path: Path, problems: list[Problem]) -> SourceFile | None:
    content = dialect.examine(path)
    if content.size == 0:
        problems.append(Problem("export.empty_file", {"file": path.name}))
        return None
    header = dialect.find_header(path, content.encoding) if content.encoding else None
    if header is None:
        problems.append(Problem("export.not_a_table", {"file": path.name}))
        return None
    columns = [column.lower() for column in header.header]
    return SourceFile(path, content, replace(header, header=tuple(columns), special_spaces=content.special_spaces))


def _manifest(folder: Path, problems: list[Problem]) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        return Manifest()
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8-sig"))
    except (ValidationError, UnicodeDecodeError):
        problems.append(Problem("export.bad_manifest", {"file": MANIFEST}))
        return Manifest()


def _disagreements(manifest: Manifest, programme: Programme, files: list[SourceFile], there: set[str]) -> list[Problem]:
    """Where the manifest says another programme, lists a file that is not there, or another content."""
    found = []
    if manifest.programme not in (None, programme.name):
        found.append(Problem("export.other_programme", {"programme": programme.name}))
    hashes = {file.name: file.content.sha256 for file in files}
    for name, listed in manifest.files.items():
        if name not in there:
            found.append(Problem("export.file_missing", {"file": name}))
        elif listed.sha256 not in (None, hashes.get(name, listed.sha256)):
            found.append(Problem("export.file_altered", {"file": name}))
    return found


def _cutoff(
    folder: Path, manifest: Manifest, programme: Programme, given: dt.date | None
) -> tuple[dt.date | None, str]:
    if given:
        return given, "option"
    if manifest.cutoff_date:
        return manifest.cutoff_date, "manifest"
    for day in DAY.findall(folder.name):
        try:
            return dt.date.fromisoformat(day), "folder"
        except ValueError:
            continue
    return programme.cutoff, "programme"

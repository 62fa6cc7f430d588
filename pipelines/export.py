"""The folder or zip of an export: which files it holds, its manifest and its cut-off.

Reading rows is `read.py`; this module looks at names, bytes and headers only.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ValidationError

from data_schemas.programme import Programme
from pipelines.dialect import Content, Dialect
from pipelines.errors import ExportRefused, Problem
from pipelines.expected import expected
from pipelines.formats import archive, columnar, text, workbook
from pipelines.formats.opening import Memory, Openable
from pipelines.formats.readable import Form, Kinds, stem_of, suffix_of

MANIFEST = "manifest.json"
CORRECTIONS = "corrections.yml"
MOST_COLUMNS = 500
"""Of one file; several times what any table has."""

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class SourceFile:
    """A file of the export, with what was found out about it.

    Attributes:
        name: as it was sent.
        path: what is read in its place: the file itself, what it holds packed, or its converted copy in memory.
        expressions: for a form other than text, column → SQL of its text.
        has_lines: whether a converted file says where each row stood.
    """

    name: str
    path: Openable
    form: Form
    content: Content
    dialect: Dialect
    expressions: Mapping[str, str] = field(default_factory=dict)
    has_lines: bool = False

    @property
    def stem(self) -> str:
        """The name of the table that the file is, in small letters."""
        return stem_of(self.name)


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
    """An export as it was sent.

    Attributes:
        files: by the file's name in small letters, without ending.
        corrections: the declared corrections beside them.
        cutoff: the day at which the data were stopped.
        cutoff_origin: where the cut-off comes from: `option`, `manifest`, `folder` or `programme`.
    """

    files: Mapping[str, SourceFile]
    cutoff: dt.date
    cutoff_origin: str
    synthetic: bool
    listed_rows: Mapping[str, int | None]
    corrections: Openable | None = None


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


def open_export(source: Path, programme: Programme, memory: Memory, cutoff: dt.date | None = None) -> Export:
    """Look at a folder or a zip; what must be converted as a whole stands in memory.

    Raises:
        ExportRefused: no folder, no file, a file that is not a table, a manifest that does not fit, or no cut-off.
    """
    there = {each.name: each for each in _files(source)}
    beside = {name: each for name, each in there.items() if name in (MANIFEST, CORRECTIONS) and _is_file(each)}
    others = [each for name, each in there.items() if name not in beside and not archive.is_litter(name)]
    paths = [each for each in others if suffix_of(each.name) and _is_file(each)]
    if not paths:
        raise ExportRefused([Problem("export.no_file", {"folder": source.name})])
    problems = [Problem("export.other_file", {"file": path.name}) for path in others if path not in paths]
    known = expected(programme)
    files: dict[str, SourceFile] = {}
    for path in paths:
        stem = stem_of(path.name)
        if stem in files:
            problems.append(Problem("export.table_twice", {"file": path.name}))
        elif found := _source(path, known.get(stem, {}), memory, problems):
            files[stem] = found
    manifest = _manifest(beside.get(MANIFEST), problems)
    problems += _disagreements(manifest, programme, files.values(), {path.name for path in paths})
    day, origin = _cutoff(source, manifest, programme, cutoff)
    if day is None:
        problems.append(Problem("export.no_cutoff", {"folder": source.name}))
    if problems or day is None:
        raise ExportRefused(problems)
    rows = {name: listed.rows for name, listed in manifest.files.items()}
    return Export(files, day, origin, manifest.synthetic, rows, beside.get(CORRECTIONS))


def _files(source: Path) -> Sequence[Openable]:
    if source.is_dir():
        return sorted(source.iterdir())
    if source.suffix.lower() != ".zip" or not source.is_file():
        raise ExportRefused([Problem("export.no_folder", {"folder": source.name})])
    return sorted(archive.members(source), key=lambda each: each.name)


def _is_file(found: Openable) -> bool:
    return not isinstance(found, Path) or found.is_file()


def _source(path: Openable, kinds: Kinds, memory: Memory, problems: list[Problem]) -> SourceFile | None:
    try:
        match suffix_of(path.name):
            case ".xlsx":
                found = workbook.read(path.name, archive.in_memory(path, memory), kinds, memory)
            case ".parquet":
                found = columnar.read_parquet(path.name, archive.in_memory(path, memory))
            case ".xpt":
                found = columnar.read_xport(path.name, archive.in_memory(path, memory), kinds, memory)
            case _:
                found = text.read(path, kinds)
    except ExportRefused as refusal:
        problems += refusal.problems
        return None
    if (n := len(found.dialect.header)) > MOST_COLUMNS:
        problems.append(Problem("export.too_many_columns", {"file": path.name, "n": n, "most": MOST_COLUMNS}))
        return None
    return SourceFile(
        path.name, found.path, found.form, found.content, found.dialect, found.expressions, found.has_lines
    )


def _manifest(file: Openable | None, problems: list[Problem]) -> Manifest:
    if file is None:
        return Manifest()
    try:
        with file.open(encoding="utf-8-sig") as stream:
            return Manifest.model_validate_json(stream.read())
    except (ValidationError, UnicodeDecodeError):
        problems.append(Problem("export.bad_manifest", {"file": MANIFEST}))
        return Manifest()


def _disagreements(
    manifest: Manifest, programme: Programme, files: Iterable[SourceFile], there: set[str]
) -> list[Problem]:
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

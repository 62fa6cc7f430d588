"""The folder or zip of an export: which files it holds, its manifest and its cut-off.

Reading rows is `read.py`; this module looks at names, bytes and headers only.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ValidationError

from data_schemas.programme import Programme
from pipelines.dialect import Content, Dialect
from pipelines.errors import ExportRefused, Problem
from pipelines.expected import expected
from pipelines.formats import archive, columnar, text, workbook
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
        path: what is read in its place: the file itself, or its unpacked or converted copy.
        expressions: for a form other than text, column → SQL of its text.
        has_lines: whether a converted file says where each row stood.
    """

    name: str
    path: Path
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
        folder: where its files lie, for a zip inside the scratch folder.
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


def open_export(source: Path, programme: Programme, scratch: Path, cutoff: dt.date | None = None) -> Export:
    """Look at a folder or a zip; what must be unpacked or converted goes into the scratch folder.

    Raises:
        ExportRefused: no folder, no file, a file that is not a table, a manifest that does not fit, or no cut-off.
    """
    folder = _folder(source, scratch)
    beside = (MANIFEST, CORRECTIONS)
    others = sorted(path for path in folder.iterdir() if path.name not in beside and not archive.is_litter(path.name))
    paths = [path for path in others if suffix_of(path.name) and path.is_file()]
    if not paths:
        raise ExportRefused([Problem("export.no_file", {"folder": source.name})])
    problems = [Problem("export.other_file", {"file": path.name}) for path in others if path not in paths]
    known = expected(programme)
    files: dict[str, SourceFile] = {}
    for path in paths:
        stem = stem_of(path.name)
        if stem in files:
            problems.append(Problem("export.table_twice", {"file": path.name}))
        elif found := _source(path, known.get(stem, {}), scratch, problems):
            files[stem] = found
    manifest = _manifest(folder, problems)
    problems += _disagreements(manifest, programme, files.values(), {path.name for path in paths})
    day, origin = _cutoff(source, manifest, programme, cutoff)
    if day is None:
        problems.append(Problem("export.no_cutoff", {"folder": source.name}))
    if problems or day is None:
        raise ExportRefused(problems)
    rows = {name: listed.rows for name, listed in manifest.files.items()}
    return Export(folder, files, day, origin, manifest.synthetic, rows)


def _folder(source: Path, scratch: Path) -> Path:
    if source.is_dir():
        return source
    if source.suffix.lower() != ".zip" or not source.is_file():
        raise ExportRefused([Problem("export.no_folder", {"folder": source.name})])
    folder = scratch / "unpacked"
    folder.mkdir()
    archive.unpack(source, folder)
    return folder


def _source(path: Path, kinds: Kinds, scratch: Path, problems: list[Problem]) -> SourceFile | None:
    try:
        match suffix_of(path.name):
            case ".xlsx":
                found = workbook.read(path, kinds, scratch)
            case ".parquet":
                found = columnar.read_parquet(path)
            case ".xpt":
                found = columnar.read_xport(path, kinds, scratch)
            case _:
                found = text.read(path, scratch)
    except ExportRefused as refusal:
        problems += refusal.problems
        return None
    if (n := len(found.dialect.header)) > MOST_COLUMNS:
        problems.append(Problem("export.too_many_columns", {"file": path.name, "n": n, "most": MOST_COLUMNS}))
        return None
    return SourceFile(
        path.name, found.path, found.form, found.content, found.dialect, found.expressions, found.has_lines
    )


def _manifest(folder: Path, problems: list[Problem]) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        return Manifest()
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8-sig"))
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

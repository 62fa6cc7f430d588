"""Names of files and columns: which announce a direct identifier, and which may not be repeated to anyone."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from data_schemas.programme import Programme
from data_schemas.tables import TABLES
from pipelines.errors import Problem
from pipelines.expected import needs
from pipelines.export import SourceFile
from pipelines.mapping import MappedTable
from pipelines.screen.rules import IN_NAMES, broken
from pipelines.screen.words import is_identifying


def screen_names(files: Iterable[SourceFile], tables: Iterable[MappedTable]) -> list[Problem]:
    """Columns whose name announces a direct identifier; those that become a column of the contract are known."""
    expected = {(mapped.file.name, column) for mapped in tables for source in mapped.sources.values()
                for column in needs(source) if not source.file}  # fmt: skip
    with_header = {file for file, _ in expected}
    return [
        Problem("screen.column_name", {"file": file.name, "column": column})
        for file in files
        for column in file.dialect.header
        if file.name in with_header and (file.name, column) not in expected and is_identifying(column)
    ]


def discreet(problems: Sequence[Problem], folder: Path, programme: Programme) -> list[Problem]:
    """The problems without names that themselves look like a direct identifier, and one problem for each such file.

    A file is then named by its place in the folder, a column by dots.
    """
    known = {*TABLES, *(mapping.file for mapping in programme.mapping.values())}
    before = programme.established_on
    places = {path.name: n for n, path in enumerate(sorted(folder.iterdir()), start=1)} if folder.is_dir() else {}
    hidden: dict[str, tuple[str, str]] = {}
    told = []
    for problem in problems:
        details = dict(problem.details)
        for key in details.keys() & {"file", "column", "folder"}:
            name = str(details[key])
            if rule := _rule(name, known, before) if key == "file" else _rule(name, (), before):
                details[key] = f"#{places[name]}" if name in places else "…"
                if key == "file":
                    hidden[name] = (str(details[key]), rule)
        told.append(replace(problem, details=details))
    return told + [Problem("screen.file_name", {"file": place, "rule": rule}) for place, rule in hidden.values()]


def _rule(name: str, known: Iterable[str], before: dt.date) -> str | None:
    """The first rule that a name breaks, if it is not a known one."""
    stem = Path(name).stem.lower()
    if stem in known:
        return None
    return next(iter(broken(name, before, IN_NAMES) or broken(name.replace("_", " "), before, IN_NAMES)), None)

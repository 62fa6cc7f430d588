"""Read: every row of every file lands as text, with its place in the file; nothing is interpreted or dropped here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from data_schemas.tables import metadata
from pipelines import dialect, sql
from pipelines.dialect import Dialect
from pipelines.engines import duckdb as engine
from pipelines.export import SourceFile
from pipelines.mapping import MappedTable, needs

DATES = {"date", "partial_date", "month"}
NUMBERS = {"decimal"}


@dataclass(frozen=True)
class Landed:
    """A file whose rows stand as text in table `relation` (with `<relation>_broken` beside it)."""

    file: SourceFile
    relation: str
    n_rows: int
    n_broken: int

    @property
    def plain(self) -> bool:
        """Whether row n stands on line n after the header: no blank line, no line break in a field, nothing broken."""
        return self.n_broken == 0 and self.n_rows + self.file.dialect.first_line == self.file.content.n_lines


def land(connection: engine.Connection, tables: Iterable[MappedTable], files: Iterable[SourceFile], scratch: Path
         ) -> dict[str, Landed]:  # fmt: skip
    """Land the files, each once, with its date order and decimal mark found from the columns that hold such values."""
    tables = list(tables)
    landed = {}
    for file in files:
        complete = replace(file, dialect=_formats(file, tables))
        relation = f"raw_{file.stem}"
        engine.land_csv(connection, _as_utf8(complete, scratch), complete.dialect, relation)
        n_rows, n_broken = (_count(connection, name) for name in (relation, f"{relation}_broken"))
        landed[file.stem] = Landed(complete, relation, n_rows, n_broken)
    return landed


def _count(connection: engine.Connection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {sql.name(relation)}").fetchone()
    return int(row[0]) if row else 0


def _formats(file: SourceFile, tables: list[MappedTable]) -> Dialect:
    values = dialect.sample(file.path, file.dialect)
    dates, numbers = set(), set()
    for mapped in tables:
        for column, source in mapped.sources.items():
            kind = metadata(mapped.table.name, column)["kind"]
            if mapped.origin(column) in (mapped.file if mapped.file.stem == file.stem else None, file.stem):
                dates |= set(needs(source)) if kind in DATES else set()
                numbers |= set(needs(source)) if kind in NUMBERS else set()
    return replace(
        file.dialect,
        date_order=dialect.date_order(value for column in dates for value in values.get(column, [])),
        decimal=dialect.decimal_mark(
            (value for column in numbers for value in values.get(column, [])), file.dialect.separator
        ),
    )


def _as_utf8(file: SourceFile, scratch: Path) -> Path:
    """The file itself, or if it is written otherwise a scratch copy in UTF-8 with one kind of line end."""
    if file.dialect.encoding.startswith("utf-8") and not file.content.mixed_line_ends:
        return file.path
    copy = scratch / f"{file.stem}.utf8.csv"
    line_ends = None if file.content.mixed_line_ends else ""
    with (
        file.path.open(encoding=file.dialect.encoding, newline=line_ends) as read,
        copy.open("w", encoding="utf-8", newline="") as write,
    ):
        while block := read.read(dialect.BLOCK):
            write.write(block)
    return copy

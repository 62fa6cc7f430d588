"""Read: every row of every file lands as text, with its place in the file; nothing is interpreted or dropped here.

Rows that are no data (a header repeated, a total) are set aside by name, beside the lines that cannot be split.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from data_schemas.programme import ExportDates
from data_schemas.tables import metadata
from pipelines import conventions, dialect, padding, set_aside, sql
from pipelines.dialect import Dialect
from pipelines.engines import Builder, NotRowsError, trailing_name
from pipelines.errors import ExportRefused, Problem, StoreError
from pipelines.expected import needs
from pipelines.export import SourceFile
from pipelines.formats import cells
from pipelines.formats.opening import piped
from pipelines.formats.readable import LINE
from pipelines.mapping import MappedTable

DATES = {"date", "partial_date", "month"}
NUMBERS = {"decimal"}
REGIONS = {"region"}


@dataclass(frozen=True)
class Landed:
    """A file whose rows stand as text in table `relation` (with `<relation>_broken` beside it).

    Attributes:
        n_rows: rows that stand in `relation`.
        n_broken: records that are kept beside it, because they cannot be split or are no data.
        n_set_aside: those among them that are no data; their `record` is minus the number of the row.
        notes: what was understood and is worth saying: name of the note → number of rows or cells.
    """

    file: SourceFile
    relation: str
    n_rows: int
    n_broken: int
    n_set_aside: int = 0
    notes: Mapping[str, int] | None = None

    @property
    def plain(self) -> bool:
        """Whether row n stands on line n after the header: no blank line, no line break in a field, nothing broken."""
        expected = self.n_rows + self.n_set_aside + self.file.dialect.first_line
        return self.n_broken == self.n_set_aside and expected == self.file.content.n_lines


def land(connection: Builder, tables: Iterable[MappedTable], files: Iterable[SourceFile],
         export_dates: ExportDates = "dmy") -> dict[str, Landed]:  # fmt: skip
    """Land the files, each once, with its date order and decimal mark found from the columns that hold such values.

    Raises:
        ExportRefused: a file that can be read in two ways, or cannot be read.
        StoreError: not every record of a file has landed.
    """
    tables = list(tables)
    landed, problems = {}, []
    for file in files:
        try:
            landed[file.stem] = _land(connection, file, tables, export_dates)
        except ExportRefused as refusal:
            problems += refusal.problems
    if problems:
        raise ExportRefused(problems)
    return landed


def _land(connection: Builder, file: SourceFile, tables: list[MappedTable], export_dates: ExportDates
          ) -> Landed:  # fmt: skip
    relation = f"raw_{file.stem}"
    dates, numbers, regions = (columns_of(file, tables, each) for each in (DATES, NUMBERS, REGIONS))
    complete = replace(file, dialect=_formats(connection, file, dates, numbers))
    try:
        if file.form == "csv":
            with _in_utf8(complete) as path:
                connection.land_csv(path, complete.dialect, relation)
                complete = replace(complete, dialect=padding.with_spaces(path, complete.dialect))
        else:
            _land_columns(connection, complete, dates, relation)
    except NotRowsError:
        raise ExportRefused([Problem("export.not_rows", {"file": file.name})]) from None
    notes = {"trailing_separators": _drop_trailing(connection, complete, relation)}
    settled = conventions.settle(connection, complete.name, complete.dialect, relation, dates, numbers, export_dates)
    n_marks = conventions.other_marks(connection, relation, dates) if settled.date_order in ("dmy", "mdy") else 0
    complete = replace(complete, dialect=replace(settled, date_marks=n_marks > 0))
    n_set_aside = set_aside.move(connection, relation, complete.dialect.header, LINE if file.has_lines else None)
    n_rows, n_broken = (_count(connection, name) for name in (relation, f"{relation}_broken"))
    notes |= {"lines_above": complete.dialect.n_above, "date_marks": n_marks}
    notes |= {"lines_set_aside": n_set_aside, "zeros_of_regions": _short_regions(connection, relation, regions)}
    found = Landed(complete, relation, n_rows, n_broken, n_set_aside, {name: n for name, n in notes.items() if n})
    _check_complete(found)
    return found


def columns_of(file: SourceFile, tables: Iterable[MappedTable], kinds: set[str]) -> list[str]:
    """The columns of a file from which columns of some kinds, or vocabularies, are read."""
    found: dict[str, None] = {}
    for mapped in tables:
        for column, source in mapped.sources.items():
            origin = mapped.origin(column)
            stem = origin if isinstance(origin, str) else origin.stem
            about = metadata(mapped.table.name, column)
            if stem == file.stem and kinds & {about["kind"], about.get("vocabulary")}:
                found |= dict.fromkeys(needs(source))
    return list(found)


def _count(connection: Builder, relation: str) -> int:
    row = connection.execute(f"select count(*) from {sql.name(relation)}").fetchone()
    return int(row[0]) if row else 0


def _formats(connection: Builder, file: SourceFile, dates: list[str], numbers: list[str]) -> Dialect:
    if file.form == "csv":
        values = dialect.sample(file.path, file.dialect)
    else:
        values = connection.sample_columns(str(file.path), file.expressions, [*dates, *numbers], dialect.SAMPLE_ROWS)
    separator = file.dialect.separator if file.form == "csv" else ","
    return replace(
        file.dialect,
        date_order=dialect.date_order(value for column in dates for value in values.get(column, [])),
        decimal=dialect.decimal_mark((value for column in numbers for value in values.get(column, [])), separator),
    )


def _land_columns(connection: Builder, file: SourceFile, dates: list[str], relation: str) -> None:
    expressions = dict(file.expressions)
    if file.form == "xlsx" and file.dialect.date_order == "dmy":
        expressions |= {column: cells.in_dmy(f"({expressions[column]})") for column in dates if column in expressions}
    connection.land_parquet(str(file.path), expressions, relation, LINE if file.has_lines else None)


def _drop_trailing(connection: Builder, file: SourceFile, relation: str) -> int:
    """Leave out the columns that only a separator at the end of the lines makes; none may hold a value."""
    names = [trailing_name(place) for place in range(file.dialect.n_trailing)]
    for place, column in enumerate(map(sql.name, names)):
        filled = f"select count(*) from {sql.name(relation)} where {sql.trimmed(column)} <> ''"
        if (connection.execute(filled).fetchone() or (0,))[0]:
            details = {"file": file.name, "place": len(file.dialect.header) + place + 1}
            raise ExportRefused([Problem("export.blank_column", details)])
    connection.leave_out_columns(relation, names)
    return file.dialect.n_trailing


def _short_regions(connection: Builder, relation: str, columns: Iterable[str]) -> int:
    """Codes of regions without their leading zero, as a spreadsheet saves them; they are read all the same."""
    found = 0
    for column in columns:
        is_short = sql.matches(sql.trimmed(sql.name(column)), "^[0-9]$")
        row = connection.execute(f"select count_if({is_short}) from {sql.name(relation)}").fetchone()
        found += int(row[0] or 0) if row else 0
    return found


def _check_complete(landed: Landed) -> None:
    """Whether every record of the file has landed: by its lines, or by a second reader where lines are not rows."""
    file, n_landed = landed.file, landed.n_rows + landed.n_broken
    if file.content.n_records is not None:
        n_records = file.content.n_records
    elif landed.plain:
        return
    else:
        n_records = dialect.count_records(file.path, file.dialect)
    if n_records != n_landed:
        if landed.n_broken > landed.n_set_aside:
            raise ExportRefused([Problem("export.open_quote", {"file": file.name})])
        raise StoreError("store.rows_lost", table=file.stem, read=n_records, loaded=landed.n_rows,
                         quarantined=landed.n_broken)  # fmt: skip


def _in_utf8(file: SourceFile) -> AbstractContextManager[Path]:
    """The file itself or, if it is packed or written otherwise, a pipe that gives UTF-8 with one kind of line end."""
    mixed, encoding = file.content.mixed_line_ends, file.dialect.encoding
    if isinstance(file.path, Path) and encoding.startswith("utf-8") and not mixed:
        return nullcontext(file.path)
    return piped(file.path, encoding, None if mixed else "")

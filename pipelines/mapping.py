"""Which file and column of an export each column of the contract comes from.

Without a mapping in the programme, a table is the file of its name and a column the column of its name. A column that
is neither expected nor said to be ignored is refused: it may be anything.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from data_schemas.programme import Programme
from data_schemas.programme_parts import Source, TableMapping
from data_schemas.tables import TABLES, Table
from pipelines.errors import Problem
from pipelines.expected import expected, mappings, needs
from pipelines.export import Export, SourceFile
from pipelines.formats.readable import Kinds


@dataclass(frozen=True)
class MappedTable:
    """A table of the contract that the export holds.

    Attributes:
        file: the file whose rows become the table's rows.
        sources: column of the contract → where it comes from, for the columns that are there.
    """

    table: Table
    file: SourceFile
    sources: Mapping[str, Source]
    distinct: bool = False

    def origin(self, column: str) -> SourceFile | str:
        """The file a column is read from: the driving one, or the name of another that it is looked up in."""
        return self.sources[column].file or self.file


def map_tables(export: Export, programme: Programme) -> tuple[list[MappedTable], list[Problem]]:
    """The tables that were sent, in the order of the contract, and what makes the export unusable."""
    mapped: list[MappedTable] = []
    problems: list[Problem] = []
    for name, mapping in mappings(programme).items():
        file = export.files.get(mapping.file)
        if file is None:
            if TABLES[name].required:
                problems.append(Problem("export.missing_table", {"table": name, "file": f"{mapping.file}.csv"}))
            continue
        table = MappedTable(TABLES[name], file, _present(mapping, file, export), mapping.distinct)
        problems += _missing_columns(table, mapping, programme)
        mapped.append(table)
    problems += list(_unknown(export, expected(programme)))
    order = list(TABLES)
    return sorted(mapped, key=lambda each: order.index(each.table.name)), problems


def _present(mapping: TableMapping, file: SourceFile, export: Export) -> dict[str, Source]:
    found = {}
    for column, source in mapping.columns.items():
        origin = export.files.get(source.file) if source.file else file
        if origin and all(needed in origin.dialect.header for needed in needs(source)):
            found[column] = source
    return found


def _missing_columns(mapped: MappedTable, mapping: TableMapping, programme: Programme) -> list[Problem]:
    name = mapped.table.name
    return [
        Problem("export.missing_column", {"file": mapped.file.name, "column": _written(mapping, use.column)})
        for use in mapped.table.uses
        if use.required and programme.collects(name, use.column) and use.column not in mapped.sources
    ]


def _written(mapping: TableMapping, column: str) -> str:
    source = mapping.columns.get(column)
    return ", ".join(needs(source)) if source and needs(source) else column


def _unknown(export: Export, known: Mapping[str, Kinds]) -> Iterator[Problem]:
    """Files and columns that no table expects."""
    for stem, file in export.files.items():
        if stem not in known:
            yield Problem("export.unknown_file", {"file": file.name, "nearest": _nearest(stem, known)})
            continue
        if not known[stem].keys() & set(file.dialect.header):
            yield Problem("export.no_header", {"file": file.name})  # these may be a patient's values: not repeated
            continue
        columns = file.dialect.header
        for column in sorted({column for column in columns if columns.count(column) > 1}):
            yield Problem("export.repeated_column", {"file": file.name, "column": column})
        for column in dict.fromkeys(columns):
            if column not in known[stem]:
                nearest = _nearest(column, known[stem])
                yield Problem("export.unknown_column", {"file": file.name, "column": column, "nearest": nearest})


def _nearest(word: str, known: Mapping[str, object]) -> str:
    return next(iter(difflib.get_close_matches(word, list(known), n=1)), "–")

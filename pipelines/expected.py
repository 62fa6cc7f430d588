"""What a programme expects of each file: its columns, and the kinds of the contract's columns read from them."""

from collections import defaultdict
from collections.abc import Mapping

from data_schemas.programme import Programme
from data_schemas.programme_parts import Source, TableMapping
from data_schemas.tables import TABLES, Table, metadata
from pipelines.formats.readable import Kinds


def mappings(programme: Programme) -> Mapping[str, TableMapping]:
    """Table of the contract → how it is made from files; without a mapping, from the file of its name."""
    return programme.mapping or {name: _identity(table) for name, table in TABLES.items()}


def _identity(table: Table) -> TableMapping:
    return TableMapping(file=table.name, columns={column: Source(column=column) for column in table.columns})


def needs(source: Source) -> list[str]:
    """The columns of the file that a source reads."""
    return [source.column] if source.column else list(source.columns)


def expected(programme: Programme) -> Mapping[str, Kinds]:
    """File, without ending → column → kinds; a column that is known and left out has none."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for table, mapping in mappings(programme).items():
        for column in mapping.ignored:
            found[mapping.file][column].update(())
        for column, source in mapping.columns.items():
            kind = metadata(table, column)["kind"]
            for needed in needs(source):
                found[source.file or mapping.file][needed].add(kind)
            if source.file and source.by:
                found[source.file][source.by].add("identifier")
                found[mapping.file][source.by].add("identifier")
    return {stem: {column: frozenset(kinds) for column, kinds in columns.items()} for stem, columns in found.items()}

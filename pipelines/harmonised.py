"""What was mapped: for each table, the columns and codes of the programme's mapping, and the cells that hold a code in
another spelling (accents, case, apostrophes, the other language). Names and counts, never a value.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from data_schemas.tables import metadata
from pipelines import sql
from pipelines.expected import needs
from pipelines.mapping import MappedTable
from pipelines.validate import Validator


@dataclass(frozen=True)
class Harmonised:
    """What was mapped to make a table of the contract.

    Attributes:
        columns: column of the contract → what it is read from, where that has another name.
        codes: column → foreign code → code, as the programme says.
        spellings: column → cells that held a code in another spelling.
    """

    table: str
    file: str
    columns: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    spellings: Mapping[str, int]

    def __bool__(self) -> bool:
        return bool(self.columns or self.codes or self.spellings)

    def record(self) -> dict[str, object]:
        """As plain data, for the record of the release."""
        return asdict(self) | {"codes": {column: dict(codes) for column, codes in self.codes.items()}}


def harmonised(validator: Validator, mapped: MappedTable) -> Harmonised:
    """What was mapped to make a table that has been checked."""
    columns = {column: origin for column in mapped.sources if (origin := _origin(mapped, column)) != column}
    codes = {column: dict(source.codes) for column, source in mapped.sources.items() if source.codes}
    return Harmonised(mapped.table.name, mapped.file.name, columns, codes, _spellings(validator, mapped))


def _origin(mapped: MappedTable, column: str) -> str:
    source = mapped.sources[column]
    if source.value is not None:
        return f"= {source.value}"
    return (f"{source.file}." if source.file else "") + source.separator.join(needs(source))


def _spellings(validator: Validator, mapped: MappedTable) -> dict[str, int]:
    name = mapped.table.name
    columns = [column for column in mapped.sources if "vocabulary" in metadata(name, column)]
    if not columns:
        return {}
    differ = ", ".join(
        f"count_if({sql.name('received_' + column)} <> {sql.name(column)}) as {sql.name(column)}" for column in columns
    )
    counts = validator.connection.execute(f"select {differ} from typed_{name}").fetchone() or ()
    return {column: int(n) for column, n in zip(columns, counts, strict=True) if n}

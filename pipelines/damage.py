"""What a spreadsheet does to cells before they are exported: errors, lost digits, lost zeros. Each is refused by name.

A check is added only where a file holds what it looks for, so that clean files cost nothing. It stands in place of what
else the same cell would be refused for.
"""

from collections import defaultdict
from collections.abc import Sequence

from data_schemas.tables import metadata
from pipelines import parse, sql
from pipelines.checks import Check
from pipelines.mapping import MappedTable
from pipelines.read import Landed
from pipelines.validate import Validator

ERROR = "^#(N/?A|NAME[?]|NOM[?]|NULL!|NUL!|NUM!|NOMBRE!|REF!|VALUE!|VALEUR!|DIV/0!|#+)$"
SCIENTIFIC = "^[0-9]([.,][0-9]+)?[Ee][+][0-9]{1,3}$"
PRECISE = "^[0-9]{16,}$"
"""A spreadsheet keeps no more than 15 digits of a number."""


def find_lost_zeros(validator: Validator, tables: Sequence[MappedTable]) -> None:
    """Table `lost_zeros`: identifiers made of digits of which another file has the same with zeros before them."""
    validator.run("create temp table lost_zeros (stem varchar, column_name varchar, value varchar)")
    for column, places in _identifiers(tables).items():
        digits = {stem: _digits(validator.landed[stem], written) for stem, written in places.items()}
        for stem, padded in digits.items():
            with_zeros = f"from ({padded}) where starts_with(v, '0')"
            if len(digits) == 1 or not validator.one(f"select count(*) from (select v {with_zeros} limit 1)"):
                continue
            zeros = f"select distinct ltrim(v, '0') {with_zeros}"
            for other, bare in digits.items():
                if other != stem:
                    validator.run(
                        f"""insert into lost_zeros select distinct {sql.literal(other)}, {sql.literal(column)}, v
                        from ({bare}) where v in ({zeros}) and v not in ({padded})"""
                    )


def _identifiers(tables: Sequence[MappedTable]) -> dict[str, dict[str, str]]:
    """Identifier of the contract → file → the column of the file that it is read from."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for mapped in tables:
        for column, source in mapped.sources.items():
            if _kind(mapped, column) == "identifier" and source.column and not source.file:
                found[column].setdefault(mapped.file.stem, source.column)
    return found


def _kind(mapped: MappedTable, column: str) -> str:
    return str(metadata(mapped.table.name, column)["kind"])


def _digits(landed: Landed, written: str) -> str:
    text = parse.clean(sql.name(written), landed.file.dialect)
    return (
        f"select v from (select {text} as v from {sql.name(landed.relation)}) "
        f"where v between '0' and '9~' and {sql.matches('v', '^[0-9]+$')}"
    )


def checks(validator: Validator, mapped: MappedTable) -> list[Check]:
    """The checks on damaged cells that a table's files call for."""
    stem, contents = mapped.file.stem, [landed.file.content for landed in validator.landed.values()]
    errors, scientific = (any(each) for each in zip(
        *((content.spreadsheet_errors, content.scientific) for content in contents), strict=True))  # fmt: skip
    found = []
    for column in mapped.sources:
        text = f"t.{sql.name('received_' + column)}"
        if errors:
            is_error = f"starts_with({text}, '#') and {sql.matches(text, ERROR)}"
            found.append(Check("excel_error", column, is_error))
        if _kind(mapped, column) != "identifier":
            continue
        if scientific:
            pattern = f"{SCIENTIFIC}|{PRECISE}" if mapped.file.form == "xlsx" else SCIENTIFIC
            found.append(Check("scientific_identifier", column, sql.matches(text, pattern)))
        lost = f"from lost_zeros where stem = {sql.literal(stem)} and column_name = {sql.literal(column)}"
        if validator.one(f"select count(*) {lost}"):
            found.append(Check("leading_zero_lost", column, f"{text} in (select value {lost})"))
    return found

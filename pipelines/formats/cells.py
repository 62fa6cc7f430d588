"""What the text of a spreadsheet's cell stands for, by the kind of column that it becomes, as SQL.

A spreadsheet keeps a day as a number, or gives it with a time of midnight; a number typed as text may have a comma.
What is not one of these stays as it is.
"""

from collections.abc import Mapping, Sequence

from pipelines import sql
from pipelines.formats.readable import Kinds

DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2} 00:00:00([.]0+)?$"
SERIAL = "^[0-9]{5}([.]0+)?$"
COMMA = "^[+-]?[0-9]+,([0-9]{1,2}|[0-9]{4,15})$"
"""Three figures after a comma could be thousands: such a text stays as it is."""


def expressions(header: Sequence[str], kinds: Kinds, counts_from_1904: bool) -> Mapping[str, str]:
    """Column → SQL of its text."""
    return {column: _expression(sql.name(column), kinds.get(column, frozenset()), counts_from_1904)
            for column in header}  # fmt: skip


def _expression(cell: str, kinds: frozenset[str], counts_from_1904: bool) -> str:
    if kinds & {"date", "partial_date"}:
        first = "1904-01-01" if counts_from_1904 else "1899-12-30"
        serial = f"cast(date {sql.literal(first)} + cast(split_part({cell}, '.', 1) as integer) as varchar)"
        return (
            f"case when regexp_matches({cell}, '{DAY}') then {cell}[1:10] "
            f"when regexp_matches({cell}, '{SERIAL}') then {serial} else {cell} end"
        )
    if "month" in kinds:
        return f"case when regexp_matches({cell}, '{DAY}') and {cell}[9:10] = '01' then {cell}[1:7] else {cell} end"
    if "decimal" in kinds:
        return f"case when regexp_matches({cell}, '{COMMA}') then replace({cell}, ',', '.') else {cell} end"
    if "code" in kinds:
        return f"case {cell} when 'true' then '1' when 'false' then '0' else {cell} end"
    return cell


def in_dmy(text: str) -> str:
    """A day that was a date for the spreadsheet, written as the days that were typed as text: dd/mm/yyyy."""
    parts = f"{text}[9:10] || '/' || {text}[6:7] || '/' || {text}[1:4]"
    return f"case when regexp_matches({text}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$') then {parts} else {text} end"

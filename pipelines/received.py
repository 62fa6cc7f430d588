"""The rows of a table of the contract as SQL: first as cleaned text in the contract's columns, then typed.

Mapping decides where a column comes from; parsing decides what its text means; here the two become one query.
"""

from collections.abc import Mapping, Sequence

from data_schemas.programme import Programme
from data_schemas.programme_parts import Source
from data_schemas.tables import metadata
from data_schemas.vocabularies import spellings
from pipelines import corrections, parse, sql
from pipelines.checks import earliest_column, latest_column
from pipelines.corrections import Correction
from pipelines.mapping import MappedTable
from pipelines.read import Landed

MANY_SPELLINGS = 40
"""From so many known spellings on, each different text is compared once rather than in each row: labels of MedDRA are
seldom sent as codes."""

PRECISION = "case length({0}) when 4 then 'year' when 7 then 'month' when 10 then 'day' end"


def as_text(mapped: MappedTable, landed: Mapping[str, Landed]) -> str:
    """A query with `record_no` and `received_<column>` for every column of the table; null where it was not sent."""
    driving = landed[mapped.file.stem]
    lookups: list[str] = []
    columns = []
    for column in mapped.table.columns:
        source = mapped.sources.get(column)
        text = _text(source, driving, landed, lookups) if source else "cast(null as varchar)"
        columns.append(f"{text} as {sql.name('received_' + column)}")
    select = (
        f"select s.rowid + 1 as record_no, {', '.join(columns)} from {sql.name(driving.relation)} s {' '.join(lookups)}"
    )
    if not mapped.distinct:
        return select
    grouped = sql.names(f"received_{column}" for column in mapped.table.columns)
    return f"select min(record_no) as record_no, {grouped} from ({select}) group by {grouped} order by record_no"


def _text(source: Source, driving: Landed, landed: Mapping[str, Landed], lookups: list[str]) -> str:
    dialect = driving.file.dialect
    if source.value is not None:
        return sql.literal(source.value)
    if source.columns:
        parts = [parse.clean(f"s.{sql.name(column)}", dialect) for column in source.columns]
        return f" || {sql.literal(source.separator)} || ".join(parts)
    column = sql.name(source.column or "")
    if source.file and source.by:
        alias, key = f"lookup_{len(lookups)}", sql.name(source.by)
        other = landed[source.file]
        found = (
            f"select {parse.clean(key, other.file.dialect)} as k, min({column}) as v from {sql.name(other.relation)}"
        )
        lookups.append(f"left join ({found} group by all) {alias} on {alias}.k = {parse.clean(f's.{key}', dialect)}")
        text = parse.clean(f"{alias}.v", other.file.dialect)
    else:
        text = parse.clean(f"s.{column}", dialect)
    return _coded(text, source.codes) if source.codes else text


def _coded(text: str, codes: Mapping[str, str]) -> str:
    cases = " ".join(
        f"when {sql.literal(sql.comparable_text(foreign))} then {sql.literal(code)}" for foreign, code in codes.items()
    )
    return f"case {sql.comparable(text)} {cases} else {text} end"


def as_values(mapped: MappedTable, landed: Mapping[str, Landed], programme: Programme,
              declared: Sequence[Correction] = ()) -> str:  # fmt: skip
    """The same rows corrected and typed: `<column>` beside `received_<column>`, and what a partial date can mean."""
    rows = as_text(mapped, landed)
    if declared:
        rows = corrections.applied(rows, mapped.table.columns, declared)
    columns, spelled, looked_up = [], [], ""
    for column in mapped.table.columns:
        about = metadata(mapped.table.name, column)
        text, spelling = sql.name("received_" + column), sql.name("spelled_" + column)
        origin = mapped.origin(column) if column in mapped.sources else mapped.file
        dialect = landed[origin if isinstance(origin, str) else origin.stem].file.dialect
        value = parse.value(about["kind"], text, dialect)
        if known := spellings(about["vocabulary"], programme) if "vocabulary" in about else {}:
            if len(known) < MANY_SPELLINGS:
                spelled.append(f", {parse.spelling(text, known)} as {spelling}")
            else:
                written = sql.name("written_" + column)
                different = f"select distinct {text} as {written} from ({rows})"
                spelled.append(f", {spelling}")
                looked_up += (
                    f" left join (select {written}, {parse.spelling(written, known)} as {spelling} "
                    f"from ({different})) on {written} = {text}"
                )
            value = parse.code(text, spelling, known)
        columns.append(f"{value} as {sql.name(column)}")
        if about["kind"] == "partial_date":
            columns += _meaning(column)
    return f"select *, {', '.join(columns)} from (select r.*{''.join(spelled)} from ({rows}) r{looked_up})"


def _meaning(column: str) -> list[str]:
    name = sql.name(column)
    return [
        f"{parse.earliest(name)} as {sql.name(earliest_column(column))}",
        f"{parse.latest(name)} as {sql.name(latest_column(column))}",
        f"{PRECISION.format(name)} as {sql.name(column.removesuffix('_date') + '_precision')}",
    ]


def released_columns(mapped_table: str, columns: list[str]) -> list[str]:
    """The columns of a table as released: the contract's, and those that say what a partial date can mean."""
    found = []
    for column in columns:
        found.append(column)
        if metadata(mapped_table, column)["kind"] == "partial_date":
            found += [earliest_column(column), latest_column(column), column.removesuffix("_date") + "_precision"]
    return found

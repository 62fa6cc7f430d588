"""Screen: direct identifiers are refused at the door, before anything is stored.

A refusal names the file, the column and the rule, never the value. `words` and `rules` say what an identifier looks
like, `values` searches the landed text, `names` looks at files and columns; this module says where to search what.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from data_schemas.columns import IDENTIFIER_PATTERN
from data_schemas.tables import definition, metadata
from data_schemas.vocabularies import spellings
from pipelines import sql
from pipelines.errors import Problem
from pipelines.expected import needs
from pipelines.mapping import MappedTable
from pipelines.screen.declared import screen_corrections
from pipelines.screen.names import discreet, screen_names
from pipelines.screen.rules import BIRTH_YEAR, LONGEST
from pipelines.screen.values import Place, Text
from pipelines.validate import Validator

__all__ = ["discreet", "screen_broken", "screen_corrections", "screen_names", "screen_values"]

IGNORED_LONGEST = 120
"""Columns that the programme ignores may hold labels; their text is kept with a refused row only."""


def screen_values(validator: Validator, tables: Iterable[MappedTable]) -> list[Problem]:
    """Columns that hold a value like a direct identifier: those that keep their text, and all text of refused rows.

    A column that refers to another table holds values of that table's key, or its rows are refused.
    """
    found: dict[tuple[str, str, str], None] = {}
    for mapped in tables:
        for file, column, rule in [*_kept(validator, mapped), *_refused(validator, mapped)]:
            found[file, column, rule] = None
    return [Problem("screen.value", {"file": file, "column": column, "rule": rule})
            for file, column, rule in sorted(found)]  # fmt: skip


def screen_broken(validator: Validator) -> list[Problem]:
    """Files with a line that could not be split and holds a value like a direct identifier."""
    found = []
    for landed in validator.landed.values():
        if landed.n_broken:
            broken = sql.name(f"{landed.relation}_broken")
            ends = sql.literal(f"[{landed.file.dialect.separator}\r\n]")
            fields = f"(select unnest(string_split_regex(original, {ends})) as field from {broken})"
            hits = _text(validator, broken).in_text(["original"])
            hits += _text(validator, fields).narratives({"field": IGNORED_LONGEST})
            found += [Problem("screen.line", {"file": landed.file.name, "rule": rule}) for _, rule in hits]
    return found


def _text(validator: Validator, relation: str, before: dt.date | None = None) -> Text:
    return Text(validator.connection, relation, before or validator.programme.established_on)


def _kept(validator: Validator, mapped: MappedTable) -> Iterator[tuple[str, str, str]]:
    """What the release keeps as written, in whichever file it stands; and what stands in place of a year of birth."""
    places: dict[str, dict[str, list[str]]] = {}
    for column, source in mapped.sources.items():
        kind = "birth_year" if column == "birth_year" else _kind(mapped, column)
        if column not in mapped.table.references:
            places.setdefault(source.file or mapped.file.stem, {}).setdefault(kind, []).extend(needs(source))
    for stem, columns in places.items():
        landed = validator.landed[stem]
        text = _text(validator, sql.name(landed.relation))
        hits = text.in_identifiers(sorted(set(columns.get("identifier", ()))))
        hits += text.in_text(sorted(set(columns.get("label", ()))))
        hits += text.in_text(columns.get("birth_year", ()), {"birth_date": BIRTH_YEAR})
        yield from ((landed.file.name, *hit) for hit in hits)


def _refused(validator: Validator, mapped: MappedTable) -> Iterator[tuple[str, str, str]]:
    """All text of refused rows, which the quarantine keeps; pseudonyms in it are held to the rules for pseudonyms."""
    refused = f"text_{mapped.table.name}"
    if not validator.one(f"select count(*) from {refused}"):
        return
    written = {column: needs(source) for column, source in mapped.sources.items() if not source.file}
    identifiers = sorted(
        {one for column in written if _kind(mapped, column) == "identifier" for one in written[column]}
    )
    referring = {one for column in written if column in mapped.table.references for one in written[column]}
    well_formed = {column: sql.matches(sql.name(column), IDENTIFIER_PATTERN) for column in identifiers}
    others = ", ".join(f"case when {well_formed.get(column, 'false')} then null else {sql.name(column)} end "
                       f"as {sql.name(column)}" for column in mapped.file.dialect.header)  # fmt: skip
    text = _text(validator, f"(select {others} from {refused})")
    hits: list[Place] = text.in_text(mapped.file.dialect.header)
    hits += text.narratives(_longest(validator, mapped))
    hits += _text(validator, refused).in_identifiers([column for column in identifiers if column in referring])
    yield from ((mapped.file.name, *hit) for hit in hits)


def _kind(mapped: MappedTable, column: str) -> str:
    return metadata(mapped.table.name, column)["kind"]


def _longest(validator: Validator, mapped: MappedTable) -> dict[str, int]:
    """Column of the file → length of the longest text expected in it."""
    longest = dict.fromkeys(mapped.file.dialect.header, 0)
    for column, source in mapped.sources.items():
        defined = definition(mapped.table.name, column)
        known = (
            spellings(defined.metadata["vocabulary"], validator.programme) if "vocabulary" in defined.metadata else {}
        )
        limits = [check.statistics["max_value"] for check in defined.checks if check.name == "str_length"]
        for written in needs(source) if not source.file else ():
            longest[written] = max([longest[written], LONGEST, *limits, *map(len, known), *map(len, source.codes)])
    return {column: limit or IGNORED_LONGEST for column, limit in longest.items()}

"""Screen: direct identifiers are refused at the door, before anything is stored.

A refusal names the file, the column and the rule, never the value.
"""

import itertools
import re
from collections.abc import Iterable, Sequence

from data_schemas.tables import definition
from pipelines import sql
from pipelines.errors import Problem
from pipelines.expected import needs
from pipelines.export import SourceFile
from pipelines.mapping import MappedTable
from pipelines.validate import Validator

NAMES = re.compile(
    r"(^|[_ .-])(nom|noms|prenom|prenoms|name|surname|firstname|first_name|last_name|initiales?|initials"
    r"|naissance|date_naissance|ddn|birth_?date|date_of_birth|dob|adresse|address|rue|street|code_postal|postcode"
    r"|tel|telephone|phone|portable|mobile|mail|email|courriel|nir|insee|securite_sociale|ssn|ipp|nip"
    r"|commentaires?|comments?|observations?|remarques?|narrative|narratif)($|[_ .-])"
)
VALUES = {
    "email": r"[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+[.][A-Za-z]{2,}",
    "nir": r"(^|[^0-9])[12][ .]?[0-9]{2}[ .]?(0[1-9]|1[0-2]|[2-9][0-9])[ .]?([0-9]{2}|2[AB])[ .]?[0-9]{3}[ .]?[0-9]{3}([ .]?[0-9]{2})?($|[^0-9])",  # noqa: E501
    "phone": r"(^|[^0-9])([+]33|0033|0)[ .-]?[1-9]([ .-]?[0-9]{2}){4}($|[^0-9])",
}
BIRTH_DATE = r"(^|[^0-9])([0-9]{1,2}[/.-][0-9]{1,2}[/.-](19|20)[0-9]{2}|(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})($|[^0-9])"
FREE = {"identifier", "label"}
LEAST = 10
"""No phone or social-security number is shorter."""


def screen_names(files: Iterable[SourceFile], tables: Iterable[MappedTable]) -> list[Problem]:
    """Columns whose name announces a direct identifier; those that become a column of the contract are known."""
    expected = {(mapped.file.name, column) for mapped in tables for source in mapped.sources.values()
                for column in needs(source) if not source.file}  # fmt: skip
    with_header = {file for file, _ in expected}
    return [
        Problem("screen.column_name", {"file": file.name, "column": column})
        for file in files
        for column in file.dialect.header
        if file.name in with_header
        and (file.name, column) not in expected
        and NAMES.search(sql.comparable_text(column).replace("'", "_"))
    ]


def screen_values(validator: Validator, tables: Iterable[MappedTable]) -> list[Problem]:
    """Columns that hold a value like a direct identifier: those that keep their text, and all text of refused rows.

    A column that refers to another table holds values of that table's key, or its rows are refused.
    """
    found = []
    for mapped in tables:
        relation = sql.name(validator.landed[mapped.file.stem].relation)
        kept = {
            written
            for column, source in mapped.sources.items()
            if (definition(mapped.table.name, column).metadata or {})["kind"] in FREE
            and not source.file
            and column not in mapped.table.references
            for written in needs(source)
        }
        refused = f"""(select s.* from {relation} s semi join
                   (select record_no from refused where table_name = '{mapped.table.name}') r
                   on r.record_no = s.rowid + 1)"""
        hits = _hits(validator, relation, sorted(kept)) + _hits(validator, refused, mapped.file.dialect.header)
        hits += _birth_dates(validator, mapped, relation)
        found += [Problem("screen.value", {"file": mapped.file.name, "column": column, "rule": rule})
                  for column, rule in sorted(set(hits))]  # fmt: skip
    return found


def _birth_dates(validator: Validator, mapped: MappedTable, relation: str) -> list[tuple[str, str]]:
    """A full date where only a year of birth is expected."""
    source = mapped.sources.get("birth_year")
    columns = needs(source) if source and not source.file else []
    return [(column, "birth_date") for column in columns
            if any(_search(validator, relation, [column], [sql.literal(BIRTH_DATE)], least=8))]  # fmt: skip


def screen_broken(validator: Validator) -> list[Problem]:
    """Files with a line that could not be split and holds a value like a direct identifier."""
    found = []
    for landed in validator.landed.values():
        relation = sql.name(f"{landed.relation}_broken")
        found += [Problem("screen.line", {"file": landed.file.name, "rule": rule})
                  for _, rule in (_hits(validator, relation, ["original"]) if landed.n_broken else [])]  # fmt: skip
    return found


def _hits(validator: Validator, relation: str, columns: Sequence[str]) -> list[tuple[str, str]]:
    """The columns with a value that looks like an identifier, each with the rule; short values cannot."""
    any_rule = sql.literal("|".join(f"({pattern})" for pattern in VALUES.values()))
    suspect = [
        column for column, hit in zip(columns, _search(validator, relation, columns, [any_rule]), strict=True) if hit
    ]
    patterns = [sql.literal(pattern) for pattern in VALUES.values()]
    found = _search(validator, relation, suspect, patterns)
    return [place for place, hit in zip(itertools.product(suspect, VALUES), found, strict=True) if hit]


def _search(validator: Validator, relation: str, columns: Sequence[str], patterns: Sequence[str], least: int = LEAST
            ) -> list[bool]:  # fmt: skip
    """Whether any value matches, for each column and each pattern in turn."""
    tests = [
        f"bool_or(case when length({c}) >= {least} or contains({c}, '@') then regexp_matches({c}, {p}) else false end)"
        for c in map(sql.name, columns)
        for p in patterns
    ]
    if not tests:
        return []
    row = validator.connection.execute(f"select {', '.join(tests)} from {relation}").fetchone() or ()
    return [bool(hit) for hit in row]

"""Screen: direct identifiers are refused at the door, before anything is stored.

A refusal names the file, the column and the rule, never the value.
"""

import re
from collections.abc import Iterable

from data_schemas.tables import definition
from pipelines import sql
from pipelines.errors import Problem
from pipelines.export import SourceFile
from pipelines.mapping import MappedTable, needs
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
FREE = {"identifier", "label"}


def screen_names(files: Iterable[SourceFile], tables: Iterable[MappedTable]) -> list[Problem]:
    """Columns whose name announces a direct identifier; those that become a column of the contract are known."""
    expected = {(mapped.file.name, column) for mapped in tables for source in mapped.sources.values()
                for column in needs(source) if not source.file}  # fmt: skip
    return [
        Problem("screen.column_name", {"file": file.name, "column": column})
        for file in files
        for column in file.dialect.header
        if (file.name, column) not in expected and NAMES.search(sql.comparable_text(column).replace("'", "_"))
    ]


def screen_values(validator: Validator, tables: Iterable[MappedTable]) -> list[Problem]:
    """Columns that hold a value like a direct identifier: those that keep their text, and all text of refused rows."""
    found = []
    for mapped in tables:
        relation = sql.name(validator.landed[mapped.file.stem].relation)
        kept = {
            written
            for column, source in mapped.sources.items()
            if (definition(mapped.table.name, column).metadata or {})["kind"] in FREE and not source.file
            for written in needs(source)
        }
        refused = f"""(select s.* from {relation} s semi join
                   (select record_no from refused where table_name = '{mapped.table.name}') r
                   on r.record_no = s.rowid + 1)"""
        for column in mapped.file.dialect.header:
            place = relation if column in kept else refused
            found += [Problem("screen.value", {"file": mapped.file.name, "column": column, "rule": rule})
                      for rule in _hits(validator, place, column)]  # fmt: skip
    return found


def _hits(validator: Validator, relation: str, column: str) -> list[str]:
    tests = ", ".join(
        f"bool_or(regexp_matches({sql.name(column)}, {sql.literal(pattern)}))" for pattern in VALUES.values()
    )
    row = validator.connection.execute(f"select {tests} from {relation}").fetchone() or ()
    return [rule for rule, hit in zip(VALUES, row, strict=False) if hit]

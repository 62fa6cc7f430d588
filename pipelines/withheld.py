"""Erased patients stay out: their rows in a new export are treated like those of a patient who objects.

The store knows them by fingerprints only, so the identifiers of the export are compared with these, one by one.
"""

import re
from collections.abc import Sequence

from pipelines import sql
from pipelines.checks import OPPOSITION, labels
from pipelines.errors import Problem
from pipelines.export import CORRECTIONS
from pipelines.journal import Erased
from pipelines.mapping import MappedTable
from pipelines.received import as_text
from pipelines.validate import Validator

PATIENT, EPISODE = "patient_id", "episode_id"
WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


def mark(validator: Validator, tables: Sequence[MappedTable], erased: Erased) -> None:
    """Fill `erased_keys` with those identifiers of the export that belong to an erased patient."""
    if not erased:
        return
    for column in (PATIENT, EPISODE):
        found = {value for value in _received(validator, tables, column) if erased.holds(column, value)}
        for value in sorted(found):
            validator.connection.execute("insert into erased_keys values (?, ?)", [column, value])
    for column in sorted({label for mapped in tables for label in labels(mapped.table)}):
        for value in sorted(_received(validator, tables, column)):
            if _names_one(value, False, erased):
                validator.connection.execute("insert into erased_keys values (?, ?)", [column, value])


def _received(validator: Validator, tables: Sequence[MappedTable], column: str) -> set[str]:
    """The different texts of a column in the whole export."""
    received, found = sql.name(f"received_{column}"), set[str]()
    for mapped in tables:
        if column in mapped.sources:
            text = as_text(mapped, validator.landed)
            rows = validator.connection.execute(
                f"select distinct {received} from ({text}) where {received} is not null"
            ).fetchall()
            found |= {value for (value,) in rows}
    return found


def told(validator: Validator, tables: Sequence[MappedTable], erased: Erased) -> list[Problem]:
    """The corrections whose reason or author names a patient or an episode, of this export or erased."""
    found = []
    known = {column: _received(validator, tables, column) for column in (PATIENT, EPISODE) if validator.corrections}
    for number, each in enumerate(validator.corrections, start=1):
        for part, text in {"reason": each.reason, "author": each.author}.items():
            words = _words(text)
            if any(words & values for values in known.values()) or (erased and _names_one(text, True, erased)):
                found.append(Problem("corrections.telling", {"file": CORRECTIONS, "number": number, "part": part}))
    return found


def leave_no_text(validator: Validator, erased: Erased) -> None:
    """Quarantined rows whose text names an erased patient in whatever place are only counted."""
    if not erased:
        return
    rows = validator.connection.execute(
        "select rowid, original, identifiers is null from quarantine where original is not null"
    ).fetchall()
    named = [rowid for rowid, original, malformed in rows if _names_one(original, malformed, erased)]
    if named:
        validator.run(
            f"""create or replace temp table quarantine as
            select table_name, file, line, case when named then ['{OPPOSITION}'] else reasons end as reasons,
                   case when not named then original end as original, case when not named then row_key end as row_key,
                   case when not named then identifiers end as identifiers
            from (select *, rowid in ({sql.literals(named)}) as named from quarantine order by rowid)"""
        )


def _names_one(text: str, malformed: bool, erased: Erased) -> bool:
    """Whether a patient stands in the text; in a line without fields, an episode says as much."""
    words = _words(text)
    columns = (PATIENT, EPISODE) if malformed else (PATIENT,)
    return any(erased.holds(column, word) for word in words for column in columns)


def _words(text: str) -> set[str]:
    return {form for word in WORD.findall(text) for form in (word, word.rstrip("._-"))}

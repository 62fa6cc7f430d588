"""What a release records of itself on the day it is published, in `release.json`, so that it can be explained later.

- `figures`: the headline figures as published, cell by cell. An erasure rewrites the rows of a release but keeps these,
  for they were told to others; they are as exact as the release itself, small numbers included, and as restricted.
- `erased`: how many of each cell erasures have removed since; sums, never a person.
- `definitions`: a hash for everything that decides a figure, so that a change of definition is seen by its name.
- `opposed`: keyed fingerprints of the patients who object, by which an earlier release tells an objection from a
  withdrawal. They mean nothing outside the store.

None of it is part of the release's name: the same data have the same name under any definition, in any store.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from data_schemas.programme import Programme
from data_schemas.rules import named_rules
from pipelines import derive, sql
from pipelines.cubes import PATIENT
from pipelines.definitions import definition, names
from pipelines.engines import Connection
from pipelines.journal import Journal
from pipelines.measure import relation
from pipelines.relations import views
from pipelines.selection import RELATIONS, Selection

HEADLINES: Mapping[str, tuple[str, ...]] = {
    "new_patients": ("month", "indication_code"),
    "cumulative_patients": ("month", "indication_code"),
    "treated_patients": ("month", "indication_code"),
    "on_treatment": ("indication_code",),
    "serious_effects": (),
    "exposed_pregnancies": (),
}
"""Measure → the dimensions of its recorded cells. A counted thing stands in one cell, so that cells may be added up."""
Cells = Mapping[str, int]
"""The values of a cell joined by `|`, an empty part left empty → its figure; cells of 0 are left out."""


def at_publication(connection: Connection, programme: Programme, journal: Journal, not_sent: list[str]
                   ) -> dict[str, Any]:  # fmt: skip
    """What the record of a release says beside its files.

    Args:
        connection: the building connection, with the loaded and derived tables.
    """
    sent = [name for name in HEADLINES if not set(definition(name).needs) & set(not_sent)]
    opposed = connection.execute(
        f"""select key from absent_patients where opposed
        except select key from erased_keys where column_name = '{PATIENT}' order by key"""
    ).fetchall()
    return {
        "figures": {name: dict(_cells(connection, name)) for name in sent},
        "definitions": hashes(programme),
        "opposed": journal.fingerprints(PATIENT, [key for (key,) in opposed]),
    }


def after_erasure(connection: Connection, record: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a release written anew: what was removed is added to what was removed before.

    Args:
        connection: with the tables as they will be, and as they are under `old_<table>`.
    """
    if "figures" not in record:
        return {}
    old = {table: f"from {sql.name('old_' + table)}" for table in record["hashes"]}
    removed: dict[str, dict[str, int]] = {}
    for name in record["figures"]:
        gone = Counter(record.get("erased", {}).get(name, {}))
        gone.update(_cells(connection, name, old))
        gone.subtract(_cells(connection, name))
        removed[name] = {cell: n for cell, n in sorted(gone.items()) if n}
    return {"erased": removed}


def hashes(programme: Programme) -> dict[str, dict[str, str]]:
    """Kind → name → hash of what decides the figures: programme, rules, derived tables, selection, measures."""
    return {
        "programme": {programme.name: programme.sha256[:16]},
        "rule": {name: _hash(rule.model_dump_json()) for name, rule in named_rules().items()},
        "derived": {table: _hash(derive.derivation(table)) for table in derive.DERIVED},
        "relation": {name: _hash(select) for name, select in views().items()},
        "selection": {"selection": _hash(RELATIONS)},
        "measure": {name: _hash(definition(name).model_dump_json(exclude={"review"})) for name in names()},
    }


def _cells(connection: Connection, name: str, tables: Mapping[str, str] | None = None) -> Cells:
    """The figures of a headline on the tables of a connection, or on others under their names."""
    lines, parameters = relation(name, Selection())
    asked, by = definition(name), HEADLINES[name]
    relations = {**(tables or {}), **views()}
    shadowed = "".join(f"{sql.name(table)} as ({select}), " for table, select in relations.items())
    rows = connection.execute(
        f"""with {shadowed}{lines.removeprefix("with ")}
        select {sql.row_key(by) if by else "''"} as cell, count(distinct {sql.name(asked.counts[asked.main].key)}) as n
        from lines group by cell having n > 0 order by cell""",
        parameters,
    ).fetchall()
    return {str(cell): int(n) for cell, n in rows}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

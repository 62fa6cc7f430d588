"""The checks of a Pandera schema as SQL conditions under which a row fails.

A check without an SQL form raises: it is never skipped. Pandera itself is the oracle that the tests hold this against.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandera.pandas as pa

from data_schemas.programme_parts import Severity
from data_schemas.tables import TABLES, Table, metadata
from pipelines import sql

NOT_A = {
    "date": "not_a_date",
    "partial_date": "not_a_partial_date",
    "month": "not_a_month",
    "integer": "not_a_whole_number",
    "decimal": "not_a_number",
}
OPPOSITION = "data_opposition"
TEXT_KINDS = {"identifier", "label", "code"}


@dataclass(frozen=True)
class Check:
    """One reason for which a row can fail.

    Attributes:
        rule: name of the rule, as in `data_schemas/rules.yml`.
        column: the column it is about.
        fails_when: SQL over `t`, the typed row, whose text as received stands in `t.received_<column>`.
    """

    rule: str
    column: str
    fails_when: str
    severity: Severity = "reject"

    @property
    def reason(self) -> str:
        """`rule:column`, as kept with a refused row."""
        return f"{self.rule}:{self.column}"


def first_of_all(named: Sequence[Check], others: Sequence[Check]) -> list[Check]:
    """The named checks, and the others where no named one of the same column speaks for the cell."""
    by_column: dict[str, list[str]] = defaultdict(list)
    for check in named:
        by_column[check.column].append(f"({check.fails_when})")
    spoken = {column: f"coalesce({' or '.join(conditions)}, false)" for column, conditions in by_column.items()}
    return [
        *named,
        *(
            replace(check, fails_when=f"not {spoken[check.column]} and ({check.fails_when})")
            if check.column in spoken and check.severity == "reject" and check.rule != OPPOSITION
            else check
            for check in others
        ),
    ]


def _in_range(value: str, given: Mapping[str, Any]) -> str:
    low = ">=" if given.get("include_min", True) else ">"
    high = "<=" if given.get("include_max", True) else "<"
    return f"{value} {low} {sql.literal(given['min_value'])} and {value} {high} {sql.literal(given['max_value'])}"


def _length(value: str, given: Mapping[str, Any]) -> str:
    return f"length({value}) between {given['min_value']} and {given['max_value']}"


def _is_in(value: str, given: Mapping[str, Any]) -> str:
    allowed = given["allowed_values"]
    return f"not {sql.unlisted(value, allowed)}" if allowed else f"{value} is null"


HOLDS: dict[str, tuple[Callable[[str, Mapping[str, Any]], str], Callable[[str], str]]] = {
    "isin": (_is_in, lambda _: "unknown_code"),
    "in_range": (_in_range, lambda _: "outside_range"),
    "str_length": (_length, lambda _: "wrong_length"),
    "str_matches": (
        lambda v, given: sql.matches(v, given["pattern"]),
        lambda kind: NOT_A.get(kind, "not_an_identifier"),
    ),
}
"""Pandera's name of a check → the condition under which a value passes, and the rule that a failing value breaks."""


def column_checks(schema: pa.DataFrameSchema) -> Iterator[Check]:
    """The checks that a schema states column by column, with those that its kinds imply."""
    for column, definition in schema.columns.items():
        kind = (definition.metadata or {})["kind"]
        value, received = f"t.{sql.name(column)}", f"t.{sql.name('received_' + column)}"
        if kind not in TEXT_KINDS:
            yield Check(NOT_A[kind], column, f"{value} is null and {received} is not null")
        if not definition.nullable:
            yield Check("required_value", column, f"{received} is null")
        if kind == "label":
            yield Check("control_character", column, sql.matches(value, "[\\x00-\\x1F\\x7F]"))
        if kind in ("date", "partial_date"):
            first = f"t.{sql.name(earliest_column(column))}" if kind == "partial_date" else value
            yield Check("after_cutoff", column, f"{first} > $cutoff")
        for check in definition.checks:
            holds, rule = HOLDS[check.name]
            if kind in NOT_A and rule(kind) == NOT_A[kind]:
                continue  # the pattern of a partial date is what parsing has already made of it
            yield Check(rule(kind), column, f"not ({holds(value, check.statistics)})")


def labels(table: Table) -> list[str]:
    """The columns of a table that hold text in words; none where other tables refer to the rows."""
    if any(table.name in other.references.values() for other in TABLES.values()):
        return []
    return [column for column in table.columns if metadata(table.name, column)["kind"] == "label"]


def earliest_column(column: str) -> str:
    """`onset_date` → `onset_earliest`: the first day that a partial date can mean."""
    return column.removesuffix("_date") + "_earliest"


def latest_column(column: str) -> str:
    """`onset_date` → `onset_latest`: the last day that a partial date can mean."""
    return column.removesuffix("_date") + "_latest"

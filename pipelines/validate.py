"""Validate: one statement per table types every row and finds all its reasons in one pass; another keeps the rows that
have none.

Leaves per table `core_<table>`, the kept rows, `judged_<table>`, those that fail a check or may share a key,
`text_<table>`, the refused ones as they were received, and rows in `refused` and `warned`; where these rows stand in
their files is added by `quarantine.py`.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_schemas.programme import Programme
from data_schemas.rules import Rule, named_rules, severity
from data_schemas.tables import TABLES, Table, metadata, schema
from pipelines import programme_tables, sql
from pipelines.checks import OPPOSITION, Check, column_checks, first_of_all, labels
from pipelines.corrections import WITHDRAWN, Correction
from pipelines.engines import Builder
from pipelines.errors import Problem
from pipelines.mapping import MappedTable
from pipelines.masks import Masks
from pipelines.read import Landed
from pipelines.received import as_values, released_columns

CENTRE = "centre_id"
SQL_TYPES = {"date": "date", "integer": "bigint", "decimal": "double"}


@dataclass(frozen=True)
class Validator:
    """What validating any table of one export needs."""

    connection: Builder
    programme: Programme
    landed: Mapping[str, Landed]
    parameters: Mapping[str, object]
    corrections: tuple[Correction, ...] = ()

    def run(self, statement: str) -> None:
        """Execute a statement with those of the parameters that it mentions."""
        used = set(re.findall(r"\$([a-z_]+)", statement))
        self.connection.execute(statement, {name: value for name, value in self.parameters.items() if name in used})

    def one(self, statement: str) -> int:
        """The single number that a statement gives."""
        row = self.connection.execute(statement).fetchone()
        return int(row[0]) if row and row[0] is not None else 0


def prepare(validator: Validator, cutoff: dt.date) -> None:
    """The tables that validation fills, and what the programme says of each indication."""
    validator.run("create temp table refused (table_name varchar, record_no bigint, reasons varchar[])")
    validator.run("create temp table warned (table_name varchar, record_no bigint, reason varchar)")
    validator.run("create temp table ran (table_name varchar, reason varchar, severity varchar)")
    validator.run("create temp table erased_keys (column_name varchar, key varchar)")
    for name, select in programme_tables.selects(validator.programme, cutoff).items():
        validator.run(f"create temp table {name} as {select}")


def not_sent(validator: Validator, table: Table) -> None:
    """An empty `core_<table>`, so that later stages find every table; that it was not sent is kept with the release."""
    columns = [
        f"{sql.name(column)} {SQL_TYPES.get(metadata(table.name, column)['kind'], 'varchar')}"
        for column in table.columns
    ]
    derived = [f"{sql.name(column)} {'varchar' if column.endswith('_precision') else 'date'}"
               for column in released_columns(table.name, table.columns) if column not in table.columns]  # fmt: skip
    validator.run(f"create temp table core_{table.name} (record_no bigint, {', '.join(columns + derived)})")
    validator.run(f"create temp table absent_{table.name} (key varchar, opposed boolean)")


def check(validator: Validator, mapped: MappedTable, damage: Sequence[Check] = ()) -> int:
    """Check one table.

    Args:
        damage: checks that speak for a damaged cell in place of the others of its column.

    Returns:
        Number of rows that were read and could be split into fields.
    """
    table = mapped.table
    declared = [each for each in validator.corrections if each.table == table.name]
    values = as_values(mapped, validator.landed, validator.programme, declared)
    validator.run(f"create temp view typed_{table.name} as {values}")
    named = _named_checks(validator.programme, table)
    checks = [*column_checks(schema(table, validator.programme)), *_reference_checks(validator, table), *named]
    if declared:
        checks.append(Check("declared_withdrawal", table.key[0], f"t.{WITHDRAWN}"))
    masks = Masks(tuple(first_of_all(damage, checks)))
    _write_down(validator, table, checks)
    _judge(validator, table, masks)
    _split(validator, table, masks, _find_repeated(validator, table))
    columns = sql.names(released_columns(table.name, table.columns))
    refused = f"select record_no from refused where table_name = '{table.name}'"
    validator.run(
        f"create temp table text_{table.name} as select * from {sql.name(validator.landed[mapped.file.stem].relation)} "
        f"where rowid + 1 in ({refused})"
    )
    validator.connection.hold(f"core_{table.name}", f"select record_no, {columns} from typed_{table.name}", refused)
    return validator.one(f"select count(*) from core_{table.name}") + validator.one(f"select count(*) from ({refused})")


def _judge(validator: Validator, table: Table, masks: Masks) -> None:
    """Table `judged_<table>`: the rows that fail any check or may share a key, typed, with their masks."""
    name, hashed = table.name, f"hash({sql.names(table.key, 't.')})"
    keys = f"select {hashed} from typed_{name} t where t.{sql.name(table.key[0])} is not null"
    validator.connection.repeated("hashes", keys)
    columns = sql.names(released_columns(name, table.columns), "t.")
    found = ", ".join(f"{mask} as failed_{n}" for n, mask in enumerate(masks.sql()))
    validator.run(
        f"create temp table judged_{name} as select t.record_no, {columns}, {found} "
        f"from typed_{name} t {_joins(validator, table)} where {masks.any_fails()} or {hashed} in (from hashes)"
    )


def _write_down(validator: Validator, table: Table, checks: Sequence[Check]) -> None:
    """Which rules a table was held against, those that failed nowhere included."""
    key = "+".join(table.key)
    always = ["malformed_line", f"duplicate_key:{key}", f"repeated_line:{key}"]
    always += [f"several_centres:{key}"] if CENTRE in table.references else []
    always += [f"quarantined_reference:{column}" for column in table.references]
    ran = {OPPOSITION if check.rule == OPPOSITION else check.reason: check.severity for check in checks}
    rules = dict.fromkeys([*always, OPPOSITION], "reject") | ran
    rows = ", ".join(f"({sql.literals([table.name, reason, how])})" for reason, how in rules.items())
    validator.run(f"insert into ran values {rows}")


def _find_repeated(validator: Validator, table: Table) -> bool:
    """Table `repeated_<table>`: rows that share a key; all if they differ, all but the first if they are the same.

    A row that a declared correction withdraws is not held against the others.
    """
    key, name = sql.names(table.key), table.name
    same = " and ".join(f"t.{sql.name(column)} is not distinct from k.{sql.name(column)}" for column in table.key)
    rows = f"from judged_{name} where {sql.name(table.key[0])} is not null"
    if any(each.table == name and each.action == "drop_row" for each in validator.corrections):
        rows += f" and record_no not in (select record_no from typed_{name} where {WITHDRAWN})"
    if not validator.one("select count(*) from hashes"):
        return False
    centre, apart = "", ""
    if CENTRE in table.references:
        centre = f", {CENTRE}"
        apart = f"when min({CENTRE}) over same <> max({CENTRE}) over same then 'several_centres'"
    content = ", ".join(f"coalesce(cast({sql.name(column)} as varchar), chr(31))" for column in table.columns)
    validator.run(
        f"""create temp table repeated_{name} as with keys as (
            select {key} {rows} and hash({key}) in (from hashes) group by all having count(*) > 1
        ), rows as (
            select record_no, {key}{centre}, concat_ws(chr(30), {content}) as content
            from (select * {rows}) t semi join keys k on {same}
        ), judged as (
            select record_no, case {apart} when min(content) over same <> max(content) over same then 'duplicate_key'
                when row_number() over (partition by {key} order by record_no) > 1 then 'repeated_line' end as rule
            from rows window same as (partition by {key})
        )
        select record_no, rule || ':{"+".join(table.key)}' as reason from judged where rule is not null"""
    )
    return validator.one(f"select count(*) from repeated_{name}") > 0


def _reference_checks(validator: Validator, table: Table) -> list[Check]:
    checks = []
    for column, parent in table.references.items():
        missing = f"t.{sql.name(column)} is not null and {parent}.{sql.name(TABLES[parent].key[0])} is null"
        if validator.one(f"select count(*) from absent_{parent}"):
            absent = f"absent_{column}"
            checks.append(Check(OPPOSITION, column, f"{missing} and {absent}.opposed"))
            checks.append(Check("quarantined_reference", column, f"{missing} and not {absent}.opposed"))
            missing += f" and {absent}.key is null"
        checks.append(Check("unknown_reference", column, missing))
    if OPPOSITION in table.columns:
        key = sql.name(table.key[0])
        opposed = f"""select {key} from typed_{table.name} where {OPPOSITION} = '1'
                      union all select key from erased_keys where column_name = '{table.key[0]}'"""
        checks.append(Check(OPPOSITION, OPPOSITION, f"t.{OPPOSITION} = '1' or t.{key} in ({opposed})"))
    for column in labels(table) if validator.one("select count(*) from erased_keys") else []:
        naming = f"select key from erased_keys where column_name = '{column}'"
        checks.append(Check(OPPOSITION, column, f"t.{sql.name('received_' + column)} in ({naming})"))
    return checks


def _named_checks(programme: Programme, table: Table) -> list[Check]:
    return [
        Check(name, rule.columns[0], rule.fails_when, severity(name, programme))
        for name, rule in named_rules().items()
        if rule.table == table.name and rule.fails_when is not None
    ]


def _joins(validator: Validator, table: Table) -> str:
    """The rows that the checks of a table look at beside its own."""
    joins = []
    for column, parent in table.references.items():
        key = sql.name(TABLES[parent].key[0])
        joins.append(f"left join core_{parent} {parent} on {parent}.{key} = t.{sql.name(column)}")
        if validator.one(f"select count(*) from absent_{parent}"):
            joins.append(f"left join absent_{parent} absent_{column} on absent_{column}.key = t.{sql.name(column)}")
    extra = {name for rule in _rules_of(table) for name in rule.joined}
    if "programme_indications" in extra:
        joins.append("left join programme_indications on programme_indications.indication_code = t.indication_code")
    if "discontinuations" in extra:
        joins.append("left join core_discontinuations discontinuations on discontinuations.episode_id = t.episode_id")
    return " ".join(joins)


def _rules_of(table: Table) -> list[Rule]:
    return [rule for rule in named_rules().values() if rule.table == table.name and rule.fails_when is not None]


def _split(validator: Validator, table: Table, masks: Masks, repeated: bool) -> None:
    """Write down why rows are refused, or warned of."""
    name, refused = table.name, masks.failing("reject")
    opposed = masks.any_of([check for check in masks.checks if check.rule == OPPOSITION])
    reasons, source = masks.reasons("reject"), f"judged_{name}"
    if repeated:
        reasons = f"list_concat({reasons}, case when reason is null then [] else [reason] end)"
        source += f" left join repeated_{name} using (record_no)"
        refused = f"({refused} or reason is not null)"
    validator.run(
        f"insert into refused select '{name}', record_no, case when {opposed} then ['{OPPOSITION}'] else {reasons} end "
        f"from {source} where {refused}"
    )
    validator.run(
        f"insert into warned select '{name}', record_no, unnest({masks.reasons('warn')}) "
        f"from {source} where ({masks.failing('warn')}) and not ({refused})"
    )
    key = sql.name(table.key[0])
    validator.run(
        f"create temp table absent_{name} as select key, bool_or(opposed) as opposed from "
        f"(select cast({key} as varchar) as key, {opposed} as opposed from {source} where {refused} "
        f"union all select key, true from erased_keys where column_name = '{table.key[0]}') "
        f"where key is not null group by key"
    )


def blocked(validator: Validator) -> list[Problem]:
    """The rows that fail a rule which the programme lets refuse the whole export."""
    blocking = [name for name in named_rules() if severity(name, validator.programme) == "block"]
    if not blocking:
        return []
    found = validator.connection.execute(
        f"""select table_name, reason, count(*) from (select table_name, unnest(reasons) as reason from refused)
        where split_part(reason, ':', 1) in ({sql.literals(blocking)}) group by all order by all"""
    ).fetchall()
    return [
        Problem("export.blocking_rule", {"table": table, "rule": reason, "n_rows": n}) for table, reason, n in found
    ]


def check_loaded(validator: Validator) -> None:
    """The rules that look at the loaded tables as a whole, some beside the rows that were refused."""
    validator.run(
        """create temp view refused_initiations as select c.*, r.reasons from judged_initiations c
        join refused r on r.table_name = 'initiations' and r.record_no = c.record_no"""
    )
    for name, rule in named_rules().items():
        if rule.rows is not None:
            reason = sql.literal(f"{name}:{rule.columns[0]}")
            validator.run(f"insert into warned select '{rule.table}', record_no, {reason} from ({rule.rows})")
            validator.run(f"insert into ran values ('{rule.table}', {reason}, 'warn')")

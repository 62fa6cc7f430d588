"""Quarantine, findings and checks: every refused row with its place, reasons and original text; every warned row's
place and key; for every rule, how many rows were held against it and failed.

The rows of a patient who objects, or was erased, are only counted: no text of theirs is kept.
"""

from collections.abc import Sequence

import pandas as pd

from data_schemas.rules import named_rules
from data_schemas.tables import TABLES, Table, metadata
from pipelines import dialect, sql, withheld
from pipelines.checks import OPPOSITION
from pipelines.journal import Erased
from pipelines.mapping import MappedTable
from pipelines.read import Landed
from pipelines.validate import Validator


def gather(validator: Validator, tables: Sequence[MappedTable], erased: Erased) -> None:
    """Fill tables `quarantine`, `findings` and `checks` from what validation left."""
    _locate(validator, tables)
    _identify(validator, tables)
    validator.run(
        """create temp table quarantine (table_name varchar, file varchar, line bigint, reasons varchar[],
        original varchar, row_key varchar, identifiers varchar[])"""
    )
    for mapped in tables:
        _refused(validator, mapped)
    keys = " union all ".join(f"select key from absent_{name} where opposed" for name in TABLES)
    validator.run(f"create temp table opposed_keys as {keys}")
    for landed in validator.landed.values():
        _broken(validator, landed, tables)
    withheld.leave_no_text(validator, erased)
    validator.run(
        """create temp table findings as
        select w.table_name, split_part(w.reason, ':', 1) as rule, split_part(w.reason, ':', 2) as column_name,
               l.file, l.line, w.record_no, k.row_key
        from warned w join placed l using (table_name, record_no) join keyed k using (table_name, record_no)
        order by all"""
    )
    _summarise(validator, tables)


def _locate(validator: Validator, tables: Sequence[MappedTable]) -> None:
    """Table `placed`: the file and line of each refused or warned row, and of each broken record (number below 0)."""
    validator.run("create temp table placed (table_name varchar, record_no bigint, file varchar, line bigint)")
    for mapped in tables:
        name, landed = mapped.table.name, validator.landed[mapped.file.stem]
        file, first = sql.literal(landed.file.name), landed.file.dialect.first_line
        broken_rows = sql.name(landed.relation + "_broken")
        aside = f"union select -record from {broken_rows} where record < 0" if owner(landed, tables) is mapped else ""
        wanted = f"""select distinct record_no from (select table_name, record_no from refused
                     union all select table_name, record_no from warned) where table_name = '{name}' {aside}"""
        if landed.plain:
            validator.run(f"insert into placed select '{name}', record_no, {file}, record_no + {first} from ({wanted})")
            continue
        if landed.file.has_lines:
            validator.run(
                f"""insert into placed select '{name}', w.record_no, {file}, l.line
                from ({wanted}) w join {sql.name(landed.relation + "_lines")} l on l.rowid + 1 = w.record_no"""
            )
            continue
        good = validator.connection.execute(wanted).fetchall()
        broken = validator.connection.execute(f"select record from {broken_rows} where record > 0").fetchall()
        lines = dialect.physical_lines(
            landed.file.path, landed.file.dialect, [n for (n,) in good], {n for (n,) in broken}
        )
        places = pd.DataFrame({"record_no": lines.keys(), "line": lines.values()}, dtype="int64")
        validator.connection.register("places", places)
        validator.run(f"insert into placed select '{name}', record_no, {file}, line from places")
        validator.connection.unregister("places")


def _identify(validator: Validator, tables: Sequence[MappedTable]) -> None:
    """Table `keyed`: the key of each refused or warned row, and all identifiers in it."""
    validator.run(
        "create temp table keyed (table_name varchar, record_no bigint, row_key varchar, identifiers varchar[])"
    )
    for mapped in tables:
        name, table = mapped.table.name, mapped.table
        identifiers = [column for column in table.columns if _kind(table, column) == "identifier"]
        wanted = f"select record_no from placed where table_name = '{name}'"
        others = f"{wanted} and record_no not in (select record_no from judged_{name})"
        places = {f"judged_{name}": wanted}
        if validator.one(f"select count(*) from ({others}) where record_no > 0"):
            places[f"typed_{name}"] = others
        for rows, numbers in places.items():
            validator.run(
                f"""insert into keyed select '{name}', record_no, {sql.row_key(table.key)},
                    list_filter([{sql.names(identifiers)}], lambda value: value is not null)
                from {rows} semi join ({numbers}) using (record_no)"""
            )


def _kind(table: Table, column: str) -> str:
    return str(metadata(table.name, column)["kind"])


def _summarise(validator: Validator, tables: Sequence[MappedTable]) -> None:
    """Table `checks`: one row for each rule, table and column; rules over the loaded rows are held against those."""
    loaded = sql.literals(name for name, rule in named_rules().items() if rule.rows is not None)
    counts = " union all ".join(
        f"select '{name}' as table_name, (select count(*) from core_{name}) as n_loaded, "
        f"(select count(*) from refused where table_name = '{name}') as n_refused"
        for name in (mapped.table.name for mapped in tables)
    )
    validator.run(
        f"""create temp table checks as
        with failing as (
            select table_name, reason, count(*) as n from (
                select table_name, unnest(reasons) as reason from quarantine
                union all select table_name, rule || ':' || column_name from findings) group by all
        )
        select table_name, split_part(reason, ':', 1) as rule, split_part(reason, ':', 2) as column_name, severity,
               n_loaded + case when split_part(reason, ':', 1) in ({loaded}) then 0 else n_refused end as n_checked,
               coalesce(n, 0) as n_failing
        from (select distinct * from ran) join ({counts}) using (table_name)
        left join failing using (table_name, reason) order by all"""
    )


def _refused(validator: Validator, mapped: MappedTable) -> None:
    name, landed = mapped.table.name, validator.landed[mapped.file.stem]
    original = sql.row_json(landed.file.dialect.header, "s.")
    validator.run(
        f"""insert into quarantine
        with written as materialized (select s.rowid + 1 as record_no, {original} as original from text_{name} s)
        select r.table_name, l.file, l.line, r.reasons, case when kept then w.original end,
               case when kept then k.row_key end, case when kept then k.identifiers end
        from (select *, not list_contains(reasons, '{OPPOSITION}') as kept from refused) r
        join placed l using (table_name, record_no) join keyed k using (table_name, record_no)
        join written w using (record_no)
        where r.table_name = '{name}' order by r.record_no"""
    )


def _broken(validator: Validator, landed: Landed, tables: Sequence[MappedTable]) -> None:
    """Records that could not be split into fields, or are no data: they belong to the table that the file drives."""
    table = owner(landed, tables)
    if landed.n_broken and table:
        validator.run(
            f"""insert into quarantine select l.table_name, l.file, l.line, [b.rule],
                   case when not exists (select 1 from opposed_keys o where contains(b.original, o.key))
                        then b.original end,
                   null, null
            from {sql.name(landed.relation + "_broken")} b join placed l on l.record_no = -b.record
            where l.table_name = '{table.table.name}' order by l.line"""
        )


def owner(landed: Landed, tables: Sequence[MappedTable]) -> MappedTable | None:
    """The table that a file's rows are: the one it drives row by row."""
    return next((each for each in tables if each.file.stem == landed.file.stem and not each.distinct), None)

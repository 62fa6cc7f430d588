"""Quarantine and findings: every refused row with its place, reasons and original text; every warned row's place.

The rows of a patient who objects are only counted: no text of theirs is kept.
"""

from collections.abc import Sequence

import pandas as pd

from pipelines import dialect, sql
from pipelines.checks import OPPOSITION
from pipelines.mapping import MappedTable
from pipelines.read import Landed
from pipelines.validate import Validator


def gather(validator: Validator, tables: Sequence[MappedTable]) -> None:
    """Fill tables `quarantine` and `findings` from what validation left."""
    _locate(validator, tables)
    validator.run(
        """create temp table quarantine (table_name varchar, file varchar, line bigint, reasons varchar[],
        original varchar)"""
    )
    for mapped in tables:
        _refused(validator, mapped)
    for landed in validator.landed.values():
        _broken(validator, landed, tables)
    validator.run(
        """create temp table findings as
        select w.table_name, split_part(w.reason, ':', 1) as rule, split_part(w.reason, ':', 2) as column_name,
               l.file, l.line, w.record_no
        from warned w join placed l using (table_name, record_no) order by all"""
    )


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


def _refused(validator: Validator, mapped: MappedTable) -> None:
    name, relation = mapped.table.name, sql.name(validator.landed[mapped.file.stem].relation)
    validator.run(
        f"""insert into quarantine
        select r.table_name, l.file, l.line, r.reasons,
               case when list_contains(r.reasons, '{OPPOSITION}') then null else cast(to_json(s) as varchar) end
        from refused r join placed l using (table_name, record_no) join {relation} s on s.rowid + 1 = r.record_no
        where r.table_name = '{name}' order by r.record_no"""
    )


def _broken(validator: Validator, landed: Landed, tables: Sequence[MappedTable]) -> None:
    """Records that could not be split into fields, or are no data: they belong to the table that the file drives."""
    table = owner(landed, tables)
    if landed.n_broken and table:
        validator.run(
            f"""insert into quarantine select l.table_name, l.file, l.line, [b.rule],
                   case when not exists (select 1 from absent_patients o
                                         where o.opposed and contains(b.original, o.key)) then b.original end
            from {sql.name(landed.relation + "_broken")} b join placed l on l.record_no = -b.record
            where l.table_name = '{table.table.name}' order by l.line"""
        )


def owner(landed: Landed, tables: Sequence[MappedTable]) -> MappedTable | None:
    """The table that a file's rows are: the one it drives row by row."""
    return next((each for each in tables if each.file.stem == landed.file.stem and not each.distinct), None)

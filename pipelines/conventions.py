"""Conventions of a file that its values must prove: the order of day and month, and the decimal mark.

A file that can be read in two ways that give different data is a question to the operator, not a guess, unless the
programme has answered it. Cells are counted over the whole file; none is ever quoted.
"""

from collections.abc import Sequence
from dataclasses import replace

from data_schemas.programme import ExportDates
from pipelines import parse, sql
from pipelines.dialect import DateOrder, Dialect, Finding
from pipelines.engines import Connection
from pipelines.errors import ExportRefused, Problem

SLIPS = 2
"""So many days in the other order, or a tenth, are rows at fault; more are a second convention in the file."""

THOUSANDS = {",": ",", ".": ";"}
"""A mark of numbers → the separator of files in which it may as well part thousands: `1,045` is one thousand and
forty-five in an English file, `1.045` in a continental one."""


def settle(connection: Connection, file: str, dialect: Dialect, relation: str, dates: Sequence[str],
           numbers: Sequence[str], export_dates: ExportDates) -> Dialect:  # fmt: skip
    """The dialect with its date order and decimal mark proven, or settled by the programme.

    Raises:
        ExportRefused: dates or numbers can be read in two ways.
    """
    order, found_order = _date_order(connection, file, dialect, relation, dates, export_dates)
    found_decimal = _decimal(connection, file, dialect, relation, numbers)
    findings = dict(dialect.findings) | {"date_order": found_order, "decimal": found_decimal}
    return replace(dialect, date_order=order, findings=findings)


def _date_order(connection: Connection, file: str, dialect: Dialect, relation: str, dates: Sequence[str],
                export_dates: ExportDates) -> tuple[DateOrder, Finding]:  # fmt: skip
    if dialect.date_order != "dmy":
        return dialect.date_order, Finding()
    counts = _slashed(connection, relation, dates)
    n_dmy, n_mdy, n_either = counts["dmy"], counts["mdy"], counts["either"]
    details: dict[str, object] = {"file": file, "n_dmy": n_dmy, "n_mdy": n_mdy, "n_either": n_either}
    expected, other = (n_mdy, n_dmy) if export_dates == "mdy" else (n_dmy, n_mdy)
    if expected and other > max(SLIPS, expected // 10):
        raise ExportRefused([Problem("export.dates_mixed", details)])
    if other and not expected:
        raise ExportRefused([Problem("export.dates_dmy" if export_dates == "mdy" else "export.dates_mdy", details)])
    if n_either and export_dates == "ask" and not n_dmy:
        raise ExportRefused([Problem("export.dates_unclear", details)])
    order: DateOrder = "mdy" if export_dates == "mdy" else "dmy"
    return order, Finding("certain" if n_dmy or n_mdy else "likely", counts)


def _slashed(connection: Connection, relation: str, columns: Sequence[str]) -> dict[str, int]:
    """How many days written with the year last prove that the day comes first, or the month, or neither."""
    counts = dict.fromkeys(("dmy", "mdy", "either"), 0)
    for column in map(sql.name, columns):
        written = "'^[0-9]{1,2}(/[0-9]{1,2}/|[.][0-9]{1,2}[.]|-[0-9]{1,2}-)[0-9]{4}$'"
        text = f"translate(trim({column}), '.-', '//')"
        padded = " || '/' || ".join(f"lpad(split_part({text}, '/', {n}), 2, '0')" for n in (1, 2))
        row = connection.execute(
            f"""select count_if(a between '13' and '31' and b between '01' and '12'),
                count_if(b between '13' and '31' and a between '01' and '12' and regexp_matches(a || b, '^[0-9]+$')),
                count_if(a between '01' and '12' and b between '01' and '12' and a <> b)
            from (select day[1:2] as a, day[4:5] as b from (
                select case when length({column}) = 10 and {column}[3] in ('/', '.', '-') and {column}[6] = {column}[3]
                    then {column} when regexp_matches(trim({column}), {written}) then {padded} end as day
                from {sql.name(relation)}))"""
        ).fetchone()
        for name, n in zip(counts, row or (), strict=True):
            counts[name] += int(n or 0)
    return counts


def other_marks(connection: Connection, relation: str, columns: Sequence[str]) -> int:
    """How many days and months are written with points or dashes in place of slashes."""
    found = 0
    for column in map(sql.name, columns):
        marked = sql.matches(f"trim({column})", parse.MARKED)
        row = connection.execute(f"select count_if({marked}) from {sql.name(relation)}").fetchone()
        found += int(row[0] or 0) if row else 0
    return found


def _decimal(connection: Connection, file: str, dialect: Dialect, relation: str, numbers: Sequence[str]
             ) -> Finding:  # fmt: skip
    mark = dialect.decimal
    by_hand = mark == "," and not dialect.separator  # text in a form that has numbers of its own
    if THOUSANDS[mark] != dialect.separator and not by_hand:
        return Finding()
    group = f"^[+-]?[1-9][0-9]{{0,2}}[{mark}][0-9]{{3}}$"
    counts, unclear = {"three_figures": 0, "decimals": 0}, []
    for number in numbers:
        column = sql.name(number)
        row = connection.execute(
            f"""select count_if(grouped), count_if(not grouped) from (
                select {sql.matches(f"trim({column})", group)} as grouped from {sql.name(relation)}
                where contains({column}, {sql.literal(mark)}))"""
        ).fetchone() or (0, 0)
        unclear += [number] if row[0] else []
        counts = {name: counts[name] + int(n or 0) for name, n in zip(counts, row, strict=True)}
    if counts["three_figures"] and not counts["decimals"]:
        details = {"file": file, "n": counts["three_figures"], "columns": ", ".join(unclear), "mark": mark}
        raise ExportRefused([Problem("export.numbers_unclear", details)])
    return Finding("certain" if counts["decimals"] else "likely", counts)

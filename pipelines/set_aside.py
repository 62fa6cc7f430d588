"""Rows that are no data: the header repeated in the middle, a total below. They are kept by name, never loaded."""

import itertools
from collections.abc import Sequence

from pipelines import sql
from pipelines.engines import Builder

TOTAL = "^(sous[- ])?(total|totaux|somme|nombre)([^0-9a-z_-]|$)"
STARTS = ("tot", "sou", "som", "nom")
"""How the words of `TOTAL` begin."""


def move(connection: Builder, relation: str, header: Sequence[str], line: str | None) -> int:
    """Move such rows from `relation` into `<relation>_broken`, under minus the number of the row.

    Args:
        line: the column that says where rows stood, kept in `<relation>_lines`.

    Returns:
        How many rows were moved.
    """
    name = sql.name(relation)
    if not _may_hold(connection, relation, header):
        return 0
    connection.execute(f"create or replace temp table no_data as {_found(name, header)}")
    row = connection.execute("select count(*) from no_data").fetchone()
    if row and row[0]:
        shown = [each for each in header if each != line]
        connection.execute(
            f"""insert into {sql.name(relation + "_broken")}
            select -n.record_no, {sql.row_json(["place", *shown], "s.")}, n.rule
            from (select rowid as place, {sql.names(shown)} from {name}) s
            join no_data n on n.record_no = s.place + 1"""
        )
        connection.leave_out_rows(relation, "select record_no from no_data")
    return int(row[0]) if row else 0


def _may_hold(connection: Builder, relation: str, header: Sequence[str]) -> bool:
    """Whether a first cell can be that of such a row: most files stop here, as their first cells all begin alike."""
    first, name = sql.name(header[0]), sql.name(relation)
    extremes = f"select min({first}), max({first}), count(*) - count({first}) from {name}"
    least, most, n_empty = connection.execute(extremes).fetchone() or (None, None, 0)
    if n_empty or not least:
        return bool(n_empty or least == "")
    begins = (*STARTS, header[0][:3])
    if not any(_lies_between(least, most, each) for each in (" ", *sql.SPACES, *begins)):
        return False
    spaces = sql.literals(("", " ", *sql.SPACES))
    rows = f"select 1 from {name} where {first}[1:1] in ({spaces}) or lower({first}[1:3]) in ({sql.literals(begins)})"
    return connection.execute(f"{rows} limit 1").fetchone() is not None


def _lies_between(least: str, most: str, begin: str) -> bool:
    """Whether a text that begins so, in small or capital letters, can stand between two others."""
    spelled = map("".join, itertools.product(*({sign.lower(), sign.upper()} for sign in begin)))
    return any(each <= most and (each >= least or least.startswith(each)) for each in spelled)


def _found(relation: str, header: Sequence[str]) -> str:
    cells = [f"coalesce({sql.trimmed(sql.name(column))}, '')" for column in header]
    first = "coalesce(" + ", ".join(f"nullif({cell}, '')" for cell in cells) + ", '')"
    filled = " + ".join(f"cast({cell} <> '' as integer)" for cell in cells)
    few = max(2, len(header) // 2)
    same = " and ".join(
        f"lower({cell}) in ({sql.literal(column)}, '')" for cell, column in zip(cells, header, strict=True)
    )
    is_header = f"lower({cells[0]}) = {sql.literal(header[0])} and {same}"
    is_total = (
        f"lower({first}[1:3]) in ({sql.literals(STARTS)}) and {filled} <= {few} "
        f"and regexp_matches({sql.comparable(first)}, {sql.literal(TOTAL)})"
    )
    return f"""select rowid + 1 as record_no, rule from (
        select rowid, case when {is_header} then 'repeated_header' when {is_total} then 'total_line' end as rule
        from {relation}) where rule is not null"""

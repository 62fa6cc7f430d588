"""The passport of a figure: what was counted, what was left out and why, what findings touch it, and the SQL as run."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines import sql
from pipelines.definitions import Definition, definition
from pipelines.measure import lines_of, measure, missing_tables
from pipelines.opened import Opened
from pipelines.selection import Selection


@dataclass(frozen=True)
class Passport:
    """What a reader needs to trust one figure, or to ask the right question.

    Attributes:
        figures: count → figure; none where it is not known.
        excluded: exclusion of the measure → count → how many were left out for it, in the order of the head; one that
            was left out for some of its rows may count by others.
        findings: the rules that warn of rows of the tables that the measure reads: `table_name`, `rule`, `column_name`,
            `n_warned` rows of the table and `n_touching` rows of the line list that such a row stands behind.
        quarantined: table that the measure reads → rows of it that were not loaded.
        not_sent: tables it needs that the export did not hold.
        statement, parameters: the SQL as run.
    """

    definition: Definition
    release: str
    selection: Selection
    where: Mapping[str, str]
    figures: Mapping[str, int | None]
    excluded: Mapping[str, Mapping[str, int]]
    findings: pd.DataFrame
    quarantined: Mapping[str, int]
    not_sent: tuple[str, ...]
    statement: str
    parameters: Mapping[str, object]


def passport(opened: Opened, name: str, selection: Selection, where: Mapping[str, str] | None = None) -> Passport:
    """The passport of a measure's figure, or of one cell of it.

    Raises:
        MeasureError: an unknown measure or dimension.
    """
    cell = dict(where or {})
    table = measure(opened, name, selection, by=[], where=cell)
    asked = definition(name)
    counted = table.frame.iloc[0] if len(table.frame) else None
    figures = {count: None if counted is None or pd.isna(counted[count]) else int(counted[count])
               for count in asked.counts}  # fmt: skip
    read = {each["table"]: int(each["quarantined"]) for each in opened.release.record["counts"]}
    return Passport(
        asked, opened.release.name, selection, cell, figures, _excluded(opened, asked, selection, cell),
        _findings(opened, asked, selection, cell), {each: read[each] for each in asked.needs if each in read},
        missing_tables(opened.release, opened.programme, asked), table.statement, table.parameters,
    )  # fmt: skip


def _excluded(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str]
              ) -> dict[str, dict[str, int]]:  # fmt: skip
    if not asked.exclusions or missing_tables(opened.release, opened.programme, asked):
        return {}
    lines, parameters = lines_of(asked, selection, where, excluded=True)
    keys = {count: each.key for count, each in asked.counts.items() if not each.sum and not each.when}
    counts = ", ".join(f"count(distinct {sql.name(key)}) as {sql.name(count)}" for count, key in keys.items())
    frame = opened.query(f"{lines}\nselect excluded, {counts} from lines group by excluded", parameters)
    found = {str(row["excluded"]): row for row in frame.to_dict("records")}
    return {code: {count: int(found[code][count]) if code in found else 0 for count in keys}
            for code in asked.exclusions}  # fmt: skip


def _findings(opened: Opened, asked: Definition, selection: Selection, where: Mapping[str, str]) -> pd.DataFrame:
    """The rules that warn of rows of the tables read, and how many lines such rows stand behind."""
    from data_schemas.tables import TABLES  # noqa: PLC0415 - pandera is slow to load, and only needed here

    columns = ["table_name", "rule", "column_name", "n_warned", "n_touching"]
    if missing_tables(opened.release, opened.programme, asked):
        return pd.DataFrame(columns=columns)
    lines, parameters = lines_of(asked, selection, where)
    there = set(opened.columns(f"{lines} select * from lines limit 0", parameters))
    parts = []
    for table in asked.needs:
        key = TABLES[table].key
        touches = "false"
        if set(key) <= there:
            touches = f"row_key in (select {sql.row_key(key)} from lines)"
        parts.append(
            "select table_name, rule, column_name, count(*) as n_warned,"
            f" count(*) filter (where {touches}) as n_touching from findings"
            f" where table_name = {sql.literal(table)} group by all"
        )
    found: pd.DataFrame = opened.query(f"{lines}\n{' union all '.join(parts)} order by all", parameters)
    return found

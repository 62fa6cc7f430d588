"""Findings with a state: what became of each rule since the release before.

A record is known by the key of its row. States of a rule (in a table and column):

- NEW: it fails now, and none of the records that fail failed before;
- PERSISTING: some of the same records still fail;
- RESOLVED: it failed before, and nothing fails now;
- STABLE: it fails neither now nor before.

`n_new`, `n_persisting` and `n_resolved` count records. Rows without a key (lines that could not be split, patients who
object) cannot be recognised: as many as failed both times count as persisting. `n_failing` and `n_checked` count rows.
A table that was not sent has no rules: not sent is not resolved.
"""

import contextlib

import pandas as pd

from pipelines.engines.serving import Reader
from pipelines.opened import reading
from pipelines.release import Release

NEW, PERSISTING, RESOLVED, STABLE = "NEW", "PERSISTING", "RESOLVED", "STABLE"
ORDER = (NEW, PERSISTING, RESOLVED, STABLE)
COLUMNS = ("state", "table_name", "rule", "column_name", "severity", "n_failing", "n_checked", "n_new", "n_persisting",
           "n_resolved")  # fmt: skip

RECORDS = """
select table_name, split_part(reason, ':', 1) as rule, split_part(reason, ':', 2) as column_name,
       row_key, count(*) as n
from (select table_name, unnest(reasons) as reason, row_key from {0}.quarantine
      union all select table_name, rule || ':' || column_name, row_key from {0}.findings) group by all
"""
NOTHING = """
select cast(null as varchar) as table_name, cast(null as varchar) as rule, cast(null as varchar) as column_name,
       cast(null as varchar) as row_key, cast(0 as bigint) as n where false
"""
STATES = """
with now_records as ({now}), before_records as ({before}),
known as (
    select coalesce(a.table_name, b.table_name) as table_name, coalesce(a.rule, b.rule) as rule,
           coalesce(a.column_name, b.column_name) as column_name, coalesce(a.row_key, b.row_key) as row_key,
           coalesce(a.n, 0) as now, coalesce(b.n, 0) as before
    from now_records a full outer join before_records b
    on a.table_name = b.table_name and a.rule = b.rule and a.column_name = b.column_name
    and a.row_key is not distinct from b.row_key
), records as (
    select table_name, rule, column_name,
           sum(case when row_key is null then greatest(now - before, 0) when before = 0 then 1 else 0 end) as n_new,
           sum(case when row_key is null then least(now, before) when now > 0 and before > 0 then 1 else 0 end)
               as n_persisting,
           sum(case when row_key is null then greatest(before - now, 0) when now = 0 then 1 else 0 end) as n_resolved
    from known group by all
), rules as (
    select table_name, rule, column_name, severity, n_checked, n_failing from now.checks
    union all by name
    select table_name, rule, column_name, 'reject' as severity, 0 as n_checked, 0 as n_failing from records
    anti join now.checks using (table_name, rule, column_name)
    where table_name in (select table_name from now.checks)
)
select table_name, rule, column_name, severity, n_failing, n_checked, cast(coalesce(n_new, 0) as bigint) as n_new,
       cast(coalesce(n_persisting, 0) as bigint) as n_persisting,
       cast(coalesce(n_resolved, 0) as bigint) as n_resolved,
       case when n_persisting > 0 then 'PERSISTING' when n_failing > 0 then 'NEW' when n_resolved > 0 then 'RESOLVED'
            else 'STABLE' end as state
from rules left join records using (table_name, rule, column_name)
order by table_name, rule, column_name
"""


def states(now: Release, before: Release | None) -> pd.DataFrame:
    """One row for each rule, table and column; without a release before, everything that fails is new."""
    folders = {"now": (now.folder, now.tables)} | ({"before": (before.folder, before.tables)} if before else {})
    earlier = RECORDS.format("before") if before else NOTHING
    with reading(now, *([before] if before else [])), contextlib.closing(Reader(folders, spill=now.spill)) as reader:
        frame = reader.query(STATES.format(now=RECORDS.format("now"), before=earlier))
    order = frame["state"].map({state: rank for rank, state in enumerate(ORDER)})
    return frame.loc[order.sort_values(kind="stable").index, list(COLUMNS)].reset_index(drop=True)

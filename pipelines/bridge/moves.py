"""The records that entered or left a cell of a measure from one release to another, each with its one reason.

Membership is asked four times: of both releases as they are derived, and of both derived anew under today's programme.
What differs only as they are derived is a change of definition.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data_schemas.programme import Programme
from pipelines import derive, programme_tables, sql
from pipelines.bridge.order import decision
from pipelines.cubes import PATIENT
from pipelines.definitions import Definition
from pipelines.engines.serving import Reader
from pipelines.measure import relation
from pipelines.relations import views
from pipelines.release import Release
from pipelines.selection import Selection
from pipelines.store import Store


@dataclass(frozen=True)
class Source:
    """The loaded table that a measure's records come from, where these are not patients.

    Attributes:
        key: its identifier.
        event, received: the columns that date what is recorded, and when the form or report came in.
    """

    table: str
    key: str
    event: str
    received: str | None = None


SOURCES = (
    Source("adverse_events", "ae_id", "onset_earliest", "received_date"),
    Source("pregnancies", "pregnancy_id", "detection_date"),
    Source("visits", "visit_id", "visit_date"),
    Source("dispensings", "dispensing_id", "dispensing_date"),
    Source("pregnancy_tests", "test_id", "test_date"),
)
OWN_DIMENSIONS = {"month": "month", "indication_code": "indication", "episode_type": "type"}
"""Dimensions whose correction has a reason of its own → its name among the facts."""


def moves(store: Store, before: Release, after: Release, asked: Definition, selection: Selection,
          by: Sequence[str], count: str, programme: Programme) -> pd.DataFrame:  # fmt: skip
    """One row for each counted thing that entered or left a cell.

    Returns:
        `key`, the dimensions `by`, `change` (1 entered, -1 left) and `reason`. A thing that moved between two cells has
        two rows.
    """
    reader = Reader({"before": (before.folder, before.tables), "after": (after.folder, after.tables)},
                    spill=after.spill)  # fmt: skip
    try:
        statement, parameters = _statement(reader, before, after, asked, selection, by, count, programme)
        gone = reader.query("from before.core_patients anti join after.core_patients using (patient_id)")
        fingerprints = after.record.get("opposed", [])
        parameters["opposed"] = store.journal.recognised(PATIENT, list(gone[PATIENT]), fingerprints)
        return reader.query(statement, parameters)
    finally:
        reader.close()


def _statement(reader: Reader, before: Release, after: Release, asked: Definition, selection: Selection,
               by: Sequence[str], count: str, programme: Programme) -> tuple[str, dict[str, object]]:  # fmt: skip
    lines, parameters = relation(asked.name, selection)
    body = lines.removeprefix("with ")
    columns = list(
        reader.query(f"{_tables('after', after, programme)}, {body} select * from lines limit 0", parameters).columns
    )
    source = next((each for each in SOURCES if each.key in columns), None)
    counting = asked.counts[count]
    key, condition = counting.key, f"and {sql.name(counting.when)}" if counting.when else ""
    counted = f"""select cast({sql.name(key)} as varchar) as key, {_listed(by)}
        min(cast({source.key if source else "null"} as varchar)) as record,
        min({PATIENT if PATIENT in columns else "cast(null as varchar)"}) as patient_id
        from lines where {sql.name(key)} is not null {condition} group by all"""
    sides = ",\n".join(
        f"{name} as ({_tables(schema, release, programme, anew)}, {body} {counted})"
        for name, schema, release, anew in (
            ("was", "before", before, False), ("was_today", "before", before, True),
            ("is_today", "after", after, True), ("is_now", "after", after, False))
    )  # fmt: skip
    first = "select * from core_treated_patients"
    statement = f"""with {sides},
        first_before as ({_tables("before", before, programme, True)} {first}),
        first_after as ({_tables("after", after, programme, True)} {first}),
        {_MOVED.format(by=_listed(by))},
        {_OPPOSITE.format(values=_values(by))},
        {_TWINS},
        facts as ({_facts(reader, source, by)})
        select key, {_listed(by)} change, {decision()} as reason from facts order by all"""
    further = source is None and set(asked.needs) != {"initiations"}
    return statement, parameters | {"cutoff": before.cutoff, "needs_more": further}


def _tables(schema: str, release: Release, programme: Programme, anew: bool = False) -> str:
    """The tables of a release under their own names, and what the programme and the relations say of them.

    Args:
        anew: the derived tables as they would be derived today.
    """
    derived = {table: derive.derivation(table) for table in derive.DERIVED} if anew else {}
    loaded = {table: f"from {schema}.{sql.name(table)}" for table in release.tables if table not in derived}
    said = programme_tables.selects(programme, release.cutoff)
    every = {**loaded, **said, **derived, **views()}
    return "with " + ", ".join(f"{sql.name(table)} as ({select})" for table, select in every.items())


def _listed(by: Sequence[str]) -> str:
    return "".join(f"{sql.name(each)}, " for each in by)


def _text(column: str) -> str:
    return f"coalesce(cast({column} as varchar), '')"


def _values(by: Sequence[str]) -> str:
    named = [(OWN_DIMENSIONS[each], each) for each in by if each in OWN_DIMENSIONS]
    return "".join(f", list({_text(sql.name(each))}) as {name}_values" for name, each in named)


_MOVED = """cells as (
    select key, {by} bool_or(side = 1) as was, bool_or(side = 2) as was_today, bool_or(side = 3) as is_today,
        bool_or(side = 4) as is_now,
        coalesce(min(record) filter (side in (1, 2)), min(record)) as record_was,
        coalesce(min(record) filter (side in (3, 4)), min(record)) as record_is,
        coalesce(min(patient_id) filter (side in (1, 2)), min(patient_id)) as patient_was,
        coalesce(min(patient_id) filter (side in (3, 4)), min(patient_id)) as patient_is
    from (select 1 as side, * from was union all select 2, * from was_today
          union all select 3, * from is_today union all select 4, * from is_now) group by key, {by} true
), moved as (
    select key, {by} cast(is_now as int) - cast(was as int) as change,
        cast(is_today as int) - cast(was_today as int) as change_today,
        case when is_now then record_is else record_was end as record,
        case when is_now then patient_is else patient_was end as patient_id
    from cells where was <> is_now
)"""

_OPPOSITE = "opposite as (select key, -change as change{values} from moved group by key, change)"

_TWINS = """gone_patients as (select * from before.core_patients anti join after.core_patients using (patient_id)),
twins as (
    select distinct g.patient_id as gone, q.patient_id as kept
    from gone_patients g join first_before f on f.patient_id = g.patient_id
    join after.core_patients q on q.birth_year = g.birth_year and q.sex = g.sex and q.centre_id = g.centre_id
    join after.core_initiations e on e.patient_id = q.patient_id and e.indication_code = f.indication_code
        and abs(datediff('day', e.treatment_start_date, f.treatment_start_date)) <= 7
)"""
"""Two pseudonyms that may be one patient, of which the first is gone: the rule of `probable_duplicate`."""


def _facts(reader: Reader, source: Source | None, by: Sequence[str]) -> str:
    """What `order.py` tests, one row for each move."""
    differs = ", ".join(
        f"coalesce(not list_contains(o.{name}_values, {_text('m.' + sql.name(each))}), false) as {name}_differs"
        if each in by else f"false as {name}_differs"
        for each, name in OWN_DIMENSIONS.items()
    )  # fmt: skip
    moved = "treatment_start_date" if source else "start_month"
    record, joins = _record_facts(reader, source)
    return f"""select *, case when entered and arrived then 'arrived' when not entered and gone then 'left'
            when arrived then 'arrived' when gone then 'left' else 'reordered' end as cause
        from (select m.*, m.change > 0 as entered, o.key is not null as reclassified, {differs}, {record},
            b.episode_id as first_before, a.episode_id as first_after,
            fb.patient_id as first_before_owner_after, fa.patient_id as first_after_owner_before,
            a.episode_id is not null and fa.episode_id is null as arrived,
            b.episode_id is not null and fb.episode_id is null as gone,
            b.{moved} <> a.{moved} as month_changed, b.indication_code <> a.indication_code as indication_changed,
            b.episode_type <> a.episode_type as type_changed, b.is_new <> a.is_new as is_new_changed,
            a.treatment_start_date as first_start, form.form_received_date as first_received,
            b.treatment_start_date <> fb.treatment_start_date or a.treatment_start_date <> fa.treatment_start_date
                as first_date_changed,
            b.episode_type <> fb.episode_type or a.episode_type <> fa.episode_type as first_type_changed,
            {_held("before", "'initiations:' || a.episode_id")} or {_held("before", "'patients:' || m.patient_id")}
                as first_held_before,
            {_held("after", "'initiations:' || b.episode_id")} or {_held("after", "'patients:' || m.patient_id")}
                as first_held_after,
            m.patient_id in (select patient_id from before.core_patients) as patient_before,
            m.patient_id in (select patient_id from after.core_patients) as patient_after,
            m.patient_id in (select gone from twins) as taken_over,
            m.patient_id in (select kept from twins) as takes_over,
            list_contains(cast($opposed as varchar[]), m.patient_id) as is_opposed
        from moved m left join opposite o on o.key = m.key and o.change = m.change
        left join first_before b on b.patient_id = m.patient_id
        left join first_after a on a.patient_id = m.patient_id
        left join after.core_initiations fb on fb.episode_id = b.episode_id
        left join before.core_initiations fa on fa.episode_id = a.episode_id
        left join after.core_initiations form on form.episode_id = a.episode_id {joins})"""


def _held(schema: str, row: str) -> str:
    """Whether a row stood in quarantine."""
    held = f"select table_name || ':' || row_key from {schema}.quarantine where row_key is not null"
    return f"coalesce({row} in ({held}), false)"


def _record_facts(reader: Reader, source: Source | None) -> tuple[str, str]:
    """The facts on the record behind a counted thing, and the rows they are read from."""
    names = ("record_before", "record_after", "record_event", "record_received", "record_held_before",
             "record_held_after", "record_owner_changed", "record_date_changed", "record_changed")  # fmt: skip
    if source is None:
        return ", ".join(f"null as {name}" for name in names), ""
    table, key = f"core_{source.table}", sql.name(source.key)
    columns = list(reader.query(f"select * exclude (record_no) from after.{table} limit 0").columns)
    changed = " or ".join(f"rb.{sql.name(each)} is distinct from ra.{sql.name(each)}" for each in columns)
    owner = f"rb.{PATIENT} <> ra.{PATIENT}" if PATIENT in columns else "false"
    row = f"'{source.table}:' || m.record"
    facts = (f"rb.{key} is not null", f"ra.{key} is not null", f"ra.{sql.name(source.event)}",
             f"ra.{sql.name(source.received)}" if source.received else "cast(null as date)",
             _held("before", row), _held("after", row), owner,
             f"rb.{sql.name(source.event)} is distinct from ra.{sql.name(source.event)}", changed)  # fmt: skip
    joins = f"""left join before.{table} rb on rb.{key} = m.record left join after.{table} ra on ra.{key} = m.record"""
    return ", ".join(f"{fact} as {name}" for name, fact in zip(names, facts, strict=True)), joins

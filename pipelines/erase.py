"""Right of objection: a patient's rows leave every release of a store, and a later import does not bring them back.

Releases are immutable, so each one that holds the patient is written anew under a new name. The order makes a kill at
any instant harmless, and the same command run again finishes the job: first the fingerprints, so that no import brings
the patient back; the candidates, which are discarded whoever they hold; the new releases; the journal, which keeps old
name → new name; the pointer; and only then are the old releases removed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_schemas.rules import named_rules
from data_schemas.tables import TABLES, Table
from pipelines import sql
from pipelines.candidates import candidates, discard_all
from pipelines.checks import labels
from pipelines.derive import DERIVED
from pipelines.engines import Connection
from pipelines.engines import duckdb as engine
from pipelines.errors import StoreError
from pipelines.journal import Entry
from pipelines.recorded import after_erasure
from pipelines.release import Release
from pipelines.store import Store
from pipelines.withheld import EPISODE, PATIENT

NAMED = ("core_initiations", "quarantine")
"""The tables that say which episodes are a patient's."""


@dataclass(frozen=True)
class Rewritten:
    """A release that held the patient, the one that takes its place, and how many rows left."""

    before: Release
    after: Release
    n_rows: int


def erase(store: Store, patient: str) -> list[Rewritten]:
    """Remove a patient from every release; none is left to rewrite when that was done already.

    Raises:
        StoreError: the store cannot be written, has never known the patient, or holds a damaged release, in which the
            patient might be left.
    """
    with store.writing() as scratch:
        releases, waiting, current = store.releases(), candidates(store), store.current()
        if damaged := [fault for release in releases for fault in release.faults()]:
            raise damaged[0]
        episodes = _episodes([*releases, *waiting], patient, scratch)
        built = [(release, *found) for number, release in enumerate(releases)
                 if (found := _without(release, patient, episodes, scratch / str(number)))]  # fmt: skip
        waits = any(_without(each, patient, episodes, scratch / f"waiting-{n}") for n, each in enumerate(waiting))
        if not built and not waits and not store.journal.erased().holds(PATIENT, patient):
            raise StoreError("erase.unknown")
        store.journal.erase([(PATIENT, patient), *((EPISODE, episode) for episode in episodes)])
        discard_all(store, scratch)
        done = [Rewritten(before, store.keep(folder, record)[0], n) for before, folder, record, n in built]
        store.journal.add([Entry("erase", each.before.name, each.after.name, each.n_rows) for each in done])
        for each in done:
            if current is not None and each.before.name == current.name:
                store.point_to(each.after)
        for each in done:
            store.remove(each.before, scratch)
        return done


def _episodes(releases: Sequence[Release], patient: str, scratch: Path) -> list[str]:
    """The patient's treatment episodes in any release, refused ones included."""
    found: set[str] = set()
    for release in releases:
        with engine.opened_folder(scratch, release.folder, dict(zip(NAMED, NAMED, strict=True))) as connection:
            rows = connection.execute(
                """select episode_id from core_initiations where patient_id = $patient
                union select row_key from quarantine
                where table_name = 'initiations' and list_contains(identifiers, $patient) and row_key <> ''""",
                {"patient": patient},
            ).fetchall()
        found |= {episode for (episode,) in rows}
    return sorted(found)


def _without(release: Release, patient: str, episodes: Sequence[str], built: Path
             ) -> tuple[Path, dict[str, Any], int] | None:  # fmt: skip
    """The release without the patient in a folder of its own, its record, and how many rows left; none if none did."""
    names = {name: f"old_{name}" for name in release.tables}
    with engine.opened_folder(built.parent, release.folder, names) as connection:
        _mark(connection, patient, episodes)
        _loaded(connection)
        _quarantined(connection)
        n_rows = _one(connection, "select (select count(*) from gone) + (select count(*) from gone_quarantine)")
        if not n_rows:
            return None
        _findings(connection)
        _checks(connection)
        built.mkdir()
        for table in release.tables:
            connection.write_parquet(table, built / f"{table}.parquet")
        counts = [_count(connection, each) for each in release.record["counts"]]
        record = release.record | {"counts": counts} | after_erasure(connection, release.record)
    return built, record, n_rows


def _mark(connection: Connection, patient: str, episodes: Sequence[str]) -> None:
    """Tables `erased_patient` and `erased_episodes`; an episode that is another patient's here is not erased."""
    connection.execute("create temp table erased_patient as select cast($1 as varchar) as patient_id", [patient])
    connection.execute(
        """create temp table naming as
        select '(^|[^0-9A-Za-z])' || regexp_escape(patient_id) || '($|[^0-9A-Za-z])' as pattern from erased_patient"""
    )
    connection.execute(
        """create temp table erased_episodes as select unnest(cast($1 as varchar[])) as episode_id
        except select episode_id from old_core_initiations where patient_id <> $2""",
        [list(episodes), patient],
    )


def _loaded(connection: Connection) -> None:
    """Table `gone`: the patient's loaded rows; views on the rows that stay, under the names of the tables."""
    connection.execute("create temp table gone (table_name varchar, record_no bigint)")
    for name, table in TABLES.items():
        belongs = _belongs(table)
        connection.execute(f"insert into gone select '{name}', record_no from old_core_{name} where {belongs}")
        connection.execute(f"create temp view core_{name} as from old_core_{name} where not ({belongs})")
    for name in DERIVED:
        stays = f"{PATIENT} not in (from erased_patient)"
        if name == "core_effects":
            stays += " and ae_id in (select ae_id from core_adverse_events)"
        connection.execute(f"create temp view {name} as from old_{name} where {stays}")


def _belongs(table: Table) -> str:
    """Whether a row is the patient's, or names the patient in words."""
    tests = [f"regexp_matches({sql.name(label)}, (from naming))" for label in labels(table)]
    if PATIENT in table.columns:
        tests.append(f"{PATIENT} in (from erased_patient)")
    elif EPISODE in table.columns:
        tests.append(f"{EPISODE} in (from erased_episodes)")
    return " or ".join(f"coalesce({test}, false)" for test in tests) or "false"


def _quarantined(connection: Connection) -> None:
    """Refused rows leave when an identifier or their text names the patient, or a line without fields an episode."""
    connection.execute(
        """create temp table judged as select *, coalesce(
            list_has_any(identifiers, (select list(patient_id) from erased_patient))
            or list_has_any(identifiers, (select list(episode_id) from erased_episodes))
            or regexp_matches(original, (from naming))
            or (identifiers is null and list_has_any(regexp_extract_all(original, '[0-9A-Za-z][0-9A-Za-z._-]*'),
                (select list(episode_id) from erased_episodes))), false) as gone from old_quarantine"""
    )
    connection.execute("create temp view gone_quarantine as from judged where gone")
    connection.execute("create temp view quarantine as select * exclude (gone) from judged where not gone")


def _findings(connection: Connection) -> None:
    """What was said of the patient leaves; rules that the loaded rows alone answer are asked again."""
    loaded = {name: rule for name, rule in named_rules().items() if rule.can_be_asked_again}
    connection.execute(
        f"""create temp table findings as from old_findings anti join gone using (table_name, record_no)
        where rule not in ({sql.literals(loaded)}) order by all"""
    )
    for name, rule in loaded.items():
        key = sql.row_key(TABLES[rule.table].key)
        known = f"(from old_findings where rule = '{name}')"
        connection.execute(
            f"""insert into findings
            select '{rule.table}', '{name}', '{rule.columns[0]}', f.file, f.line, s.record_no, {key}
            from ({rule.rows}) s join core_{rule.table} using (record_no) left join {known} f using (record_no)
            where exists (from old_checks where rule = '{name}') order by s.record_no"""
        )


def _checks(connection: Connection) -> None:
    """The same rules on the rows that stay."""
    loaded = sql.literals(name for name, rule in named_rules().items() if rule.rows is not None)
    connection.execute(
        f"""create temp table checks as with failing as (
            select table_name, rule, column_name, count(*) as n from (
                select table_name, split_part(reason, ':', 1) as rule, split_part(reason, ':', 2) as column_name
                from (select table_name, unnest(reasons) as reason from quarantine)
                union all select table_name, rule, column_name from findings) group by all
        ), left_out as (
            select table_name, count(*) as n_read, count(*) filter (was_loaded) as n_loaded from (
                select table_name, true as was_loaded from gone
                union all select table_name, false from gone_quarantine) group by all
        )
        select c.* replace (
            n_checked - coalesce(case when rule in ({loaded}) then n_loaded else n_read end, 0) as n_checked,
            coalesce(n, 0) as n_failing)
        from old_checks c left join failing using (table_name, rule, column_name)
        left join left_out using (table_name) order by all"""
    )


def _count(connection: Connection, count: dict[str, Any]) -> dict[str, Any]:
    name = sql.literal(count["table"])
    loaded = _one(connection, f"select count(*) from {sql.name('core_' + count['table'])}")
    quarantined = _one(connection, f"select count(*) from quarantine where table_name = {name}")
    warned = _one(connection, f"select count(distinct record_no) from findings where table_name = {name}")
    return count | {"read": loaded + quarantined, "loaded": loaded, "quarantined": quarantined, "warned": warned}


def _one(connection: Connection, statement: str) -> int:
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0

"""Import: the straight line from an export's folder to a candidate, or at once to the release in service.

Each stage is its own module; this one calls them in order, says how far it is, and checks that nothing was lost.
"""

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pandera.config import get_config_global

from data_schemas import coherence
from data_schemas.programme import Programme
from data_schemas.tables import TABLES
from pipelines import (
    beforehand,
    candidates,
    corrections,
    damage,
    mapping,
    quarantine,
    read,
    received,
    recorded,
    screen,
    twins,
    validate,
    withheld,
)
from pipelines.aggregates import pays
from pipelines.corrections import Correction
from pipelines.derive import DERIVED, derive
from pipelines.engines import Builder, Engine, embedded
from pipelines.errors import ExportRefused, Problem, StoreError
from pipelines.export import Export, open_export, readable
from pipelines.formats.opening import memory
from pipelines.harmonised import Harmonised, harmonised
from pipelines.imported import Imported, TableCount
from pipelines.journal import Erased
from pipelines.mapping import MappedTable
from pipelines.read import Landed
from pipelines.release import Release
from pipelines.store import Store
from pipelines.validate import Validator

SWITCH = "PANDERA_VALIDATION_ENABLED"
NOTES = ("quarantine", "findings", "checks")
"""The tables of a release beside the loaded and derived ones."""
Progress = Callable[[str, dict[str, object]], None]
Keep = Callable[[Path, dict[str, Any]], tuple[Release, bool]]
"""Takes the built folder and its record; the release or candidate that it became, and whether that is new."""


def _silent(_step: str, _details: dict[str, object]) -> None:
    """Progress that nobody watches."""


def import_export(source: Path, programme: Programme, store: Store, cutoff: dt.date | None = None,
                  progress: Progress = _silent, engine: Engine | None = None) -> Imported:  # fmt: skip
    """Import an export, a folder or a zip, and put its release in service.

    Args:
        engine: what builds the release; this machine alone unless said.

    Raises:
        ExportRefused: the export cannot be used as a whole; the store is unchanged.
        StoreError: the store cannot be written, or another import is under way.
    """
    return _import(source, programme, store, cutoff, progress, store.publish, engine or embedded())


def prepare_export(source: Path, programme: Programme, store: Store, cutoff: dt.date | None = None,
                   progress: Progress = _silent, engine: Engine | None = None) -> Imported:  # fmt: skip
    """The same, up to a candidate that is not in service; the release in service, where the content is the same.

    Raises:
        ExportRefused: the export cannot be used as a whole; the store is unchanged.
        StoreError: the store cannot be written, or another import is under way.
    """
    return _import(source, programme, store, cutoff, progress, partial(candidates.keep, store), engine or embedded())


def _import(source: Path, programme: Programme, store: Store, cutoff: dt.date | None, progress: Progress,
            keep: Keep, engine: Engine) -> Imported:  # fmt: skip
    if not get_config_global().validation_enabled or os.environ.get(SWITCH, "True") not in ("true", "True", "1"):
        raise StoreError("store.validation_off")
    coherence.check(programme)
    try:
        return _kept(source, programme, store, cutoff, progress, keep, engine)
    except ExportRefused as refused:
        raise ExportRefused(screen.discreet(refused.problems, source, programme)) from None


def _kept(source: Path, programme: Programme, store: Store, cutoff: dt.date | None, progress: Progress,
          keep: Keep, engine: Engine) -> Imported:  # fmt: skip
    with store.writing() as scratch, engine.builder(scratch) as connection, memory() as held, readable(source):
        export = open_export(source, programme, held, cutoff)
        declared = corrections.read(export.corrections)
        tables = _mapped(export, programme, declared)
        erased = store.journal.erased()
        validator = _validated(connection, export, programme, tables, declared, erased, progress)
        counts = _counts(validator, tables)
        found = [each for mapped in tables if (each := harmonised(validator, mapped))]
        for each in found:
            progress("mapped", each.record())
        progress("release", {})
        built = scratch / "release"
        _write(validator, built)
        record = _record(export, programme, validator, tables, counts, found) | {"engine": engine.name}
        record |= recorded.at_publication(connection, programme, store.journal, record["not_sent"])
        twins.take_files(built, record, store)
        release, is_new = keep(built, record)
        _count_beforehand(connection, release, programme, engine, progress)
    not_sent = tuple(name for name in TABLES if name not in {mapped.table.name for mapped in tables})
    in_service = not release.is_candidate and store.name_in_service() == release.name
    return Imported(release, is_new, in_service, counts, not_sent, len(declared))


def _count_beforehand(connection: Builder, release: Release, programme: Programme, engine: Engine,
                      progress: Progress) -> None:  # fmt: skip
    """What is not counted now is counted at the first demand: what stops it does not make an import fail."""
    if engine.counts and pays(release):
        progress("aggregates", {})
        with contextlib.suppress(OSError, *engine.failures):
            beforehand.make(connection, release, programme)


def _mapped(export: Export, programme: Programme, declared: Sequence[Correction]) -> Sequence[MappedTable]:
    tables, problems = mapping.map_tables(export, programme)
    identifying = screen.screen_names(export.files.values(), tables)
    named = {(each.details["file"], each.details["column"]) for each in identifying}
    problems = [each for each in problems if (each.details.get("file"), each.details.get("column")) not in named]
    problems += screen.screen_corrections(declared, programme)
    if identifying or problems:
        raise ExportRefused([*identifying, *problems])
    return tables


def _validated(connection: Builder, export: Export, programme: Programme, tables: Sequence[MappedTable],
               declared: tuple[Correction, ...], erased: Erased, progress: Progress) -> Validator:  # fmt: skip
    progress("read", {"n_files": len(export.files), "n_tables": len(tables), "cutoff": export.cutoff.isoformat()})
    landed = read.land(connection, tables, export.files.values(), programme.export_dates)
    for each in landed.values():
        progress("file", _format(each))
        for note, n in (each.notes or {}).items():
            progress("note", {"note": note, "file": each.file.name, "n": n})
    validator = Validator(connection, programme, landed, _parameters(export, programme), declared)
    if problems := _short(export, landed) + _outdated(validator, tables) + withheld.told(validator, tables, erased):
        raise ExportRefused(problems)
    validate.prepare(validator, export.cutoff)
    withheld.mark(validator, tables, erased)
    damage.find_lost_zeros(validator, tables)
    sent = {mapped.table.name: mapped for mapped in tables}
    for name, table in TABLES.items():
        if name in sent:
            n_rows = validate.check(validator, sent[name], damage.checks(validator, sent[name]))
            progress("validate", {"table": name, "n_rows": n_rows})
        else:
            validate.not_sent(validator, table)
    problems = screen.screen_values(validator, tables) + screen.screen_broken(validator) + validate.blocked(validator)
    if problems:
        raise ExportRefused(problems)
    progress("derive", {})
    derive(validator)
    validate.check_loaded(validator)
    quarantine.gather(validator, tables, erased)
    return validator


def _short(export: Export, landed: Mapping[str, Landed]) -> list[Problem]:
    """Files that hold more or fewer rows than the manifest says."""
    return [
        Problem("export.rows_differ", {"file": each.file.name, "listed": listed, "read": each.n_rows + each.n_broken})
        for each in landed.values()
        if (listed := export.listed_rows.get(each.file.name)) not in (None, each.n_rows + each.n_broken)
    ]


def _outdated(validator: Validator, tables: Sequence[MappedTable]) -> list[Problem]:
    """The declared corrections that do not fit what was received, also because their table was not sent."""
    found = []
    for name in TABLES:
        numbered = [(n, each) for n, each in enumerate(validator.corrections, start=1) if each.table == name]
        mapped = next((each for each in tables if each.table.name == name), None)
        if not numbered:
            continue
        counts: Sequence[int] = [0] * (2 * len(numbered))
        if mapped:
            rows = received.as_text(mapped, validator.landed)
            counts = validator.connection.execute(corrections.guard(rows, numbered)).fetchone() or counts
        found += corrections.judged(numbered, counts)
    return found


def _parameters(export: Export, programme: Programme) -> dict[str, object]:
    prevention = programme.calendar.pregnancy_prevention
    return {
        "cutoff": export.cutoff,
        "established_on": programme.established_on,
        "most_dose_mg_day": programme.most_dose_mg_day,
        "zero_dose_given": programme.zero_dose_given,
        "visits_after_stop_days": programme.calendar.visits_after_stop_days,
        "effects_after_stop_days": programme.calendar.effects_after_stop_days,
        "dispensing_within_days": prevention.dispensing_within_days if prevention else 0,
    }


def _counts(validator: Validator, tables: Sequence[MappedTable]) -> tuple[TableCount, ...]:
    found = []
    for mapped in tables:
        name, landed = mapped.table.name, validator.landed[mapped.file.stem]
        owns = quarantine.owner(landed, tables) is mapped
        n_read = validator.one(f"select count(*) from typed_{name}") if mapped.distinct else landed.n_rows
        n_read += landed.n_broken if owns else 0
        loaded = validator.one(f"select count(*) from core_{name}")
        quarantined = validator.one(f"select count(*) from quarantine where table_name = '{name}'")
        warned = validator.one(f"select count(distinct record_no) from findings where table_name = '{name}'")
        if n_read != loaded + quarantined:
            raise StoreError("store.rows_lost", table=name, read=n_read, loaded=loaded, quarantined=quarantined)
        found.append(TableCount(name, landed.file.name, n_read, loaded, quarantined, warned))
    return tuple(found)


def _write(validator: Validator, built: Path) -> None:
    built.mkdir()
    for table in [f"core_{name}" for name in TABLES]:
        validator.connection.write_parquet(table, built / f"{table}.parquet", order="record_no")
    for table in [*DERIVED, *NOTES]:
        validator.connection.write_parquet(table, built / f"{table}.parquet")


def _format(landed: Landed) -> dict[str, object]:
    """What was found out about a file, and how sure each of it is."""
    file, dialect = landed.file, landed.file.dialect
    return {
        "file": file.name,
        "form": file.form,
        "n_rows": landed.n_rows + landed.n_broken,
        "encoding": file.content.encoding,
        "separator": "tab" if dialect.separator == "\t" else dialect.separator,
        "date_order": dialect.date_order,
        "decimal": dialect.decimal,
        "confidence": {name: finding.confidence for name, finding in dialect.findings.items()},
        "evidence": {name: dict(finding.evidence) for name, finding in dialect.findings.items() if finding.evidence},
        "notes": dict(landed.notes or {}),
    }


def _record(export: Export, programme: Programme, validator: Validator, tables: Sequence[MappedTable],
            counts: Sequence[TableCount], found: Sequence[Harmonised]) -> dict[str, Any]:  # fmt: skip
    sent = {mapped.table.name for mapped in tables}
    return {
        "programme": programme.name,
        "programme_sha256": programme.sha256,
        "cutoff": export.cutoff.isoformat(),
        "cutoff_origin": export.cutoff_origin,
        "synthetic": export.synthetic,
        "export_dates": programme.export_dates,
        "imported_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "code_version": version("rtu-follow-up"),
        "sources": [_format(each) | {"sha256": each.file.content.sha256} for each in validator.landed.values()],
        "corrections": corrections.record(validator.corrections),
        "mapped": [each.record() for each in found],
        "counts": [asdict(count) for count in counts],
        "not_sent": [name for name in TABLES if name not in sent],
    }

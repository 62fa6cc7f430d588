"""Import: the straight line from an export's folder to the release in service.

Each stage is its own module; this one calls them in order, says how far it is, and checks that nothing was lost.
"""

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pandera.config import get_config_global

from data_schemas import coherence
from data_schemas.programme import Programme
from data_schemas.tables import TABLES
from pipelines import damage, mapping, quarantine, read, screen, validate
from pipelines.derive import DERIVED, derive
from pipelines.engines import duckdb as engine
from pipelines.errors import ExportRefused, StoreError
from pipelines.export import Export, open_export
from pipelines.imported import Imported, TableCount
from pipelines.mapping import MappedTable
from pipelines.read import Landed
from pipelines.store import Store
from pipelines.validate import Validator

SWITCH = "PANDERA_VALIDATION_ENABLED"
Progress = Callable[[str, dict[str, object]], None]


def _silent(_step: str, _details: dict[str, object]) -> None:
    """Progress that nobody watches."""


def import_export(source: Path, programme: Programme, store: Store, cutoff: dt.date | None = None,
                  progress: Progress = _silent) -> Imported:  # fmt: skip
    """Import an export, a folder or a zip, and put its release in service.

    Raises:
        ExportRefused: the export cannot be used as a whole; the store is unchanged.
        StoreError: the store cannot be written, or another import is under way.
    """
    if not get_config_global().validation_enabled or os.environ.get(SWITCH, "True") not in ("true", "True", "1"):
        raise StoreError("store.validation_off")
    coherence.check(programme)
    with store.writing() as scratch, engine.builder(scratch) as connection:
        export = open_export(source, programme, scratch, cutoff)
        tables = _mapped(export, programme)
        validator = _validated(connection, export, programme, tables, scratch, progress)
        counts = _counts(validator, tables)
        progress("release", {})
        built = scratch / "release"
        _write(validator, built)
        release, is_new = store.publish(built, _record(export, programme, validator.landed, tables, counts))
    not_sent = tuple(name for name in TABLES if name not in {mapped.table.name for mapped in tables})
    current = store.current()
    return Imported(release, is_new, current is not None and current.name == release.name, counts, not_sent)


def _mapped(export: Export, programme: Programme) -> Sequence[MappedTable]:
    tables, problems = mapping.map_tables(export, programme)
    identifying = screen.screen_names(export.files.values(), tables)
    named = {(each.details["file"], each.details["column"]) for each in identifying}
    problems = [each for each in problems if (each.details.get("file"), each.details.get("column")) not in named]
    if identifying or problems:
        raise ExportRefused([*identifying, *problems])
    return tables


def _validated(connection: engine.Connection, export: Export, programme: Programme, tables: Sequence[MappedTable],
               scratch: Path, progress: Progress) -> Validator:  # fmt: skip
    progress("read", {"n_files": len(export.files), "cutoff": export.cutoff.isoformat()})
    landed = read.land(connection, tables, export.files.values(), scratch, programme.export_dates)
    for each in landed.values():
        progress("file", _format(each))
        for note, n in (each.notes or {}).items():
            progress("note", {"note": note, "file": each.file.name, "n": n})
    validator = Validator(connection, programme, landed, _parameters(export, programme))
    validate.prepare(validator)
    damage.find_lost_zeros(validator, tables)
    sent = {mapped.table.name: mapped for mapped in tables}
    for name, table in TABLES.items():
        if name in sent:
            n_rows = validate.check(validator, sent[name], damage.checks(validator, sent[name]))
            progress("validate", {"table": name, "n_rows": n_rows})
        else:
            validate.not_sent(validator, table)
    problems = screen.screen_values(validator, tables) + screen.screen_broken(validator)
    if problems:
        raise ExportRefused(problems)
    progress("derive", {})
    derive(validator)
    validate.check_loaded(validator)
    quarantine.gather(validator, tables)
    return validator


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
        n_read = validator.one(f"select count(*) from checked_{name}") if mapped.distinct else landed.n_rows
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
    for table in [*(f"core_{name}" for name in TABLES), *DERIVED, "quarantine", "findings"]:
        target = str(built / f"{table}.parquet").replace("'", "''")
        validator.run(f"copy (from {table}) to '{target}' (format parquet, compression zstd)")


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


def _record(export: Export, programme: Programme, landed: Mapping[str, Landed], tables: Sequence[MappedTable],
            counts: Sequence[TableCount]) -> dict[str, Any]:  # fmt: skip
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
        "engine": "duckdb",
        "sources": [_format(each) | {"sha256": each.file.content.sha256} for each in landed.values()],
        "counts": [asdict(count) for count in counts],
        "not_sent": [name for name in TABLES if name not in sent],
    }

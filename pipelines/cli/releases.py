"""Commands on the releases of a store: import, publish, list, check, go back, erase a patient."""

import datetime as dt
import sys
from pathlib import Path
from typing import TextIO

import click

from data_schemas.programme import load
from pipelines import candidates, engines
from pipelines.cli.common import LANG, STORE, journalled, told
from pipelines.cli.ledger import kept
from pipelines.errors import StoreError
from pipelines.messages import explain, say
from pipelines.objects.places import named
from pipelines.reports import erasure_report, import_summary, progress_line, releases_report
from pipelines.store import BESIDE, Store

BYTE_ORDER_MARK = "\ufeff"


@click.command("import")
@click.argument("export", type=click.Path(path_type=Path))
@click.option("--programme", required=True, help="Name of a shipped programme, or path of a .yml file.")
@click.option("--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="Day at which the data were stopped.")
@click.option(
    "--dates",
    "export_dates",
    type=click.Choice(["dmy", "mdy"]),
    help="How dates with slashes are written, if not as the programme says.",
)
@click.option("--prepare", is_flag=True, help="Stop before publishing; then `rtu publish` or `rtu discard`.")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What builds the release: this machine, or a Spark cluster.",
)
@click.option("--master", metavar="URL", help="The cluster, as spark://host:7077; with --engine spark.")
@click.option(
    "--cluster-from",
    "least",
    metavar="MB",
    type=click.FloatRange(min=0),
    default=64,
    show_default=True,
    help="Size of a text file from which the cluster reads it; smaller ones are quicker here.",
)
@click.option(
    "--aggregate",
    is_flag=True,
    help="Also count, of a large release, what the pages show with everyone or a period selected, so that no first "
    "reader waits for it; on one machine this costs more than the import. A cluster always does.",
)
@STORE
@LANG
def import_command(export: Path, programme: str, cutoff: dt.datetime | None, export_dates: str | None, prepare: bool,
                   engine: str, master: str | None, least: float, aggregate: bool, store_folder: Path, language: str
                   ) -> None:  # fmt: skip
    """Import an export, a folder or a .zip, and put the release in service."""
    from pipelines import importing  # noqa: PLC0415 - pandera is slow to load, and only needed here

    if (engine == "spark") != bool(master):
        raise click.UsageError("--engine spark and --master go together")

    def progress(step: str, details: dict[str, object]) -> None:
        click.echo(progress_line(step, details, language), err=True)

    with told(language):
        store = Store(store_folder)
        chosen = load(programme)
        if export_dates:
            chosen = chosen.model_copy(update={"export_dates": export_dates})
        journalled("import", store)
        run = importing.prepare_export if prepare else importing.import_export
        built_by = engines.on_cluster(master, int(least * (1 << 20))) if master else engines.embedded(aggregate)
        done = run(export, chosen, store, cutoff.date() if cutoff else None, progress, built_by)
        if not prepare:
            journalled("publication", store, done.release.name)
        click.echo(import_summary(done, named(store_folder), language))
        if not prepare:
            kept(store, language)


@click.command()
@click.argument("name", required=False)
@STORE
@LANG
def publish(name: str | None, store_folder: Path, language: str) -> None:
    """Put a prepared import in service; the only one if none is named."""
    with told(language):
        store = Store(store_folder)
        chosen = name or candidates.candidate(store).name
        journalled("publication", store, chosen)
        release, in_service = candidates.publish(store, chosen)
        click.echo(say("publish.done" if in_service else "import.older", language, release=release.name))
        kept(store, language)


@click.command()
@click.argument("name", required=False)
@STORE
@LANG
def discard(name: str | None, store_folder: Path, language: str) -> None:
    """Remove a prepared import; the only one if none is named."""
    with told(language):
        store = Store(store_folder)
        chosen = candidates.candidate(store, name).name
        journalled("discard", store, chosen)
        click.echo(say("discard.done", language, release=candidates.discard(store, chosen)))


@click.command()
@STORE
@LANG
def releases(store_folder: Path, language: str) -> None:
    """List the releases of a store; a star marks the one in service."""
    with told(language):
        click.echo(releases_report(Store(store_folder), language))


@click.command()
@click.option("--to", "name", metavar="NAME", help="The release to go back to; the previous one if not given.")
@STORE
@LANG
def rollback(name: str | None, store_folder: Path, language: str) -> None:
    """Put an earlier release back in service; nothing is removed."""
    with told(language):
        store = Store(store_folder)
        journalled("rollback", store, name)
        before, after = store.roll_back(name)
        said = ("rollback.done", {"before": before.name}) if before else ("rollback.from_nothing", {})
        click.echo(say(said[0], language, after=after.name, **said[1]))
        kept(store, language)


@click.command()
@STORE
@LANG
def check(store_folder: Path, language: str) -> None:
    """Say of every release whether its files have the content that it announces, and name those that do not."""
    with told(language):
        n_releases, faults = 0, list[StoreError]()
        for name, found in Store(store_folder).faults():
            n_releases += name not in BESIDE
            faults += found
            for fault in found:
                click.echo(explain(fault, language), err=True)
            if not found:
                click.echo(say("check.whole", language, name=name))
        if faults:
            raise StoreError("check.damaged", n=len(faults))
        click.echo(say("check.done", language, n=n_releases))


@click.command()
@STORE
@LANG
def upgrade(store_folder: Path, language: str) -> None:
    """Bring a store that an older version made to the present layout; releases stay as they are."""
    with told(language):
        store = Store(store_folder)
        if store.current() is None:
            raise StoreError("store.no_release", store=store.folder.name)
        before, after = store.upgrade()
        click.echo(say("upgrade.done" if before < after else "upgrade.none", language, before=before, after=after))


@click.command()
@click.option("--patient-file", type=click.File(encoding="utf-8"), help="File that holds nothing but the pseudonym.")
@click.option("--patient", metavar="-", help="`-`: read the pseudonym from standard input. Asked for if not given.")
@STORE
@LANG
def erase(patient_file: TextIO | None, patient: str | None, store_folder: Path, language: str) -> None:
    """Remove a patient from every release, for good; the pseudonym is never read from the command line."""
    from pipelines.erase import erase as remove  # noqa: PLC0415 - pandera is slow to load, and only needed here

    with told(language):
        if patient not in (None, "-"):
            raise StoreError("erase.visible")
        stream = sys.stdin if patient else patient_file
        given = stream.read() if stream else click.prompt(say("erase.ask", language), hide_input=True)
        if not (pseudonym := given.strip().removeprefix(BYTE_ORDER_MARK)):
            raise StoreError("erase.nobody")
        store = Store(store_folder)
        journalled("erasure", store)
        click.echo(erasure_report(remove(store, pseudonym), language))

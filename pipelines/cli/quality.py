"""Commands on what is wrong with the data."""

from pathlib import Path

import click

from pipelines.cli.common import LANG, LATEST, STORE, open_release, release_of, told
from pipelines.messages import say
from pipelines.quality_reports import findings_report, quarantine_list, quarantine_report
from pipelines.store import Store

RELEASE = click.argument("name", metavar="[RELEASE|latest]", default=LATEST)


@click.group()
def quarantine() -> None:
    """Rows that were not loaded: where they are, why, and what to do."""


@quarantine.command("list")
@STORE
@LANG
def list_command(store_folder: Path, language: str) -> None:
    """Say how many rows are in quarantine in each release."""
    with told(language):
        click.echo(quarantine_list(Store(store_folder), language))


@quarantine.command()
@RELEASE
@STORE
@LANG
def show(name: str, store_folder: Path, language: str) -> None:
    """Say which rows of a release are in quarantine, and why; never what they hold."""
    with told(language):
        click.echo(quarantine_report(open_release(store_folder, name), language))


@quarantine.command()
@RELEASE
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="CSV file to write.")
@STORE
@LANG
def export(name: str, out: Path, store_folder: Path, language: str) -> None:
    """Write the rows in quarantine with their original text, for the restricted circle that corrects them."""
    from pipelines.export_quarantine import write  # noqa: PLC0415 - only needed here

    with told(language):
        n_rows = write(open_release(store_folder, name), out, language)
        click.echo(say("quarantine.exported", language, n=n_rows, file=out.name))


@click.command()
@RELEASE
@click.option("--all", "stable", is_flag=True, help="Also the rules that hold now and held before.")
@STORE
@LANG
def findings(name: str, stable: bool, store_folder: Path, language: str) -> None:
    """Say which rules fail in a release, and whether they are new, persisting or resolved since the one before."""
    with told(language):
        store = Store(store_folder)
        click.echo(findings_report(store, release_of(store, name), stable, language))

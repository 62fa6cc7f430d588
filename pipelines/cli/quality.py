"""Commands on what is wrong with the data."""

from pathlib import Path

import click

from pipelines.cli.common import LANG, STORE, open_release, told
from pipelines.reports import quarantine_report


@click.command()
@STORE
@LANG
def quarantine(store_folder: Path, language: str) -> None:
    """Say which rows of the release in service are in quarantine, and why; never what they hold."""
    with told(language):
        click.echo(quarantine_report(open_release(store_folder), language))

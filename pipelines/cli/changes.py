"""Commands on what changed: between two releases, and between a declared figure and today's recount."""

from pathlib import Path

import click

from pipelines.bridge.bridges import bridge
from pipelines.bridge.reconcile import reconcile
from pipelines.change_reports import bridge_report, changes_report, reconciliation_report
from pipelines.cli.common import FORMAT, LANG, LATEST, STORE, release_of, rendered, told
from pipelines.errors import StoreError
from pipelines.messages import say
from pipelines.release import Release
from pipelines.selection import MONTH
from pipelines.store import Store


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B", default=LATEST)
@click.option("--table", help="Only this table.")
@click.option("--rows", is_flag=True, help="The records, and what changed in them: pseudonyms, restricted circle.")
@click.option("--measure", "name", metavar="NAME", help="Instead of records: why this figure moved.")
@click.option("--by", metavar="DIMENSION,…", help="Break the figure down by; the measure's own if not given.")
@click.option("--count", help="Which of the measure's counts; the main one if not given.")
@FORMAT
@STORE
@LANG
def diff(before: str, after: str, table: str | None, rows: bool, name: str | None, by: str | None, count: str | None,
         form: str, store_folder: Path, language: str) -> None:  # fmt: skip
    """Say what changed from release A to release B (`latest`: the one in service), record by record or in a figure."""
    with told(language):
        store = Store(store_folder)
        pair = release_of(store, before), release_of(store, after)
        if (table and name) or (not name and (by or count or form != "table")):
            raise click.UsageError(say("diff.options", language))
        if name:
            click.echo(_bridge(store, pair, name, by, count, rows, form, language))
        else:
            click.echo(_records(pair, table, rows, language))


def _bridge(store: Store, pair: tuple[Release, Release], name: str, by: str | None, count: str | None, rows: bool,
            form: str, language: str) -> str:  # fmt: skip
    dimensions = None if by is None else [each for each in by.split(",") if each]
    found = bridge(store, *pair, name, dimensions, count=count)
    if form == "table" or found.not_sent:
        return bridge_report(found, rows, language)
    return rendered(found.moves if rows else found.frame, form)


def _records(pair: tuple[Release, Release], table: str | None, rows: bool, language: str) -> str:
    from pipelines.changes import compare, definition_changes  # noqa: PLC0415 - pandera is slow to load

    return changes_report(compare(*pair, table), definition_changes(*pair), rows, language)


@click.command("reconcile")
@click.argument("name", metavar="[RELEASE|latest]", default=LATEST)
@click.option("--period", "periods", multiple=True, metavar="YYYY-MM", help="Only this month; may be repeated.")
@FORMAT
@STORE
@LANG
def reconcile_command(name: str, periods: tuple[str, ...], form: str, store_folder: Path, language: str) -> None:
    """Hold every declared figure against a recount, with the reasons for each difference."""
    with told(language):
        if not all(MONTH.fullmatch(period) for period in periods):
            raise StoreError("reconcile.bad_period")
        store = Store(store_folder)
        found = reconcile(store, release_of(store, name), periods=periods)
        click.echo(reconciliation_report(found, language) if form == "table" else rendered(found.frame, form))

"""`rtu extract`: the standard extracts, and one of them or of one's own as a sealed file."""

from pathlib import Path
from typing import cast

import click

from pipelines.access import settings
from pipelines.access.events import DEMONSTRATION, PURPOSES, Purpose
from pipelines.access.journal import operator
from pipelines.access.roles import PRECISIONS, Precision
from pipelines.cli.common import LANG, LATEST, SETTINGS, STORE, release_of, told
from pipelines.cli.figures import conditions_of
from pipelines.errors import ExtractError
from pipelines.extracts.request import FORMS, Figures, Form, Ledger, Request, Rows
from pipelines.messages import say
from pipelines.opened import Opened
from pipelines.protected.publication import published
from pipelines.store import Store


@click.command("extract")
@click.argument("name", required=False)
@click.option("--measure", default="", help="Figures of a measure instead of a standard extract.")
@click.option("--by", multiple=True, metavar="DIMENSION", help="Break the measure down by; its own if not given.")
@click.option("--table", default="", help="Rows of a table instead of a standard extract.")
@click.option("--column", "columns", multiple=True, help="A column of the table; all if not given.")
@click.option("--where", "conditions", multiple=True, metavar="DIMENSION=VALUE", help="Keep some patients only.")
@click.option("--dates", "precision", type=click.Choice(PRECISIONS), default="month", show_default=True,
              help="How exact the dates in rows are.")  # fmt: skip
@click.option("--form", type=click.Choice(FORMS), default="csv-fr", show_default=True)
@click.option("--purpose", type=click.Choice(PURPOSES), help="What it is for; the journal says so.")
@click.option("--recipient", default="", help="Who it is for; pseudonyms are theirs alone.")
@click.option("--release", "release_name", default=LATEST, show_default=True, metavar="RELEASE")
@click.option("--out", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".", show_default=True)
@STORE
@SETTINGS
@LANG
def extract_command(name: str | None, measure: str, by: tuple[str, ...], table: str, columns: tuple[str, ...],
                    conditions: tuple[str, ...], precision: str, form: str, purpose: str | None, recipient: str,
                    release_name: str, out: Path, store_folder: Path, settings_folder: Path | None, language: str
                    ) -> None:  # fmt: skip
    """Write an extract as a sealed .zip; without a name, list the standard ones."""
    from pipelines.extracts import catalogue, pack, taking  # noqa: PLC0415 - slow to load, and only needed here

    with told(language):
        given = [each for each in (name, measure, table) if each]
        if not given:
            click.echo(
                "\n".join(f"{each:<22}{_regime(held, language)}" for each, held in catalogue.catalogue().items())
            )
            return
        if len(given) > 1:
            raise ExtractError("extract.one_at_a_time")
        if purpose is None:
            raise ExtractError("extract.no_purpose", known=", ".join(PURPOSES))
        store = Store(store_folder)
        release = release_of(store, release_name)
        if purpose == DEMONSTRATION and not release.synthetic:
            raise ExtractError("extract.real_data")
        opened = Opened(release)
        content = Figures(measure, by or None) if measure else Rows(table, columns) if table else (
            catalogue.standard(str(name)))  # fmt: skip
        selection, where = conditions_of(conditions, opened)
        if where:
            raise ExtractError("extract.no_such_filter", n=len(where))
        if isinstance(content, Ledger) and conditions:
            raise ExtractError("extract.ledger_is_whole")
        request = Request(content, cast(Form, form), language, selection, cast(Precision, precision))
        if isinstance(content, Ledger):
            ledger = published(store, opened.programme.name, release.name)
            found = pack.of_ledger(request, content, ledger, opened.programme, release.synthetic)
        else:
            found = pack.prepared(request, opened)
        known = settings.asked(settings_folder)
        journal, actor = known.journal(store.folder), operator()
        who = recipient or f"{actor.issuer}\n{actor.subject}"
        by_whom = taking.taking(known, journal, store.folder, who, cast(Purpose, purpose))
        target = taking.to_file(found, out, by_whom, journal, actor)
        click.echo(say("extract.written", language, file=target.name, n=found.content.n_rows))
        if by_whom.key is None:
            click.echo(say("extract.not_signed", language))


def _regime(content: object, language: str) -> str:
    return say("extract.regime.protected" if isinstance(content, Ledger) else "extract.regime.exact", language)

"""Commands on the journal of access: its key, its verification, its lines, the end of their time."""

from pathlib import Path

import click

from pipelines.access import keys, settings
from pipelines.access.digest import digest, entries
from pipelines.access.errors import AccessError
from pipelines.access.journal import operator
from pipelines.cli.common import FORMAT, LANG, SETTINGS, STORE_UNREAD, rendered, told
from pipelines.messages import say


@click.group("journal")
def journal_command() -> None:
    """Who signed in, saw rows, took files out, imported, published."""


@journal_command.command("key")
@click.argument("folder", type=click.Path(path_type=Path))
@LANG
def key_command(folder: Path, language: str) -> None:
    """Draw the key of a new journal into a folder of settings; one that is there is kept."""
    with told(language):
        keys.make(folder / settings.KEY)
        click.echo(say("access.key_made", language, file=settings.KEY))


@journal_command.command("verify")
@STORE_UNREAD
@SETTINGS
@LANG
def verify_command(store_folder: Path, settings_folder: Path | None, language: str) -> None:
    """Say whether the journal is what was written, and name the first line that is not."""
    with told(language):
        found = settings.asked(settings_folder).journal(store_folder.resolve())
        if fault := found.verify():
            click.echo(say(f"journal.{fault.why}", language, seq=fault.seq), err=True)
            raise SystemExit(AccessError.exit_code)
        lines = found.lines()
        if not lines:
            click.echo(say("journal.empty", language))
            return
        click.echo(say("journal.sound", language, n=len(lines), first=lines[0].at, last=lines[-1].at))


@journal_command.command("show")
@click.option("--digest", "in_short", is_flag=True, help="Count by person and kind, and mark what is unusual.")
@STORE_UNREAD
@SETTINGS
@FORMAT
@LANG
def show_command(in_short: bool, store_folder: Path, settings_folder: Path | None, form: str, language: str) -> None:
    """Print the lines of the journal."""
    with told(language):
        known = settings.asked(settings_folder)
        frame = entries(known.journal(store_folder.resolve()).lines())
        click.echo(rendered(digest(frame, known.access.journal.unusual_a_day) if in_short else frame, form))


@journal_command.command("shorten")
@STORE_UNREAD
@SETTINGS
@LANG
def shorten_command(store_folder: Path, settings_folder: Path | None, language: str) -> None:
    """Remove the lines whose time is over (`journal: keep_days` of access.yml)."""
    with told(language):
        known = settings.asked(settings_folder)
        days = known.access.journal.keep_days
        n = known.journal(store_folder.resolve()).shorten(days, operator())
        click.echo(say("journal.shortened", language, n=n, days=days))

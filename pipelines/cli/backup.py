"""`rtu backup` and `rtu restore`: a whole store in one encrypted file, and back."""

from pathlib import Path

import click

from pipelines.access import keys
from pipelines.access.chain import Head
from pipelines.access.errors import AccessError
from pipelines.access.journal import operator
from pipelines.access.settings import asked
from pipelines.backups import archive
from pipelines.backups.archive import VARIABLE
from pipelines.cli.common import LANG, SETTINGS, STORE_HELP, StorePlace, journalled, store_at, told
from pipelines.messages import explain, say
from pipelines.objects.places import STORE_VARIABLE, copy_at
from pipelines.store import Store

FILE = click.argument("file", type=click.Path(path_type=Path))
KEY = click.option("--key", "key_file", type=click.Path(path_type=Path),
                   help=f"File of the key of back-ups; the variable {VARIABLE} if not given.")  # fmt: skip


@click.group("backup", invoke_without_command=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; it must not be there yet.")
@KEY
@click.option("--store", "place", envvar=STORE_VARIABLE, help=STORE_HELP)
@SETTINGS
@LANG
@click.pass_context
def backup_group(context: click.Context, out: Path | None, key_file: Path | None, place: str | None,
                 settings_folder: Path | None, language: str) -> None:  # fmt: skip
    """Write the whole store into one encrypted file."""
    if context.invoked_subcommand:
        return
    if out is None or place is None:
        raise click.UsageError("--out, --store")
    with told(language):
        store = Store(store_at(place))
        key = archive.load_key(key_file, store.folder)
        journalled("backup", store, settings_folder=settings_folder)
        journal = asked(settings_folder).journal(store.folder)
        n = archive.back_up(store, out, key, keys.head(journal.key_path))
        click.echo(say("backup.done", language, file=out.name, n=n))


@backup_group.command("key")
@FILE
@LANG
def key_command(file: Path, language: str) -> None:
    """Draw a key, of back-ups or of stores in an object store; one that is there is kept."""
    with told(language):
        keys.make(file)
        click.echo(say("backup.key_made", language, file=file.name))


@backup_group.command("rekey")
@FILE
@KEY
@click.option(
    "--new-key", "new_key_file", type=click.Path(path_type=Path), required=True, help="The key to go over to."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write.")
@LANG
def rekey_command(file: Path, key_file: Path | None, new_key_file: Path, out: Path, language: str) -> None:
    """Write a back-up anew under another key."""
    with told(language):
        archive.rekey(file, archive.load_key(key_file), out, archive.load_key(new_key_file))
        click.echo(say("backup.rekeyed", language, file=out.name))


@click.command("restore")
@FILE
@click.option("--to", type=StorePlace(fetched=False), required=True,
              help="The store, a folder or s3://bucket/prefix; not there yet.")  # fmt: skip
@KEY
@SETTINGS
@LANG
def restore(file: Path, to: Path, key_file: Path | None, settings_folder: Path | None, language: str) -> None:
    """Bring a store back from a back-up."""
    with told(language):
        copy = copy_at(to)
        if copy:
            copy.make_way()
        said, n = archive.restore(file, archive.load_key(key_file, to), to)
        if copy:
            copy.begin()
        click.echo(say("backup.restored", language, folder=to.name, n=n, at=said.made_at))
        try:
            lost = asked(settings_folder).journal(to.resolve()).resume(Head(*said.head), operator())
        except AccessError as error:
            click.echo(explain(error, language), err=True)
            raise SystemExit(error.exit_code) from None
        if lost:
            click.echo(say("backup.journal_behind", language, n=lost))

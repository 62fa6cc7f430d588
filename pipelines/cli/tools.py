"""Commands that start or write something beside the store."""

import importlib.util
import os
import sys
from pathlib import Path

import click

from data_schemas import generated
from pipelines import sheets
from pipelines.access.settings import VARIABLE
from pipelines.cli.common import LANG, SETTINGS, STORE_HELP, told
from pipelines.messages import say
from pipelines.objects.places import STORE_VARIABLE, is_address


@click.command()
@click.option("--store", required=True, envvar=STORE_VARIABLE, help=STORE_HELP)
@SETTINGS
@click.option("--port", type=int, default=8501, show_default=True)
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on, behind a proxy.")
def dashboard(store: str, settings_folder: Path | None, port: int, address: str) -> None:
    """Open the dashboard on a store; without settings, of synthetic data and on this machine only."""
    found = importlib.util.find_spec("dashboard")
    if found is None or found.origin is None:
        raise click.ClickException("the package 'dashboard' is not installed")
    script = Path(found.origin).parent / "server.py"
    place = store if is_address(store) else str(Path(store).resolve())
    if settings_folder:
        os.environ[VARIABLE] = str(settings_folder.resolve())
    os.chdir(script.parent)
    arguments = ["-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.address", address]
    os.execv(sys.executable, [sys.executable, *arguments, "--", "--store", place])  # noqa: S606


@click.command()
@click.option("--check", is_flag=True, help="Only say whether the written dictionary is up to date.")
@LANG
def dictionary(check: bool, language: str) -> None:
    """Write the dictionary of tables, columns, codes and rules, and the sheets of the measures."""
    from data_schemas import dictionary as tables  # noqa: PLC0415 - pandera is slow to load, and only needed here

    documents = {**tables.documents(), **sheets.documents()}
    stale = generated.stale(documents) if check else generated.write(documents)
    click.echo("\n".join(stale) or say("dictionary.up_to_date", language))
    if check and stale:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@LANG
def key(file: Path, language: str) -> None:
    """Make a signing key, in a file that only its owner can read, outside any store."""
    from pipelines import signing  # noqa: PLC0415 - only needed here

    with told(language):
        click.echo(say("signing.key_made", language, file=file.name, public=signing.make_key(file)))

"""Commands that start or write something beside the store."""

import importlib.util
import os
import sys
from pathlib import Path

import click

from pipelines.cli.common import LANG, STORE


@click.command()
@STORE
@click.option("--port", type=int, default=8501, show_default=True)
def dashboard(store_folder: Path, port: int) -> None:
    """Open the dashboard on a store, on this machine only."""
    found = importlib.util.find_spec("dashboard")
    if found is None or found.origin is None:
        raise click.ClickException("the package 'dashboard' is not installed")
    script = Path(found.origin).parent / "server.py"
    store = store_folder.resolve()
    os.chdir(script.parent)
    arguments = ["-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.address", "127.0.0.1"]
    os.execv(sys.executable, [sys.executable, *arguments, "--", "--store", str(store)])  # noqa: S606


@click.command()
@click.option("--check", is_flag=True, help="Only say whether the written dictionary is up to date.")
@LANG
def dictionary(check: bool, language: str) -> None:
    """Write the dictionary of tables, columns, codes and rules from the schemas."""
    from data_schemas import dictionary as written  # noqa: PLC0415 - pandera is slow to load, and only needed here

    stale = written.stale() if check else written.write()
    click.echo("\n".join(stale) or {"fr": "à jour", "en": "up to date"}[language])
    if check and stale:
        raise SystemExit(1)

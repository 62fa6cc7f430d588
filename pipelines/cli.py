"""`rtu`: one command for each intention; figures, errors and summaries, no computation of its own."""

import contextlib
import datetime as dt
import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd

from data_schemas.errors import OperatorError
from data_schemas.programme import load
from pipelines.errors import MeasureError, StoreError
from pipelines.measure import MeasureTable, line_list, measure
from pipelines.messages import LANGUAGES, explain, say
from pipelines.opened import Opened
from pipelines.reports import import_summary, progress_line, quarantine_report
from pipelines.selection import DIMENSIONS, Selection
from pipelines.store import Store

STORE = click.option(
    "--store", "store_folder", type=click.Path(path_type=Path), required=True, help="Folder of the store."
)
LANG = click.option("--lang", "language", type=click.Choice(LANGUAGES), default="fr", show_default=True,
                    help="Language of messages.")  # fmt: skip


@contextlib.contextmanager
def _told(language: str) -> Iterator[None]:
    """Errors become a message to the operator and the exit code of their class."""
    try:
        yield
    except OperatorError as error:
        click.echo(explain(error, language), err=True)
        raise SystemExit(error.exit_code) from None


@click.group()
@click.version_option(package_name="rtu-follow-up")
def main() -> None:
    """Follow-up of medicines under a compassionate-use framework."""


@main.command("import")
@click.argument("export", type=click.Path(path_type=Path))
@click.option("--programme", required=True, help="Name of a shipped programme, or path of a .yml file.")
@click.option("--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="Day at which the data were stopped.")
@click.option(
    "--dates",
    "export_dates",
    type=click.Choice(["dmy", "mdy"]),
    help="How dates with slashes are written, if not as the programme says.",
)
@STORE
@LANG
def import_command(export: Path, programme: str, cutoff: dt.datetime | None, export_dates: str | None,
                   store_folder: Path, language: str) -> None:  # fmt: skip
    """Import an export, a folder or a .zip, and put the release in service."""
    from pipelines.importing import import_export  # noqa: PLC0415 - pandera is slow to load, and only needed here

    def progress(step: str, details: dict[str, object]) -> None:
        click.echo(progress_line(step, details, language), err=True)

    with _told(language):
        store = Store(store_folder)
        chosen = load(programme)
        if export_dates:
            chosen = chosen.model_copy(update={"export_dates": export_dates})
        done = import_export(export, chosen, store, cutoff.date() if cutoff else None, progress)
        click.echo(import_summary(done, store_folder, language))


@main.command()
@STORE
@LANG
def quarantine(store_folder: Path, language: str) -> None:
    """Say which rows of the release in service are in quarantine, and why; never what they hold."""
    with _told(language):
        click.echo(quarantine_report(_open(store_folder), language))


@main.command("measure")
@click.argument("name")
@click.option("--where", "conditions", multiple=True, metavar="DIMENSION=VALUE", help="Keep one value of a dimension.")
@click.option("--by", "by", multiple=True, metavar="DIMENSION", help="Break down by; the measure's own if not given.")
@click.option("--total", is_flag=True, help="One figure, no breakdown.")
@click.option("--lines", is_flag=True, help="The rows behind the figure instead of the figure.")
@click.option("--format", "form", type=click.Choice(["json", "csv", "table"]), default="table", show_default=True)
@STORE
@LANG
def measure_command(name: str, conditions: tuple[str, ...], by: tuple[str, ...], total: bool, lines: bool, form: str,
                    store_folder: Path, language: str) -> None:  # fmt: skip
    """Print a measure on the release in service."""
    with _told(language):
        opened = _open(store_folder)
        selection, where = _conditions(conditions)
        if lines:
            click.echo(_rendered(line_list(opened, name, selection, where), form))
            return
        table = measure(opened, name, selection, () if total else (by or None), where)
        _print(table, form, language)


def _print(table: MeasureTable, form: str, language: str) -> None:
    if form == "json":
        cells = json.loads(table.frame.to_json(orient="records"))
        answer = {"measure": table.definition.name, "release": table.release, "not_sent": list(table.not_sent),
                  "cells": cells}  # fmt: skip
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    elif table.not_sent:
        click.echo(say("measure.not_sent", language, tables=", ".join(table.not_sent)))
    else:
        click.echo(_rendered(table.frame, form))


def _rendered(frame: pd.DataFrame, form: str) -> str:
    if form == "json":
        return frame.to_json(orient="records", force_ascii=False, indent=1)
    if form == "csv":
        return frame.to_csv(index=False, lineterminator="\n").rstrip("\n")
    return frame.to_string(index=False)


def _conditions(conditions: tuple[str, ...]) -> tuple[Selection, dict[str, str]]:
    """Conditions on what a selection keeps go into it; the others hold on the measure's rows."""
    chosen: dict[str, tuple[str, ...]] = {}
    where: dict[str, str] = {}
    for condition in conditions:
        dimension, equals, value = condition.partition("=")
        if not equals:
            raise MeasureError("measure.bad_condition")
        if dimension in DIMENSIONS and value:
            chosen[DIMENSIONS[dimension]] = (*chosen.get(DIMENSIONS[dimension], ()), value)
        else:
            where[dimension] = value
    return Selection(**chosen), where  # type: ignore[arg-type]


def _open(store_folder: Path) -> Opened:
    release = Store(store_folder).current()
    if release is None:
        raise StoreError("store.no_release", store=store_folder.name)
    return Opened(release)


@main.command()
@STORE
@click.option("--port", type=int, default=8501, show_default=True)
def dashboard(store_folder: Path, port: int) -> None:
    """Open the dashboard on a store, on this machine only."""
    found = importlib.util.find_spec("dashboard")
    if found is None or found.origin is None:
        raise click.ClickException("the package 'dashboard' is not installed")
    script = Path(found.origin).parent / "app.py"
    os.chdir(script.parent.parent)
    arguments = ["-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.address", "127.0.0.1"]
    os.execv(sys.executable, [sys.executable, *arguments, "--", "--store", str(store_folder.resolve())])  # noqa: S606


@main.command()
@click.option("--check", is_flag=True, help="Only say whether the written dictionary is up to date.")
@LANG
def dictionary(check: bool, language: str) -> None:
    """Write the dictionary of tables, columns, codes and rules from the schemas."""
    from data_schemas import dictionary as written  # noqa: PLC0415 - pandera is slow to load, and only needed here

    stale = written.stale() if check else written.write()
    click.echo("\n".join(stale) or {"fr": "à jour", "en": "up to date"}[language])
    if check and stale:
        raise SystemExit(1)

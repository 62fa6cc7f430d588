"""Commands about figures."""

import json
from pathlib import Path

import click

from pipelines.beforehand import SELECTIONS, asked
from pipelines.cli.common import FORMAT, LANG, LATEST, STORE, open_release, rendered, told
from pipelines.errors import MeasureError
from pipelines.measure import MeasureTable, line_list, measure
from pipelines.messages import say
from pipelines.opened import Opened
from pipelines.selection import DIMENSIONS, Selection, from_query


@click.command("measure")
@click.argument("name")
@click.option("--where", "conditions", multiple=True, metavar="DIMENSION=VALUE", help="Keep one value of a dimension.")
@click.option("--by", "by", multiple=True, metavar="DIMENSION", help="Break down by; the measure's own if not given.")
@click.option("--total", is_flag=True, help="One figure, no breakdown.")
@click.option("--lines", is_flag=True, help="The rows behind the figure instead of the figure.")
@click.option("--release", "release_name", default=LATEST, show_default=True, metavar="RELEASE",
              help="A release by its name, or the day of its cut-off.")  # fmt: skip
@FORMAT
@STORE
@LANG
def measure_command(name: str, conditions: tuple[str, ...], by: tuple[str, ...], total: bool, lines: bool,
                    release_name: str, form: str, store_folder: Path, language: str) -> None:  # fmt: skip
    """Print a measure on the release in service, or as of another."""
    with told(language):
        opened = open_release(store_folder, release_name)
        selection, where = conditions_of(conditions, opened)
        if lines:
            click.echo(rendered(line_list(opened, name, selection, where), form))
            return
        table = measure(opened, name, selection, () if total else (by or None), where)
        _print(table, form, language)


@click.command()
@click.argument("release_name", default=LATEST, metavar="[RELEASE]")
@STORE
@LANG
def aggregate(release_name: str, store_folder: Path, language: str) -> None:
    """Count what the pages show of a large release beforehand, so that its first reader does not wait."""
    with told(language):
        opened = open_release(store_folder, release_name)
        tables = [each.answer(opened, selection) for each in asked() for selection in SELECTIONS]
        n = sum(table.answered_from == "aggregates" for table in tables)
        click.echo(say("aggregate.done", language, release=opened.release.name, n=n, of=len(tables)))


def _print(table: MeasureTable, form: str, language: str) -> None:
    if form == "json":
        cells = json.loads(table.frame.to_json(orient="records"))
        answer = {"measure": table.definition.name, "release": table.release, "not_sent": list(table.not_sent),
                  "cells": cells}  # fmt: skip
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    elif table.not_sent:
        click.echo(say("measure.not_sent", language, tables=", ".join(table.not_sent)))
    else:
        click.echo(rendered(table.frame, form))


def conditions_of(conditions: tuple[str, ...], opened: Opened) -> tuple[Selection, dict[str, str]]:
    """Conditions on what a selection keeps go into it; the others hold on the measure's rows."""
    chosen: dict[str, list[str]] = {}
    where: dict[str, str] = {}
    for condition in conditions:
        dimension, equals, value = condition.partition("=")
        if not equals:
            raise MeasureError("measure.bad_condition")
        if dimension in DIMENSIONS and value:
            chosen.setdefault(DIMENSIONS[dimension], []).append(value)
        else:
            where[dimension] = value
    return from_query(chosen, opened.programme), where

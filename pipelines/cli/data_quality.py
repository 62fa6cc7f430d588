"""Commands on the quality of a release: empty fields, probable duplicates, forms received, silent centres, delays."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import pandas as pd

from pipelines import quality as figures
from pipelines.cli.common import FORMAT, LANG, LATEST, STORE, open_release, rendered, told
from pipelines.messages import say
from pipelines.opened import Opened

RELEASE = click.argument("name", metavar="[RELEASE|latest]", default=LATEST)


@click.group("quality")
def quality_command() -> None:
    """How complete, unique and timely the data of a release are."""


@quality_command.command()
@RELEASE
@click.option("--most", type=click.FloatRange(0, 100), default=100 * figures.MOST_EMPTY, show_default=True,
              help="Per cent of rows that may be empty.")  # fmt: skip
@click.option("--flagged", is_flag=True, help="Only the fields that are empty more often.")
@FORMAT
@STORE
@LANG
def completeness(name: str, most: float, flagged: bool, form: str, store_folder: Path, language: str) -> None:
    """Say how often each field is empty; not sent and not collected are not empty."""
    from pipelines.quality_tables import percent  # noqa: PLC0415 - only needed here

    def fields(opened: Opened) -> pd.DataFrame:
        frame = figures.completeness(opened, most / 100)
        return frame[frame["flagged"]] if flagged else frame

    _tell("completeness", name, store_folder, form, language, fields, most=percent(most / 100, language))


@quality_command.command()
@RELEASE
@FORMAT
@STORE
@LANG
def duplicates(name: str, form: str, store_folder: Path, language: str) -> None:
    """List pairs of pseudonyms that may be one patient: restricted circle."""
    _tell("duplicates", name, store_folder, form, language, figures.probable_duplicates)


@quality_command.command()
@RELEASE
@FORMAT
@STORE
@LANG
def submissions(name: str, form: str, store_folder: Path, language: str) -> None:
    """Say how many initial forms each centre has sent each month, and whether one was expected."""
    _tell("submissions", name, store_folder, form, language, figures.submissions)


@quality_command.command()
@RELEASE
@click.option("--months", type=click.IntRange(1), default=3, show_default=True, help="Months without a form.")
@FORMAT
@STORE
@LANG
def silent(name: str, months: int, form: str, store_folder: Path, language: str) -> None:
    """List the centres that have sent forms before, and none for some months."""
    _tell("silent", name, store_folder, form, language,
          lambda opened: figures.silent_centres(opened, months), months=months)  # fmt: skip


@quality_command.command()
@RELEASE
@click.option("--by", multiple=True, type=click.Choice(figures.DELAYS_BY), help="Break down by.")
@FORMAT
@STORE
@LANG
def delays(name: str, by: tuple[str, ...], form: str, store_folder: Path, language: str) -> None:
    """Say how many days pass from the signature of a form to its receipt."""
    needed = ["initiations.form_channel"] if "form_channel" in by else []
    _tell("delays", name, store_folder, form, language, lambda opened: figures.delays(opened, by), needed)


def _tell(what: str, name: str, store_folder: Path, form: str, language: str, made: Callable[[Opened], pd.DataFrame],
          needed: Iterable[str] = (), **details: object) -> None:  # fmt: skip
    """Print a figure of the quality; one that rests on fields that nobody collects is not known, and not zero."""
    from pipelines.quality_tables import quality_table  # noqa: PLC0415 - only needed here

    with told(language):
        opened = open_release(store_folder, name)
        missing = figures.not_collected(opened, [*figures.NEEDED[what], *needed])
        frame = pd.DataFrame() if missing else made(opened)
        release = opened.release.name
        if form == "json":
            rows = json.loads(rendered(frame, form))
            answer = {"quality": what, "release": release, "not_collected": missing, "rows": rows}
            click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        elif missing:
            click.echo(say("quality.not_collected", language, fields=", ".join(missing)))
        elif form == "csv":
            click.echo(rendered(frame, form))
        else:
            click.echo(say(f"quality.{what}", language, release=release, **details))
            nothing = frame.empty or (what == "delays" and not frame["n_forms"].sum())
            click.echo(say(f"quality.empty.{what}", language) if nothing else quality_table(frame, language))

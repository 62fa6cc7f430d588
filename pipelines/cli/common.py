"""What the commands share: their common options, errors in words, the release they work on, tables as text."""

import contextlib
import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd

from data_schemas.errors import OperatorError
from pipelines.access.events import Event, Kind, Step
from pipelines.access.journal import operator
from pipelines.access.settings import VARIABLE, asked
from pipelines.candidates import candidates
from pipelines.errors import StoreError
from pipelines.messages import LANGUAGES, explain
from pipelines.objects.places import STORE_VARIABLE, copy_at, folder_of, is_address
from pipelines.opened import Opened
from pipelines.release import NAME, Release
from pipelines.store import Store

LATEST = "latest"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@contextlib.contextmanager
def told(language: str) -> Iterator[None]:
    """Errors become a message to the operator and the exit code of their class."""
    try:
        yield
    except OperatorError as error:
        click.echo(explain(error, language), err=True)
        raise SystemExit(error.exit_code) from None


class StorePlace(click.Path):
    """Where a store is: a folder, or `s3://bucket/prefix`, which becomes the folder of a working copy.

    Args:
        fetched: whether the copy is brought to what is published before the command begins.
    """

    name = "DIR|s3://…"

    def __init__(self, fetched: bool = True) -> None:
        super().__init__(path_type=Path)
        self._fetched = fetched

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
                ) -> str | bytes | os.PathLike[str]:  # fmt: skip
        """The folder; what stops a copy is told as in a command."""
        if not is_address(str(value)):
            return super().convert(value, param, ctx)
        with told(str(ctx.params.get("language", LANGUAGES[0])) if ctx else LANGUAGES[0]):
            return _copied(str(value), self._fetched)


def store_at(place: str) -> Path:
    """The folder of a store at a place, which is brought to what is published there."""
    return _copied(place) if is_address(place) else Path(place)


def _copied(url: str, fetched: bool = True) -> Path:
    folder = folder_of(url, "commands")
    if fetched and (copy := copy_at(folder)):
        copy.follow()
    return folder


STORE_HELP = f"The store, a folder or s3://bucket/prefix; the variable {STORE_VARIABLE} if not given."
STORE, STORE_UNREAD = (
    click.option("--store", "store_folder", type=StorePlace(fetched), required=True, envvar=STORE_VARIABLE,
                 help=STORE_HELP)
    for fetched in (True, False)
)  # fmt: skip
"""The same option twice; the second for commands that look at nothing in the store itself."""

SETTINGS = click.option(
    "--settings",
    "settings_folder",
    type=click.Path(path_type=Path),
    envvar=VARIABLE,
    help="Folder of the settings of access.",
)
FORMAT = click.option("--format", "form", type=click.Choice(["json", "csv", "table"]), default="table",
                      show_default=True)  # fmt: skip
LANG = click.option("--lang", "language", type=click.Choice(LANGUAGES), default="fr", show_default=True,
                    is_eager=True, help="Language of messages.")  # fmt: skip


def release_of(store: Store, name: str = LATEST) -> Release:
    """A release or a candidate by its name; `latest` is the one in service, a day `yyyy-mm-dd` the one of that cut-off.

    Raises:
        StoreError: there is none.
    """
    if DAY.fullmatch(name):
        return _as_of(store, name)
    waiting = {each.name: each for each in candidates(store)}
    found = store.current() if name == LATEST else waiting.get(name) or store.release(name)
    if found is None:
        raise StoreError("store.no_release", store=store.folder.name)
    return found


def _as_of(store: Store, day: str) -> Release:
    try:
        found = store.as_of(dt.date.fromisoformat(day))
    except ValueError:
        found = None
    if found is None:
        raise StoreError("store.no_such_release")
    return found


def open_release(store_folder: Path, name: str = LATEST) -> Opened:
    """The same, opened for reading."""
    return Opened(release_of(Store(store_folder), name))


def rendered(frame: pd.DataFrame, form: str) -> str:
    """A table as JSON or CSV, with the names of its columns as they are, or in columns for the eye."""
    if form == "json":
        return frame.to_json(orient="records", force_ascii=False, indent=1)
    if form == "csv":
        return frame.to_csv(index=False, lineterminator="\n").rstrip("\n")
    return frame.to_string(index=False)


def journalled(kind: Kind, store: Store, release: str | None = None, step: Step | None = None,
               period: str | None = None, settings_folder: Path | None = None) -> None:  # fmt: skip
    """Write down what is about to be done on this machine; only an import makes a store that is not there.

    Raises:
        AccessError: it cannot be written down, and must not be done.
    """
    if kind == "import" or store.folder.is_dir():
        named = release if release and NAME.match(release) else None
        event = Event(kind=kind, actor=operator(), release=named, step=step, period=period)
        asked(settings_folder).journal(store.folder).write(event)

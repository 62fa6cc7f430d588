"""What the commands share: their common options, errors in words, and the release they work on."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from data_schemas.errors import OperatorError
from pipelines.candidates import candidates
from pipelines.errors import StoreError
from pipelines.messages import LANGUAGES, explain
from pipelines.opened import Opened
from pipelines.store import Release, Store

LATEST = "latest"
STORE = click.option(
    "--store", "store_folder", type=click.Path(path_type=Path), required=True, help="Folder of the store."
)
LANG = click.option("--lang", "language", type=click.Choice(LANGUAGES), default="fr", show_default=True,
                    help="Language of messages.")  # fmt: skip


@contextlib.contextmanager
def told(language: str) -> Iterator[None]:
    """Errors become a message to the operator and the exit code of their class."""
    try:
        yield
    except OperatorError as error:
        click.echo(explain(error, language), err=True)
        raise SystemExit(error.exit_code) from None


def release_of(store: Store, name: str = LATEST) -> Release:
    """A release or a candidate by its name; `latest` is the release in service.

    Raises:
        StoreError: there is none.
    """
    waiting = {each.name: each for each in candidates(store)}
    found = store.current() if name == LATEST else waiting.get(name) or store.release(name)
    if found is None:
        raise StoreError("store.no_release", store=store.folder.name)
    return found


def open_release(store_folder: Path, name: str = LATEST) -> Opened:
    """The same, opened for reading."""
    return Opened(release_of(Store(store_folder), name))

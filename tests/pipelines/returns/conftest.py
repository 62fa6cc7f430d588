"""Stores with drawn months, a signing key, and a return that goes through all its steps."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_schemas.programme import Programme, load, parse
from pipelines import signing
from pipelines.importing import Imported
from pipelines.release import Release
from pipelines.returns import steps
from pipelines.returns.clock import PARIS
from pipelines.returns.packs import Pack
from pipelines.store import Store

FORMS = """
    patient_id | treatment_start_date | indication_code | form_received_date
    p-one      | 2026-09-01           | APHTOSE         | 2026-09-02
    p-two      | 2026-09-02           | LUPUS_CUT       | 2026-09-02
"""
LATER = """    p-late     | 2026-09-04           | APHTOSE         | 2026-10-05
    p-october  | 2026-10-04           | ENL             | 2026-10-05
"""


@pytest.fixture(scope="session")
def at() -> Callable[..., dt.datetime]:
    """A moment in Paris."""
    return lambda year, month, day, hour=12, minute=0: dt.datetime(year, month, day, hour, minute, tzinfo=PARIS)


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Ed25519PrivateKey:
    path = tmp_path_factory.mktemp("keys") / "key.pem"
    signing.make_key(path)
    return signing.load_key(path, path.parent / "store")


@pytest.fixture(scope="session")
def changed_programme() -> Callable[..., Programme]:
    """The programme with some words of its file replaced."""

    def change(*replaced: tuple[str, str]) -> Programme:
        text = load("thalidomide").text
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        return parse(text, "programme.yml")

    return change


@pytest.fixture(scope="module")
def month(imported: Callable[..., Imported]) -> Callable[..., Release]:
    """Import a drawn month, stopped on a day."""

    def run(store: Store, cutoff: str, forms: str, **drawn: Any) -> Release:
        return imported(store=store, manifest={"cutoff_date": cutoff}, initiations=forms, **drawn).release

    return run


@pytest.fixture(scope="session")
def declared(key: Ed25519PrivateKey) -> Callable[..., Pack]:
    """Lock, sign and archive the return of a month."""

    def run(store: Store, period: str, moment: dt.datetime, languages: Sequence[str] = ("fr",), **lock: Any) -> Pack:
        steps.lock(store, period, at=moment, **lock)
        steps.sign(store, period, "A. Martin", "Pharmacien responsable", moment)
        return steps.archive(store, period, key, languages)

    return run


@pytest.fixture(scope="module")
def october(new_store: Callable[[], Store], month: Any, declared: Any, at: Callable[..., dt.datetime]) -> Store:
    """September and October declared, in both languages; a form came late."""
    store = new_store()
    month(store, "2026-09-30", FORMS)
    declared(store, "2026-09", at(2026, 10, 8), ("fr", "en"))
    month(store, "2026-10-31", FORMS + LATER)
    declared(store, "2026-10", at(2026, 11, 9), ("fr", "en"))
    return store


@pytest.fixture(scope="session")
def copied() -> Callable[[Path, Path], Store]:
    """A store of its own with the same content."""
    import shutil  # noqa: PLC0415

    return lambda folder, target: Store(Path(shutil.copytree(folder, target)))

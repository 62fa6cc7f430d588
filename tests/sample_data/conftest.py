"""Exports written once for all the tests of the sample data, and a reader of their own for them."""

import csv
import functools
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_schemas.programme import load
from data_schemas.tables import TABLES, definition
from data_schemas.vocabularies import codes, spellings
from sample_data.build import build
from sample_data.dialects import DIALECTS
from sample_data.files import write_export
from sample_data.settings import CUTOFFS, Options
from sample_data.world import World

Rows = list[dict[str, str]]
Reader = Callable[[str, str], Rows]


@dataclass(frozen=True)
class Meaning:
    """What a column of the contract holds: its kind, and for a code the codes and their spellings."""

    kind: str
    codes: frozenset[str]
    spellings: Mapping[str, str]


@pytest.fixture(scope="session")
def contract() -> dict[tuple[str, str], Meaning]:
    """Table and column → meaning."""
    programme = load("thalidomide")
    found = {}
    for table in TABLES.values():
        for column in table.columns:
            metadata = definition(table.name, column).metadata
            name = metadata.get("vocabulary")
            known = (frozenset(codes(name, programme)), spellings(name, programme)) if name else (frozenset(), {})
            found[table.name, column] = Meaning(metadata["kind"], *known)
    return found


@pytest.fixture(scope="session")
def world() -> World:
    return build(Options())


@pytest.fixture(scope="session")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("clean")
    for cutoff in CUTOFFS:
        write_export(world, cutoff, out, DIALECTS["clean"])
    return out


@pytest.fixture(scope="session")
def french_folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("french")
    write_export(world, CUTOFFS[-1], out, DIALECTS["french"])
    return out


@pytest.fixture(scope="session")
def read(folder: Path) -> Reader:
    """The rows of a table at a cut-off, as text."""

    @functools.lru_cache(maxsize=60)
    def rows(cutoff: str, table: str) -> Rows:
        text = (folder / cutoff / f"{table}.csv").read_bytes().decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    return rows


@pytest.fixture(scope="session")
def last() -> str:
    return CUTOFFS[-1]

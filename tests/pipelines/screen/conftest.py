"""The corpus, and how its values fare: each is looked at as a column of its own sort would be."""

import csv
import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from pipelines.screen.rules import BIRTH_YEAR, IN_TEXT
from pipelines.screen.values import Text

CORPUS = Path(__file__).parent / "corpus"
BEFORE = dt.date(2015, 5, 5)

Fate = dict[tuple[str, str], tuple[int, dict[str, int]]]
"""(sort, context) → number of values, and rule → number of values found."""


def rules_of(columns: list[list[str]], context: str) -> dict[str, int]:
    """Rule → number of columns found to break it; a column of pseudonyms is judged as a whole."""
    names = [f"c{n}" for n in range(len(columns))]
    rows = list(itertools.zip_longest(*columns))
    with duckdb.connect() as connection:
        connection.execute(f"create table landed ({', '.join(f'{name} varchar' for name in names)})")
        connection.executemany(f"insert into landed values ({', '.join('?' for _ in names)})", rows)
        text = Text(connection, "landed", BEFORE)
        if context == "identifier":
            places = text.in_identifiers(names)
        else:
            places = text.in_text(names, {"birth_date": BIRTH_YEAR} if context == "year" else IN_TEXT)
    return dict(Counter(rule for _, rule in places))


def _lines(name: str) -> Mapping[tuple[str, str], list[str]]:
    found = defaultdict(list)
    with (CORPUS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            found[line["sort"], line["context"]].append(line["value"])
    return found


@pytest.fixture(scope="session")
def identifiers() -> Fate:
    """Identifiers, each alone among a hundred pseudonyms of another form or labels."""
    fate: Fate = {}
    for (sort, context), values in _lines("identifiers").items():
        others = [f"P{n:07}" for n in range(100)] if context == "identifier" else []
        fate[sort, context] = (len(values), rules_of([[value, *others] for value in values], context))
    return fate


@pytest.fixture(scope="session")
def harmless() -> Fate:
    """Harmless values: pseudonyms as a column of their style, labels one by one."""
    fate: Fate = {}
    for (sort, context), values in _lines("harmless").items():
        columns = [values] if context == "identifier" else [[value] for value in values]
        fate[sort, context] = (len(values), rules_of(columns, context))
    return fate

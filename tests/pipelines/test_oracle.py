"""The generated SQL and Pandera itself refuse the same values, on random rows that are right, at an edge or wrong."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest

from data_schemas.programme import Programme, load, names
from data_schemas.tables import TABLES, schema
from pipelines import sql
from pipelines.checks import HOLDS, Check, column_checks
from pipelines.engines import duckdb as engine
from pipelines.masks import Masks

CUTOFF = dt.date(2026, 10, 31)
VALUE_CHECKS = set(HOLDS)
SQL_TYPES = {"date": "date", "integer": "bigint", "decimal": "double"}
DTYPES = {"date": "datetime64[us]", "integer": "Int64", "decimal": "float64"}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with engine.builder(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened


def edges(column: pa.Column) -> list[Any]:
    """Values at both sides of every limit that a column states."""
    kind, found = (column.metadata or {})["kind"], []
    for check in column.checks:
        given = check.statistics
        if check.name == "in_range":
            step = 1 if kind == "integer" else 0.001
            low, high = given["min_value"], given["max_value"]
            found += [low, high, low - step, high + step, low + step, high - step]
        elif check.name == "isin":
            allowed = list(given["allowed_values"])
            found += [*allowed[:3], *(code.lower() for code in allowed[-1:]), "?", "", "é"]
        elif check.name == "str_length":
            found += [
                "x",
                "é" * given["max_value"],
                "x" * (given["max_value"] + 1),
                "\U0001f600" * given["max_value"],
                "",
            ]
        elif check.name == "str_matches":
            found += [
                "A1",
                "2024",
                "2024-02",
                "2024-13",
                "2024-02-30",
                "2024-2",
                "x" * 40,
                "x" * 41,
                "-a",
                "é",
                "a b",
                "٣",
                "",
            ]
    if kind == "date":
        found += [dt.date(2024, 1, 1), CUTOFF, dt.date(1900, 1, 1)]
    return found


def tables_of(stated: pa.DataFrameSchema) -> Iterator[list[dict[str, Any]]]:
    """Random rows, every value of which is empty or at an edge."""
    chance = random.Random(stated.name)  # noqa: S311 - tables, not secrets
    pools = {name: [None, *edges(column)] for name, column in stated.columns.items()}
    for _ in range(2):
        yield [{name: chance.choice(pool) for name, pool in pools.items()} for _ in range(120)]


def kind_of(column: pa.Column) -> str:
    kind: str = (column.metadata or {})["kind"]
    return kind


Verdict = set[tuple[int, str, str]]


def reason_of(column: pa.Column, check: str) -> str:
    """The rule that a check of a column stands for."""
    return "required_value" if check == "not_nullable" else HOLDS[check][1](kind_of(column))


def stated_checks(given: pa.DataFrameSchema) -> set[tuple[str, str]]:
    """(column, rule) of every check that a schema states."""
    found = {(name, reason_of(column, check.name)) for name, column in given.columns.items() for check in column.checks}
    return found | {(name, "required_value") for name, column in given.columns.items() if not column.nullable}


def by_sql(connection: engine.Builder, given: pa.DataFrameSchema, frame: pd.DataFrame) -> Verdict:
    """(row, column, rule) of each failing value, by the checks as they run in an import."""
    typed = ", ".join(
        f"cast({sql.name(name)} as {SQL_TYPES.get(kind_of(column), 'varchar')}) as {sql.name(name)}, "
        f"cast({sql.name(name)} as varchar) as {sql.name('received_' + name)}"
        for name, column in given.columns.items()
    )
    compared = stated_checks(given)
    masks = Masks(tuple(check for check in column_checks(given) if (check.column, check.rule) in compared))
    connection.register("drawn", frame)
    failed = ", ".join(masks.sql())
    found = connection.execute(f"select t.n, {failed} from (select n, {typed} from drawn) t order by n").fetchall()
    connection.unregister("drawn")
    return {(row[0], check.column, check.rule) for row in found for position, check in enumerate(masks.checks)
            if row[1 + position // 62] >> (position % 62) & 1}  # fmt: skip


def by_pandera(given: pa.DataFrameSchema, frame: pd.DataFrame) -> Verdict:
    """The same by Pandera, whose uniqueness is compared apart."""
    try:
        alone = pa.DataFrameSchema(given.columns, strict=True)
        alone.validate(frame.drop(columns="n"), lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        names = cases["check"].str.partition("(")[0]
        assert set(names) <= VALUE_CHECKS | {"not_nullable"}
        rules = [reason_of(given.columns[column], name) for column, name in zip(cases["column"], names, strict=True)]
        return set(zip(cases["index"].astype(int), cases["column"], rules, strict=True))
    return set()


def without_patterns_that_parsing_has_settled(given: pa.DataFrameSchema) -> None:
    """Months and partial dates are text that parsing has made, so their pattern holds and is not checked again."""
    for column in given.columns.values():
        if kind_of(column) in ("month", "partial_date"):
            column.checks = []


def as_frame(given: pa.DataFrameSchema, rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = {name: pd.Series([row[name] for row in rows], dtype=DTYPES.get(kind_of(column), "str"))
               for name, column in given.columns.items()}  # fmt: skip
    return pd.DataFrame(columns).assign(n=range(len(rows)))


@pytest.mark.parametrize("programme", names())
@pytest.mark.parametrize("table", TABLES)
def test_generated_sql_and_pandera_refuse_the_same_values_for_the_same_reasons(
    connection: engine.Builder, programme: str, table: str
) -> None:
    stated = schema(TABLES[table], load(programme))
    drawn = list(tables_of(stated))
    without_patterns_that_parsing_has_settled(stated)
    refused: Counter[tuple[str, str]] = Counter()
    passed: Counter[tuple[str, str]] = Counter()
    reasons = stated_checks(stated)

    for rows in drawn:
        frame = as_frame(stated, rows)
        verdict = by_sql(connection, stated, frame)
        assert verdict == by_pandera(stated, frame)
        failing = Counter((column, rule) for _, column, rule in verdict)
        refused.update(failing)
        for column, rule in reasons:
            seen = len(frame) if rule == "required_value" else int(frame[column].notna().sum())
            passed[column, rule] += seen - failing[column, rule]
    assert set(refused) == reasons
    nothing_fits = {(name, "unknown_code") for name, column in stated.columns.items() for check in column.checks
                    if check.name == "isin" and not check.statistics["allowed_values"]}  # fmt: skip
    assert {reason for reason in reasons if passed[reason] > 0} == reasons - nothing_fits


@pytest.mark.parametrize("programme", names())
def test_every_check_of_every_table_has_an_sql_form(programme: str) -> None:
    configured = load(programme)
    used = {check.name for table in TABLES.values() for column in schema(table, configured).columns.values()
            for check in column.checks}  # fmt: skip
    assert used == set(HOLDS)


def test_a_check_without_an_sql_form_is_never_skipped() -> None:
    stated = pa.DataFrameSchema({"dose": pa.Column(float, pa.Check.gt(0), metadata={"kind": "decimal"})})
    with pytest.raises(KeyError, match="greater_than"):
        list(column_checks(stated))


def test_more_checks_than_bits_are_all_found(connection: engine.Builder) -> None:
    masks = Masks(tuple(Check(f"rule_{n}", "x", f"t.x >= {n}") for n in range(150)))
    failed = "".join(f", {mask} as failed_{n}" for n, mask in enumerate(masks.sql()))
    query = f"select x, {masks.reasons('reject')} from (select x{failed} from range(0, 151, 7) t (x)) t"
    for x, reasons in connection.execute(query).fetchall():
        assert reasons == [f"rule_{n}:x" for n in range(150) if x >= n]


def test_a_schema_is_a_fresh_copy(thalidomide: Programme) -> None:
    one, other = (schema(TABLES["visits"], thalidomide) for _ in range(2))
    one.columns["response"].checks = []
    assert other.columns["response"].checks


def test_the_folder_of_sql_names_no_engine() -> None:
    folder = Path(engine.__file__).parents[1]
    texts = [
        path.read_text(encoding="utf-8") for part in ("measures", "derive") for path in (folder / part).glob("*.sql")
    ]
    assert texts
    assert not any(word in text.lower() for text in texts for word in ("duckdb", "read_parquet", "read_csv"))

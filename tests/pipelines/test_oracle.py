"""The generated SQL and Pandera itself refuse the same values, on random rows that are right, at an edge or wrong."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
RANDOM = settings(deadline=None, derandomize=True, max_examples=6, suppress_health_check=list(HealthCheck))


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
            found += [*given["allowed_values"][:3], given["allowed_values"][-1].lower(), "?", "", "é"]
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


def rows_of(stated: pa.DataFrameSchema) -> st.SearchStrategy[list[dict[str, Any]]]:
    cells = {name: st.one_of(st.none(), st.sampled_from(edges(column))) for name, column in stated.columns.items()}
    return st.lists(st.fixed_dictionaries(cells), min_size=40, max_size=80)


def kind_of(column: pa.Column) -> str:
    kind: str = (column.metadata or {})["kind"]
    return kind


def by_sql(connection: engine.Connection, given: pa.DataFrameSchema, frame: pd.DataFrame) -> set[tuple[int, str]]:
    """(row, column) of each failing value, by the checks as they run in an import."""
    typed = ", ".join(
        f"cast({sql.name(name)} as {SQL_TYPES.get(kind_of(column), 'varchar')}) as {sql.name(name)}, "
        f"cast({sql.name(name)} as varchar) as {sql.name('received_' + name)}"
        for name, column in given.columns.items()
    )
    compared = {rule for check in VALUE_CHECKS for rule in [HOLDS[check][1]("")]} | {"required_value"}
    masks = Masks(tuple(check for check in column_checks(given) if check.rule in compared))
    connection.register("drawn", frame)
    failed = ", ".join(masks.sql())
    found = connection.execute(f"select t.n, {failed} from (select n, {typed} from drawn) t order by n").fetchall()
    connection.unregister("drawn")
    return {(row[0], check.column) for row in found for position, check in enumerate(masks.checks)
            if row[1 + position // 62] >> (position % 62) & 1}  # fmt: skip


def by_pandera(given: pa.DataFrameSchema, frame: pd.DataFrame) -> set[tuple[int, str]]:
    """The same by Pandera, whose uniqueness and other kinds of checks are not compared here."""
    try:
        alone = pa.DataFrameSchema(given.columns, strict=True)
        alone.validate(frame.drop(columns="n"), lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        assert set(cases["check"].str.partition("(")[0]) <= VALUE_CHECKS | {"not_nullable"}
        return set(zip(cases["index"].astype(int), cases["column"], strict=True))
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


@pytest.mark.parametrize(
    "table", ["patients", "initiations", "visits", "adverse_events", "dispensings", "declarations"]
)
def test_generated_sql_and_pandera_refuse_the_same_values(
    connection: engine.Connection, thalidomide: Programme, table: str
) -> None:
    stated = schema(TABLES[table], thalidomide)
    drawn = rows_of(stated)
    without_patterns_that_parsing_has_settled(stated)
    refused = set()

    @RANDOM
    @given(rows=drawn)
    def agree(rows: list[dict[str, Any]]) -> None:
        frame = as_frame(stated, rows)
        verdict = by_sql(connection, stated, frame)
        assert verdict == by_pandera(stated, frame)
        refused.update(verdict)

    agree()
    constrained = {name for name, column in stated.columns.items() if column.checks or not column.nullable}
    assert {column for _, column in refused} == constrained


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


def test_more_checks_than_bits_are_all_found(connection: engine.Connection) -> None:
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

"""Every statement of an import, a relation or a measure can be said to Spark; what cannot is an error."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from data_schemas.programme import load
from pipelines.definitions import definition, names
from pipelines.engines import Engine, duckdb, translation
from pipelines.importing import import_export
from pipelines.measure import lines_of
from pipelines.relations import views
from pipelines.selection import Selection
from pipelines.store import Store

FILES = ("read_csv(", "read_parquet(", "copy (")
"""What only the embedded engine reads and writes."""

Asked = list[tuple[str, Any]]


def statements_of(export: Path, programme: str, store: Path) -> Asked:
    """What an import asks of its engine."""
    asked: Asked = []

    class Listening:
        """A builder, and what the stages ask of it; how it keeps tables is its own affair."""

        def __init__(self, inner: duckdb.Builder) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        def execute(self, statement: str, parameters: Any = None) -> Any:
            asked.append((statement, parameters))
            return self._inner.execute(statement, parameters)

        def arrow(self, statement: str, parameters: Any) -> Any:
            asked.append((statement, parameters))
            return self._inner.arrow(statement, parameters)

        def hold(self, table: str, rows: str, without: str) -> None:
            asked.extend([(rows, None), (without, None)])
            self._inner.hold(table, rows, without)

        def repeated(self, table: str, numbers: str) -> None:
            asked.append((numbers, None))
            self._inner.repeated(table, numbers)

        def leave_out_rows(self, table: str, numbers: str) -> None:
            asked.append((numbers, None))
            self._inner.leave_out_rows(table, numbers)

    @contextlib.contextmanager
    def builder(scratch: Path) -> Iterator[Any]:
        with duckdb.builder(scratch) as opened:
            yield Listening(opened)

    import_export(export, load(programme), Store(store), engine=Engine("listening", builder, counts=True))
    return [each for each in asked if not any(word in each[0] for word in FILES)]


def said(statement: str, parameters: Any = None) -> str:
    tree = translation.bound(translation.parsed(statement), parameters)
    if isinstance(tree, exp.Create | exp.Insert):
        tree = tree.expression or exp.select("1")
    return translation.said(tree) if isinstance(tree, exp.Query) else ""


def test_every_statement_of_an_import_is_translated(
    sample: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is counted beforehand of a large release."""
    monkeypatch.setattr("pipelines.importing.pays", lambda _: True)
    asked = statements_of(sample(150, "french"), "thalidomide", tmp_path / "store")
    assert len(asked) > 400
    assert sum("of_month" in statement for statement, _ in asked) > 70
    for statement, parameters in asked:
        assert sqlglot.parse(said(statement, parameters), read="spark")


@pytest.mark.parametrize("name", views())
def test_every_relation_is_translated(name: str) -> None:
    assert sqlglot.parse_one(said(views()[name]), read="spark").find(exp.Select)


@pytest.mark.parametrize("name", names())
def test_every_measure_is_translated(name: str) -> None:
    lines, parameters = lines_of(definition(name), Selection(indications=("A",)), {})
    text = said(f"{lines} select * from lines", parameters)
    assert "$" not in text
    assert sqlglot.parse_one(text, read="spark").find(exp.Select)


@pytest.mark.parametrize("statement", [
    "select regr_slope(a, b) from t", "select list_transform(a, lambda x: x + 1) from t", "select hash_of(a) from t",
    "select from where",
])  # fmt: skip
def test_what_nobody_has_compared_is_an_error(statement: str) -> None:
    with pytest.raises(translation.UntranslatableError):
        said(statement)


def test_tables_of_one_name_stay_where_they_stand() -> None:
    text = said("with a as (with b as (select 1 as n) select n from b), "
                "c as (with b as (select 2 as n) select n from b) select a.n, c.n from a, c")  # fmt: skip
    assert text.count("WITH b AS") == 2


@pytest.mark.parametrize(("pattern", "in_java"), [
    ("^[0-9]{4}$", r"(?d)^[0-9]{4}\z"), ("a[$]b", "(?d)a[$]b"),
    (r"a\$b$", r"(?d)a\$b\z"), ("(?i)é|$", r"(?d)(?iu)é|\z"),
])  # fmt: skip
def test_patterns_end_where_duckdb_ends_them(pattern: str, in_java: str) -> None:
    assert translation.java_pattern(pattern) == in_java


def test_values_are_bound_as_constants() -> None:
    assert said("select $a, $b", {"a": "it's", "b": ["x"]}) == r"SELECT 'it\'s', ARRAY('x')"
    assert said("select ?, ?", [1, None]) == "SELECT 1, NULL"


def test_the_tables_of_a_statement_are_those_it_does_not_make() -> None:
    tree = translation.parsed('with a as (from b) select * from a join "c" using (k) where k in (from d)')
    assert translation.tables_of(tree) == {"b", "c", "d"}

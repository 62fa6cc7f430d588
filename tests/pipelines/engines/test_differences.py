"""Where Spark and DuckDB mean different things by the same words, the translation makes them mean what DuckDB does.

Each expression stands over a table `t` of text, read by both; the answers are equal in value and in type.
"""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from pipelines import parse, sql
from pipelines.dialect import Dialect
from pipelines.engines import duckdb
from pipelines.engines import spark as engine

pytestmark = pytest.mark.spark

TEXTS = [
    "", " ", "a", "B", "é", "É", "e\u0301", "œ", "ß", "ÀÉÎ", "Straße", "l’œuvre", "l'œuvre", "\u00a0x\u202f",
    "\u2009", "x\ty", "𝔘𝔫𝔦", "日本", "1", "-1", "+1", "01", "1.5", "1,5", "1e3", "0x1F", "1_000", "12.", "1.0", " 12 ",
    "inf", "nan", "9223372036854775807", "999999999999999999", "2024-01-05", "2024-1-5", "2024-01", "2024",
    "2024-02-30", "2023-02-29", "2024-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "1582-10-10", "0004-02-29",
    "05/01/2024", "5/1/2024", "31/02/2024", "00/00/0000", "01/2024", "2024-01-05 10:00:00", "yes", "true", "tot",
    "Total général", "$", "a$", "a.b", "a\\b", "100%", "0.1", "0.30000000000000004",
    "123456789012345.678901234567891", "1 045,25", "1.045,25",
]  # fmt: skip
IN_FRENCH = Dialect("utf-8", ";", ("v", "n"), date_order="dmy", decimal=",", date_marks=True)
IN_ISO = Dialect("utf-8", ",", ("v", "n"), date_order="iso")
DAY = parse.value("date", "v", IN_ISO)
"""A day is never cast without a look at its text: Spark takes `2024` for the first of January."""


def since(day: str) -> str:
    """A day as a number: Python has none before the year 1."""
    return f"datediff('day', date '2000-01-01', {day})"


EXPRESSIONS = {
    "case and accents": sql.comparable("v"),
    "spaces of any width": sql.trimmed("v"),
    "letters and bytes": "length(v) || '/' || strlen(v)",
    "a part of a text": "v[1:3] || '|' || v[2]",
    "a pattern that ends in a dollar": "regexp_matches(v || chr(10), '^[0-9]+$')",
    "a pattern that is extracted": sql.matches("v || chr(10)", "^[0-9]+$"),
    "none of some": sql.unlisted("nullif(v, 'B')", ["a", "é"]),
    "a point in a pattern": "regexp_matches('a' || chr(13) || v, 'a.')",
    "small and capital letters in a pattern": "regexp_matches(v, '(?i)é|ß|STRASSE')",
    "control characters": "regexp_matches(v, '[\\x00-\\x1F\\x7F]')",
    "whole numbers": parse.value("integer", "v", IN_ISO),
    "numbers with a point": parse.value("decimal", "v", IN_ISO),
    "numbers with a comma": parse.value("decimal", "v", IN_FRENCH),
    "days": since(parse.value("date", "v", IN_ISO)),
    "French days": since(parse.value("date", "v", IN_FRENCH)),
    "partial days": parse.value("partial_date", "v", IN_ISO),
    "French partial days": parse.value("partial_date", "v", IN_FRENCH),
    "months": parse.value("month", "v", IN_ISO),
    "what a partial day can mean": since(parse.latest(parse.value("partial_date", "v", IN_ISO))),
    "years and months of a day": f"year({DAY}) || '/' || strftime({DAY}, '%Y-%m')",
    "days between": f"datediff('day', date '2020-03-01', {DAY})",
    "days before": since(f"{DAY} - 1"),
    "whole division": "cast(n as bigint) // 3",
    "division": "cast(n as bigint) / 3",
    "a fraction is no decimal": "cast(n as bigint) / 365.25 + 0.1",
    "the least of some, with nothing among them": since(f"least({DAY}, date '2020-01-01', null)"),
    "the greatest": "greatest(cast(n as bigint), 3, null)",
    "an equal that knows nothing": "v is not distinct from nullif(v, '1')",
    "one of some": "v not in ('a', 'B')",
    "texts together": "concat_ws('|', v, null, n)",
    "text beside nothing": "v || null",
    "lists": "list_filter([case when v = 'a' then 'x' end, n], lambda one: one is not null)",
    "lists together": "list_concat([n], case when v = 'a' then [] else [v] end)",
    "how many in a list": "len(cast([v, n] as varchar[])) + len(cast([] as varchar[]))",
    "lists that share": "list_has_any([v, n], ['a', 'B', '3'])",
    "bits": "cast(n as bigint) & 5 | 4611686018427387904",
    "a row as JSON": "cast(to_json({'v': v, 'n': nullif(n, '3')}) as varchar)",
    "a digest": "md5(v)",
    "filled up": "lpad(v, 3, '0')",
    "parts": "split_part(v, '/', 2) || split_part(v, '/', 9)",
    "begins": "starts_with(v, 'a') or contains(v, '.')",
}  # fmt: skip


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "t.csv"
    rows = [f'"{text.replace(chr(34), chr(34) * 2)}",{n}' for n, text in enumerate(TEXTS)]
    path.write_text("v,n\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def both(statement: str, table: Path, here: duckdb.Builder, there: engine.Builder) -> tuple[list[object], list[object]]:
    for builder in (here, there):
        builder.land_csv(table, Dialect("utf-8", ",", ("v", "n")), "t")
    return here.execute(statement).fetchall(), there.execute(statement).fetchall()


def test_each_expression_has_one_meaning(table: Path, here: duckdb.Builder, there: engine.Builder) -> None:
    columns = ", ".join(f"{text} as {sql.name(name)}" for name, text in EXPRESSIONS.items())
    expected, found = both(f"select rowid, {columns} from t order by rowid", table, here, there)
    assert len(found) == len(TEXTS)
    wrong = [(TEXTS[row], name, was, is_now)
             for row, (want, have) in enumerate(zip(expected, found, strict=True))
             for name, was, is_now in zip(EXPRESSIONS, want[1:], have[1:], strict=True)
             if was != is_now or type(was) is not type(is_now)]  # fmt: skip
    assert wrong == []


STATEMENTS = {
    "empty values come last": "select nullif(v, 'a') as k, n from t order by k, n",
    "and last of the largest first": "select nullif(v, 'a') as k, n from t order by k desc, n",
    "texts by their code points": "select v from t where v is not null order by v",
    "the place in an order": "select n, row_number() over (order by nullif(v, 'B') desc, n) from t order by n",
    "groups of nothing": "select nullif(v, 'a') as k, count(*), count(distinct n) from t group by all order by k",
    "sums of whole numbers": "select cast(sum(cast(n as bigint)) as bigint), min(v), max(v), count(*) from t",
    "what is true of some": "select bool_or(v = 'a'), bool_and(v = 'a'), count_if(v = 'a') from t",
    "counted where": "select count(*) filter (v = 'a'), count(distinct v) filter (n > '3') from t",
    "one row for each of a list": "select n, unnest([v, n]) as e from t order by n, e",
    "columns as rows": "select place, text from (select v, n from t) unpivot (text for place in (v, n)) order by all",
    "some of each": """select n from t qualify row_number() over (partition by length(v) order by md5(v)) <= 2
        order by n""",
    "a column without another": "select * exclude (v) from (select v, n from t) order by n",
    "not among": "select n from t where n not in (select n from t where v is null) order by n",
    "months from one to another": """select strftime(m, '%Y-%m') from (select date '2020-01-31' as a, date '2020-04-01'
        as b) x cross join unnest(generate_series(date_trunc('month', cast(x.a as timestamp)), cast(x.b as timestamp),
        interval 1 month)) s (m) where exists (select 1 from t) order by all""",
    "no numbers from one to none": """select k from (select cast(n as bigint) as n from t) x
        cross join unnest(range(1, x.n - 55)) s (k) order by all""",
    "texts joined in order": "select string_agg(v, '+' order by v) from t where n < '3'",
    "values of the largest": "select arg_min(v, cast(n as bigint)), arg_max(v, cast(n as bigint)) from t where v > 'a'",
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_each_statement_has_one_meaning(name: str, table: Path, here: duckdb.Builder, there: engine.Builder) -> None:
    expected, found = both(STATEMENTS[name], table, here, there)
    assert found == expected
    assert [[type(value) for value in row] for row in found] == [[type(value) for value in row] for row in expected]


def test_a_day_has_no_time_zone(table: Path, spark: SparkSession, here: duckdb.Builder, there: engine.Builder) -> None:
    """A day at the turn of summer time, on a machine somewhere else, is the same day."""
    statement = """select strftime(date_trunc('month', cast(date '2024-03-31' as timestamp)), '%Y-%m'),
        last_day(date '2024-03-31'), $day from t limit 1"""
    spark.conf.set("spark.sql.session.timeZone", "Pacific/Apia")
    try:
        expected, found = both(statement.replace("$day", "date '2024-03-31' - 1"), table, here, there)
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert found == expected

"""The product's SQL, in DuckDB's dialect, said in Spark's: one text, two engines.

Most of it is sqlglot's work. What the two engines mean differently by the same words is settled here, each rule with
its test; a function that nobody has compared on both is an error, never passed on in the hope that it means the same.
"""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.generators.spark import SparkGenerator

from pipelines import sql

COMPARED: frozenset[type[exp.Expr]] = frozenset({
    exp.Abs, exp.And, exp.ArgMax, exp.ArgMin, exp.Array, exp.ArrayAgg, exp.ArrayConcat, exp.ArrayContains,
    exp.ArrayFilter, exp.ArrayOverlaps, exp.Case, exp.Cast, exp.Chr, exp.Coalesce, exp.ConcatWs, exp.Contains,
    exp.Count, exp.CountIf, exp.DateDiff, exp.Exists, exp.Explode, exp.GenerateSeries, exp.Greatest,
    exp.GroupConcat, exp.If, exp.Lag, exp.LastDay, exp.Lead, exp.Least, exp.Length, exp.LogicalAnd, exp.LogicalOr,
    exp.Lower, exp.Max, exp.MD5, exp.Min, exp.Nullif, exp.Or, exp.Pad, exp.RegexpLike, exp.RegexpSplit, exp.Replace,
    exp.RowNumber, exp.SplitPart, exp.StartsWith, exp.Struct, exp.Sum, exp.TimestampTrunc, exp.TimeToStr,
    exp.Translate, exp.Trim, exp.TryCast, exp.Unnest, exp.Year,
})  # fmt: skip
"""The functions that have been compared on both engines."""

RENAMED = {"hash": "xxhash64", "strlen": "octet_length"}
"""Functions that sqlglot leaves alone: DuckDB's name → Spark's."""


class UntranslatableError(Exception):
    """A statement that Spark cannot be asked; it names the part that is missing, which is the product's own text."""


class _Spark(SparkGenerator):
    """Spark's SQL, with tables of a WITH clause where they stand, as two may bear one name, and numbers as DuckDB's."""

    EXPRESSIONS_WITHOUT_NESTED_CTES: ClassVar[set[type[exp.Expr]]] = set()

    def literal_sql(self, expression: exp.Literal) -> str:
        """A number with a point is a DOUBLE: Spark takes `365.25` for a DECIMAL and rounds what is made of it."""
        text = super().literal_sql(expression)
        return text if expression.is_string or text.isdigit() else f"{text}D"


@functools.lru_cache(maxsize=512)
def parsed(statement: str) -> exp.Expr:
    """A statement as a tree, not to be changed.

    Raises:
        UntranslatableError: it is no SQL.
    """
    try:
        return sqlglot.parse_one(statement, read="duckdb")
    except SqlglotError as error:
        raise UntranslatableError(str(error)) from None


def bound(tree: exp.Expr, parameters: Mapping[str, object] | Sequence[object] | None = None) -> exp.Expr:
    """The tree in the words that both engines have, with its parameters in place.

    Raises:
        UntranslatableError: it holds a function that has not been compared on both engines.
    """
    given = parameters or {}
    in_order = iter(() if isinstance(given, Mapping) else given)

    def value(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder | exp.Parameter):
            return node
        return _constant(given[node.name] if isinstance(given, Mapping) else next(in_order))

    settled = _settled(tree.copy()).transform(value)
    for node in settled.find_all(exp.Func):
        name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
        if type(node) not in COMPARED and name not in _SPARKS_OWN:
            raise UntranslatableError(f"{name or type(node).__name__}: {node.sql('duckdb')}")
    return settled


def said(tree: exp.Expr) -> str:
    """A tree as Spark's SQL.

    Raises:
        UntranslatableError: Spark has no words for it.
    """
    try:
        return _Spark(dialect="spark", comments=False, unsupported_level=sqlglot.ErrorLevel.RAISE).generate(tree)
    except SqlglotError as error:
        raise UntranslatableError(str(error)) from None


_SPARKS_OWN = {*RENAMED.values(), "arrays_overlap", "array_compact", "size", "substring", "to_json", "map"}


def _settled(tree: exp.Expr) -> exp.Expr:
    """Every part of a tree rewritten, the inner ones first."""
    for node in reversed(list(tree.walk())):
        found = _rewritten(node)
        if found is not node:
            tree = found if node is tree else tree
            node.replace(found)
    return tree


def _rewritten(node: exp.Expr) -> exp.Expr:  # noqa: PLR0911 - one answer for each rule
    match node:
        case exp.Anonymous() if node.name.lower() == "comparable":
            return _comparable(node.expressions[0])
        case exp.Anonymous() if node.name.lower() in RENAMED:
            return exp.Anonymous(this=RENAMED[node.name.lower()], expressions=node.expressions)
        case exp.Anonymous() if node.name.lower() == "to_json":
            options = exp.Anonymous(this="map", expressions=[exp.Literal.string("ignoreNullFields"),
                                                             exp.Literal.string("false")])  # fmt: skip
            return exp.Anonymous(this="to_json", expressions=[*node.expressions, options])
        case exp.ArrayOverlaps():
            known = [exp.Anonymous(this="array_compact", expressions=[each]) for each in (node.this, node.expression)]
            return exp.Anonymous(this="arrays_overlap", expressions=known)
        case exp.Bracket() if isinstance(node.expressions[0], exp.Slice):
            first, last = (node.expressions[0].args[each].to_py() for each in ("this", "expression"))
            return _part(node.this, first, last - first + 1)
        case exp.Bracket():
            return _part(node.this, node.expressions[0].to_py() + 1, 1)
        case exp.NEQ(this=exp.RegexpExtract() as found) if node.expression == exp.Literal.string(""):
            return _rewritten(exp.RegexpLike(this=found.this, expression=found.expression))
        case exp.Is(this=exp.Anonymous() as place) if place.name.lower() == "list_position":
            known, value = place.expressions
            listed = exp.In(this=value, expressions=known.expressions)
            return exp.not_(exp.func("coalesce", listed, exp.false()))
        case exp.RegexpLike() if node.expression.is_string:
            node.set("expression", exp.Literal.string(java_pattern(node.expression.name)))
        case exp.Length(this=exp.Cast() as listed) if listed.is_type("array"):
            return exp.Anonymous(this="size", expressions=[listed])
        case exp.CTE():
            node.set("materialized", None)
        case exp.Cast(this=exp.TryCast() as day) if node.is_type("text") and day.is_type("date"):
            return _written_day(day)
    return node


def _part(text: exp.Expr, first: int, length: int) -> exp.Expr:
    """A part of a text: brackets are for arrays in Spark."""
    numbers = [exp.Literal.number(first), exp.Literal.number(length)]
    return exp.Anonymous(this="substring", expressions=[text, *numbers])


def _written_day(day: exp.Expr) -> exp.Expr:
    """A day as text: DuckDB writes the year before 1 as `0001-… (BC)`, Spark as `0000-…`, which passes for one."""
    first = exp.cast(exp.Literal.string("0001-01-01"), "date")
    return exp.case().when(exp.GTE(this=day, expression=first), exp.cast(day.copy(), "text"))


def _comparable(text: exp.Expr) -> exp.Expr:
    written = _settled(parsed(f"select {sql.comparable('written')}").expressions[0].copy())
    found: exp.Expr = written.transform(lambda node: text.copy() if isinstance(node, exp.Column) else node)
    return found


def java_pattern(pattern: str) -> str:
    """A pattern as DuckDB (RE2) reads it, for Java: `$` only at the very end, `.` all but a line feed, `(?i)` for any
    letter."""
    found, in_class, escaped = [], False, False
    for sign in pattern:
        if escaped or in_class or sign != "$":
            found.append(sign)
        else:
            found.append(r"\z")
        in_class = (in_class and (escaped or sign != "]")) or (not in_class and not escaped and sign == "[")
        escaped = not escaped and sign == "\\"
    return "(?d)" + "".join(found).replace("(?i)", "(?iu)")


def _constant(value: object) -> exp.Expr:
    if isinstance(value, list | tuple):
        return exp.Array(expressions=[_constant(each) for each in value])
    if isinstance(value, dt.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    constant: exp.Expr = exp.convert(value)
    return constant


def tables_of(tree: exp.Expr) -> set[str]:
    """The tables that a statement names, but for those that its own WITH clauses make."""
    made = {each.alias for each in tree.find_all(exp.CTE)}
    return {each.name for each in tree.find_all(exp.Table)} - made


def changed_by(tree: exp.Expr) -> set[str]:
    """The table that a statement makes, fills or removes."""
    table = None if isinstance(tree, exp.Query) else tree.find(exp.Table)
    return {table.name} if table else set()

"""Searching landed text: SQL finds candidates in one pass over a table, Python confirms a bounded number of them."""

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines import sql
from pipelines.engines import Connection
from pipelines.screen.rules import IN_IDENTIFIERS, IN_TEXT, Rule, holds, is_narrative

MOST = 5_000
"""Distinct candidates of a column that are looked at."""
LEAST = 6
"""No identifier is written shorter."""
TIMES_CHANCE = 3
SHAPES = 20

Place = tuple[str, str]
"""A column, and the rule that one of its values breaks."""


@dataclass(frozen=True)
class Text:
    """A relation of the engine whose columns are text, and the day before which births lie."""

    connection: Connection
    relation: str
    before: dt.date

    def in_text(self, columns: Iterable[str], rules: Mapping[str, Rule] = IN_TEXT) -> list[Place]:
        """Where any value breaks a rule; each different value is looked at once."""
        wanted = sql.names(columns)
        candidates = self._rows(
            f"""select place, text from (select distinct place, text from
                (select {wanted} from {self.relation}) unpivot (text for place in ({wanted})))
            where {_matches("text", rules.values())}
            qualify row_number() over (partition by place order by md5(text)) <= {MOST}"""
        ) if wanted else []  # fmt: skip
        found: dict[Place, None] = {}
        for column, value in candidates:
            for name, rule in rules.items():
                if (column, name) not in found and holds(rule, value, self.before):
                    found[column, name] = None
        return list(found)

    def in_identifiers(self, columns: Sequence[str]) -> list[Place]:
        """Where more values break a rule than codes of the same shape would by chance."""
        return [(column, name) for column, name in self._suspected(columns)
                if self._beyond_chance(column, IN_IDENTIFIERS[name])]  # fmt: skip

    def narratives(self, longest: Mapping[str, int]) -> list[Place]:
        """Where a value is text of several words, longer than its column may be."""
        found = []
        for column, limit in longest.items():
            name = sql.name(column)
            values = self._rows(
                f"select distinct {name} from {self.relation} where length({name}) > {limit} limit {MOST}"
            )
            found += [(column, "free_text")] if any(is_narrative(value, limit) for (value,) in values) else []
        return found

    def _suspected(self, columns: Sequence[str]) -> list[Place]:
        """Columns with a candidate, and of which rule: one pass for all rules at once, another for the few found."""
        rules = IN_IDENTIFIERS
        hits = self._one_row([_matched(column, rules.values()) for column in columns])
        suspect = [column for column, hit in zip(columns, hits, strict=True) if hit]
        places = list(itertools.product(suspect, rules))
        hits = self._one_row([_matched(column, [rules[name]]) for column, name in places])
        return [place for place, hit in zip(places, hits, strict=True) if hit]

    def _candidates(self, column: str, rule: Rule) -> list[str]:
        """Different values that match a rule's pattern; of very many a part that depends on nothing but them."""
        name = sql.name(column)
        rows = self._rows(f"select {name} from {self.relation} where {_matches(column, [rule])} "
                          f"group by 1 order by md5({name}) limit {MOST}")  # fmt: skip
        return [value for (value,) in rows]

    def _beyond_chance(self, column: str, rule: Rule) -> bool:
        looked_at: Counter[str] = Counter()
        confirmed: Counter[str] = Counter()
        for value in self._candidates(column, rule):
            looked_at[_shape(value)] += 1
            confirmed[_shape(value)] += holds(rule, value, self.before)
        name = sql.name(column)
        for shape, n_confirmed in (+confirmed).most_common(SHAPES):
            alike = sql.matches(name, shape)
            n_alike, n_matching = self._one_row([
                f"count(distinct {name}) filter ({alike})",
                f"count(distinct {name}) filter ({alike} and {_matches(column, [rule])})",
            ])  # fmt: skip
            if n_confirmed / looked_at[shape] * n_matching >= TIMES_CHANCE * rule.chance * n_alike:
                return True
        return False

    def _one_row(self, expressions: Sequence[str]) -> Sequence[int]:
        return self._rows(f"select {', '.join(expressions)} from {self.relation}")[0] if expressions else ()

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement).fetchall()


def _matches(column: str, rules: Iterable[Rule]) -> str:
    pattern = "|".join(f"(?:{rule.pattern})" for rule in rules)
    return f"(length({sql.name(column)}) >= {LEAST} and {sql.matches(sql.name(column), pattern)})"


def _matched(column: str, rules: Iterable[Rule]) -> str:
    return f"bool_or({_matches(column, rules)})"


def _shape(value: str) -> str:
    """A pattern of the values that differ from this one in their digits and letters only."""
    return "^" + re.sub("[A-Za-z]", "[A-Za-z]", re.sub("[0-9]", "[0-9]", re.escape(value))) + "$"

"""Declared corrections: `corrections.yml` beside an export's files says which cells or rows are known to be wrong.

    - table: visits
      match: {visit_id: V000000123}
      expect: {weight_kg: "620"}
      set: {weight_kg: "62"}
      reason: Decimal mark lost; confirmed by the centre
      author: regional centre 7
      date: 2022-09-12

Values are text, as the contract's columns hold it after cleaning and before it is parsed. Matches look at what was
received, whatever other corrections say; of two that set one cell the later one holds. The file stays beside the
export: a release keeps numbers, columns and reasons, never values.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.resolver import VersionedResolver

from data_schemas.programme import place, plain
from data_schemas.programme_parts import EMPTY, Frozen, Part
from data_schemas.tables import TABLES
from pipelines import sql
from pipelines.errors import ExportRefused, Problem
from pipelines.export import CORRECTIONS as FILE
from pipelines.formats.opening import Openable

WITHDRAWN = "withdrawn"


class Correction(Part):
    """One correction as declared.

    Attributes:
        match: what the row holds by which it is found; an empty text is an empty cell.
        expect: what the row still has to hold, or the source has been mended and the correction is out of date.
        rows: how many rows have to match.
    """

    table: str
    match: Frozen[str, str] = Field(min_length=1)
    set: Frozen[str, str] = EMPTY
    action: Literal["set", "drop_row"] = "set"
    expect: Frozen[str, str] = EMPTY
    rows: int = Field(1, ge=1)
    reason: str = Field(min_length=3, max_length=300)
    author: str = Field(min_length=1, max_length=100)
    date: dt.date

    @model_validator(mode="after")
    def _fits(self) -> "Correction":
        if self.table not in TABLES:
            raise ValueError("'table' is no table of the contract")
        for part in ("match", "set", "expect"):
            if unknown := set(getattr(self, part)) - set(TABLES[self.table].columns):
                raise ValueError(f"'{part}' names {len(unknown)} column(s) that the table does not have")
        if bool(self.set) == (self.action == "drop_row"):
            raise ValueError("give one of 'set' and 'action: drop_row'")
        return self

    @property
    def columns(self) -> list[str]:
        """The columns that the correction changes; none if it drops the row."""
        return list(self.set)

    def holds(self, values: Mapping[str, str]) -> str:
        """SQL: whether a row holds the values as received."""
        tests = [
            f"received_{column} is not distinct from {sql.literal(value or None)}" for column, value in values.items()
        ]
        return " and ".join(tests) or "true"


class _OnlyText(VersionedResolver):
    """Reads every value as the text that it is: no dates, numbers or booleans."""

    @property
    def versioned_resolver(self) -> dict[str, object]:
        return {}


def read(file: Openable | None) -> tuple[Correction, ...]:
    """The corrections declared beside an export's files; none without the file.

    Raises:
        ExportRefused: the file is not as it should be.
    """
    if file is None:
        return ()
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _OnlyText
    try:
        with file.open(encoding="utf-8-sig") as stream:
            tree = yaml.load(stream.read())
        found = TypeAdapter(tuple[Correction, ...]).validate_python(plain(tree) or ())
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ExportRefused([Problem("corrections.not_yaml", {"file": FILE, "line": line})]) from None
    except (YAMLError, UnicodeDecodeError):
        raise ExportRefused([Problem("corrections.not_yaml", {"file": FILE, "line": 1})]) from None
    except ValidationError as error:
        places = [(place(tree, entry["loc"]), entry["msg"]) for entry in error.errors(include_input=False)]
        raise ExportRefused([
            Problem("corrections.invalid", {"file": FILE, "place": where, "problem": what}) for where, what in places
        ]) from None  # fmt: skip
    return found


def guard(rows: str, numbered: Sequence[tuple[int, Correction]]) -> str:
    """A query with, for each correction, the number of rows that match and of those that hold what is expected."""
    counts = []
    for _, each in numbered:
        matching = each.holds(each.match)
        counts += [f"count(*) filter ({matching})", f"count(*) filter ({matching} and {each.holds(each.expect)})"]
    return f"select {', '.join(counts)} from ({rows})"


def judged(numbered: Sequence[tuple[int, Correction]], counts: Sequence[int]) -> list[Problem]:
    """The corrections that no longer fit, from the answer to `guard`."""
    found = []
    for (number, each), matching, expected in zip(numbered, counts[::2], counts[1::2], strict=True):
        told: dict[str, object] = {"file": FILE, "number": number, "table": each.table}
        if matching != each.rows:
            columns = ", ".join(each.match)
            found.append(Problem("corrections.rows", told | {"columns": columns, "n": matching, "rows": each.rows}))
        elif expected != matching:
            found.append(Problem("corrections.outdated", told | {"columns": ", ".join(each.expect)}))
    return found


def applied(rows: str, columns: Sequence[str], corrections: Sequence[Correction]) -> str:
    """The rows with the corrections made, and whether each is withdrawn."""
    corrected = []
    for column in columns:
        cases = [f"when {each.holds(each.match)} then {sql.literal(each.set[column] or None)}"
                 for each in reversed(corrections) if column in each.set]  # fmt: skip
        name = sql.name("received_" + column)
        corrected.append(f"case {' '.join(cases)} else {name} end as {name}" if cases else name)
    dropped = [f"({each.holds(each.match)})" for each in corrections if each.action == "drop_row"]
    withdrawn = f"{' or '.join(dropped) or 'false'} as {WITHDRAWN}"
    return f"select record_no, {', '.join(corrected)}, {withdrawn} from ({rows})"


def record(corrections: Sequence[Correction]) -> list[dict[str, Any]]:
    """What a release keeps: what was corrected and why, by whom and when; no value."""
    return [
        {"number": number, "table": each.table, "action": each.action, "columns": each.columns, "rows": each.rows,
         "reason": each.reason, "author": each.author, "date": each.date.isoformat()}
        for number, each in enumerate(corrections, start=1)
    ]  # fmt: skip

"""What the tests of the pipelines read from a release: figures as plain dictionaries, and refused or warned rows."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection


@pytest.fixture(scope="session")
def figures() -> Callable[..., Any]:
    """The figures of a measure: one number, or one for each value of the dimensions `by`.

    Zeros are left out unless asked for. A figure that is not an observation is `None`.
    """

    def read(
        opened: Opened, name: str, *by: str, count: str | None = None, zeros: bool = False, **selection: Any
    ) -> Any:
        table = measure(opened, name, Selection(**selection), by=by)
        column = count or table.definition.main
        numbers = [None if pd.isna(number) else int(number) for number in table.frame[column]]
        if not by:
            return numbers[0]
        keys = table.frame[list(by)].astype(object).where(table.frame[list(by)].notna(), None)
        found = {key[0] if len(by) == 1 else tuple(key): number
                 for key, number in zip(keys.itertuples(index=False, name=None), numbers, strict=True)}  # fmt: skip
        return found if zeros else {key: number for key, number in found.items() if number != 0}

    return read


@pytest.fixture(scope="session")
def quarantined() -> Callable[[Opened], list[tuple[str, int, list[str]]]]:
    """The refused rows as (table, line, reasons)."""

    def read(opened: Opened) -> list[tuple[str, int, list[str]]]:
        frame = opened.query("select table_name, line, reasons from quarantine order by table_name, line")
        return [(table, int(line), list(reasons)) for table, line, reasons in frame.itertuples(index=False)]

    return read


@pytest.fixture(scope="session")
def warned() -> Callable[[Opened, str], set[int]]:
    """The lines that a rule has warned of."""

    def read(opened: Opened, rule: str) -> set[int]:
        return set(opened.query("select line from findings where rule = $rule", {"rule": rule})["line"])

    return read

"""The journal as its readers look at it: its lines as a table, and who did what how often."""

from collections.abc import Mapping

import pandas as pd

from pipelines.access.chain import Line

COLUMNS = ("seq", "at", "kind", "issuer", "subject", "role", "what", "release", "step", "period", "regime", "purpose",
           "size", "reason")  # fmt: skip


def entries(lines: list[Line]) -> pd.DataFrame:
    """The lines as a table, one row each, without their seals."""
    rows = [{"seq": line.seq, "at": line.at, **line.fields["actor"], **_plain(line.fields)} for line in lines]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _plain(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name != "actor"}


WHO = ["issuer", "subject", "role", "kind"]


def digest(found: pd.DataFrame, thresholds: Mapping[str, int]) -> pd.DataFrame:
    """Who did what how often: `n`, `first`, `last`, the most on one day, and whether that is above the threshold."""
    if not len(found):
        return pd.DataFrame(columns=[*WHO, "n", "first", "last", "most_a_day", "unusual"], dtype=object)
    kept = found.assign(day=found["at"].str[:10], role=found["role"].fillna(""))
    by_day = kept.groupby([*WHO, "day"], sort=False).size().groupby(level=WHO, sort=False).max()
    grouped = kept.groupby(WHO, sort=False)["at"].agg(n="size", first="min", last="max")
    counted = grouped.assign(most_a_day=by_day).reset_index()
    limits = counted["kind"].map(dict(thresholds)).astype(float)
    unusual: pd.DataFrame = counted.assign(unusual=counted["most_a_day"] > limits)
    return unusual

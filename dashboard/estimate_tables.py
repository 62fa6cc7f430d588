"""The twins of estimates, curves and distributions: a table in words, and the numbers as a file."""

import pandas as pd

from dashboard import formats
from dashboard.estimated import Curved, Estimates, Spread
from dashboard.shown import Shown
from dashboard.tables import csv_text, written
from pipelines.distributions import COLUMNS
from pipelines.states import OBSERVED, TOO_FEW
from pipelines.statistics.curves import Curve
from pipelines.statistics.rates import DAYS_PER_YEAR

ESTIMATE_HEADS = ("figure", "unit", "n", "total", "value", "low", "high", "state")
CURVE_HEADS = ("day", "at_risk", "events", "competing", "censored", "value", "low", "high", "state")


def of_estimates(found: Estimates) -> pd.DataFrame:
    """The cells: shares with n/N and interval, ratios, the other counts, rates with their patient-years."""
    shown, rows = found.shown, list(found.shown.frame.index)
    columns = {shown.dimension(each): [shown.label(each, value) for value in shown.frame[each]] for each in shown.by}
    told = set()
    for name, each in found.found.items():
        if each.estimate.kind == "ratio":
            columns[found.title(name)] = [found.words(name, row) for row in rows]
            continue
        told |= {each.estimate.of, each.estimate.over}
        if each.estimate.kind == "rate":
            continue
        columns[shown.text("estimate.share_head", of=shown.count(each.estimate.of))] = [
            found.words(name, row) for row in rows]  # fmt: skip
        left_out = [found.not_evaluable(name, row) for row in rows]
        if any(left_out):
            columns[shown.text("estimate.not_evaluable")] = [shown.number(n) for n in left_out]
    shares = {each.estimate.of for each in found.found.values() if each.estimate.kind == "share"}
    for count in shown.counts:
        if count not in told or (count in {each.estimate.of for each in found.found.values()} - shares):
            states = shown.frame["state"]
            columns[shown.count(count)] = [
                shown.cell(value, state) for value, state in zip(shown.frame[count], states, strict=True)]  # fmt: skip
    for name, each in found.found.items():
        if each.estimate.kind == "rate":
            years = each.frame["total"] / DAYS_PER_YEAR
            columns[shown.text("estimate.patient_years")] = [
                formats.NOT_COLLECTED[shown.language] if pd.isna(value) else shown.number(round(value))
                for value in years]  # fmt: skip
            columns[shown.text("estimate.rate_head")] = [found.words(name, row) for row in rows]
    return pd.DataFrame(columns)


def file_of_estimates(found: Estimates) -> bytes:
    """One row for each cell and figure: n, N, the estimate with its limits, and its state."""
    shown = found.shown
    heads = [*map(shown.dimension, shown.by), *(shown.text(f"estimate.file_{each}") for each in ESTIMATE_HEADS)]
    rows = []
    for row in shown.frame.index:
        cell = [written(shown, each, shown.frame.loc[row, each]) for each in shown.by]
        state = _state(shown, str(shown.frame.loc[row, "state"]))
        rows += [[*cell, shown.count(count), "", _plain(shown.frame.loc[row, count], shown), "", "", "", "", state]
                 for count in shown.counts]  # fmt: skip
        for name, each in found.found.items():
            share, numbers = each.estimate.kind != "rate", each.frame.loc[row]
            values = [_plain(numbers[side], shown, 100 if share else 1) for side in ("value", "low", "high")]
            counts = [_plain(numbers[side], shown) for side in ("n", "total")]
            unit = shown.text("estimate.unit_share" if share else "estimate.unit_rate")
            rows.append([*cell, found.title(name), unit, *counts, *values, _state(shown, str(numbers["state"]))])
    return csv_text(heads, rows, shown.language)


def of_curves(found: Curved) -> pd.DataFrame:
    """The curves at a few months: how many are at risk, events so far, the estimate with its interval."""
    shown = found.shown
    rows = [
        {
            **_cell(found, cell),
            shown.text("curve.months"): shown.number(month),
            shown.text("curve.at_risk"): shown.number(found.point(curve, month).at_risk),
            shown.text("curve.events"): shown.number(_events(curve, found.point(curve, month).day)),
            shown.text("curve.estimate_head", of=found.title): found.words(found.point(curve, month)),
        }
        for cell, curve in {**found.curves, **found.too_few}.items()
        for month in found.months or [0]
    ]
    return pd.DataFrame(rows)


def file_of_curves(found: Curved) -> bytes:
    """Every step of the curves."""
    shown = found.shown
    heads = [*map(shown.dimension, found.found.by), *(shown.text(f"curve.file_{each}") for each in CURVE_HEADS)]
    rows = []
    for cell, curve in {**found.curves, **found.too_few}.items():
        names = [written(shown, each, value) for each, value in zip(found.found.by, cell, strict=True)]
        last = found.last_day(curve)
        for step in curve.steps.to_dict("records"):
            enough = last and step["day"] <= last
            counts = [_plain(step[each], shown) for each in CURVE_HEADS[:5]]
            values = [_plain(step[each], shown, 100) if enough else "" for each in ("estimate", "low", "high")]
            rows.append([*names, *counts, *values, _state(shown, OBSERVED if enough else TOO_FEW)])
    return csv_text(heads, rows, shown.language)


def of_spread(found: Spread) -> pd.DataFrame:
    """Number, least, quantiles and most of each cell."""
    shown, frame = found.shown, found.found.frame
    columns = {shown.dimension(each): [shown.label(each, value) for value in frame[each]] for each in found.found.by}
    for each in COLUMNS:
        columns[shown.text(f"spread.{each}")] = [found.number(value) for value in frame[each]]
    return pd.DataFrame(columns)


def file_of_spread(found: Spread) -> bytes:
    """The same numbers as a file."""
    shown, frame = found.shown, found.found.frame
    heads = [*map(shown.dimension, found.found.by), *(shown.text(f"spread.{each}") for each in COLUMNS),
             shown.text("estimate.file_unit"), shown.text("estimate.file_state")]  # fmt: skip
    rows = [
        [*(written(shown, each, row[each]) for each in found.found.by), *(_plain(row[each], shown) for each in COLUMNS),
         found.unit, _state(shown, str(row["state"]))]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return csv_text(heads, rows, shown.language)


def _cell(found: Curved, cell: tuple[str | None, ...]) -> dict[str, str]:
    by = found.found.by
    return {found.shown.dimension(each): found.shown.label(each, value) for each, value in zip(by, cell, strict=True)}


def _events(curve: Curve, day: int) -> int:
    """How many had the event up to a day."""
    return int(curve.steps.loc[curve.steps["day"] <= day, "events"].sum())


def _plain(value: object, shown: Shown, factor: int = 1) -> str:
    """A number of a file: no thousands, the decimal mark of the language, nothing where it is not known."""
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    number = round(float(value) * factor, 4)  # type: ignore[arg-type]
    plain = str(number) if number % 1 else str(int(number))
    return plain.replace(".", ",") if shown.language == "fr" else plain


def _state(shown: Shown, state: str) -> str:
    return shown.text(f"estimate.state_{state}")

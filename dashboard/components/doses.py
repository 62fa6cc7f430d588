"""Doses against what is expected of them: those to start with, and the marks of the cumulative dose."""

from dashboard import data
from dashboard.components.card import estimate_card, spread_card
from dashboard.components.titles import not_additive, titled
from dashboard.wording import language, said, text
from data_schemas.programme_parts import DoseRange
from pipelines.definitions import dimension_labels
from pipelines.selection import Selection

INDICATION = ["indication_code"]
QUANTITIES = {"mg_day": "start_dose_mg_day", "mg_kg_day": "start_dose_mg_kg_day"}


def start_doses(selection: Selection) -> None:
    """The doses of the initial forms, in each unit in which the programme expects one, between the expected limits."""
    expected = _expected()
    for unit, quantity in QUANTITIES.items():
        ranges = {code: each for code, each in expected.items() if each.unit == unit}
        if ranges or unit == "mg_day":
            spread_card(
                data.distribution("start_dose", quantity, selection, by=INDICATION),
                {code: (each.least, each.most) for code, each in ranges.items()},
                note=_sources(ranges),
            )


def cumulative_doses(selection: Selection) -> None:
    """What was dispensed to each patient, with the programme's marks across."""
    marks = data.programme().cumulative_dose_marks_g
    spread_card(
        data.distribution("cumulative_dose", "cumulative_dose_g", selection, by=INDICATION),
        {each.code: marks for each in data.programme().indications},
        note=text("exposure.marks") if marks else "",
    )


def dose_related(selection: Selection, unit: str) -> None:
    """The effects that the programme watches as dose-related, by daily and by cumulative dose, with the time at each.

    Args:
        unit: an estimate or a count of `dose_related_effects`.
    """
    for dimension in ("dose_band", "cumulative_dose_band"):
        found = data.estimated("dose_related_effects", selection, by=[dimension])
        estimate_card(found, unit, in_order=True, title=titled(f"adverse_events.by_{dimension}"),
                      note=not_additive(found.shown))  # fmt: skip


def _expected() -> dict[str, DoseRange]:
    return {each.code: each.start_dose for each in data.programme().indications if each.start_dose}


def _sources(ranges: dict[str, DoseRange]) -> str:
    """Where the limits come from, indication by indication."""
    names = dimension_labels("indication_code", data.programme())
    told = [text("chart.named", dimension=said(names[code], language()), value=said(each.source, language()))
            for code, each in ranges.items()]  # fmt: skip
    return text("exposure.expected", sources=". ".join(told)) if told else ""

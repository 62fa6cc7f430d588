"""How fast effects are passed on: the share on time, and the days it took, against the limits of the programme."""

from functools import partial

from dashboard import charts, data
from dashboard.components import parts
from dashboard.components.card import card, estimate_card, spread_card
from dashboard.components.titles import titled
from pipelines.selection import Selection

MEASURE, STATUS = "effect_reporting", "reporting_status"
SERIOUS, OTHERS = "1", "0"


def reporting(selection: Selection) -> None:
    """Share on time and delays by seriousness, then every effect by what became of it."""
    statuses = data.measure(MEASURE, selection, by=[STATUS])
    if statuses.state in {"observed", "empty"}:
        on_time = data.estimated(MEASURE, selection, by=["serious"])
        calendar = data.programme().calendar
        limits = {SERIOUS: [calendar.serious_report_days], OTHERS: [calendar.other_report_days]}
        with parts.side_by_side():
            estimate_card(on_time, on_time.units[0], in_order=True, title=titled("reporting.on_time"))
            spread_card(data.distribution(MEASURE, "delay_days", selection, by=["serious"]), limits)
    card(statuses, partial(charts.ranked, in_order=True), title=titled("reporting.statuses"))

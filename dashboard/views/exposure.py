"""Page: exposure to treatment. Who is on it, for how long, at what dose, and how much of that time is known."""

from functools import partial

from dashboard import charts, components, data
from dashboard.components import Tile

components.page_title("exposure")
selection = components.selection_bar()

treated = data.measure("treated_patients", selection, by=[])
components.tiles(
    [
        Tile.part_of("exposure.on_treatment", data.measure("on_treatment", selection, by=[]), treated),
        Tile.years("exposure.years", data.measure("patient_time", selection, by=[])),
        Tile.ratio("exposure.observed", data.estimated("observed_time", selection, by=[])),
    ]
)
components.observed_share(selection)

components.section("exposure.ledger")
components.account_card(data.account(selection, components.indication_of("exposure.account_of")))
components.card(data.measure("on_treatment_by_month", selection), charts.month_ends)

components.section("exposure.persistence")
components.curve_card(data.curves("persistence", selection, by=["indication_code"]))
with components.side_by_side():
    components.estimate_card(data.estimated("stops", selection), "share", title=components.titled("exposure.reasons"))
    components.card(
        data.measure("persistence", selection, by=["persistence_outcome"]),
        partial(charts.ranked, in_order=True),
        title=components.titled("exposure.outcomes"),
    )

components.section("exposure.doses")
with components.side_by_side():
    components.estimate_card(
        data.estimated("start_dose", selection), "share", in_order=True, title=components.titled("exposure.in_range")
    )
    components.card(
        data.measure("start_dose", selection, by=["start_dose_range"]),
        partial(charts.ranked, in_order=True),
        title=components.titled("exposure.ranges"),
    )
    components.start_doses(selection)
    components.spread_card(data.distribution("daily_dose", "daily_dose_mg", selection, by=["indication_code"]))
    components.cumulative_doses(selection)
    components.estimate_card(
        data.estimated("cumulative_dose", selection),
        "share",
        in_order=True,
        title=components.titled("exposure.cumulative_bands"),
    )

components.section("exposure.visits")
with components.side_by_side():
    components.estimate_card(
        data.estimated("visits_due", selection), "share", in_order=True, title=components.titled("exposure.received")
    )
    components.card(
        data.measure("visits_due", selection, by=["scheduled_visit", "visit_status"]),
        charts.heat_table,
        title=components.titled("exposure.visit_statuses"),
        note=components.titled("exposure.visits_note"),
    )

components.section("exposure.time")
with components.side_by_side():
    components.estimate_card(data.estimated("observed_time", selection), "observed", in_order=True)
    components.spread_card(data.distribution("patient_time", "days", selection, by=["indication_code"]))

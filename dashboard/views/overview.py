"""Page: where the programme stands."""

from functools import partial

from dashboard import charts, components, data
from dashboard.components import Tile

components.page_title("overview")
selection = components.selection_bar()

by_month = data.measure("new_patients", selection, by=["month"])
cumulative = data.measure("cumulative_patients", selection, by=["month"])
tail = data.tail(selection)
on_treatment = data.measure("on_treatment_by_month", selection, by=["at_month"])
treated = data.measure("treated_patients", selection, by=[])
women = data.measure("treated_patients", selection, by=[], where={"childbearing_status": "FSP"})
components.tiles(
    [
        Tile.last_month("overview.new_in_month", by_month, tail),
        Tile.of("overview.new_in_all", data.measure("new_patients", selection, by=[]), under="tile.since").along(
            cumulative
        ),
        Tile.part_of("overview.on_treatment", data.measure("on_treatment", selection, by=[]), treated).along(
            on_treatment
        ),
        Tile.part_of("overview.childbearing", women, treated),
        Tile.of("overview.pregnancies", data.measure("exposed_pregnancies", selection, by=[])),
        Tile.part_of("overview.serious", data.measure("serious_effects", selection, by=[]), treated),
    ]
)

components.section("overview.detail")
components.card(
    data.measure("new_patients", selection),
    partial(charts.monthly_bars, cumulative=cumulative, tail=tail),
    title=components.by_date("uptake.by_month", selection),
)
components.beside(
    "overview.indications",
    [
        ("overview.column_new", data.measure("new_patients", selection, by=["indication_code"])),
        ("overview.column_treated", data.measure("treated_patients", selection, by=["indication_code"])),
        ("overview.column_on_treatment", data.measure("on_treatment", selection)),
    ],
)
components.since_return()

"""Page: newly treated patients by month, place, prescriber and brand."""

from functools import partial

from dashboard import charts, components, data

components.page_title("uptake")
selection = components.selection_bar()

components.section("uptake.when")
monthly = data.measure("new_patients", selection)
cumulative = data.measure("cumulative_patients", selection, by=["month"])
components.card(
    monthly,
    partial(charts.monthly_bars, cumulative=cumulative),
    title=components.by_date("uptake.by_month", selection),
)
components.card(
    monthly,
    charts.small_multiples,
    title=components.by_date("uptake.by_indication", selection),
    key="new_patients-separate",
)
components.section("uptake.where")
with components.side_by_side():
    by_region = data.measure("new_patients", selection, by=["region_code"])
    components.card(by_region, charts.region_map, title=components.titled("uptake.map"), key="new_patients-map")
    for dimension in ("region_code", "prescriber_specialty", "product", "indication_subtype"):
        components.card(
            data.measure("new_patients", selection, by=[dimension]),
            charts.ranked,
            title=components.by("uptake", dimension),
        )

"""Page: newly treated patients by month, place, prescriber, brand and centre."""

from functools import partial

from dashboard import charts, components, data

components.page_title("uptake")
selection = components.selection_bar()

components.section("uptake.when")
monthly = data.measure("new_patients", selection)
cumulative = data.measure("cumulative_patients", selection, by=["month"])
tail = data.tail(selection)
components.card(
    monthly,
    partial(charts.monthly_bars, cumulative=cumulative, tail=tail),
    title=components.by_date("uptake.by_month", selection),
)
components.awaited(tail)
components.card(
    monthly,
    partial(charts.small_multiples, tail=tail),
    title=components.by_date("uptake.by_indication", selection),
    key="new_patients-separate",
)
with components.side_by_side():
    components.dates_card(
        data.by_date("new_patients", selection),
        title=components.titled("uptake.by_dates"),
        note=components.titled("uptake.dates_differ"),
    )
    components.card(data.measure("episodes_begun", selection).alone, charts.stacked)

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

components.section("uptake.centres")
components.note("uptake.circle_only")
with components.side_by_side():
    components.card(
        data.measure("new_patients", selection, by=["centre_id"]),
        charts.ranked,
        title=components.by("uptake", "centre_id"),
    )
    components.card(data.measure("centres", selection).alone, partial(charts.ranked, in_order=True))
components.listing(
    data.measure("centres", selection, by=[]),
    "uptake.centre_list",
    count="n_centres",
    first=("centre_id", "centre_status", "n_forms", "first_form_date", "last_form_date", "silent_months"),
)

"""Page: four cards."""

from functools import partial

from dashboard import charts, components, data

components.page_title("overview")
selection = components.selection_bar()
cumulative = data.measure("cumulative_patients", selection, by=["month"])
with components.side_by_side():
    components.card(
        data.measure("new_patients", selection), partial(charts.monthly_bars, cumulative=cumulative),
        title=components.by_date("uptake.by_month", selection),
    )  # fmt: skip
    components.card(
        data.measure("treated_patients", selection, by=["age_group", "sex"]), charts.pyramid,
        title=components.by("populations", "sex"),
    )  # fmt: skip
    for dimension in ("region_code", "prescriber_specialty"):
        components.card(
            data.measure("new_patients", selection, by=[dimension]), charts.ranked,
            title=components.by("uptake", dimension),
        )  # fmt: skip

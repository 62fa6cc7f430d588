"""Page: who is treated."""

from functools import partial

from dashboard import charts, components, data

components.page_title("populations")
selection = components.selection_bar()

components.section("populations.ages")
components.card(
    data.measure("treated_patients", selection, by=["indication_code", "age_group"]),
    charts.heat_table,
    title=components.by("populations", "age_group"),
)
components.section("populations.patients")
with components.side_by_side():
    components.card(
        data.measure("treated_patients", selection, by=["age_group", "sex"]),
        charts.pyramid,
        title=components.by("populations", "sex"),
    )
    components.card(
        data.measure("treated_patients", selection, by=["childbearing_status"]),
        partial(charts.ranked, in_order=True),
        title=components.by("populations", "childbearing_status"),
    )
    components.card(
        data.measure("treated_patients", selection, by=["episode_type"]),
        partial(charts.ranked, in_order=True),
        title=components.by("populations", "episode_type"),
    )
    components.age_rules(selection)

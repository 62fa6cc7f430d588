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
components.age_rules(selection)
with components.side_by_side():
    components.card(
        data.measure("treated_patients", selection, by=["age_group", "sex"]),
        charts.pyramid,
        title=components.by("populations", "sex"),
    )
    components.spread_card(data.distribution("children_weight", "weight_kg", selection, by=["age_group"]))

components.section("populations.patients")
with components.side_by_side():
    for dimension in ("childbearing_status", "episode_type"):
        components.card(
            data.measure("treated_patients", selection, by=[dimension]),
            partial(charts.ranked, in_order=True),
            title=components.by("populations", dimension),
        )

components.section("populations.prior")
with components.side_by_side():
    for code in components.indications(selection):
        combinations = data.estimated("prior_combinations", selection, where={"indication_code": code})
        components.estimate_card(
            combinations,
            "share",
            title=components.cell_title(combinations.shown, "populations.prior_of"),
            key=f"prior-combinations-{code}",
            most=6,
        )

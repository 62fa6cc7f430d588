"""Page: adverse effects. How many patients, the serious ones one by one, which organs, when, and how fast reported."""

from functools import partial

from dashboard import charts, components, data

components.page_title("adverse_events")
components.note("adverse_events.not_the_whole_record")
selection = components.selection_bar()

components.section("adverse_events.patients")
ladder = data.estimated("effect_ladder", selection)
readable = components.rates_readable(selection)
if not readable:
    components.observed_share(selection)
unit = components.unit_of("adverse_events.unit", ladder, readable)
components.estimate_card(ladder, unit, in_order=True)

components.section("adverse_events.serious")
serious = data.measure("serious_effects", selection, by=[])
components.listing(
    serious,
    "adverse_events.listing",
    count="n_effects",
    first=("pt_label", "criterion", "outcome", "onset_date", "indication_code", "sex", "age_group", "causality"),
)
components.card(
    data.measure("serious_effects", selection),
    partial(charts.ranked, in_order=True, serious=True),
    title=components.by("adverse_events", "criterion"),
)

components.section("adverse_events.classes")
least = components.least_of("adverse_events.least")
by_class = data.estimated("effects", selection, by=["soc_code"])
kept = by_class.at_least(least)
components.estimate_card(
    kept,
    unit,
    title=components.titled("adverse_events.by_class"),
    note=components.not_additive(by_class.shown, components.left_out(by_class, kept, least)),
)
chosen = components.value_of("adverse_events.choose", kept.shown)
if chosen:
    terms = data.estimated("effects", selection, by=["pt_label"], where={"soc_code": chosen})
    kept = terms.at_least(least)
    components.estimate_card(
        kept,
        unit,
        title=components.cell_title(terms.shown),
        key="effects-terms",
        note=components.left_out(terms, kept, least),
    )
components.card(
    data.measure("effects", selection, by=["soc_code", "severity_grade"]),
    partial(charts.heat_table, count="n_effects", most=8),
    title=components.titled("adverse_events.grades"),
)

components.section("adverse_events.special")
components.estimate_card(data.estimated("special_interest", selection), unit, in_order=True)

components.section("adverse_events.doses")
with components.side_by_side():
    components.dose_related(selection, "rate" if readable else "n_first_effects")

components.section("adverse_events.timing")
first = components.code_of("adverse_events.first", "effect_class")
onset = data.curves("first_effect", selection, where={"effect_class": first})
components.curve_card(
    onset,
    title=components.cell_title(onset.shown, "adverse_events.onset"),
    key="first-effect-curve",
    note=components.undated(onset.shown),
)
components.card(data.measure("effects_by_timing", selection), partial(charts.ranked, in_order=True))

components.section("adverse_events.reporting")
components.reporting(selection)

"""Page: adverse effects by system organ class and preferred term, serious ones first."""

from functools import partial

from dashboard import charts, components, data
from dashboard.components import Tile

components.page_title("adverse_events")
components.note("adverse_events.not_the_whole_record")
selection = components.selection_bar()

treated = data.measure("treated_patients", selection, by=[])
effects = data.measure("effects", selection, by=[])
serious = data.measure("serious_effects", selection, by=[])
components.tiles(
    [
        Tile.part_of("adverse_events.patients", effects, treated),
        Tile.part_of("adverse_events.serious_patients", serious, treated),
        Tile.of("adverse_events.effects", effects, "n_effects"),
    ]
)

components.section("adverse_events.serious")
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
by_class = data.measure("effects", selection, by=["soc_code"])
unit = components.unit("adverse_events.unit", by_class)
components.card(by_class, partial(charts.ranked, count=unit), note=components.not_additive(by_class))
chosen = components.value_of("adverse_events.choose", by_class)
if chosen:
    terms = data.measure("effects", selection, by=["pt_label"], where={"soc_code": chosen})
    components.card(terms, partial(charts.ranked, count=unit), title=components.cell_title(terms))

components.section("adverse_events.timing")
components.card(data.measure("effects_by_timing", selection), partial(charts.ranked, in_order=True))

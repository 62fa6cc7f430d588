"""Page: whether initiations conform to the wording of their indication, criterion by criterion, and which do not."""

from dashboard import charts, components, data
from dashboard.components import Tile

components.page_title("conformity")
selection = components.selection_bar()

everyone = data.measure("conformity", selection, by=[])
components.tiles(
    [
        Tile.part_of(f"conformity.tile_{each.lower()}",
                     data.measure("conformity", selection, by=[], where={"conformity": each}), everyone)
        for each in ("CONFORMING", "NON_CONFORMING", "NOT_ASSESSABLE")
    ]
)  # fmt: skip

components.section("conformity.indications")
shares = data.estimated("conformity", selection, by=["indication_code"])
with components.side_by_side():
    components.estimate_card(
        shares,
        "share",
        in_order=True,
        title=components.titled("conformity.share"),
        note=components.denominator(shares.shown),
    )
    components.card(data.measure("conformity", selection).alone, charts.wholes)

components.section("conformity.months")
chosen = components.value_of("conformity.choose", data.measure("new_patients", selection, by=["indication_code"]))
if chosen:
    by_month = data.measure("conformity", selection, by=["month", "conformity"], where={"indication_code": chosen})
    components.card(by_month.alone, charts.wholes_by_month, title=components.cell_title(by_month, "conformity.of"))

components.section("conformity.criteria")
criteria = data.estimated("conformity_criteria", selection, by=["conformity_criterion", "indication_code"])
components.share_card(criteria, "share", note=components.not_additive(criteria.shown))

components.section("conformity.list")
components.not_conforming(selection)

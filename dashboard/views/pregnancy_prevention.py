"""Page: prevention of pregnancies, step by step, and the pregnancies that were exposed all the same."""

from functools import partial

from dashboard import charts, components, data
from dashboard.components import Tile

components.page_title("pregnancy_prevention")
components.note("pregnancy_prevention.not_systematic")
selection = components.selection_bar()

cascade = data.estimated("prevention_cascade", selection)
pregnancies = data.measure("exposed_pregnancies", selection, by=[])
components.tiles(
    [
        Tile.part_of("pregnancy_prevention.women", data.measure("prevention_cascade", selection, by=[]),
                     data.measure("treated_patients", selection, by=[])),
        Tile.of("pregnancy_prevention.overdue", data.measure(
            "pregnancy_tests_due", selection, by=[], where={"prevention_status": "OVERDUE"})),
        Tile.of("pregnancy_prevention.pregnancies", pregnancies),
    ]
)  # fmt: skip

components.section("pregnancy_prevention.cascade")
with components.side_by_side():
    components.estimate_card(cascade, "share", in_order=True, title=components.titled("pregnancy_prevention.steps"))
    components.estimate_card(
        cascade,
        "through",
        in_order=True,
        title=components.titled("pregnancy_prevention.through"),
        key="prevention_cascade-through",
    )
components.card(
    data.measure("prevention_cascade", selection, by=["prevention_step", "prevention_status"]),
    charts.heat_table,
    title=components.titled("pregnancy_prevention.statuses"),
)

components.section("pregnancy_prevention.tests")
with components.side_by_side():
    components.estimate_card(data.estimated("pregnancy_tests_due", selection), "share", in_order=True,
                             title=components.titled("pregnancy_prevention.on_time"))  # fmt: skip
    components.card(
        data.measure("pregnancy_tests_due", selection, by=["prevention_status"]),
        partial(charts.ranked, in_order=True),
        title=components.titled("pregnancy_prevention.test_statuses"),
    )

components.section("pregnancy_prevention.methods")
methods = data.measure("contraception_methods", selection, by=["contraception_advice"])
with components.side_by_side():
    components.card(
        data.measure("contraception_methods", selection),
        partial(charts.ranked, remarks=components.advised_against()),
        title=components.titled("pregnancy_prevention.by_method"),
    )
    components.card(
        methods,
        partial(charts.ranked, in_order=True),
        title=components.titled("pregnancy_prevention.by_advice"),
        note=components.not_additive(methods, components.titled("pregnancy_prevention.advised_against")),
    )

components.section("pregnancy_prevention.exposed")
components.card(data.measure("exposed_pregnancies", selection))

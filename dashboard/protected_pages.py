"""What each page shows in the protected regime: the figures that the ledger can hold, and the measures it does not."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.told import Figure
from pipelines.protected.reading import INDICATION, MONTH


@dataclass(frozen=True)
class Summary:
    """One number at the top of a page: of a figure the whole, or one category; without a figure it is not published."""

    label: str
    figure: Figure | None = None
    code: str = ""


@dataclass(frozen=True)
class Page:
    """A page in the protected regime.

    Attributes:
        not_held: measures that the page shows in exact figures, and of which the ledger has nothing.
        has_files: whether the ledger's parts can be taken from it as files.
    """

    summaries: tuple[Summary, ...] = ()
    figures: tuple[Figure, ...] = ()
    not_held: tuple[str, ...] = ()
    has_files: bool = False


BLOCKS = Figure("new_patients", MONTH)
NEW = Figure("new_patients", INDICATION)
STATUS = Figure("treated_patients", "childbearing_status")
EFFECTS = Figure("effect_ladder", INDICATION, "first_effect")
SERIOUS = Figure("serious_effects", INDICATION, "first_serious_effect")
STOPS = Figure("stops", INDICATION, "stop")

PAGES: Mapping[str, Page] = {
    "overview": Page(
        (
            Summary("protected.new_patients", NEW),
            Summary("overview.on_treatment"),
            Summary("protected.childbearing", STATUS, "FSP"),
            Summary("overview.pregnancies"),
            Summary("protected.first_effect", EFFECTS),
            Summary("protected.first_serious_effect", SERIOUS),
        ),
        (BLOCKS, NEW),
        ("cumulative_patients", "on_treatment", "on_treatment_by_month", "exposed_pregnancies"),
    ),
    "uptake": Page(
        figures=(BLOCKS, NEW, Figure("new_patients", "region_code"), Figure("new_patients", "prescriber_specialty")),
        not_held=("cumulative_patients", "episodes_begun", "centres"),
    ),
    "populations": Page(
        figures=(Figure("treated_patients", "age_group"), Figure("treated_patients", "sex"), STATUS),
        not_held=("children_weight", "prior_combinations"),
    ),
    "conformity": Page(),
    "adverse_events": Page(
        (Summary("protected.first_effect", EFFECTS), Summary("protected.first_serious_effect", SERIOUS)),
        (EFFECTS, SERIOUS, Figure("effects", "effect_soc", "first_effect")),
        ("special_interest", "first_effect", "effects_by_timing"),
    ),
    "exposure": Page(
        (Summary("protected.stop", STOPS),),
        (STOPS, Figure("stops", "stop_reason", "stop")),
        ("on_treatment", "on_treatment_by_month", "patient_time", "observed_time", "persistence", "start_dose",
         "daily_dose", "cumulative_dose", "visits_due"),
    ),
    "pregnancy_prevention": Page(
        figures=(STATUS,),
        not_held=("prevention_cascade", "exposed_pregnancies", "pregnancy_tests_due", "contraception_methods"),
    ),
    "what_changed": Page(),
    "data_quality": Page(),
    "extracts": Page(has_files=True),
}  # fmt: skip

"""The parts that pages are made of; each says nothing of its own and counts nothing."""

from dashboard.components.access_journal import access_journal
from dashboard.components.age_rules import age_rules
from dashboard.components.awaited import awaited
from dashboard.components.bridge_card import bridges, compared_with
from dashboard.components.card import (
    account_card,
    card,
    curve_card,
    dates_card,
    estimate_card,
    share_card,
    spread_card,
)
from dashboard.components.change_list import definition_changes, record_changes
from dashboard.components.choices import (
    code_of,
    indication_of,
    indications,
    least_of,
    measure_and_dimensions,
    unit_of,
    value_of,
)
from dashboard.components.data_quality import completeness, delays, duplicates, submissions
from dashboard.components.doses import cumulative_doses, dose_related, start_doses
from dashboard.components.extracts import own_extract, standard_extracts
from dashboard.components.guide import guide
from dashboard.components.import_form import import_form, import_title
from dashboard.components.import_progress import import_progress
from dashboard.components.import_review import candidates
from dashboard.components.library import library
from dashboard.components.not_conforming import not_conforming
from dashboard.components.notices import notice, notice_waiting
from dashboard.components.observed import observed_share, rates_readable
from dashboard.components.parts import beside, listing, note, page_title, section, side_by_side
from dashboard.components.protected_page import nothing_published, protected_page
from dashboard.components.protected_status import protected_status
from dashboard.components.refusals import no_page, not_admitted, stopped
from dashboard.components.release_list import release_list
from dashboard.components.reporting import reporting
from dashboard.components.return_history import return_comparison, return_history, return_packs
from dashboard.components.return_steps import return_month, return_steps
from dashboard.components.rule_list import quarantine, rule_list, rule_tiles
from dashboard.components.selection_bar import selection_bar, selection_last
from dashboard.components.since_return import since_return
from dashboard.components.status_bar import broken, follow_language, language_switch, role_switch, status_bar
from dashboard.components.tiles import Tile, tiles
from dashboard.components.titles import (
    advised_against,
    by,
    by_date,
    cell_title,
    denominator,
    left_out,
    not_additive,
    titled,
    undated,
)

__all__ = [
    "Tile",
    "access_journal",
    "account_card",
    "advised_against",
    "age_rules",
    "awaited",
    "beside",
    "bridges",
    "broken",
    "by",
    "by_date",
    "candidates",
    "card",
    "cell_title",
    "code_of",
    "compared_with",
    "completeness",
    "cumulative_doses",
    "curve_card",
    "dates_card",
    "definition_changes",
    "delays",
    "denominator",
    "dose_related",
    "duplicates",
    "estimate_card",
    "follow_language",
    "guide",
    "import_form",
    "import_progress",
    "import_title",
    "indication_of",
    "indications",
    "language_switch",
    "least_of",
    "left_out",
    "library",
    "listing",
    "measure_and_dimensions",
    "no_page",
    "not_additive",
    "not_admitted",
    "not_conforming",
    "note",
    "nothing_published",
    "notice",
    "notice_waiting",
    "observed_share",
    "own_extract",
    "page_title",
    "protected_page",
    "protected_status",
    "quarantine",
    "rates_readable",
    "record_changes",
    "release_list",
    "reporting",
    "return_comparison",
    "return_history",
    "return_month",
    "return_packs",
    "return_steps",
    "role_switch",
    "rule_list",
    "rule_tiles",
    "section",
    "selection_bar",
    "selection_last",
    "share_card",
    "side_by_side",
    "since_return",
    "spread_card",
    "standard_extracts",
    "start_doses",
    "status_bar",
    "stopped",
    "submissions",
    "tiles",
    "titled",
    "undated",
    "unit_of",
    "value_of",
]

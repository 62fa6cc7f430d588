"""The parts that pages are made of; each says nothing of its own and counts nothing."""

from dashboard.components.access_journal import access_journal
from dashboard.components.age_rules import age_rules
from dashboard.components.awaited import awaited
from dashboard.components.bridge_card import bridges, compared_with
from dashboard.components.card import card, curve_card, dates_card, estimate_card, share_card, spread_card
from dashboard.components.change_list import definition_changes, record_changes
from dashboard.components.choices import code_of, indications, least_of, measure_and_dimensions, unit_of, value_of
from dashboard.components.data_quality import completeness, delays, duplicates, submissions
from dashboard.components.extract import extract
from dashboard.components.import_form import import_form, import_title
from dashboard.components.import_progress import import_progress
from dashboard.components.import_review import candidates
from dashboard.components.library import library
from dashboard.components.not_conforming import not_conforming
from dashboard.components.notices import notice
from dashboard.components.parts import beside, listing, note, page_title, section, side_by_side
from dashboard.components.refusals import no_page, not_admitted, not_yet_protected, stopped
from dashboard.components.release_list import release_list
from dashboard.components.reporting import reporting
from dashboard.components.rule_list import quarantine, rule_list, rule_tiles
from dashboard.components.selection_bar import selection_bar
from dashboard.components.since_return import since_return
from dashboard.components.status_bar import broken, follow_language, language_switch, role_switch, status_bar
from dashboard.components.tiles import Tile, tiles
from dashboard.components.titles import by, by_date, cell_title, denominator, left_out, not_additive, titled, undated

__all__ = [
    "Tile",
    "access_journal",
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
    "curve_card",
    "dates_card",
    "definition_changes",
    "delays",
    "denominator",
    "duplicates",
    "estimate_card",
    "extract",
    "follow_language",
    "import_form",
    "import_progress",
    "import_title",
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
    "not_yet_protected",
    "note",
    "notice",
    "page_title",
    "quarantine",
    "record_changes",
    "release_list",
    "reporting",
    "role_switch",
    "rule_list",
    "rule_tiles",
    "section",
    "selection_bar",
    "share_card",
    "side_by_side",
    "since_return",
    "spread_card",
    "status_bar",
    "stopped",
    "submissions",
    "tiles",
    "titled",
    "undated",
    "unit_of",
    "value_of",
]

"""Charts: a measure as it is shown goes in, a figure and its finding in words come out. Nothing is drawn here."""

from dashboard.charts.accounts import account
from dashboard.charts.boxes import boxes
from dashboard.charts.bridges import bridge_bars
from dashboard.charts.dates import dates
from dashboard.charts.heat import heat_table, share_table
from dashboard.charts.intervals import intervals
from dashboard.charts.look import Chart, config
from dashboard.charts.maps import region_map
from dashboard.charts.months import month_ends, monthly_bars, small_multiples
from dashboard.charts.published import blocks, categories
from dashboard.charts.quality import Empty, delay_ranges, empty_fields, submission_grid
from dashboard.charts.ranks import ranked
from dashboard.charts.sexes import pyramid
from dashboard.charts.stacks import stacked
from dashboard.charts.steps import steps
from dashboard.charts.wholes import wholes, wholes_by_month

__all__ = [
    "Chart",
    "Empty",
    "account",
    "blocks",
    "boxes",
    "bridge_bars",
    "categories",
    "config",
    "dates",
    "delay_ranges",
    "empty_fields",
    "heat_table",
    "intervals",
    "month_ends",
    "monthly_bars",
    "pyramid",
    "ranked",
    "region_map",
    "share_table",
    "small_multiples",
    "stacked",
    "steps",
    "submission_grid",
    "wholes",
    "wholes_by_month",
]

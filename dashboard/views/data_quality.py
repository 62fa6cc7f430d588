"""Page: what is wrong with the data, since when, and where."""

from dashboard import components

components.page_title("data_quality")
components.rule_tiles()
components.section("data_quality.rules")
components.rule_list()
components.section("data_quality.whole")
with components.side_by_side():
    components.completeness()
    components.delays()
components.submissions()
components.duplicates()
components.section("data_quality.quarantine")
components.quarantine()

"""Page: why the figures are not what they were, record by record."""

from dashboard import components

components.page_title("what_changed")
selection = components.selection_bar()
base = components.compared_with()
if base:
    components.section("what_changed.figures")
    components.bridges(base, selection)
    components.section("what_changed.records")
    components.record_changes(base)
    components.section("what_changed.definitions")
    components.definition_changes(base)

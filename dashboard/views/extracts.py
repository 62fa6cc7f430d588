"""Page: tables to take away, the standard ones and one's own."""

from dashboard import components, extracts
from pipelines.selection import Selection

components.page_title("extracts")
exact = extracts.is_exact()
selection = components.selection_bar() if exact else Selection()

components.standard_extracts(selection)
if exact:
    components.own_extract(selection)
components.note("extracts.sealed")

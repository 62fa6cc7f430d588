"""Page: a table of one's own, to download."""

from dashboard import components, data

components.page_title("extracts")
selection = components.selection_bar()

name, by = components.measure_and_dimensions()
components.extract(data.measure(name, selection, by=by))

"""Page: a new export comes in, is looked at, and is published or discarded; the way back."""

from dashboard import components

components.import_title()
under_way = components.import_progress()
components.candidates()
if not under_way:
    components.import_form()
components.release_list()

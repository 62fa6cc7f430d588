"""Page: who signed in, saw rows and took files out, when and for what; and whether the journal is what was written."""

from dashboard import components

components.page_title("journal")
components.access_journal()

"""Page: how the figures are made."""

from dashboard import components

components.page_title("methods")
components.library()

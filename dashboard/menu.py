"""The pages in the order of the menu."""

PAGES: dict[str, dict[str, str]] = {
    "steer": {"overview": ":material/dashboard:", "uptake": ":material/trending_up:"},
    "analyse": {
        "populations": ":material/groups:",
        "conformity": ":material/rule:",
        "adverse_events": ":material/health_and_safety:",
        "exposure": ":material/medication:",
        "pregnancy_prevention": ":material/pregnant_woman:",
    },
    "declare": {"monthly_return": ":material/verified:"},
    "check": {
        "what_changed": ":material/difference:",
        "data_quality": ":material/fact_check:",
        "methods": ":material/menu_book:",
        "extracts": ":material/table_view:",
        "import_export": ":material/upload_file:",
        "journal": ":material/policy:",
    },
}
"""Group of the menu → page → icon; a page is a file of `views`. A group without pages is not shown."""

FIRST, IMPORT = "overview", "import_export"
NAMES = (FIRST, *(name for names in PAGES.values() for name in names if name != FIRST))

"""The entry of the dashboard: `streamlit run dashboard/app.py -- --store DIR`."""

from pathlib import Path

import streamlit as st

from dashboard import address, components, data
from dashboard.wording import language, text
from data_schemas.errors import OperatorError

# Group of the menu → page → icon; a page is a file of `views`.
PAGES = {
    "steer": {"overview": ":material/dashboard:", "uptake": ":material/trending_up:"},
    "analyse": {"populations": ":material/groups:", "adverse_events": ":material/health_and_safety:"},
    "check": {"extracts": ":material/table_view:", "import_export": ":material/upload_file:"},
}
FIRST, IMPORT = "overview", "import_export"
ICON = Path(__file__).parent / "icon.png"


def main() -> None:
    """One run of the page that the reader looks at."""
    address.read_language()
    st.set_page_config(page_title=text("app.title"), page_icon=str(ICON), layout="wide")
    st.html(f"<script>document.documentElement.lang = '{language()}'</script>", unsafe_allow_javascript=True)
    try:
        ready = data.open_release()
    except OperatorError:
        components.broken()
        return
    if not ready:
        _open_empty()
        return
    address.read_selection()
    page = st.navigation({text(f"group.{group}"): _pages(names) for group, names in PAGES.items()})
    st.set_page_config(page_title=f"{page.title} · {text('app.title')}")
    address.write()
    components.status_bar()
    components.notice()
    page.run()


def _open_empty() -> None:
    """Without a release there is one page, on which a first export is imported."""
    page = st.navigation([st.Page(f"views/{IMPORT}.py", title=text(f"page.{IMPORT}"))], position="hidden")
    address.write()
    components.language_in_sidebar()
    components.notice()
    page.run()


def _pages(names: dict[str, str]) -> list[st.Page]:
    return [
        st.Page(f"views/{name}.py", title=text(f"page.{name}"), icon=icon, url_path=name.replace("_", "-"),
                default=name == FIRST)
        for name, icon in names.items()
    ]  # fmt: skip


if __name__ == "__main__":
    main()

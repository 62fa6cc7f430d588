"""A page of the dashboard with four cards."""

from pathlib import Path

import streamlit as st

from dashboard import app as dashboard
from dashboard import served

if __name__ == "__main__":
    dashboard.VIEWS = Path(__file__).parent / "views"
    dashboard.PAGES = {"steer": {"overview": ":material/dashboard:"}}
    dashboard.main()
else:
    app = st.App(__file__, routes=served.routes())

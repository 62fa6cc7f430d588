"""A page of the dashboard with four cards; with `BENCHMARK_CONSTANT` no measure is ever counted twice, nor copied."""

import functools
import os
from pathlib import Path

import streamlit as st

from dashboard import app as dashboard
from dashboard import data, served

if __name__ == "__main__":
    dashboard.VIEWS = Path(__file__).parent / "views"
    dashboard.PAGES = {"steer": {"overview": ":material/dashboard:"}}
    if os.environ.get("BENCHMARK_CONSTANT") and not isinstance(data._measure, functools._lru_cache_wrapper):
        data._measure = functools.cache(data._measure.__wrapped__)
    dashboard.main()
else:
    app = st.App(__file__, routes=served.routes())

"""The four charts the plain way: `st.plotly_chart` four times, their data ready."""

import json
import os
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

figures = json.loads(Path(os.environ["BENCHMARK_FIGURES"]).read_text(encoding="utf-8"))
st.set_page_config(layout="wide")
chosen = st.selectbox("Du mois", list(figures))
columns = st.columns(2) + st.columns(2)
for place, (column, figure) in enumerate(zip(columns, figures[chosen], strict=True)):
    column.plotly_chart(go.Figure(figure), key=f"chart-{place}")

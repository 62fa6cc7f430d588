"""A Streamlit page that shows the filter's value and nothing else: its rerun is the unit."""

import json
import os
from pathlib import Path

import streamlit as st

values = list(json.loads(Path(os.environ["BENCHMARK_FIGURES"]).read_text(encoding="utf-8")))
st.markdown(f"Du mois : {st.selectbox('Du mois', values)}")

"""The usual way: a dashboard on pandas, Streamlit and Plotly Express, four charts on the same release."""

import os
from pathlib import Path

import pandas as pd
import plotly.express as px
import streamlit as st

store = Path(os.environ["RTU_STORE"])
release = store / "releases" / (store / "current").read_text(encoding="utf-8").strip()
BANDS = ["< 6", "6–11", "12–17", "18–64", "65 +"]


@st.cache_data
def load() -> pd.DataFrame:
    """One row for each episode, with its patient and its centre."""
    episodes = pd.read_parquet(release / "core_initiations.parquet")
    patients = pd.read_parquet(release / "core_patients.parquet")
    centres = pd.read_parquet(release / "core_centres.parquet")
    frame = episodes.merge(patients, on="patient_id").merge(centres, on="centre_id")
    frame["month"] = pd.to_datetime(frame["treatment_start_date"]).dt.strftime("%Y-%m")
    frame["band"] = pd.cut(frame["age_at_start"].astype(float), [-1, 5, 11, 17, 64, 200], labels=BANDS)
    return frame.sort_values("treatment_start_date").drop_duplicates("patient_id")


st.set_page_config(layout="wide")
st.title("Vue d’ensemble")
frame = load()
months = sorted(frame["month"].dropna().unique())
first, second, third, fourth = st.columns(4)
start = first.selectbox("Du mois", ["", *months])
end = second.selectbox("Au mois", ["", *reversed(months)])
indications = third.multiselect("Indication", sorted(frame["indication_code"].unique()))
sexes = fourth.multiselect("Sexe", sorted(frame["sex"].dropna().unique()))
kept = frame[(frame["month"] >= start) & (frame["month"] <= (end or months[-1]))]
if indications:
    kept = kept[kept["indication_code"].isin(indications)]
if sexes:
    kept = kept[kept["sex"].isin(sexes)]
st.metric("Patients", len(kept))
left, right = st.columns(2)
by_month = kept.groupby(["month", "indication_code"]).size().reset_index(name="patients")
left.plotly_chart(px.bar(by_month, x="month", y="patients", color="indication_code"), key="months")
by_band = kept.groupby(["band", "sex"], observed=False).size().reset_index(name="patients")
right.plotly_chart(px.bar(by_band, x="patients", y="band", color="sex", barmode="group"), key="ages")
for place, column in ((left, "region_code"), (right, "prescriber_specialty")):
    ranked = kept.groupby(column).size().reset_index(name="patients").sort_values("patients").tail(9)
    place.plotly_chart(px.bar(ranked, x="patients", y=column, orientation="h"), key=column)

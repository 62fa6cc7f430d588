"""The safety figures of a published trial, computed a second time from its raw files by pandas and lifelines.

What is published is in `test_real.py`; here each measure is held against the study's own flags, so that its tables by
arm can be read against the study report. Repeated rows count as often as the study kept them.
"""

from collections.abc import Iterator
from pathlib import Path

import lifelines
import numpy as np
import pandas as pd
import pytest

from data_schemas.programme import load
from data_schemas.vocabularies import labels
from pipelines.estimates import estimate
from pipelines.importing import import_export
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store
from pipelines.survival import curves

EXPORTS = Path(__file__).parents[2].parent / "shared" / "real" / "cdisc-pilot"
WRITTEN = ("clean", "french")
ARMS = {"Placebo": "ARM_PLACEBO", "Xanomeline Low Dose": "ARM_LOW", "Xanomeline High Dose": "ARM_HIGH"}
CUTOFF = pd.Timestamp("2015-03-05")

pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason="the published study's export is not beside the repository"
)


@pytest.fixture(scope="module", params=WRITTEN)
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    programme = load("cdisc-pilot")
    opened = Opened(import_export(EXPORTS / request.param, programme, Store(tmp_path_factory.mktemp("real"))).release)
    yield opened
    opened.close()


def raw(table: str) -> pd.DataFrame:
    return pd.read_csv(EXPORTS / "clean" / f"{table}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def treated() -> pd.DataFrame:
    """One row for each treated patient: arm, first day, last day, whole days of treatment, why it ended."""
    frame = raw("initiations").merge(raw("discontinuations"), on="patient_id", how="left")
    frame["arm"] = frame["indication"].map(ARMS)
    frame["start"] = pd.to_datetime(frame["start_date"])
    frame["last"] = pd.to_datetime(frame["last_dose_date"].replace("", None)).fillna(CUTOFF)
    frame["days"] = (frame["last"] - frame["start"]).dt.days + 1
    return frame


@pytest.fixture(scope="module")
def emergent(treated: pd.DataFrame) -> pd.DataFrame:
    """The effects that the study calls treatment-emergent, with their day from the start (the first day is 1)."""
    effects = raw("adverse_events")
    effects = effects[effects["treatment_emergent"] == "Y"].merge(treated[["patient_id", "arm", "start"]])
    earliest = pd.to_datetime((effects["onset_date"] + "-01-01").str[:10].where(effects["onset_date"] != ""))
    effects["day"] = (earliest - effects["start"]).dt.days.clip(lower=0) + 1
    return effects


def test_effects_by_class_and_term_in_each_arm(study: Opened, emergent: pd.DataFrame) -> None:
    codes = {text.en.casefold(): code for code, text in labels("system_organ_class", study.programme).items()}
    effects = emergent.assign(soc=emergent["soc"].str.casefold().map(codes), pt=emergent["pt"].str.casefold())
    assert effects["soc"].notna().all()
    for keys, by in {("arm", "soc"): ["indication_code", "soc_code"],
                     ("arm", "soc", "pt"): ["indication_code", "soc_code", "pt_label"]}.items():  # fmt: skip
        counted = effects.groupby(list(keys)).agg(patients=("patient_id", "nunique"), effects=("pt", "size"))
        by_hand = {cell: tuple(row) for cell, row in zip(counted.index, counted.to_numpy().tolist(), strict=True)}
        frame = measure(study, "effects", Selection(), by=by).frame
        measured = {tuple(cell.casefold() if place == 2 else cell for place, cell in enumerate(row[:-2])): row[-2:]
                    for row in frame[[*by, "n_patients", "n_effects"]].itertuples(index=False, name=None)
                    if row[-1]}  # fmt: skip
        assert measured == by_hand


def test_treatment_time_in_each_arm(study: Opened, treated: pd.DataFrame) -> None:
    frame = measure(study, "patient_time", Selection(), by=["indication_code"]).frame.set_index("indication_code")
    assert frame["n_days"].to_dict() == treated.groupby("arm")["days"].sum().to_dict()
    assert frame["n_patients"].to_dict() == treated.groupby("arm").size().to_dict()


def test_ladder_and_rates_in_each_arm(study: Opened, treated: pd.DataFrame, emergent: pd.DataFrame) -> None:
    fatal = (emergent["fatal"] == "Y") | (emergent["outcome"] == "FATAL")
    related = emergent["causality"].isin(["POSSIBLE", "PROBABLE", "REMOTE"])
    serious = emergent["serious"] == "Y"
    rungs = {"ANY": emergent["serious"] != "", "SERIOUS": serious, "RELATED": related,
             "RELATED_SERIOUS": related & serious, "FATAL": fatal,
             "CAUSALITY_UNKNOWN": emergent["causality"] == ""}  # fmt: skip
    table = measure(study, "effect_ladder", Selection(), by=["rung", "indication_code"])
    rates = estimate(study, table, "rate").frame.set_index(["rung", "indication_code"])
    shares = estimate(study, table, "share").frame.set_index(["rung", "indication_code"])
    for rung, chosen in rungs.items():
        for arm, patients in treated.groupby("arm"):
            effects = emergent[chosen & (emergent["arm"] == arm)]
            if not len(effects):
                assert (rung, arm) not in rates.index or rates.loc[(rung, arm), "n"] == 0
                continue
            assert rates.loc[(rung, arm), "n"] == len(effects)
            assert rates.loc[(rung, arm), "value"] == pytest.approx(len(effects) * 36525 / patients["days"].sum())
            with_one = effects["patient_id"].nunique()
            assert shares.loc[(rung, arm), ["n", "total"]].tolist() == [with_one, len(patients)]
            assert shares.loc[(rung, arm), "value"] == pytest.approx(with_one / len(patients))


def test_effects_of_special_interest_are_those_that_the_study_flagged(study: Opened, emergent: pd.DataFrame) -> None:
    flagged = emergent[emergent["dermatologic"] == "Y"].groupby("arm")
    frame = measure(study, "special_interest", Selection(), by=["indication_code"]).frame.set_index("indication_code")
    assert frame["n_effects"].to_dict() == flagged.size().to_dict()
    assert frame["n_patients"].to_dict() == flagged["patient_id"].nunique().to_dict()


@pytest.fixture(scope="module")
def first_dermatologic(treated: pd.DataFrame, emergent: pd.DataFrame) -> pd.DataFrame:
    """For each treated patient the days to the first flagged effect or to the end of treatment, and which it was."""
    first = emergent[emergent["dermatologic"] == "Y"].groupby("patient_id")["day"].min()
    frame = treated.assign(first=treated["patient_id"].map(first))
    frame["effect"] = frame["first"] <= frame["days"]
    frame["time"] = frame["first"].where(frame["effect"], frame["days"]).astype(int)
    frame["ended"] = frame["last_dose_date"] != ""
    return frame


def test_time_to_the_first_dermatologic_effect(study: Opened, first_dermatologic: pd.DataFrame) -> None:
    """Aalen and Johansen's estimator by its definition, on lifelines' Kaplan–Meier curve of any end."""
    found = curves(study, "first_effect", Selection(), by=["indication_code"], where={"effect_class": "DERMATOLOGIC"})
    assert set(found.curves) == {(arm,) for arm in ARMS.values()}
    for arm, patients in first_dermatologic.groupby("arm"):
        curve = found.curves[(arm,)]
        assert (curve.n, curve.n_events) == (len(patients), int(patients["effect"].sum()))
        either = patients["effect"] | patients["ended"]
        without = lifelines.KaplanMeierFitter().fit(patients["time"], either).survival_function_["KM_estimate"]
        expected, total = {}, 0.0
        for day in sorted(patients["time"].unique()):
            n_events = ((patients["time"] == day) & patients["effect"]).sum()
            before = without[without.index < day].iloc[-1]
            total += before * n_events / (patients["time"] >= day).sum()
            expected[day] = total
        steps = curve.steps.set_index("day")["estimate"]
        days = np.array(sorted(expected))
        np.testing.assert_allclose(steps.loc[days].astype(float), [expected[day] for day in days], atol=1e-12)


def test_an_effect_repeated_in_the_study_counts_as_often(study: Opened, emergent: pd.DataFrame) -> None:
    columns = [each for each in emergent.columns if each != "event_number"]
    repeated = emergent[emergent.duplicated(columns, keep=False)]
    assert len(repeated) > 0
    loaded = study.query("select ae_id from core_effects")["ae_id"]
    assert set(repeated["patient_id"] + "-" + repeated["event_number"]) <= set(loaded)

"""Two releases with one record for each way in which a figure can move, and how a bridge is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from pipelines.bridge.bridges import Bridge
from pipelines.bridge.reasons import reasons
from pipelines.importing import Imported
from pipelines.release import Release
from pipelines.store import Store

SEPTEMBER, OCTOBER = {"cutoff_date": "2026-09-30"}, {"cutoff_date": "2026-10-31"}
Row = dict[str, str]


def episode(patient: str, start: str, received: str | None = None, **columns: str) -> Row:
    """A form; its number is the patient's unless another is given."""
    given = {"episode_id": f"e-{patient}", "patient_id": patient, "treatment_start_date": start,
             "form_signed_date": start, "form_received_date": received or start}  # fmt: skip
    return given | columns


BEFORE: list[Row] = [
    episode("same", "2026-05-10"),
    episode("dated", "2026-08-10"),
    episode("nudged", "2026-08-10"),
    episode("indicated", "2026-08-11"),
    episode("left-out", "2026-08-12"),
    episode("typed", "2026-08-13"),
    episode("branded", "2026-08-14", product="BMS"),
    episode("mended", "2026-08-15", start_dose_mg_day="9000"),
    episode("broken", "2026-08-16"),
    episode("kept", "2026-04-17"),
    episode("copy", "2026-08-17"),
    episode("old-name", "2026-08-18"),
    episode("twin-gone", "2026-08-19"),
    episode("twin-kept", "2026-08-22"),
    episode("withdrawn", "2026-08-20"),
    episode("no-form", "2026-08-21"),
    episode("objecting", "2026-08-22"),
    episode("continued", "2026-06-23"),
    episode("stopped", "2026-06-24"),
    episode("two-forms", "2026-06-25"),
    episode("two-forms", "2026-07-25", episode_id="e-two-forms-2", episode_type="REPRISE"),
]
CHANGED: Mapping[str, Row] = {
    "e-dated": {"treatment_start_date": "2026-07-10"},
    "e-nudged": {"treatment_start_date": "2026-08-12"},
    "e-indicated": {"indication_code": "LUPUS_CUT"},
    "e-left-out": {"indication_code": "HORS_PROTOCOLE"},
    "e-typed": {"episode_type": "REPRISE"},
    "e-branded": {"product": "ACCORD"},
    "e-mended": {"start_dose_mg_day": "100"},
    "e-broken": {"start_dose_mg_day": "9000"},
    "e-copy": {"patient_id": "kept"},
    "e-old-name": {"patient_id": "new-name"},
    "e-two-forms-2": {"treatment_start_date": "2026-05-25"},
}
GONE = {"e-twin-gone", "e-withdrawn", "e-no-form"}
ADDED = [
    episode("late", "2026-09-05", "2026-10-05"),
    episode("fresh", "2026-10-04", "2026-10-06"),
    episode("slow", "2026-09-06", "2026-09-10"),
    episode("continued", "2026-03-01", "2026-10-07", episode_id="e-earlier", episode_type="POURSUITE"),
]
AFTER = [row | CHANGED.get(row["episode_id"], {}) for row in BEFORE if row["episode_id"] not in GONE] + ADDED

EFFECTS_BEFORE: list[Row] = [
    {"ae_id": "a-same", "onset_date": "2026-09-01", "received_date": "2026-09-02"},
    {"ae_id": "a-gone", "onset_date": "2026-09-01", "received_date": "2026-09-02"},
    {"ae_id": "a-class", "onset_date": "2026-09-01", "received_date": "2026-09-02", "soc_label": "SKIN"},
    {"ae_id": "a-dated", "onset_date": "2026-01-01", "received_date": "2026-09-02"},
    {"ae_id": "a-bad", "onset_date": "2026-09-01", "received_date": "2026-09-02", "soc_label": "?"},
]
EFFECTS_CHANGED = {"a-class": {"soc_label": "NERV"}, "a-dated": {"onset_date": "2026-06-01"},
                   "a-bad": {"soc_label": "SKIN"}}  # fmt: skip
EFFECTS_AFTER = [row | EFFECTS_CHANGED.get(row["ae_id"], {}) for row in EFFECTS_BEFORE if row["ae_id"] != "a-gone"] + [
    {"ae_id": "a-new", "onset_date": "2026-10-02", "received_date": "2026-10-03"},
    {"ae_id": "a-late", "onset_date": "2026-08", "received_date": "2026-10-03"},
    {"ae_id": "a-slow", "onset_date": "2026-08", "received_date": "2026-09-03"},
]
YEARS = {name: str(1940 + n) for n, name in enumerate(dict.fromkeys(row["patient_id"] for row in [*BEFORE, *AFTER]))}
YEARS |= {"twin-gone": "1938", "twin-kept": "1938", "new-name": YEARS["old-name"]}


def patients(rows: list[Row], *others: Row) -> list[Row]:
    """Those who have a form, born in different years so that no two could be one."""
    names = dict.fromkeys(row["patient_id"] for row in rows)
    given = {row["patient_id"]: row for row in others}
    return [{"patient_id": name, "birth_year": YEARS[name]} | given.get(name, {}) for name in {**names, **given}]


@dataclass(frozen=True)
class Two:
    """A store, and its release of September and that of October."""

    store: Store
    before: Release
    after: Release


@pytest.fixture(scope="package")
def drawn() -> dict[str, dict[str, Any]]:
    """The two exports."""
    effects = [{"patient_id": "same", "episode_id": "e-same", **row} for row in EFFECTS_BEFORE]
    later = [{"patient_id": "same", "episode_id": "e-same", **row} for row in EFFECTS_AFTER]
    stop = {"episode_id": "e-stopped", "stop_date": "2026-10-20"}
    objection = {"patient_id": "objecting", "data_opposition": "1"}
    return {
        "before": {"manifest": SEPTEMBER, "patients": patients(BEFORE), "initiations": BEFORE,
                   "adverse_events": effects,
                   "files": {"discontinuations.csv": b"episode_id,stop_date,reason\n",
                             "pregnancies.csv": b"pregnancy_id,patient_id,detection_date\n"}},
        "after": {"manifest": OCTOBER, "patients": patients(AFTER, objection, {"patient_id": "no-form"}),
                  "initiations": AFTER, "adverse_events": later, "discontinuations": [stop],
                  "pregnancies": [{"patient_id": "same", "detection_date": "2026-10-09"}]},
    }  # fmt: skip


@pytest.fixture(scope="module")
def two(imported: Callable[..., Imported], new_store: Callable[[], Store], drawn: dict[str, dict[str, Any]]) -> Two:
    store = new_store()
    before, after = (imported(store=store, **drawn[name]).release for name in ("before", "after"))
    return Two(store, before, after)


@pytest.fixture(scope="session")
def sums() -> Callable[[Bridge], dict[tuple[Any, ...], dict[str, int]]]:
    """The reasons of each cell that moved, without zeros."""

    def read(found: Bridge) -> dict[tuple[Any, ...], dict[str, int]]:
        rows = {tuple(row[each] for each in found.by): {reason: int(row[reason]) for reason in reasons() if row[reason]}
                for row in found.frame.to_dict("records")}  # fmt: skip
        return {cell: each for cell, each in rows.items() if each}

    return read

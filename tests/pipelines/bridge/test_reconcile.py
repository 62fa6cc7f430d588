"""Declared figures against a recount: every difference has its reasons, or the residual is shown."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from pipelines.bridge.reasons import reasons
from pipelines.bridge.reconcile import STATES, Reconciliation, reconcile
from pipelines.cli import main
from pipelines.erase import erase
from pipelines.importing import Imported
from pipelines.messages import messages
from pipelines.store import Store

Run = Callable[..., Imported]
SEPTEMBER = """
    patient_id | treatment_start_date | indication_code | form_received_date
    p-one      | 2026-09-01           | APHTOSE         | 2026-09-02
    p-two      | 2026-09-02           | APHTOSE         | 2026-09-02
    p-moved    | 2026-09-03           | LUPUS_CUT       | 2026-09-03
    p-august   | 2026-08-03           | ENL             | 2026-08-03
"""
OCTOBER = SEPTEMBER.replace("2026-09-03           | LUPUS_CUT", "2026-09-03           | APHTOSE  ") + (
    "    p-late     | 2026-09-04           | APHTOSE         | 2026-10-05\n"
    "    p-october  | 2026-10-04           | APHTOSE         | 2026-10-05\n")  # fmt: skip
DECLARED = """
    period  | version | indication_code | n_new_patients | sent_on    | cutoff_date
    2026-08 | 1       | ENL             | 2              | 2026-09-10 | 2026-08-31
    2026-09 | 1       | APHTOSE         | 9              | 2026-10-08 | 2026-09-30
    2026-09 | 2       | APHTOSE         | 2              | 2026-10-10 | 2026-09-30
    2026-09 | 1       | LUPUS_CUT       | 1              | 2026-10-10 | 2026-09-30
    2026-09 | 1       | CROHN_PED       | 1              | 2026-10-10 | 2026-09-30
    2026-09 | 1       |                 | 3              | 2026-10-10 | 2026-09-30
"""


def rtu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def store(imported: Run, new_store: Callable[[], Store]) -> Store:
    found = new_store()
    imported(store=found, manifest={"cutoff_date": "2026-09-30"}, initiations=SEPTEMBER)
    imported(store=found, initiations=OCTOBER, declarations=DECLARED)
    return found


@pytest.fixture(scope="module")
def now(store: Store) -> Reconciliation:
    return reconcile(store, store.releases()[-1])


def line(found: Reconciliation, period: str, code: str | None) -> dict[str, Any]:
    frame = found.frame
    here = frame["indication_code"].isna() if code is None else frame["indication_code"] == code
    row = frame[frame["period"].eq(period) & here].iloc[0]
    return {name: value for name, value in row.items() if not pd.isna(value) and value not in (0, "")}


def test_the_last_version_is_explained_by_record(store: Store, now: Reconciliation) -> None:
    assert line(now, "2026-09", "APHTOSE") == {
        "period": "2026-09", "indication_code": "APHTOSE", "version": 2, "declared": 2, "recounted": 4, "difference": 2,
        "cumulative": 4, "late_form": 1, "indication_corrected": 1, "state": "explained",
        "release": store.releases()[0].name}  # fmt: skip


def test_a_record_that_moves_between_indications_leaves_the_total_alone(now: Reconciliation) -> None:
    assert line(now, "2026-09", "LUPUS_CUT")["indication_corrected"] == -1
    total = line(now, "2026-09", None)
    assert (total["declared"], total["recounted"], total["late_form"]) == (3, 4, 1)
    assert "indication_corrected" not in total
    assert total["state"] == "explained"


def test_a_figure_that_its_release_did_not_give_leaves_a_residual(now: Reconciliation) -> None:
    wrong = line(now, "2026-09", "CROHN_PED")
    assert (wrong["difference"], wrong["residual"], wrong["state"]) == (-1, -1, "unexplained")
    assert not now.complete


def test_without_the_release_of_its_cut_off_nothing_is_explained(now: Reconciliation) -> None:
    august = line(now, "2026-08", "ENL")
    assert (august["declared"], august["recounted"], august["residual"]) == (2, 1, -1)
    assert august["state"] == "unknown_release"
    assert not set(reasons()) & set(august)


def test_a_month_that_was_not_declared_is_recounted_all_the_same(now: Reconciliation) -> None:
    assert line(now, "2026-10", "APHTOSE") == {"period": "2026-10", "indication_code": "APHTOSE", "recounted": 1,
                                               "cumulative": 5, "state": "not_declared"}  # fmt: skip


def test_each_difference_is_the_reasons_and_the_residual(now: Reconciliation) -> None:
    frame = now.frame
    assert (frame["recounted"] - frame["declared"] - frame["difference"]).dropna().eq(0).all()
    known = frame[frame["state"].isin(["explained", "unexplained"])]
    assert len(known) == 4
    assert (known["difference"] - known[list(reasons())].sum(axis=1) - known["residual"]).eq(0).all()


def test_one_month_alone_is_complete_when_its_residuals_are_0(store: Store) -> None:
    alone = reconcile(store, store.releases()[-1], periods=["2026-10"])
    assert set(alone.frame["period"]) == {"2026-10"}
    assert alone.complete


def test_figures_declared_elsewhere_are_held_against_the_same_recount(store: Store) -> None:
    cutoff = pd.Timestamp("2026-09-30")
    columns = ["period", "indication_code", "version", "declared", "cutoff_date", "sent_on"]
    given = pd.DataFrame([("2026-09", "APHTOSE", 3, 2, cutoff, cutoff)], columns=columns)
    found = reconcile(store, store.releases()[-1], declared=given)
    assert line(found, "2026-09", "APHTOSE")["version"] == 3
    assert line(found, "2026-09", "LUPUS_CUT")["state"] == "not_declared"


def test_the_release_that_counted_is_the_last_one_imported_by_the_day_of_sending(store: Store) -> None:
    september, october = store.releases()
    day = pd.Timestamp(september.record["imported_at"][:10]).date()
    assert store.declared_from(september.cutoff, day, october) == september
    assert store.declared_from(september.cutoff, day.replace(year=2000), october) == september
    assert store.declared_from(day.replace(year=2000), day, october) is None
    assert store.as_of(october.cutoff) == october


def test_without_declarations_it_is_said(imported: Run, new_store: Callable[[], Store]) -> None:
    empty = new_store()
    imported(store=empty, initiations=SEPTEMBER)
    assert not reconcile(empty, empty.releases()[0]).sent
    assert "aucune déclaration" in rtu("reconcile", "--store", empty.folder).stdout


def test_an_erasure_explains_the_figure_that_was_declared(imported: Run, new_store: Callable[[], Store]) -> None:
    own = new_store()
    imported(store=own, manifest={"cutoff_date": "2026-09-30"}, initiations=SEPTEMBER)
    imported(store=own, initiations=SEPTEMBER, declarations=DECLARED)
    erase(own, "p-two")
    found = line(reconcile(own, own.releases()[-1]), "2026-09", "APHTOSE")
    assert (found["declared"], found["recounted"], found["erased"]) == (2, 1, -1)
    assert found["state"] == "explained"


def test_the_command_prints_reasons_and_residuals_in_words_or_as_data(store: Store) -> None:
    french = rtu("reconcile", "--store", store.folder).stdout
    english = rtu("reconcile", "latest", "--period", "2026-09", "--lang", "en", "--store", store.folder).stdout
    assert "    +1  Fiche tardive" in french
    assert "version inconnue" in french
    assert "2 ligne(s) avec un résidu" in french
    assert "    +1  Late form" in english
    assert "2026-08" not in english
    cells = json.loads(rtu("reconcile", "--format", "json", "--store", store.folder).stdout)
    assert {"period", "declared", "residual", "late_form", "state"} <= set(cells[0])
    assert rtu("reconcile", "--format", "csv", "--store", store.folder).stdout.startswith(
        "period,indication_code,version"
    )
    assert rtu("reconcile", "--period", "sept", "--store", store.folder).exit_code == 5


def test_every_state_has_its_words() -> None:
    assert all(f"reconcile.{state}" in messages() for state in STATES)

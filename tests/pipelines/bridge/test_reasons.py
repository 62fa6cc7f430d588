"""Each record that moves has the one reason for which it moved."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pipelines.bridge import bridges
from pipelines.bridge.bridges import Bridge, bridge
from pipelines.bridge.order import ALL
from pipelines.bridge.reasons import reasons
from pipelines.errors import MeasureError, StoreError
from pipelines.measure import line_list, measure
from pipelines.opened import Opened
from pipelines.selection import Selection

APHTHOSIS, LUPUS = "APHTOSE", "LUPUS_CUT"
NAMED = {"late_form", "date_corrected", "indication_corrected", "duplicate_merged", "withdrawn", "erased",
         "definition_changed"}  # fmt: skip
"""The reasons that the monthly return asks for."""


def moved(found: Bridge) -> dict[str, list[tuple[Any, ...]]]:
    """Key → its moves: change, cell, reason."""
    known = defaultdict(list)
    for row in found.moves.to_dict("records"):
        known[row["key"]].append((row["change"], *(row[each] for each in found.by), row["reason"]))
    return {key: sorted(each) for key, each in known.items()}


@pytest.fixture(scope="module")
def new_patients(two: Any) -> Bridge:
    return bridge(two.store, two.before, two.after, "new_patients", ("month", "indication_code"))


EXPECTED = {
    "late": [(1, "2026-09", APHTHOSIS, "late_form")],
    "fresh": [(1, "2026-10", APHTHOSIS, "new")],
    "slow": [(1, "2026-09", APHTHOSIS, "added")],
    "dated": [(-1, "2026-08", APHTHOSIS, "date_corrected"), (1, "2026-07", APHTHOSIS, "date_corrected")],
    "indicated": [(-1, "2026-08", APHTHOSIS, "indication_corrected"), (1, "2026-08", LUPUS, "indication_corrected")],
    "left-out": [(-1, "2026-08", APHTHOSIS, "indication_corrected")],
    "typed": [(-1, "2026-08", APHTHOSIS, "type_corrected")],
    "mended": [(1, "2026-08", APHTHOSIS, "released_from_quarantine")],
    "broken": [(-1, "2026-08", APHTHOSIS, "quarantined_now")],
    "copy": [(-1, "2026-08", APHTHOSIS, "duplicate_merged")],
    "old-name": [(-1, "2026-08", APHTHOSIS, "duplicate_merged")],
    "new-name": [(1, "2026-08", APHTHOSIS, "duplicate_merged")],
    "twin-gone": [(-1, "2026-08", APHTHOSIS, "duplicate_merged")],
    "withdrawn": [(-1, "2026-08", APHTHOSIS, "withdrawn")],
    "no-form": [(-1, "2026-08", APHTHOSIS, "withdrawn")],
    "objecting": [(-1, "2026-08", APHTHOSIS, "opposed")],
    "continued": [(-1, "2026-06", APHTHOSIS, "late_form")],
    "two-forms": [(-1, "2026-06", APHTHOSIS, "date_corrected")],
}


@pytest.mark.parametrize("patient", EXPECTED)
def test_a_patient_who_moves_has_the_reason_for_it(new_patients: Bridge, patient: str) -> None:
    assert moved(new_patients).get(patient) == EXPECTED[patient]


def test_whoever_did_not_move_is_not_in_the_bridge(new_patients: Bridge) -> None:
    assert set(moved(new_patients)) == set(EXPECTED)


def test_the_reasons_lead_from_one_figure_to_the_other_in_every_cell(two: Any, new_patients: Bridge) -> None:
    frame = new_patients.frame
    total = frame[["before", *reasons()]].sum(axis=1)
    assert (total == frame["after"]).all()
    assert (frame["residual"] == 0).all()
    for name, release in (("before", two.before), ("after", two.after)):
        opened = Opened(release)
        assert frame[name].sum() == measure(opened, "new_patients", Selection(), by=()).single
        opened.close()


def test_a_pseudonym_that_is_renamed_changes_no_figure(sums: Callable[..., Any], new_patients: Bridge) -> None:
    left = {"date_corrected": -1, "indication_corrected": -2, "type_corrected": -1, "released_from_quarantine": 1,
            "quarantined_now": -1, "duplicate_merged": -2, "withdrawn": -2, "opposed": -1}  # fmt: skip
    assert sums(new_patients)["2026-08", APHTHOSIS] == left


def test_another_breakdown_moves_other_records(two: Any) -> None:
    found = moved(bridge(two.store, two.before, two.after, "treated_patients", ("product",)))
    assert found["branded"] == [(-1, "BMS", "record_corrected"), (1, "ACCORD", "record_corrected")]
    assert "dated" not in found
    assert "typed" not in found


def test_without_breakdown_only_entries_and_exits_count(two: Any, sums: Callable[..., Any]) -> None:
    found = bridge(two.store, two.before, two.after, "treated_patients", ())
    moved = {"new": 1, "late_form": 1, "added": 1, "released_from_quarantine": 1, "quarantined_now": -1,
             "duplicate_merged": -2, "withdrawn": -2, "opposed": -1}  # fmt: skip
    assert sums(found) == {(): moved}


def test_who_stopped_left_those_on_treatment_by_follow_up(two: Any) -> None:
    found = moved(bridge(two.store, two.before, two.after, "on_treatment"))
    assert found["stopped"] == [(-1, APHTHOSIS, "follow_up")]
    assert found["left-out"] == [(-1, APHTHOSIS, "indication_corrected"), (1, "HORS_PROTOCOLE", "indication_corrected")]
    assert "typed" not in found


def test_adverse_effects_move_for_reasons_of_their_own(two: Any) -> None:
    found = moved(bridge(two.store, two.before, two.after, "effects", ("soc_code",), count="n_effects"))
    assert found == {
        "a-new": [(1, "SKIN", "new")], "a-late": [(1, "SKIN", "late_form")], "a-slow": [(1, "SKIN", "added")],
        "a-gone": [(-1, "SKIN", "withdrawn")], "a-dated": [(1, "SKIN", "date_corrected")],
        "a-class": [(-1, "SKIN", "record_corrected"), (1, "NERV", "record_corrected")],
        "a-bad": [(1, "SKIN", "released_from_quarantine")],
    }  # fmt: skip


def test_an_exposed_pregnancy_found_since_is_new(two: Any, sums: Callable[..., Any]) -> None:
    assert sums(bridge(two.store, two.before, two.after, "exposed_pregnancies", ())) == {(): {"new": 1}}


def test_a_cumulated_figure_carries_each_reason_on(two: Any) -> None:
    frame = bridge(two.store, two.before, two.after, "cumulative_patients", ("month",)).frame.set_index("month")
    assert list(frame.index) == sorted(frame.index)
    assert frame.loc["2026-07", "date_corrected"] - frame.loc["2026-06", "date_corrected"] == 1
    assert frame.loc["2026-10", "date_corrected"] == -1  # July has gained what August lost; June lost one for good
    assert frame.loc["2026-10", "before"] == frame.loc["2026-09", "before"] == 19
    assert (frame["residual"] == 0).all()


def test_the_other_way_round_the_difference_is_the_opposite(two: Any, new_patients: Bridge) -> None:
    back = bridge(two.store, two.after, two.before, "new_patients", ("month", "indication_code"))
    assert set(moved(back)) == set(EXPECTED)
    assert back.moves["change"].sum() == -new_patients.moves["change"].sum()


def test_a_selection_bridges_its_own_figures(two: Any, sums: Callable[..., Any]) -> None:
    selection = Selection(indications=(LUPUS,))
    found = bridge(two.store, two.before, two.after, "new_patients", ("month",), selection)
    assert sums(found) == {("2026-08",): {"indication_corrected": 1}}
    assert not found.recorded


def test_every_counted_record_of_a_cell_entered_or_was_there(two: Any, new_patients: Bridge) -> None:
    cell = {"month": "2026-08", "indication_code": APHTHOSIS}
    keys = []
    for release in (two.before, two.after):
        opened = Opened(release)
        keys.append(set(line_list(opened, "new_patients", Selection(), cell)["patient_id"]))
        opened.close()
    here = new_patients.moves[
        new_patients.moves["month"].eq("2026-08") & new_patients.moves["indication_code"].eq(APHTHOSIS)
    ]
    assert set(here.loc[here["change"] > 0, "key"]) == keys[1] - keys[0]
    assert set(here.loc[here["change"] < 0, "key"]) == keys[0] - keys[1]


def test_a_table_that_was_not_sent_has_no_bridge(imported: Callable[..., Any], two: Any) -> None:
    bare = imported(store=two.store, manifest={"cutoff_date": "2026-07-31"}).release
    found = bridge(two.store, bare, two.after, "effects")
    assert found.not_sent == ("adverse_events",)
    assert found.frame.empty


def test_reasons_that_do_not_sum_to_the_difference_are_an_error(two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_less(*arguments: Any) -> pd.DataFrame:
        return real(*arguments).iloc[1:]

    real = bridges.moves
    monkeypatch.setattr(bridges, "moves", one_less)
    with pytest.raises(MeasureError, match=r"bridge\.residual"):
        bridge(two.store, two.before, two.after, "new_patients")


@pytest.mark.parametrize(("name", "by", "count"), [("no_such", (), None), ("effects", ("shoe_size",), None),
                                                   ("effects", (), "n_shoes")])  # fmt: skip
def test_an_unknown_measure_dimension_or_count_is_refused(two: Any, name: str, by: tuple[str, ...], count: str) -> None:
    with pytest.raises(MeasureError):
        bridge(two.store, two.before, two.after, name, by, count=count)


def test_releases_of_two_programmes_have_no_bridge(two: Any, tmp_path: Any) -> None:
    other = type(two.after)(tmp_path)
    other.__dict__["record"] = two.after.record | {"programme": "cdisc-pilot"}
    with pytest.raises(StoreError, match=r"diff\.other_programme"):
        bridge(two.store, two.before, other, "new_patients")


def test_every_reason_has_a_name_and_a_sentence_in_both_languages() -> None:
    assert {reason for reason, _ in ALL} | {"erased"} == set(reasons())
    assert set(reasons()) >= NAMED
    for each in reasons().values():
        assert each.label.fr != each.label.en
        assert each.sentence.fr.endswith(".")
        assert each.sentence.en.endswith(".")

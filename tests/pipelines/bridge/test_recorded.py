"""A release keeps the figures it was published with: erasures and changes of definition are told apart by them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from data_schemas.programme import Programme
from pipelines.bridge.bridges import bridge
from pipelines.changes import definition_changes
from pipelines.definitions import definition, names
from pipelines.erase import erase
from pipelines.importing import Imported, import_export
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.recorded import HEADLINES
from pipelines.release import Release
from pipelines.selection import Selection
from pipelines.store import Store

Run = Callable[..., Imported]
SEPTEMBER = {"cutoff_date": "2026-09-30"}
FORMS = """
    patient_id  | treatment_start_date | indication_code
    pat-stays   | 2026-08-01           | APHTOSE
    pat-erased  | 2026-08-02           | APHTOSE
    pat-second  | 2026-07-02           | LUPUS_CUT
    pat-leprosy | 2026-08-03           | ENL
"""
LATER = FORMS + "    pat-late | 2026-08-04 | APHTOSE\n"


def rewrite(release: Release, **entries: Any) -> Release:
    """The release with another record, as an older version of the software would have left it."""
    path = release.folder / "release.json"
    path.chmod(0o640)
    kept = {key: value for key, value in (release.record | entries).items() if entries.get(key, key) is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return Release(release.folder)


def uncounted(programme: Programme, code: str) -> Programme:
    """The programme with an indication that is no longer counted."""
    indications = tuple(each.model_copy(update={"counted": False}) if each.code == code else each
                        for each in programme.indications)  # fmt: skip
    return programme.model_copy(update={"indications": indications, "sha256": "f" * 64})


@pytest.fixture
def filled(imported: Run, new_store: Callable[[], Store]) -> Store:
    store = new_store()
    imported(store=store, manifest=SEPTEMBER, initiations=FORMS)
    imported(store=store, initiations=LATER)
    return store


def both(store: Store) -> tuple[Release, Release]:
    before, after = store.releases()
    return before, after


def test_every_headline_is_a_measure_that_has_its_dimensions() -> None:
    assert set(HEADLINES) <= set(names())
    for name, by in HEADLINES.items():
        assert set(by) <= set(definition(name).dimensions)


def test_the_recorded_figures_are_those_of_the_measure(filled: Store) -> None:
    before, _ = both(filled)
    cells = before.record["figures"]["new_patients"]
    assert cells == {"2026-07|LUPUS_CUT": 1, "2026-08|APHTOSE": 2, "2026-08|ENL": 1}
    opened = Opened(before)
    sent = [name for name in HEADLINES if name in before.record["figures"]]
    totals = {name: sum(before.record["figures"][name].values()) for name in sent}
    assert totals == {name: measure(opened, name, Selection(), by=()).single for name in sent}
    assert "serious_effects" not in sent
    opened.close()


def test_no_pseudonym_stands_in_the_record(filled: Store) -> None:
    erase(filled, "pat-erased")
    for release in filled.releases():
        assert "pat-" not in (release.folder / "release.json").read_text(encoding="utf-8")


def test_the_name_of_a_release_does_not_depend_on_what_it_records(
    filled: Store, imported: Run, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.recorded.HEADLINES", {})
    again = imported(store=new_store(), manifest=SEPTEMBER, initiations=FORMS).release
    assert again.record["figures"] == {}
    assert again.name == both(filled)[0].name


@pytest.mark.parametrize("name", ["new_patients", "cumulative_patients", "treated_patients"])
def test_an_erased_patient_is_what_is_missing_from_the_published_figure(
    filled: Store, sums: Callable[..., Any], name: str
) -> None:
    erase(filled, "pat-erased")
    found = bridge(filled, *both(filled), name, ("indication_code",))
    assert found.recorded
    assert sums(found) == {("APHTOSE",): {"added": 1, "erased": -1}}
    frame = found.frame.set_index("indication_code")
    assert (frame.loc["APHTOSE", "before"], frame.loc["APHTOSE", "after"]) == (2, 2)


def test_two_erasures_add_up(filled: Store, sums: Callable[..., Any]) -> None:
    erase(filled, "pat-erased")
    erase(filled, "pat-second")
    found = bridge(filled, *both(filled), "new_patients")
    assert sums(found) == {
        ("2026-08", "APHTOSE"): {"added": 1, "erased": -1},
        ("2026-07", "LUPUS_CUT"): {"erased": -1},
    }


def test_an_erased_patient_who_comes_again_is_still_erased(
    filled: Store, imported: Run, sums: Callable[..., Any]
) -> None:
    erase(filled, "pat-erased")
    again = imported(store=filled, manifest={"cutoff_date": "2026-11-30"}, initiations=LATER).release
    found = bridge(filled, filled.releases()[0], again, "new_patients", ())
    assert sums(found) == {(): {"added": 1, "erased": -1}}
    assert again.record["opposed"] == []


def test_a_measure_that_was_not_recorded_is_recounted(filled: Store, sums: Callable[..., Any]) -> None:
    erase(filled, "pat-erased")
    found = bridge(filled, *both(filled), "new_patients", ("sex",))
    assert not found.recorded
    assert sums(found) == {("F",): {"added": 1}}


def test_a_release_published_before_figures_were_recorded_is_recounted(filled: Store, sums: Callable[..., Any]) -> None:
    before, after = both(filled)
    older = rewrite(before, figures=None, definitions=None, opposed=None)
    found = bridge(filled, older, after, "new_patients", ("indication_code",))
    assert not found.recorded
    assert sums(found) == {("APHTOSE",): {"added": 1}}
    assert definition_changes(older, after) == {}
    assert erase(filled, "pat-erased")[0].after.record.get("erased") is None


def test_a_measure_defined_otherwise_since_is_a_change_of_definition_and_erasures_stay_apart(
    filled: Store, sums: Callable[..., Any]
) -> None:
    erase(filled, "pat-erased")
    before, after = both(filled)
    figures = before.record["figures"] | {"new_patients": {"2026-08|APHTOSE": 7, "2026-08|ENL": 1}}
    found = bridge(filled, rewrite(before, figures=figures), after, "new_patients")
    assert sums(found) == {("2026-08", "APHTOSE"): {"added": 1, "erased": -1, "definition_changed": -5},
                           ("2026-07", "LUPUS_CUT"): {"definition_changed": 1}}  # fmt: skip


def test_a_programme_that_counts_otherwise_is_a_change_of_definition(
    imported: Run, export: Callable[..., Any], new_store: Callable[[], Store], thalidomide: Programme,
    sums: Callable[..., Any],
) -> None:  # fmt: skip
    store, changed = new_store(), uncounted(thalidomide, "ENL")
    before = imported(store=store, manifest=SEPTEMBER, initiations=FORMS).release
    after = import_export(export(initiations=LATER), changed, store).release
    found = bridge(store, before, after, "new_patients", programme=changed)
    assert sums(found) == {("2026-08", "APHTOSE"): {"added": 1}, ("2026-08", "ENL"): {"definition_changed": -1}}
    assert definition_changes(before, after) == {"programme": ("thalidomide",)}
    treated = bridge(store, before, after, "treated_patients", ("indication_code",), programme=changed)
    assert sums(treated) == {("APHTOSE",): {"added": 1}}


def test_a_programme_that_has_changed_after_both_releases_explains_nothing_between_them(
    filled: Store, thalidomide: Programme, sums: Callable[..., Any]
) -> None:
    found = bridge(filled, *both(filled), "new_patients", programme=uncounted(thalidomide, "ENL"))
    assert sums(found) == {("2026-08", "APHTOSE"): {"added": 1}}


def test_what_is_defined_otherwise_is_named(filled: Store) -> None:
    before, after = both(filled)
    assert definition_changes(before, after) == {}
    then: Mapping[str, Mapping[str, str]] = before.record["definitions"]
    old = {kind: dict(each) for kind, each in then.items()}
    old["measure"]["new_patients"] = "0" * 16
    del old["rule"]["probable_duplicate"]
    old["derived"]["core_former"] = "0" * 16
    assert definition_changes(rewrite(before, definitions=old), after) == {
        "rule": ("probable_duplicate",), "derived": ("core_former",), "measure": ("new_patients",)}  # fmt: skip

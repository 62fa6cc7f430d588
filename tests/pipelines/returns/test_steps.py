"""A return is locked, checked, reconciled, explained, signed and sealed; what is missing is refused in words."""

import datetime as dt
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_schemas.programme import Programme, load
from pipelines import packed, sealing
from pipelines.access.events import Actor
from pipelines.bridge.reasons import every_reason
from pipelines.erase import erase
from pipelines.errors import ReturnError
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.returns import clock, drafts, packing, packs, steps
from pipelines.returns.documents import content
from pipelines.returns.documents.content import Language
from pipelines.returns.history import compare, history
from pipelines.returns.making import asked, make
from pipelines.returns.statement import Finding
from pipelines.selection import Selection
from pipelines.store import Store

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
IMPORTED = """
    period  | version | indication_code | n_new_patients | sent_on    | cutoff_date
    2026-09 | 1       | APHTOSE         | 9              | 2026-10-08 | 2026-09-30
    2026-09 | 1       |                 | 10             | 2026-10-08 | 2026-09-30
"""
At = Callable[..., dt.datetime]


def refused(run: Callable[[], object]) -> str:
    with pytest.raises(ReturnError) as error:
        run()
    return error.value.key


def _findings(store: Store, programme: Programme) -> tuple[Finding, ...]:
    return steps.progress(store, "2026-10", programme).statement.findings


@pytest.fixture(scope="module")
def base(new_store: Callable[[], Store], month: Any, declared: Any, at: At) -> Store:
    """September declared, October imported."""
    store = new_store()
    month(store, "2026-09-30", SEPTEMBER)
    declared(store, "2026-09", at(2026, 10, 8), ("fr", "en"))
    month(store, "2026-10-31", OCTOBER)
    return store


@pytest.fixture
def store(base: Store, copied: Any, tmp_path: Path) -> Store:
    found: Store = copied(base.folder, tmp_path / "store")
    return found


def test_the_figure_is_that_of_the_measure_and_its_lines_balance(store: Store, at: At) -> None:
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    said = steps.progress(store, "2026-10").statement
    opened = Opened(store.releases()[-1])
    cells = measure(opened, "new_patients", Selection(), ("month", "indication_code")).frame
    opened.close()
    counted = {(row["month"], row["indication_code"]): row["n_patients"] for row in cells.to_dict("records")}
    recounted = {(line.period, line.indication_code): line.recounted for line in said.lines if line.indication_code}
    assert recounted == counted
    assert said.figure == 1
    for each in said.balances:
        assert each.declared + each.undeclared + each.difference + each.new == each.cumulative
    opening = {each.indication_code: (each.declared, each.undeclared, each.difference) for each in said.balances}
    assert opening == {
        "APHTOSE": (2, 0, 2),
        "LUPUS_CUT": (1, 0, -1),
        "ENL": (0, 1, 0),
        "CROHN_PED": (0, 0, 0),
        None: (3, 1, 1),
    }


def test_what_was_declared_is_explained_by_record(store: Store, at: At) -> None:
    said = make(store, steps.lock(store, "2026-10", at=at(2026, 11, 5)), at(2026, 11, 5))
    moved = {line.indication_code: line.reasons for line in said.restated}
    assert moved == {"APHTOSE": {"late_form": 1, "indication_corrected": 1}, "LUPUS_CUT": {"indication_corrected": -1},
                     None: {"late_form": 1}}  # fmt: skip
    assert all(line.difference == sum(line.reasons.values()) and not line.residual for line in said.restated)
    assert not said.unexplained


def test_steps_are_done_as_the_data_say_and_the_pack_ends_them(store: Store, at: At, key: Ed25519PrivateKey) -> None:
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    assert steps.progress(store, "2026-10").done == ("lock", "check", "reconcile", "explain")
    assert refused(lambda: steps.archive(store, "2026-10", key)) == "return.unsigned"
    steps.sign(store, "2026-10", "A. Martin", "Pharmacien responsable", at(2026, 11, 6))
    assert steps.progress(store, "2026-10").done[-1] == "sign"
    assert refused(lambda: steps.sign(store, "2026-10", "B. Morel", "Directrice")) == "return.signed"
    signed = drafts.draft(store, "2026-10")
    done = steps.archive(store, "2026-10", key)
    assert done.name == "2026-10-v1"
    assert drafts.drafts(store) == []
    assert [each.name for each in packs.packs(store)] == ["2026-09-v1", "2026-10-v1"]
    assert store.journal.entries()[-1].action == "return 2026-10-v1"
    assert refused(lambda: packs.keep(store, signed, done.contents, signed.release)) == "return.sealed"


def test_a_return_is_made_again_byte_for_byte_whatever_came_after(store: Store, at: At, declared: Any) -> None:
    declared(store, "2026-10", at(2026, 11, 5), ("fr", "en"))
    for pack in packs.packs(store):
        again = packing.rebuilt(store, pack)
        assert set(again) == set(pack.contents) - {"manifest.json", "seal.json"}
        assert {name for name in again if again[name] != pack.contents[name]} == set()


def test_two_returns_are_compared_on_the_months_that_they_share(store: Store, at: At, declared: Any) -> None:
    frame = compare(packs.pack(store, "2026-09-v1"), declared(store, "2026-10", at(2026, 11, 5)))
    moved = frame[frame["difference"] != 0].set_index("indication_code", drop=False)
    assert set(frame["period"]) == {"2026-08", "2026-09"}
    assert moved.loc["APHTOSE", ["first", "second", "difference"]].to_list() == [2, 4, 2]


def test_the_release_in_service_does_not_matter_to_a_return_that_is_locked(store: Store, at: At) -> None:
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    before = steps.progress(store, "2026-10")
    assert not before.notices
    store.roll_back()
    after = steps.progress(store, "2026-10")
    assert list(after.notices) == ["return.not_in_service"]
    assert after.statement == before.statement


def test_an_erased_patient_leaves_the_sealed_file_alone_and_the_recount_says_why(
    store: Store, at: At, key: Ed25519PrivateKey
) -> None:
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    steps.sign(store, "2026-10", "A. Martin", "Pharmacien responsable", at(2026, 11, 5))
    sealed = dict(packs.pack(store, "2026-09-v1").contents)
    erase(store, "p-two")
    kept = packs.pack(store, "2026-09-v1")
    assert kept.contents == sealed
    assert sealing.verify(packed.packed(kept.contents)).faults == ()
    assert refused(lambda: packing.rebuilt(store, kept)) == "return.not_rebuildable"
    found = steps.progress(store, "2026-10")
    moved = found.statement.line("2026-09", "APHTOSE")
    assert moved.reasons == {"late_form": 1, "indication_corrected": 1, "erased": -1}
    assert {"return.erased_since", "return.stale"} <= set(found.notices)
    assert refused(lambda: steps.archive(store, "2026-10", key)) == "return.signed_other"


def test_a_new_version_keeps_the_old_one_and_needs_its_reason(store: Store, at: At, declared: Any) -> None:
    first = dict(packs.pack(store, "2026-09-v1").contents)
    release = store.releases()[-1].name
    assert refused(lambda: steps.lock(store, "2026-09", release, at=at(2026, 11, 5))) == "return.no_reason"
    again = declared(store, "2026-09", at(2026, 11, 5), name=release, reason="Fiche tardive")
    assert (again.name, again.statement.figure, again.statement.reason) == ("2026-09-v2", 4, "Fiche tardive")
    assert packs.pack(store, "2026-09-v1").contents == first
    totals = history(store, store.current()).of("2026-09")
    assert totals.loc[totals["indication_code"].isna(), "declared"].to_list() == [3, 4]
    said = make(store, steps.lock(store, "2026-10", at=at(2026, 11, 6)), at(2026, 11, 6))
    assert said.line("2026-09", "APHTOSE").version == 2
    assert said.restated == []


def test_a_wrong_figure_that_was_imported_is_declared_again_before_anything_is_signed(
    at: At, month: Any, declared: Any, new_store: Callable[[], Store]
) -> None:
    own = new_store()
    month(own, "2026-09-30", SEPTEMBER)
    month(own, "2026-10-31", OCTOBER, declarations=IMPORTED)
    steps.lock(own, "2026-10", at=at(2026, 11, 5))
    line = steps.progress(own, "2026-10").statement.line("2026-09", "APHTOSE")
    assert (line.imported, line.declared, line.residual, line.state) == (True, 9, -7, "unexplained")
    assert steps.progress(own, "2026-10").done == ("lock", "check", "reconcile")
    steps.take_over(own, "2026-10", "Repris tel quel")
    assert refused(lambda: steps.sign(own, "2026-10", "A. Martin", "Role", at(2026, 11, 5))) == "return.unexplained"
    release = own.releases()[-1].name
    declared(own, "2026-09", at(2026, 11, 6), name=release, reason="Chiffre mal recopié")
    steps.sign(own, "2026-10", "A. Martin", "Pharmacien", at(2026, 11, 7))
    assert steps.progress(own, "2026-10").done[-1] == "sign"
    line = packs.packs(own)[0].statement.line("2026-09", "APHTOSE")
    assert (line.reasons["redeclared"], sum(line.reasons.values()), line.residual) == (-7, line.difference, 0)
    shown = history(own, own.current()).of("2026-09")
    assert set(zip(shown["version"], shown["imported"], strict=True)) == {(1, True), (2, False)}


def test_figures_imported_without_their_release_stand_undecomposed_only_where_someone_says_why(
    at: At, month: Any, new_store: Callable[[], Store]
) -> None:
    own = new_store()
    month(own, "2026-10-31", OCTOBER, declarations=IMPORTED)
    steps.lock(own, "2026-10", at=at(2026, 11, 5))
    assert refused(lambda: steps.sign(own, "2026-10", "A", "B", at(2026, 11, 5))) == "return.unexplained"
    assert refused(lambda: steps.take_over(own, "2026-10", " ")) == "return.no_text"
    steps.take_over(own, "2026-10", "Exports non conservés")
    said = make(own, steps.sign(own, "2026-10", "A", "B", at(2026, 11, 5)), at(2026, 11, 5))
    line = said.line("2026-09", "APHTOSE")
    assert (line.difference, line.reasons, line.residual, line.by_record) == (-5, {"taken_over": -5}, 0, False)
    assert "repris d'avant l'outil" in content.why(line, Language("fr")).replace("’", "'")
    assert said.undocumented == "Exports non conservés"


def test_a_note_changes_no_number_and_names_no_patient(store: Store, at: At) -> None:
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    before = steps.progress(store, "2026-10").statement
    steps.annotate(store, "2026-10", "2026-09", "APHTOSE", "Centre relancé")
    after = steps.progress(store, "2026-10").statement
    assert after.line("2026-09", "APHTOSE").note == "Centre relancé"
    assert [line.model_copy(update={"note": ""}) for line in after.lines] == list(before.lines)
    for text in ("voir p-two", "voir (p-two).", "E1"):
        told = functools.partial(steps.annotate, store, "2026-10", "2026-09", "APHTOSE", text)
        assert refused(told) == "return.telling"
    assert refused(lambda: steps.annotate(store, "2026-10", "2026-08", "ENL", "ici")) == "return.no_difference"
    steps.annotate(store, "2026-10", "2026-09", "APHTOSE", "")
    assert steps.progress(store, "2026-10").statement == before


def test_what_is_noted_after_a_signature_makes_it_void(store: Store, at: At, key: Ed25519PrivateKey) -> None:
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    steps.sign(store, "2026-10", "A. Martin", "Pharmacien", at(2026, 11, 5))
    steps.annotate(store, "2026-10", "2026-09", "APHTOSE", "Centre relancé")
    assert "return.stale" in steps.progress(store, "2026-10").notices
    assert refused(lambda: steps.archive(store, "2026-10", key)) == "return.signed_other"
    assert len(steps.sign(store, "2026-10", "A. Martin", "Pharmacien", at(2026, 11, 6)).signatures) == 1
    assert steps.archive(store, "2026-10", key).name == "2026-10-v1"


def test_two_persons_sign_where_the_programme_asks_for_it(
    store: Store, at: At, key: Ed25519PrivateKey, changed_programme: Any
) -> None:
    two = changed_programme(("signatures: 1", "signatures: 2"))
    steps.lock(store, "2026-10", at=at(2026, 11, 5), programme=two)
    first, second = (Actor(issuer="https://id", subject=each).account for each in "ab")
    steps.sign(store, "2026-10", "A. Martin", "Pharmacien", at(2026, 11, 5), two, first)
    assert refused(lambda: steps.archive(store, "2026-10", key, programme=two)) == "return.unsigned"
    for name, account in (("a. martin", second), ("B. Morel", first), ("A. Martin", "")):
        again = functools.partial(steps.sign, store, "2026-10", name, "Autre", at(2026, 11, 6), two, account)
        assert refused(again) == "return.same_person"
    steps.sign(store, "2026-10", "B. Morel", "Directrice", at(2026, 11, 6), two, second)
    done = steps.archive(store, "2026-10", key, programme=two)
    assert [each.name for each in done.signatures] == ["A. Martin", "B. Morel"]
    assert "programme_changed" in {each.code for each in done.statement.findings}
    made = packing.rebuilt(store, done)
    assert all(made[name] == done.contents[name] for name in made)


def test_a_month_is_over_when_it_is_over_in_paris(store: Store) -> None:
    just_before = dt.datetime(2026, 10, 31, 22, 59, 59, tzinfo=dt.UTC)
    assert refused(lambda: steps.lock(store, "2026-10", at=just_before)) == "return.not_over"
    assert steps.lock(store, "2026-10", at=just_before + dt.timedelta(seconds=1)).period == "2026-10"


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        ("2026-06-30T21:59:59", False),
        ("2026-06-30T22:00:00", True),
        ("2026-12-31T22:59:59", False),
        ("2026-12-31T23:00:00", True),
        ("2028-02-29T22:59:59", False),
        ("2028-02-29T23:00:00", True),
    ],
)
def test_the_last_second_of_a_month_counts_with_it_in_summer_and_winter(moment: str, over: bool) -> None:
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    assert clock.is_over(moment[:7], at) is over


def test_the_day_of_sending_is_that_of_paris(store: Store, key: Ed25519PrivateKey) -> None:
    late = dt.datetime(2026, 11, 9, 23, 30, tzinfo=dt.UTC)
    steps.lock(store, "2026-10", at=late)
    steps.sign(store, "2026-10", "A. Martin", "Pharmacien", late)
    steps.archive(store, "2026-10", key)
    sent = history(store, store.current()).of("2026-10")["sent_on"]
    assert {str(each.date()) for each in sent} == {"2026-11-10"}


def test_a_month_without_its_release_or_with_two_is_said(store: Store, at: At, month: Any) -> None:
    moment = at(2027, 1, 5)
    assert refused(lambda: steps.lock(store, "2026-11", at=moment)) == "return.no_release"
    assert refused(lambda: steps.lock(store, "2026-11", store.releases()[-1].name, at=moment)) == "return.too_early"
    other = month(store, "2026-10-31", OCTOBER + "    p-new | 2026-10-09 | ENL | 2026-10-20\n")
    assert refused(lambda: steps.lock(store, "2026-10", at=moment)) == "return.which_release"
    assert steps.lock(store, "2026-10", other.name, at=moment).release == other.name
    assert refused(lambda: steps.lock(store, "2026-10", other.name, at=moment)) == "return.under_way"
    steps.discard(store, "2026-10")
    assert refused(lambda: steps.progress(store, "2026-10")) == "return.not_locked"


def test_no_new_patient_in_the_month_is_a_result_that_is_declared(
    store: Store, at: At, month: Any, declared: Any
) -> None:
    month(store, "2026-11-30", OCTOBER)
    done = declared(store, "2026-11", at(2026, 12, 5))
    assert done.statement.figure == 0
    assert history(store, store.current()).of("2026-11")["declared"].to_list() == [0, 0, 0, 0, 0]


def test_a_framework_that_ends_or_is_renewed_within_the_month_is_told_and_one_that_is_over_blocks(
    store: Store, at: At, changed_programme: Any
) -> None:
    last = "  - date: 2022-05-06  # (text) ANSM decision of 06/05/2022\n"
    first = "  - date: 2015-05-05  # (text)\n"
    ended = changed_programme((first, f"{first}    holds_until: 2019-08-25\n"),
                              (last, f"{last}    holds_until: 2026-10-15\n"))  # fmt: skip
    renewed = changed_programme((last, "  - date: 2026-10-16\n"))
    over = changed_programme((first, f"{first}    holds_until: 2019-08-25\n"),
                             (last, f"{last}    holds_until: 2026-09-15\n"))  # fmt: skip
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    found = {name: {each.code: each.details.get("day") for each in _findings(store, programme)}
             for name, programme in (("ended", ended), ("renewed", renewed), ("over", over))}  # fmt: skip
    assert found["ended"]["decision_ends"] == "2026-10-15"
    assert found["renewed"]["decision_begins"] == "2026-10-16"
    assert "no_decision" in found["over"]
    assert refused(lambda: steps.sign(store, "2026-10", "A", "B", at(2026, 11, 5), over)) == "return.blocked"
    assert "check" not in steps.progress(store, "2026-10", over).done


def test_a_programme_without_a_return_says_so() -> None:
    assert refused(lambda: asked(load("cdisc-pilot"))) == "return.not_asked"


def test_a_damaged_release_is_not_locked(store: Store, at: At) -> None:
    table = store.releases()[-1].folder / "core_initiations.parquet"
    table.chmod(0o640)
    table.write_bytes(table.read_bytes() + b"x")
    with pytest.raises(Exception, match=r"damaged\.changed"):
        steps.lock(store, "2026-10", at=at(2026, 11, 5))


def test_a_draft_that_cannot_be_read_is_named(store: Store, at: At) -> None:
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    (store.folder / "returns" / "2026-10-v1.json").write_text("{", encoding="utf-8")
    assert refused(lambda: steps.progress(store, "2026-10")) == "return.damaged"


def test_every_reason_of_a_statement_is_one_that_the_bridge_knows(store: Store, at: At) -> None:
    said = make(store, steps.lock(store, "2026-10", at=at(2026, 11, 5)), at(2026, 11, 5))
    assert {reason for line in said.lines for reason in line.reasons} <= set(every_reason())


def test_what_was_signed_before_another_was_sealed_is_read_and_signed_again(
    store: Store, at: At, key: Ed25519PrivateKey, declared: Any
) -> None:
    steps.lock(store, "2026-10", at=at(2026, 11, 5))
    steps.sign(store, "2026-10", "A. Martin", "Pharmacien", at(2026, 11, 5))
    release = store.releases()[-1].name
    declared(store, "2026-09", at(2026, 11, 6), name=release, reason="Fiche tardive")
    assert refused(lambda: steps.archive(store, "2026-10", key)) == "return.overtaken"
    steps.discard(store, "2026-10")
    declared(store, "2026-10", at(2026, 11, 7))
    for pack in packs.packs(store):
        assert packing.rebuilt(store, pack).items() <= pack.contents.items()


def test_a_new_version_answers_for_its_own_month_only(at: At, month: Any, new_store: Callable[[], Store]) -> None:
    own = new_store()
    month(own, "2026-09-30", SEPTEMBER)
    earlier = "    2026-08 | 1       | ENL             | 7              | 2026-09-08 | 2026-09-30\n"
    release = month(own, "2026-10-31", OCTOBER, declarations=IMPORTED + earlier)
    for period, excused in (("2026-09", False), ("2026-08", True)):
        steps.lock(own, period, release.name, "Chiffre mal recopié", at(2026, 11, 5))
        said = steps.progress(own, period).statement
        assert ("redeclared" in said.line("2026-08", "ENL").reasons) is excused
        assert bool(said.line("2026-08", "ENL").residual) is not excused
        assert (not said.unexplained) is excused

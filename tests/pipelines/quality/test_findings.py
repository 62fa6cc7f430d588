"""Findings have a state against the release before, told by the keys of the records that fail."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.findings import states
from pipelines.importing import Imported
from pipelines.opened import Opened
from pipelines.release import Release
from pipelines.store import Store

Run = Callable[..., Imported]
State = Callable[..., tuple[str, int, int, int]]
DOSE = "start_dose_outside_band"


def episodes(**doses: int) -> list[dict[str, str]]:
    return [{"episode_id": name, "patient_id": f"p-{name}", "start_dose_mg_day": str(dose)}
            for name, dose in doses.items()]  # fmt: skip


@pytest.fixture(scope="module")
def state(imported: Run) -> State:
    """Import two months and say state, new, persisting and resolved records of a rule."""

    def run(before: dict[str, Any] | None, now: dict[str, Any], rule: str, **at: str) -> Any:
        earlier = imported(**before).release if before is not None else None
        frame = states(imported(**now).release, earlier)
        found = frame[frame["rule"] == rule]
        for place, name in at.items():
            found = found[found[place] == name]
        assert len(found) == 1
        return tuple(found.iloc[0][["state", "n_new", "n_persisting", "n_resolved"]])

    return run


def test_a_rule_that_fails_now_and_did_not_before_is_new(state: State) -> None:
    assert state({"initiations": episodes(a=100)}, {"initiations": episodes(a=300)}, DOSE) == ("NEW", 1, 0, 0)


def test_a_rule_is_persisting_when_one_of_the_same_records_still_fails(state: State) -> None:
    before, now = {"initiations": episodes(a=300, b=300)}, {"initiations": episodes(b=300, c=300, a=100)}
    assert state(before, now, DOSE) == ("PERSISTING", 1, 1, 1)


def test_other_records_than_before_are_a_new_finding(state: State) -> None:
    before, now = {"initiations": episodes(a=300, b=100)}, {"initiations": episodes(a=100, b=300)}
    assert state(before, now, DOSE) == ("NEW", 1, 0, 1)


def test_a_rule_that_failed_before_and_not_now_is_resolved(state: State) -> None:
    assert state({"initiations": episodes(a=300)}, {"initiations": episodes(a=100)}, DOSE) == ("RESOLVED", 0, 0, 1)


def test_a_rule_that_fails_neither_time_is_stable(state: State) -> None:
    assert state({"initiations": episodes(a=100)}, {"initiations": episodes(a=100)}, DOSE) == ("STABLE", 0, 0, 0)


def test_without_a_release_before_all_that_fails_is_new(state: State) -> None:
    assert state(None, {"initiations": episodes(a=300)}, DOSE) == ("NEW", 1, 0, 0)


def test_refused_records_have_a_state_too(state: State) -> None:
    before, now = {"initiations": episodes(a=9000, b=9000)}, {"initiations": episodes(b=9000, a=100)}
    assert state(before, now, "dose_above_maximum") == ("PERSISTING", 0, 1, 1)


def test_a_record_is_known_by_all_parts_of_its_key(state: State) -> None:
    one = {"prior_treatments": "episode_id | treatment_class | outcome\nE1 | TOPIQUE | ?\nE1 | COLCHICINE | ECHEC"}
    other = {"prior_treatments": "episode_id | treatment_class | outcome\nE1 | TOPIQUE | ECHEC\nE1 | COLCHICINE | ?"}
    assert state(one, other, "unknown_code", column_name="outcome") == ("NEW", 1, 0, 1)


def test_lines_without_a_key_persist_as_far_as_their_numbers_agree(state: State) -> None:
    head, bad, good = b"visit_id,episode_id,visit_date\n", b"v,E1,2024-06-10,more\n", b"w,E1,2024-06-10\n"
    patients = [{"patient_id": "P1"}]
    before = {"patients": patients, "files": {"visits.csv": head + bad * 3 + good}}
    now = {"patients": patients, "files": {"visits.csv": head + bad + good}}
    assert state(before, now, "malformed_line", table_name="visits") == ("PERSISTING", 0, 1, 2)


def test_a_table_that_is_no_longer_sent_has_resolved_nothing(imported: Run) -> None:
    before = imported(visits=[{"visit_date": "?"}]).release
    frame = states(imported().release, before)
    assert "visits" not in set(frame["table_name"])


def test_every_rule_says_how_many_rows_were_held_against_it(imported: Run) -> None:
    release = imported(initiations=episodes(a=300, b=100, c=9000), declarations=[{}]).release
    opened = Opened(release)
    checks = opened.query("select rule, column_name, n_checked, n_failing from checks where table_name = 'initiations'")
    opened.close()
    numbers = {(rule, column): (checked, failing) for rule, column, checked, failing in checks.itertuples(index=False)}
    assert numbers[DOSE, "start_dose_mg_day"] == (3, 1)
    assert numbers["dose_above_maximum", "start_dose_mg_day"] == (3, 1)
    assert numbers["probable_duplicate", "patient_id"] == (2, 2)
    assert numbers["required_value", "episode_id"] == (3, 0)
    assert numbers["unknown_reference", "patient_id"] == (3, 0)
    assert len(numbers) == len(checks)


def test_failing_rows_in_the_checks_are_those_of_quarantine_and_findings(imported: Run) -> None:
    release = imported(
        initiations=episodes(a=300, b=300, c=9000, d=100), visits=[{"visit_date": "?"}, {"episode_id": "none"}]
    ).release
    opened = Opened(release)
    listed = opened.query(
        """select count(*) as n from (select unnest(reasons) from quarantine union all select rule from findings)"""
    )
    summed = opened.query("select sum(n_failing) as n from checks")
    opened.close()
    assert listed["n"][0] == summed["n"][0] > 5


@pytest.fixture(scope="module")
def year(imported: Run, new_store: Callable[[], Store]) -> dict[str, Release]:
    """Imported out of order: August, October, then September late."""
    store = new_store()
    return {cutoff: imported(store=store, manifest={"cutoff_date": cutoff}, initiations=episodes(a=dose)).release
             for cutoff, dose in {"2026-08-31": 300, "2026-10-31": 100, "2026-09-30": 200}.items()}  # fmt: skip


def test_a_late_month_is_compared_with_the_one_before_it(year: dict[str, Release]) -> None:
    store = Store(year["2026-08-31"].folder.parent.parent)
    assert store.compared_with(year["2026-08-31"]) is None
    for cutoff in ("2026-09-30", "2026-10-31"):
        compared = store.compared_with(year[cutoff])
        assert compared is not None
        assert compared.name == year["2026-08-31"].name


@pytest.mark.parametrize(("language", "word"), [("fr", "résolu"), ("en", "resolved")])
def test_the_command_says_state_numbers_and_words_and_no_key(
    year: dict[str, Release], language: str, word: str
) -> None:
    store = year["2026-10-31"].folder.parent.parent
    said = CliRunner().invoke(main, ["findings", "--store", str(store), "--lang", language])
    assert said.exit_code == 0
    assert year["2026-08-31"].name in said.stdout
    assert f"{word:<11}{0:>8}{1:>11}{0:>11}{0:>14}{1:>10}  {DOSE}" in said.stdout
    assert "p-a" not in said.stdout
    assert "stable" not in said.stdout
    everything = CliRunner().invoke(main, ["findings", "latest", "--all", "--store", str(store), "--lang", language])
    assert "stable" in everything.stdout

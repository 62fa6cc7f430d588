"""`rtu quality`: what the functions say, in words and for machines; not sent, not collected and zero stay apart."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from data_schemas.programme import load
from pipelines import quality
from pipelines.cli import main
from pipelines.importing import Imported
from pipelines.opened import Opened
from pipelines.quality_tables import percent, quality_table
from pipelines.store import Store

Run = Callable[..., Result]
FIGURES = ("completeness", "duplicates", "submissions", "silent", "delays")
EMPTY = {"visits.csv": b"visit_id,episode_id,visit_date\n"}


def drawn(**more: Any) -> dict[str, Any]:
    """C1 goes on sending, C2 stopped in July; `a` and `b` are alike; two of four weights are missing."""
    return more | {
        "centres": "centre_id\nC1\nC2",
        "patients": """
            patient_id | birth_year | sex | centre_id
            a          | 1980       | F   | C1
            b          | 1980       | F   | C1
            c          | 1970       | F   | C1
            d          | 1960       | F   | C2
        """,
        "initiations": """
            patient_id | treatment_start_date | weight_kg | form_signed_date | form_received_date | form_channel
            a          | 2026-06-01           |           | 2026-06-01       | 2026-07-31         | FAX
            b          | 2026-06-04           | 60        | 2026-08-01       | 2026-08-01         | PORTAIL
            c          | 2026-06-01           | 60        | 2026-10-01       | 2026-10-11         | PORTAIL
            d          | 2026-06-01           |           | 2026-07-01       | 2026-07-03         |
        """,
    }


@pytest.fixture(scope="module")
def store(imported: Callable[..., Imported], new_store: Callable[[], Store]) -> Store:
    made = new_store()
    imported(store=made, manifest={"cutoff_date": "2026-09-30"}, **drawn(initiations=[]))
    imported(store=made, **drawn(files=EMPTY))
    return made


@pytest.fixture
def run(store: Store) -> Run:
    def call(*arguments: object, where: Path = store.folder) -> Result:
        return CliRunner().invoke(
            main, ["quality", *map(str, arguments), "--store", str(where)], catch_exceptions=False
        )

    return call


def rows(answer: Result) -> list[dict[str, Any]]:
    assert answer.exit_code == 0
    return list(json.loads(answer.stdout)["rows"])


def cells(answer: Result, first: str, second: str = "") -> list[str]:
    """The cells of the only line of a printed table that begins so; without the first two if the second is named."""
    (line,) = [line for line in answer.stdout.splitlines() if line.startswith(first) and second in line]
    return line.split()[2:] if second else line.split()


@pytest.mark.parametrize("what", FIGURES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_figure_is_printed_with_its_release_and_the_names_of_its_columns(
    run: Run, store: Store, what: str, language: str
) -> None:
    answer = run(what, "--lang", language)
    heading, columns, *lines = answer.stdout.splitlines()
    assert answer.exit_code == 0
    assert heading.startswith(store.releases()[-1].name)
    assert lines
    assert "_" not in columns


@pytest.mark.parametrize("what", FIGURES)
def test_csv_and_json_hold_the_same_rows_under_the_names_of_the_functions(run: Run, store: Store, what: str) -> None:
    as_csv = run(what, "--format", "csv").stdout.splitlines()
    answer = json.loads(run(what, "--format", "json").stdout)
    assert (answer["quality"], answer["release"]) == (what, store.releases()[-1].name)
    assert as_csv[0].split(",") == list(answer["rows"][0])
    assert len(as_csv) - 1 == len(answer["rows"])


def test_a_release_is_chosen_by_its_name(run: Run, store: Store) -> None:
    first = store.releases()[0].name
    assert json.loads(run("submissions", first, "--format", "json").stdout)["release"] == first
    assert run("submissions", "2026-01-01-0123456789").exit_code == 5


def test_a_store_without_a_release_says_how_to_fill_it(run: Run, tmp_path: Path) -> None:
    answer = run("delays", where=tmp_path)
    assert answer.exit_code == 5
    assert "rtu import" in answer.stderr


def test_not_sent_is_not_zero_and_neither_is_a_table_without_a_row(run: Run) -> None:
    found = {(row["table_name"], row["column_name"]): row for row in rows(run("completeness", "--format", "json"))}
    assert [found["dispensings", "product"][each] for each in ("n_rows", "n_empty", "state")] == [
        None,
        None,
        "not_sent",
    ]
    assert [found["visits", "visit_label"][each] for each in ("n_rows", "share_empty", "state")] == [
        0,
        None,
        "observed",
    ]
    assert [found["initiations", "weight_kg"][each] for each in ("n_rows", "n_empty", "share_empty")] == [4, 2, 0.5]
    printed = run("completeness", "--lang", "en")
    assert cells(printed, "dispensings ", "product ") == [*["n.c."] * 4, "not", "sent"]
    assert cells(printed, "visits ", "visit_label ") == ["0", "0", "–", "no", "observed"]
    assert cells(printed, "initiations ", "weight_kg ") == ["4", "2", "50%", "yes", "observed"]
    assert "50\u202f%" in run("completeness").stdout


def test_the_threshold_decides_which_fields_are_flagged(run: Run) -> None:
    def flagged(most: int) -> set[str]:
        return {
            row["column_name"] for row in rows(run("completeness", "--flagged", "--most", most, "--format", "json"))
        }

    assert "form_channel" in flagged(24) - flagged(25)
    assert flagged(49) - flagged(50) >= {"weight_kg"}
    assert "Aucun champ" in run("completeness", "--flagged", "--most", 100).stdout


def test_pairs_are_listed(run: Run) -> None:
    assert cells(run("duplicates"), "a ") == ["a", "b", "C1", "APHTOSE", "1980", "F", "3"]


def test_forms_received_and_expected_stand_apart(run: Run) -> None:
    found = {(row["centre_id"], row["month"]): row for row in rows(run("submissions", "--format", "json"))}
    assert [found["C2", month]["n_forms"] for month in ("2026-07", "2026-08")] == [1, 0]
    assert [found["C2", month]["expected"] for month in ("2026-07", "2026-08")] == [False, True]
    assert sum(row["n_forms"] for row in found.values()) == 4


def test_a_centre_is_silent_from_the_months_asked_for(run: Run) -> None:
    assert cells(run("silent"), "C2") == ["C2", "2026-07", "3"]
    assert "Aucun centre" in run("silent", "--months", 4).stdout


def test_delays_are_broken_down_and_a_missing_channel_is_a_dash(run: Run) -> None:
    assert rows(run("delays", "--format", "json"))[0]["median"] == 6
    assert cells(run("delays", "--by", "form_channel"), "–")[:4] == ["–", "1", "0", "2"]
    assert cells(run("delays", "--by", "form_channel"), "FAX")[:4] == ["FAX", "1", "0", "60"]
    assert run("delays", "--by", "patient_id").exit_code == 2


@pytest.mark.parametrize("what", ["duplicates", "submissions", "silent", "delays"])
def test_a_field_that_the_programme_does_not_collect_is_said_and_not_counted_as_zero(
    run: Run, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    missing = quality.NEEDED[what][0]
    programme = type(load("thalidomide"))
    monkeypatch.setattr(programme, "collects", lambda _, table, column: f"{table}.{column}" != missing)
    printed, answer = run(what, "--lang", "en"), json.loads(run(what, "--format", "json").stdout)
    assert printed.stdout == f"n. c. – not collected in this programme: {missing}\n"
    assert run(what, "--format", "csv").stdout.startswith("n. c.")
    assert (answer["rows"], answer["not_collected"]) == ([], [missing])


def test_a_breakdown_by_a_channel_that_is_not_collected_is_not_known(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    programme = type(load("thalidomide"))
    monkeypatch.setattr(programme, "collects", lambda *given: given[-1] != "form_channel")
    assert "initiations.form_channel" in run("delays", "--by", "form_channel").stdout
    assert len(rows(run("delays", "--format", "json"))) == 1


def test_without_a_form_of_both_dates_it_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"n_forms": [0], "n_before": [0], "median": [None]})
    monkeypatch.setattr(quality, "delays", lambda *_: frame)
    assert "Aucune fiche" in run("delays").stdout


def test_every_column_of_every_figure_has_words(release: Callable[..., Opened]) -> None:
    opened = release(**drawn())
    for frame in (quality.completeness(opened), quality.probable_duplicates(opened), quality.submissions(opened),
                  quality.silent_centres(opened), quality.delays(opened, quality.DELAYS_BY)):  # fmt: skip
        assert len(frame)
        assert quality_table(frame, "fr") != quality_table(frame, "en")


@pytest.mark.parametrize(
    ("share", "french", "english"), [(0, "0\u202f%", "0%"), (0.125, "12,5\u202f%", "12.5%"), (1, "100\u202f%", "100%")]
)
def test_a_share_is_written_as_the_language_does(share: float, french: str, english: str) -> None:
    assert (percent(share, "fr"), percent(share, "en")) == (french, english)

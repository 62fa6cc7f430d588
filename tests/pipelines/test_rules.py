"""Every rule between columns and tables fires on the row that breaks it, and not on its valid neighbours.

All rows below stand in one export. `breaks` names the rule that a row breaks, `-` a row that must pass without a word.
"""

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from data_schemas.programme import Programme
from data_schemas.rules import named_rules
from data_schemas.tables import TABLES
from pipelines.errors import ExportRefused
from pipelines.importing import import_export
from pipelines.opened import Opened
from pipelines.store import Store

Row = dict[str, str]

DRAWN = [
    ("patients", """
        breaks | patient_id | sex | birth_year | centre_id
        -      | man        | M   | 1980       | C-man
        -      | other-man  | M   | 1980       | C-other-man
        -      | woman      | F   | 1980       | C-woman
        -      | other-wom  | F   | 1980       | C-other-wom
        -      | b1         | F   | 1980       | C-b1
        -      | b2         | F   | 1980       | C-b2
        -      | b3         | F   | 1980       | C-b3
        -      | b4         | F   | 1980       | C-b4
        -      | twin-1     | F   | 1970       | C-twins
        -      | twin-2     | F   | 1970       | C-twins
        -      | later      | F   | 1970       | C-twins
        -      | brother    | M   | 1970       | C-twins
    """),
    ("initiations", """
        breaks                      | patient_id | episode_type | treatment_start_date
        initiation_before_framework | a1         | INITIATION   | 2015-05-04
        -                           | a2         | INITIATION   | 2015-05-05
        -                           | a3         | POURSUITE    | 2015-05-04
    """),
    ("initiations", """
        breaks                      | patient_id | age_at_start | treatment_start_date
        age_differs_from_birth_year | b1         | 42           | 2024-06-01
        -                           | b2         | 43           | 2024-06-01
        -                           | b3         | 45           | 2024-06-01
        age_differs_from_birth_year | b4         | 46           | 2024-06-01
    """),
    ("initiations", """
        breaks                  | episode_id | patient_id | childbearing_status
        -                       | E-man      | man        | HOMME
        status_differs_from_sex | E-man-2    | other-man  | FNSP
        -                       | E-woman    | woman      | FNSP
        status_differs_from_sex | E-woman-2  | other-wom  | HOMME
    """),
    ("initiations", """
        breaks                  | patient_id | start_dose_mg_day | indication_code
        dose_not_positive       | d1         | 0                 | LUPUS_CUT
        -                       | d2         | 0.5               | LUPUS_CUT
        -                       | d3         | 400               | LUPUS_CUT
        dose_above_maximum      | d4         | 400.5             | LUPUS_CUT
        start_dose_outside_band | d5         | 49.9              | APHTOSE
        -                       | d6         | 50                | APHTOSE
        -                       | d7         | 100               | APHTOSE
        start_dose_outside_band | d8         | 100.1             | APHTOSE
    """),
    ("initiations", """
        breaks                  | patient_id | indication_code | age_at_start | weight_kg | start_dose_mg_day
        age_outside_indication  | f1         | CROHN_PED       | 5            | 20        | 40
        -                       | f2         | CROHN_PED       | 6            | 20        | 40
        -                       | f3         | CROHN_PED       | 17           | 20        | 40
        age_outside_indication  | f4         | CROHN_PED       | 18           | 20        | 40
        age_unusual             | f5         | LUPUS_CUT       | 17           | 20        | 40
        -                       | f6         | LUPUS_CUT       | 18           | 20        | 40
        child_without_weight    | f7         | CROHN_PED       | 17           |           | 40
        -                       | f8         | LUPUS_CUT       | 18           |           | 40
        start_dose_outside_band | f9         | CROHN_PED       | 10           | 20        | 29.9
        -                       | g1         | CROHN_PED       | 10           | 20        | 30
        -                       | g2         | CROHN_PED       | 10           | 20        | 50
        start_dose_outside_band | g3         | CROHN_PED       | 10           | 20        | 50.1
    """),
    ("initiations", """
        breaks                      | patient_id | form_signed_date | form_received_date
        -                           | h1         | 2024-02-02       | 2024-02-02
        form_received_before_signed | h2         | 2024-02-03       | 2024-02-02
    """),
    ("initiations", """
        breaks               | episode_id | patient_id | episode_type | treatment_start_date
        -                    | i1         | i          | INITIATION   | 2024-02-02
        initiation_not_first | i2         | i          | INITIATION   | 2024-03-02
        -                    | i3         | i          | REPRISE      | 2024-04-02
        -                    | j1         | j          | INITIATION   | 2024-02-02
        initiation_not_first | j2         | j          | INITIATION   | 2024-02-02
        probable_duplicate   | k1         | twin-1     | INITIATION   | 2024-02-02
        probable_duplicate   | k2         | twin-2     | INITIATION   | 2024-02-09
        -                    | k3         | later      | INITIATION   | 2024-02-17
        -                    | k4         | brother    | INITIATION   | 2024-02-02
    """),
    ("initiations", """
        breaks                    | episode_id | patient_id | episode_type | treatment_start_date | start_dose_mg_day
        dose_above_maximum        | l1         | l          | INITIATION   | 2024-02-02           | 401
        first_episode_quarantined | l2         | l          | INITIATION   | 2024-02-03           | 100
        -                         | l3         | l          | REPRISE      | 2024-03-02           | 100
        -                         | n1         | n          | INITIATION   | 2024-02-02           | 100
        dose_above_maximum        | n2         | n          | REPRISE      | 2024-02-03           | 401
    """),
    ("initiations", """
        breaks | episode_id | patient_id | treatment_start_date
        -      | stopped    | stopped    | 2024-01-10
        -      | m1         | m1         | 2024-01-10
        -      | m2         | m2         | 2024-01-10
        -      | once       | once       | 2021-05-10
    """),
    ("discontinuations", """
        breaks            | episode_id | stop_date
        -                 | stopped    | 2024-03-01
        -                 | m1         | 2024-01-10
        stop_before_start | m2         | 2024-01-09
    """),
    ("visits", """
        breaks                  | episode_id | visit_date | dose_mg_day
        visit_dose_not_positive | stopped    | 2024-02-01 | 0
        -                       | stopped    | 2024-02-01 | 14.3
        -                       | stopped    | 2024-02-01 | 400
        visit_dose_above_maximum| stopped    | 2024-02-01 | 401
        visit_before_start      | stopped    | 2024-01-09 |
        -                       | stopped    | 2024-01-10 |
        -                       | stopped    | 2024-03-31 |
        visit_after_stop        | stopped    | 2024-04-01 |
        -                       | once       | 2026-04-01 |
    """),
    ("dispensings", """
        breaks                         | episode_id | prescription_date | dispensing_date
        dispensing_before_prescription | stopped    | 2024-02-02        | 2024-02-01
        -                              | stopped    | 2024-02-02        | 2024-02-02
        dispensing_before_start        | stopped    | 2024-01-02        | 2024-01-02
        -                              | stopped    | 2024-01-03        | 2024-01-03
        -                              | stopped    | 2024-03-31        | 2024-03-31
        dispensing_after_stop          | stopped    | 2024-04-01        | 2024-04-01
    """),
    ("contraceptions", """
        breaks                         | episode_id | start_date | end_date
        contraception_ends_before_start| once       | 2024-02-02 | 2024-02-01
        -                              | once       | 2024-02-03 | 2024-02-03
        -                              | once       | 2024-02-04 |
    """),
    ("pregnancy_tests", """
        breaks        | episode_id
        test_of_a_man | E-man
        -             | E-woman
    """),
    ("pregnancies", """
        breaks                     | patient_id | exposure
        maternal_exposure_of_a_man | man        | MATERNELLE
        -                          | man        | PATERNELLE
        -                          | woman      | MATERNELLE
    """),
    ("adverse_events", """
        breaks                     | patient_id | serious | outcome  | seriousness_death | seriousness_other
        serious_has_flag           | woman      | 1       | EN_COURS | 0                 | 0
        serious_has_flag           | woman      | 1       | EN_COURS | 0                 |
        -                          | woman      | 1       | EN_COURS | 0                 | 1
        -                          | woman      | 1       | EN_COURS |                   | 1
        seriousness_not_recorded   | woman      | 1       | EN_COURS |                   |
        not_serious_has_no_flag    | woman      | 0       | EN_COURS | 0                 | 1
        not_serious_has_no_flag    | woman      | 0       | EN_COURS |                   | 1
        -                          | woman      | 0       | EN_COURS | 0                 | 0
        -                          | woman      | NR      | NR       |                   |
        death_differs_from_outcome | woman      | 1       | DECES    | 0                 | 1
        death_differs_from_outcome | woman      | 1       | EN_COURS | 1                 | 1
        -                          | woman      | 1       | DECES    | 1                 |
    """),
    ("adverse_events", """
        breaks                    | patient_id | episode_id | onset_date | received_date | submitted_date
        onset_after_receipt       | stopped    |            | 2024-02-03 | 2024-02-02    |
        -                         | stopped    |            | 2024-02-02 | 2024-02-02    |
        onset_after_receipt       | stopped    |            | 2024-03    | 2024-02-29    |
        -                         | stopped    |            | 2024-02    | 2024-02-02    |
        onset_before_start        | stopped    | stopped    | 2024-01-09 | 2024-02-02    |
        onset_before_start        | stopped    | stopped    | 2023       | 2024-02-02    |
        -                         | stopped    | stopped    | 2024-01    | 2024-02-02    |
        -                         | stopped    | stopped    | 2024-08-28 | 2024-09-02    |
        onset_long_after_stop     | stopped    | stopped    | 2024-08-29 | 2024-09-02    |
        submitted_before_received | stopped    |            | 2024-02-01 | 2024-02-02    | 2024-02-01
        -                         | stopped    |            | 2024-02-01 | 2024-02-02    | 2024-02-02
    """),
    ("declarations", """
        breaks                        | period  | version | indication_code | n_new_patients
        -                             | 2021-05 | 1       |                 | 1
        declared_differs_from_recount | 2021-05 | 2       |                 | 2
        declared_differs_from_recount | 2021-05 | 1       | APHTOSE         | 0
        -                             | 2021-05 | 1       | ENL             | 0
        -                             | 2021-06 | 1       |                 | 0
    """),
]  # fmt: skip


def read(drawing: str) -> list[Row]:
    lines = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


ROWS: dict[str, list[Row]] = {name: [] for name in TABLES}
for _name, _drawing in DRAWN:
    ROWS[_name] += read(_drawing)
BREAKING = sorted({(row["breaks"], table) for table, rows in ROWS.items() for row in rows if row["breaks"] != "-"})


@pytest.fixture(scope="module")
def release_of_all(release: Callable[..., Opened]) -> Opened:
    tables = {
        name: [{key: row[key] for key in row if key != "breaks"} for row in rows] for name, rows in ROWS.items() if rows
    }
    drawn = {row["patient_id"] for row in tables["patients"]}
    others = dict.fromkeys(row["patient_id"] for row in tables["initiations"] if row["patient_id"] not in drawn)
    tables["patients"] += [{"patient_id": each, "centre_id": f"C-{each}"} for each in others]
    return release(**tables)


def hits(opened: Opened, table: str) -> dict[int, set[str]]:
    """Line → the rules that it broke."""
    frame = opened.query("""
        select line, rule from findings where table_name = $table
        union all select line, split_part(unnest(reasons), ':', 1) from quarantine where table_name = $table""",
        {"table": table})  # fmt: skip
    return {int(line): set(found["rule"]) for line, found in frame.groupby("line")}


def test_every_rule_has_a_row_that_breaks_it() -> None:
    assert {rule for rule, _ in BREAKING} == set(named_rules())
    assert all(named_rules()[rule].table == table for rule, table in BREAKING)


@pytest.mark.parametrize(("rule", "table"), BREAKING)
def test_a_rule_fires_on_the_rows_that_break_it_and_on_no_other(release_of_all: Opened, rule: str, table: str) -> None:
    expected = {line for line, row in enumerate(ROWS[table], start=2) if row["breaks"] == rule}
    assert {line for line, rules in hits(release_of_all, table).items() if rule in rules} == expected
    kept = set(
        chain.from_iterable(
            release_of_all.query("select line from quarantine where table_name = $t", {"t": table}).values
        )
    )
    assert expected <= kept if named_rules()[rule].severity == "reject" else not expected & kept


@pytest.mark.parametrize("table", [name for name, rows in ROWS.items() if rows])
def test_a_row_that_breaks_nothing_passes_without_a_word(release_of_all: Opened, table: str) -> None:
    found = hits(release_of_all, table)
    assert found == {line: {row["breaks"]} for line, row in enumerate(ROWS[table], start=2) if row["breaks"] != "-"}


def test_a_programme_may_soften_a_rule(
    new_store: Callable[[], Store], export: Callable[..., Path], thalidomide: Programme
) -> None:
    softened = thalidomide.model_copy(update={"severities": {"stop_before_start": "warn"}})
    folder = export(discontinuations=[{"stop_date": "2024-01-09"}])
    count = next(
        each for each in import_export(folder, softened, new_store()).counts if each.table == "discontinuations"
    )
    assert (count.loaded, count.quarantined, count.warned) == (1, 0, 1)


def test_a_programme_may_harden_a_rule(
    new_store: Callable[[], Store], export: Callable[..., Path], thalidomide: Programme
) -> None:
    hardened = thalidomide.model_copy(update={"severities": {"stop_before_start": "block"}})
    folder = export(discontinuations=[{"stop_date": "2024-01-09"}])
    with pytest.raises(ExportRefused):
        import_export(folder, hardened, new_store())

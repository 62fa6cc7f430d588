"""Every rule of a column fires on the value that breaks it; every spelling that the contract admits is read.

All rows below stand in one export, whose dates are written as day, month and year and whose decimal mark is the comma.
"""

from collections.abc import Callable, Iterable
from itertools import chain

import pytest

from data_schemas.programme import Programme
from data_schemas.rules import column_rules
from data_schemas.tables import TABLES, definition
from data_schemas.vocabularies import spellings
from pipelines import sql
from pipelines.opened import Opened

Row = dict[str, str]

# column, text as received, value as loaded; or, in place of the value, `!` and the rule that refuses the row
VISITS = [
    ("visit_date", "31/01/2024", "2024-01-31"),
    ("visit_date", "1/2/2024", "2024-02-01"),
    ("visit_date", "29/02/2024", "2024-02-29"),
    ("visit_date", "29/02/2023", "!not_a_date"),
    ("visit_date", "31/02/2024", "!not_a_date"),
    ("visit_date", "2024-01-31", "!not_a_date"),  # not the order of this file
    ("visit_date", "31/01/24", "!not_a_date"),
    ("visit_date", "31/01/2024 10:00", "!not_a_date"),
    ("visit_date", "inf", "!not_a_date"),
    ("visit_date", "45322", "!not_a_date"),
    ("visit_date", "31/10/2026", "2026-10-31"),
    ("visit_date", "01/11/2026", "!after_cutoff"),
    ("visit_date", "", "!required_value"),
    ("visit_date", "  ", "!required_value"),
    ("dose_mg_day", "12,5", "12.5"),
    ("dose_mg_day", "+12", "12.0"),
    ("dose_mg_day", "12.5", "!not_a_number"),  # not the mark of this file
    ("dose_mg_day", "1e2", "!not_a_number"),
    ("dose_mg_day", "0x1F", "!not_a_number"),
    ("dose_mg_day", "nan", "!not_a_number"),
    ("dose_mg_day", "inf", "!not_a_number"),
    ("dose_mg_day", "1 00", "!not_a_number"),
    ("dose_mg_day", "1_0", "!not_a_number"),
    ("dose_mg_day", "12,", "!not_a_number"),
    ("dose_mg_day", ",5", "!not_a_number"),
    ("dose_mg_day", "50 mg", "!not_a_number"),
    ("dose_mg_day", "٣", "!not_a_number"),
    ("weight_kg", "0,9", "!outside_range"),
    ("weight_kg", "1", "1.0"),
    ("weight_kg", "350", "350.0"),
    ("weight_kg", "350,1", "!outside_range"),
    ("neuro_grade", "4", "4"),
    ("neuro_grade", "04", "4"),
    ("neuro_grade", "5", "!outside_range"),
    ("neuro_grade", "-1", "!outside_range"),
    ("neuro_grade", "1,5", "!not_a_whole_number"),
    ("neuro_grade", "1.5", "!not_a_whole_number"),
    ("neuro_grade", "1.0", "!not_a_whole_number"),
    ("neuro_grade", "1e0", "!not_a_whole_number"),
    ("neuro_grade", "0x1", "!not_a_whole_number"),
    ("neuro_grade", "9999999999999999999", "!not_a_whole_number"),
    ("neuro_grade", "", None),
    ("response", "RP", "RP"),
    ("response", "rp", "RP"),
    ("response", "Réponse partielle", "RP"),
    ("response", "REPONSE PARTIELLE", "RP"),
    ("response", "Partial response", "RP"),
    ("response", " réponse\u00a0partielle\u202f", "RP"),
    ("response", "partielle", "!unknown_code"),
    ("response", "RP\t", "!unknown_code"),
    ("visit_label", "Mois 3", "Mois 3"),
    ("visit_label", "x" * 40, "x" * 40),
    ("visit_label", "é" * 40, "é" * 40),
    ("visit_label", "x" * 41, "!wrong_length"),
    ("visit_label", "Mois\n3", "!control_character"),
    ("visit_label", "Mois\x1b3", "!control_character"),
    ("visit_id", "A.b-1_2", "A.b-1_2"),
    ("visit_id", "x" * 40, "x" * 40),
    ("visit_id", "x" * 41, "!not_an_identifier"),
    ("visit_id", "-1", "!not_an_identifier"),
    ("visit_id", "é1", "!not_an_identifier"),
    ("visit_id", "a 1", "!not_an_identifier"),
    ("visit_id", "a\n", "!not_an_identifier"),
    ("visit_id", "", "!required_value"),
    ("episode_id", "nobody", "!unknown_reference"),
    ("episode_id", "refused", "!quarantined_reference"),
    ("episode_id", "", "!required_value"),
]
EFFECTS = [
    ("onset_date", "2024", "2024"),
    ("onset_date", "03/2024", "2024-03"),
    ("onset_date", "3/2024", "2024-03"),
    ("onset_date", "2024-03", "2024-03"),
    ("onset_date", "05/03/2024", "2024-03-05"),
    ("onset_date", "", None),
    ("onset_date", "13/2024", "!not_a_partial_date"),
    ("onset_date", "31/02/2024", "!not_a_partial_date"),
    ("onset_date", "2024-13", "!not_a_partial_date"),
    ("onset_date", "2024-03-05", "!not_a_partial_date"),
    ("onset_date", "mars 2024", "!not_a_partial_date"),
    ("onset_date", "24", "!not_a_partial_date"),
    ("onset_date", "11/2026", "!after_cutoff"),
    ("onset_date", "2027", "!after_cutoff"),
    ("soc_label", "AFFECTIONS DE L\u2019OREILLE ET DU LABYRINTHE", "EAR"),
    ("soc_label", "Affections de l'oreille et du labyrinthe", "EAR"),
    ("soc_label", "ear and labyrinth disorders", "EAR"),
    ("soc_label", "Oreille", "!unknown_code"),
    ("serious", "Non renseigné", "NR"),
    ("serious", "oui", "!seriousness_not_recorded"),
    ("serious", "O", "!unknown_code"),
    ("patient_id", "nobody", "!unknown_reference"),
]
DECLARATIONS = [
    ("period", "2024-01", "2024-01"),
    ("period", "02/2024", "2024-02"),
    ("period", "2024-13", "!not_a_month"),
    ("period", "2024", "!not_a_month"),
    ("period", "01/03/2024", "!not_a_month"),
]
DRAWN = {"visits": VISITS, "adverse_events": EFFECTS, "declarations": DECLARATIONS}
WARNED = {"seriousness_not_recorded"}

CASES = [pytest.param(table, line, column, expected, id=f"{table}-{column}-{text!r}")
         for table, rows in DRAWN.items()
         for line, (column, text, expected) in enumerate(rows, start=1)]  # fmt: skip


def valid(table: str, number: int) -> Row:
    day = "10/06/2024"
    return {
        "visits": {"visit_id": f"v{number}", "episode_id": "e1", "visit_date": day},
        "adverse_events": {"ae_id": f"a{number}", "patient_id": "p1", "onset_date": day, "received_date": "31/10/2026"},
        "declarations": {"period": "2020-01", "version": str(number), "sent_on": day, "cutoff_date": day},
    }[table]


@pytest.fixture(scope="module")
def received(release: Callable[..., Opened]) -> Opened:
    """One row for each case; only the column in question differs from a valid row."""
    tables = {table: [valid(table, number) | {column: text} for number, (column, text, _) in enumerate(rows, start=1)]
              for table, rows in DRAWN.items()}  # fmt: skip
    return release(
        patients=[{"patient_id": "p1"}],
        initiations=[
            {"episode_id": "e1", "patient_id": "p1"},
            {"episode_id": "refused", "patient_id": "p1", "product": "?"},
        ],
        **tables,
    )


@pytest.mark.parametrize(("table", "record", "column", "expected"), CASES)
def test_a_text_is_read_or_refused_by_its_rule(
    received: Opened, table: str, record: int, column: str, expected: str | None
) -> None:
    loaded = received.query(f'select "{column}" as value from core_{table} where record_no = $n', {"n": record})
    if expected is None or not expected.startswith("!"):
        value = None if loaded["value"].isna().iloc[0] else str(loaded["value"].iloc[0]).removesuffix(" 00:00:00")
        assert value == expected
    elif expected[1:] in WARNED:
        assert len(loaded) == 1
    else:
        assert loaded.empty
        assert reasons(received, table)[record][0] == f"{expected[1:]}:{column}"


def reasons(opened: Opened, table: str) -> dict[int, list[str]]:
    """By record, which the order of the lines gives: only refused rows have a line."""
    refused = opened.query("select reasons from quarantine where table_name = $table order by line", {"table": table})
    loaded = set(opened.query(f"select record_no from core_{table}")["record_no"])
    missing = [number for number in range(1, len(DRAWN[table]) + 1) if number not in loaded]
    return dict(zip(missing, map(list, refused["reasons"]), strict=True))


def test_every_rule_of_a_column_has_a_row_that_breaks_it() -> None:
    tried = {expected[1:] for *_, expected in chain.from_iterable(DRAWN.values()) if expected and expected[0] == "!"}
    elsewhere = {"malformed_line", "duplicate_key", "repeated_line", "data_opposition", "repeated_header", "total_line",
                 "excel_error", "scientific_identifier", "leading_zero_lost", "declared_withdrawal",
                 "several_centres"}  # fmt: skip
    assert tried | elsewhere == set(column_rules()) | WARNED


@pytest.mark.parametrize("column", ["visit_label", "pt_label"])
def test_a_text_of_french_spaces_only_is_empty(release: Callable[..., Opened], column: str) -> None:
    given = release(visits=[{"visit_label": "\u00a0\u202f "}], adverse_events=[{"pt_label": "\u00a0\u202f "}])
    table = "visits" if column == "visit_label" else "adverse_events"
    loaded = given.query(f"select * from core_{table}")
    assert loaded[column].isna().all() if table == "visits" else loaded.empty


def every_spelling(programme: Programme) -> Iterable[tuple[str, str, str]]:
    vocabularies = {(definition(table.name, column).metadata or {}).get("vocabulary")
                    for table in TABLES.values() for column in table.columns}  # fmt: skip
    for vocabulary in sorted(filter(None, vocabularies)):
        for spelling, code in spellings(vocabulary, programme).items():
            yield vocabulary, spelling, code


def test_no_two_codes_of_a_list_have_a_spelling_in_common(thalidomide: Programme) -> None:
    known: dict[tuple[str, str], str] = {}
    for vocabulary, spelling, code in every_spelling(thalidomide):
        assert known.setdefault((vocabulary, sql.comparable_text(spelling)), code) == code
    assert len(known) > 300


def test_every_organ_class_is_read_in_both_languages_in_any_case(
    release: Callable[..., Opened], thalidomide: Programme
) -> None:
    found = spellings("system_organ_class", thalidomide)
    variants = [(written, code) for spelling, code in found.items()
                for written in (spelling, spelling.upper(), spelling.lower(), spelling.replace("'", "’"))]  # fmt: skip
    given = release(adverse_events=[{"soc_label": written} for written, _ in variants])
    loaded = given.query("select record_no, soc_label from core_adverse_events order by record_no")
    assert list(loaded["soc_label"]) == [code for _, code in variants]
    assert len(set(found.values())) == 27


def test_accents_written_apart_are_read(release: Callable[..., Opened]) -> None:
    given = release(adverse_events=[{"soc_label": "Affections he\u0301patobiliaires"}])
    assert list(given.query("select soc_label from core_adverse_events")["soc_label"]) == ["HEPAT"]

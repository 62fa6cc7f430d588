"""The rows that are wrong on purpose are those listed, and every other row keeps to the rules.

The rules are checked here by a plain reading of the contract, row by row.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from data_schemas.tables import TABLES
from sample_data.settings import CUTOFFS
from sample_data.wrong import WRONG_ROWS

Rows = list[dict[str, str]]
Export = dict[str, Rows]

BROKEN = {
    "unknown_soc": "soc_label: code",
    "serious_without_flag": "serious without flag",
    "death_without_fatal_outcome": "death flag without fatal outcome",
    "onset_in_words": "onset_date: partial_date",
    "man_of_childbearing_potential": "childbearing status of the other sex",
    "woman_with_status_of_men": "childbearing status of the other sex",
    "dose_500": "dose",
    "same_key_different_content": "key",
    "impossible_start_date": "treatment_start_date: date",
    "age_off": "age",
    "unknown_indication": "indication_code: code",
    "before_the_framework": "too early",
    "unresolved_centre": "centre_id: reference",
    "birth_year_missing": "birth_year: empty",
    "repeated_line": "repeated",
    "text_in_a_number": "dose_mg_day: decimal",
    "visit_after_cutoff": "visit_date: after cut-off",
    "visit_of_no_episode": "episode_id: reference",
    "capsules_in_words": "capsules: integer",
    "stop_before_start": "stop before start",
    "unknown_test_result": "result: code",
}
FLAGS = [column for column in TABLES["adverse_events"].columns if column.startswith("seriousness_")]


def is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


READS = {
    "identifier": lambda text: re.fullmatch(r"[A-Z]\d{3,9}", text),
    "label": lambda text: 0 < len(text) <= 120,
    "date": is_date,
    "partial_date": lambda text: is_date(text) or re.fullmatch(r"20[12]\d(-(0[1-9]|1[0-2]))?", text),
    "month": lambda text: re.fullmatch(r"20[12]\d-(0[1-9]|1[0-2])", text),
    "integer": lambda text: re.fullmatch(r"\d+", text),
    "decimal": lambda text: re.fullmatch(r"\d+(\.\d)?", text),
}


def cell_faults(export: Export, table: str, row: dict[str, str], cutoff: str, contract) -> Iterator[str]:
    for use in TABLES[table].uses:
        text, meaning = row[use.column], contract[table, use.column]
        if not text:
            yield from [] if use.nullable else [f"{use.column}: empty"]
        elif meaning.kind == "code":
            known = meaning.spellings if use.column == "soc_label" else meaning.codes
            yield from [] if text in known else [f"{use.column}: code"]
        elif not READS[meaning.kind](text):
            yield f"{use.column}: {meaning.kind}"
        elif meaning.kind == "date" and text > cutoff:
            yield f"{use.column}: after cut-off"
        elif use.refers_to and text not in export[f"keys of {use.refers_to}"]:
            yield f"{use.column}: reference"


def initiation_faults(export: Export, row: dict[str, str]) -> Iterator[str]:
    patient = export["keys of patients"][row["patient_id"]]
    if (patient["sex"] == "M") != (row["childbearing_status"] == "HOMME"):
        yield "childbearing status of the other sex"
    if not 0 < float(row["start_dose_mg_day"]) <= 400:
        yield "dose"
    start = row["treatment_start_date"]
    if abs(int(row["age_at_start"]) - (int(start[:4]) - int(patient["birth_year"]))) > 1:
        yield "age"
    if row["episode_type"] == "INITIATION" and start < "2015-05-05":
        yield "too early"
    if not row["form_signed_date"] <= row["form_received_date"]:
        yield "received before it was signed"


def effect_faults(export: Export, row: dict[str, str]) -> Iterator[str]:
    raised = [flag for flag in FLAGS if row[flag] == "1"]
    if row["serious"] == "1" and not raised:
        yield "serious without flag"
    if row["serious"] != "1" and raised:
        yield "flag without seriousness"
    if (row["seriousness_death"] == "1") != (row["outcome"] == "DECES"):
        yield "death flag without fatal outcome"
    if row["submitted_date"] and row["submitted_date"] < row["received_date"]:
        yield "submitted before it was received"
    if is_date(row["onset_date"]) and row["onset_date"] > row["received_date"]:
        yield "received before its onset"
    episode = export["keys of initiations"].get(row["episode_id"])
    if episode and episode["patient_id"] != row["patient_id"]:
        yield "episode of another patient"


def stop_faults(export: Export, row: dict[str, str]) -> Iterator[str]:
    if row["stop_date"] < export["keys of initiations"][row["episode_id"]]["treatment_start_date"]:
        yield "stop before start"
    if row["ae_id"] and row["ae_id"] not in export["keys of adverse_events"]:
        yield "effect not known"


RULES = {"initiations": initiation_faults, "adverse_events": effect_faults, "discontinuations": stop_faults}


def with_keys(export: Export) -> Export:
    for table in ("centres", "patients", "initiations", "adverse_events"):
        export[f"keys of {table}"] = {row[TABLES[table].key[0]]: row for row in export[table]}
    return export


def key_faults(table: str, rows: Rows) -> dict[int, str]:
    """Lines that repeat an earlier one, and lines that share their key with a different one."""
    found, contents, lines = {}, {}, set()
    for number, row in enumerate(rows):
        content = tuple(row.values())
        if content in lines:
            found[number] = "repeated"
        lines.add(content)
        contents.setdefault(tuple(row[column] for column in TABLES[table].key), {}).setdefault(content, number)
    for different in contents.values():
        if len(different) > 1:
            found |= dict.fromkeys(different.values(), "key")
    return found


def faults(export: Export, cutoff: str, contract) -> dict[tuple[str, int], list[str]]:
    """Table and line of each wrong row, with what is wrong."""
    found: dict[tuple[str, int], list[str]] = {}
    for table in TABLES:
        doubled = key_faults(table, export[table])
        for number, row in enumerate(export[table]):
            wrong = list(cell_faults(export, table, row, cutoff, contract))
            if not wrong and table in RULES:
                wrong = list(RULES[table](export, row))
            wrong += [doubled[number]] if number in doubled else []
            if wrong:
                found[table, number] = wrong
    return found


@pytest.fixture(scope="module")
def found(read, contract):
    def at(cutoff: str) -> dict[tuple[str, int], list[str]]:
        export = with_keys({table: read(cutoff, table) for table in TABLES})
        return faults(export, cutoff, contract)

    return at


def listed() -> Counter[tuple[str, str]]:
    count: Counter[tuple[str, str]] = Counter()
    for defect in WRONG_ROWS:
        count[defect.table, BROKEN[defect.code]] += defect.rows
    return count


@pytest.mark.parametrize("cutoff", [CUTOFFS[5], CUTOFFS[17], CUTOFFS[-1]])
def test_the_wrong_rows_are_the_listed_ones(found, cutoff: str) -> None:
    wrong = found(cutoff)
    assert Counter((table, fault) for (table, _), all_of in wrong.items() for fault in all_of) == listed()
    assert len(wrong) == sum(defect.rows for defect in WRONG_ROWS)


def test_the_first_export_has_no_other_wrong_rows(found) -> None:
    wrong = Counter((table, fault) for (table, _), all_of in found(CUTOFFS[0]).items() for fault in all_of)
    assert wrong <= listed()


def test_fifteen_to_twenty_five_rows_are_wrong() -> None:
    assert 15 <= sum(defect.rows for defect in WRONG_ROWS) <= 25
    assert {defect.code for defect in WRONG_ROWS} == set(BROKEN)
    assert all(defect.rule for defect in WRONG_ROWS)

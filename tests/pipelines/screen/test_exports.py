"""Where an export is searched: kept text, refused rows in full, broken lines, and the year of birth."""

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.errors import ExportRefused
from pipelines.importing import Imported

NARRATIVE = "Patient known for years, seen again after a long journey abroad"
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nir without its key": ({"visits": [{"visit_label": "2 55 12 2A 004 123"}]}, "nir"),
    "phone from abroad": ({"visits": [{"visit_label": "+32 475 12 34 56"}]}, "phone"),
    "initials and date": ({"visits": [{"visit_label": "DUP 12/03/1956"}]}, "initials_date"),
    "dotted initials": ({"adverse_events": [{"pt_label": "J.D. 1956-03-12"}]}, "initials_date"),
    "pseudonym of initials and date": (
        {"patients": [{"patient_id": "DUP-12031956"}, {"patient_id": "P2"}]}, "initials_date"),
    "pseudonym that is a file number": ({"patients": [{"patient_id": "IPP80012345"}]}, "file_number"),
    "pseudonym that is a nir": ({"patients": [{"patient_id": "185057800608491"}]}, "nir"),
    "closed birth date": ({"patients": [{"birth_year": "12031956"}]}, "birth_date"),
    "narrative in a refused row": ({"visits": [{"visit_date": NARRATIVE}]}, "free_text"),
    "civility in a refused row": ({"visits": [{"response": "Mme Ombrelle"}]}, "person"),
    "address in a refused row": ({"centres": [{}, {"centre_type": "12 rue des Lilas"}]}, "address"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_identifier_refuses_the_export_and_names_its_rule(imported: Callable[..., Imported], name: str) -> None:
    tables, rule = REFUSED[name]
    with pytest.raises(ExportRefused) as refusal:
        imported(**tables)
    assert {problem.key for problem in refusal.value.problems} == {"screen.value"}
    assert {problem.details["rule"] for problem in refusal.value.problems} == {rule}
    values = {value for rows in tables.values() for row in rows for value in row.values() if len(value) > 3}
    assert not any(value in str(refusal.value) for value in values)


@pytest.mark.parametrize(("text", "rule"), [("0612345678", "phone"), (NARRATIVE * 3, "free_text")])
def test_a_broken_line_is_searched(imported: Callable[..., Imported], text: str, rule: str) -> None:
    text = text.replace(",", "")
    broken = f"centre_id,centre_type,region_code\nC1,CHU,11\nC2,{text}\n"
    with pytest.raises(ExportRefused) as refusal:
        imported(files={"centres.csv": broken.encode()})
    assert [(each.key, each.details["rule"]) for each in refusal.value.problems] == [("screen.line", rule)]


HARMLESS: dict[str, dict[str, Any]] = {
    "ten digits": {"patients": [{"patient_id": f"{(n * 48_271_007) % 10**10:010}"} for n in range(1, 200)]},
    "thirteen digits": {"patients": [{"patient_id": f"{(n * 48_271_007_331) % 10**13:013}"} for n in range(1, 200)]},
    "a visit of a day": {"visits": [{"visit_id": f"VIS-2021-03-{n:02}"} for n in range(1, 29)]},
    "a dated label": {"visits": [{"visit_label": "EMG 12/03/2010"}, {"visit_label": "V2 12/03/2024"}]},
    "a long label of a class in a refused row": {"adverse_events": [
        {"serious": "?", "soc_label": "Affections respiratoires, thoraciques et médiastinales"}]},
    "a long word in a refused row": {"visits": [{"visit_id": "x" * 60}]},
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_values_are_imported(imported: Callable[..., Imported], name: str) -> None:
    assert imported(**HARMLESS[name]).is_new

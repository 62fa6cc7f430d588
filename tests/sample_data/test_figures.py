"""The figures sent to the regulator: what each month's export allowed to count, but for one month."""

import datetime as dt
from collections import Counter

import pytest

from sample_data.settings import CUTOFFS, MISDECLARED, REDECLARED

FOUR = ("APHTOSE", "LUPUS_CUT", "ENL", "CROHN_PED")


@pytest.fixture(scope="module")
def counted(read):
    """New patients of a month as an export lets one count them, row by row; added wrong rows are left out."""

    def figures(period: str, cutoff: str) -> Counter[str]:
        opposed = {row["patient_id"] for row in read(cutoff, "patients") if row["data_opposition"] == "1"}
        first: dict[str, dict[str, str]] = {}
        for row in read(cutoff, "initiations"):
            if row["episode_id"].startswith("E9") or row["patient_id"] in opposed:
                continue
            known = first.get(row["patient_id"])
            if known is None or row["treatment_start_date"] < known["treatment_start_date"]:
                first[row["patient_id"]] = row
        new = [row for row in first.values() if row["treatment_start_date"].startswith(period)]
        codes = Counter(row["indication_code"] for row in new if row["episode_type"] == "INITIATION")
        return Counter({code: codes[code] for code in FOUR} | {"": sum(codes[code] for code in FOUR)})

    return figures


@pytest.fixture(scope="module")
def declared(read, last: str) -> dict[tuple[str, str], Counter[str]]:
    """(period, version) → figures by indication, "" for the total."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in read(last, "declarations"):
        figures = found.setdefault((row["period"], row["version"]), Counter())
        figures[row["indication_code"]] = int(row["n_new_patients"])
    return found


def test_each_figure_is_what_its_cutoff_allowed_to_count_but_for_one_month(counted, declared) -> None:
    ends = {cutoff[:7]: cutoff for cutoff in CUTOFFS}
    versions = [period for period, version in declared if version == "1"]
    assert versions == [cutoff[:7] for cutoff in CUTOFFS[:-1]]
    different = [period for period in versions if declared[period, "1"] != counted(period, ends[period])]
    assert different == [MISDECLARED.period]


def test_the_month_declared_differently_is_off_as_documented(counted, declared) -> None:
    right = counted(MISDECLARED.period, f"{MISDECLARED.period}-31")
    off = Counter({MISDECLARED.indication_code: MISDECLARED.excess, "": MISDECLARED.excess})
    assert declared[MISDECLARED.period, "1"] == right + off


def test_one_month_was_declared_again(counted, declared) -> None:
    assert [period for period, version in declared if version == "2"] == [REDECLARED.period]
    assert declared[REDECLARED.period, "2"] == counted(REDECLARED.period, REDECLARED.cutoff)
    assert declared[REDECLARED.period, "2"] != declared[REDECLARED.period, "1"]


def test_an_export_holds_the_figures_sent_by_its_cutoff(read) -> None:
    for number, cutoff in enumerate(CUTOFFS):
        rows = read(cutoff, "declarations")
        assert all(row["sent_on"] <= cutoff and row["cutoff_date"] < row["sent_on"] for row in rows)
        assert len({row["period"] for row in rows}) == number


def test_a_figure_is_sent_around_the_tenth_of_the_next_month(read, last: str) -> None:
    for row in read(last, "declarations"):
        sent = dt.date.fromisoformat(row["sent_on"])
        assert 10 <= sent.day <= 12
        assert sent.weekday() < 5


def test_twenty_to_forty_patients_begin_in_most_months(counted, last: str) -> None:
    totals = [counted(cutoff[:7], last)[""] for cutoff in CUTOFFS]
    assert sum(20 <= total <= 40 for total in totals) >= 30
    assert max(totals) <= 45


def test_past_months_move_between_exports(counted, last: str) -> None:
    moved = [cutoff for cutoff in CUTOFFS[:-1] if counted(cutoff[:7], cutoff) != counted(cutoff[:7], last)]
    assert len(moved) > 20

"""How numbers, days and months are written."""

import datetime as dt

import pytest

from dashboard import formats

NARROW = "\u202f"


def test_numbers() -> None:
    assert formats.number(12345, "fr") == f"12{NARROW}345"
    assert formats.number(12345, "en") == "12,345"
    assert formats.number(2.5, "fr") == "2,5"
    assert formats.number(-3, "fr") == "−3"


def test_a_difference_has_its_sign_and_none_for_no_change() -> None:
    assert [formats.difference(value, "fr") for value in (3, 0, -14)] == ["+3", "0", "−14"]


def test_a_share_is_a_percentage_only_from_ten() -> None:
    assert formats.share(3, 7, "fr") == "3/7"
    assert formats.share(3, 9, "fr") == "3/9"
    assert formats.share(3, 10, "fr") == f"3/10 (30,0{NARROW}%)"
    assert formats.share(12, 1254, "en") == "12/1,254 (1.0%)"
    assert formats.share(0, 0, "fr") == "0/0"


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        ("2022-08-31", "31/08/2022", "31 Aug 2022"),
        ("2012-02", "févr. 2012", "Feb 2012"),
        ("1977", "1977", "1977"),
        ("2022-08-31 00:00:00", "31/08/2022", "31 Aug 2022"),
    ],
)
def test_days_as_much_as_is_known(value: str, french: str, english: str) -> None:
    assert formats.partial_day(value, "fr") == french
    assert formats.partial_day(value, "en") == english


def test_days_and_months() -> None:
    assert formats.day(dt.date(2026, 10, 31), "fr") == "31/10/2026"
    assert formats.month("2026-10", "fr") == "oct. 2026"
    assert formats.month("2026-10", "en") == "Oct 2026"
    assert formats.month_names("fr")[7] == "août"
    assert formats.weekday_names("fr", "EEEE")[0] == "dimanche"


def test_french_spaces_do_not_break() -> None:
    assert formats.typeset("Quoi ? « Oui » : l'un", "fr") == "Quoi\u202f? «\u00a0Oui\u00a0»\u00a0: l’un"
    assert formats.typeset("What? It's", "en") == "What? It's"


def test_signs_are_not_taken_for_markdown() -> None:
    assert formats.plain("> 6 ans *a* [b]") == "\\> 6 ans \\*a\\* \\[b\\]"

"""The attacker wins against designs that are known to be bad, and not against a star of one-way tables."""

import itertools
from collections.abc import Sequence

import pytest

from pipelines.errors import LedgerError
from pipelines.protected.attack import Interval, Table

T = 11


def table(*axes: Sequence[str]) -> Table:
    return Table(list(itertools.product(*axes)))


def cell(there: Table, *values: str) -> Interval:
    return there.interval(there.where(lambda each: each == values))


def margin(there: Table, axis: int, numbers: dict[str, int]) -> None:
    for code, n in numbers.items():
        there.add(lambda each, code=code: each[axis] == code, n)


def test_a_star_of_one_way_tables_hides_every_crossed_cell() -> None:
    there = table("FM", ("north", "south"), ("young", "old"))
    margin(there, 0, {"F": 11, "M": 69})
    margin(there, 1, {"north": 40, "south": 40})
    margin(there, 2, {"young": 66, "old": 14})

    assert all(not cell(there, *each).tells(T) for each in there.cells)
    assert cell(there, "F", "north", "old") == Interval(0, 11)


def test_frechet_bounds_are_found() -> None:
    there = table("FM", ("young", "old"))
    margin(there, 0, {"F": 60, "M": 20})
    margin(there, 1, {"young": 65, "old": 15})

    assert cell(there, "F", "young") == Interval(60 + 65 - 80, 60)


def test_monthly_exact_tables_are_lost_by_their_difference() -> None:
    there = table("FM", ("before", "new"))
    there.add(lambda each: each[1] == "before" and each[0] == "F", 40)
    there.add(lambda each: each[0] == "F", 43)  # the same table a month later: both are far from small

    assert cell(there, "F", "new") == Interval(3, 3)
    assert cell(there, "F", "new").tells(T)


def test_a_cell_alone_suppressed_is_lost_by_the_total() -> None:
    there = table("ABC")
    there.add(lambda _: True, 40)
    margin(there, 0, {"A": 20, "B": 16})

    assert cell(there, "C").tells(T)


def test_a_recomputed_total_gives_away_the_late_form() -> None:
    there = table(("in time", "late"))
    there.add(lambda each: each[0] == "in time", 14)
    there.add(lambda _: True, 15)

    assert cell(there, "late") == Interval(1, 1)


def test_pooling_the_smallest_tells_that_each_is_small() -> None:
    there = table("ABC")
    margin(there, 0, {"A": 20})
    there.add(lambda each: each[0] in "BC", 12)
    for code in "BC":  # pooled because each was small: that is known to one who knows the rule
        there.some_are_few([lambda each, code=code: each[0] == code], T - 1)

    assert cell(there, "B") == Interval(2, 10)
    assert cell(there, "B").tells(T)


def test_all_or_nothing_tells_only_that_one_of_them_is_small() -> None:
    there = table("ABC")
    margin(there, 0, {"A": 20})
    there.add(lambda each: each[0] in "BC", 12)
    there.some_are_few([lambda each, code=code: each[0] == code for code in "BC"], T - 1)

    assert cell(there, "B") == Interval(0, 12)


@pytest.mark.parametrize(("n", "lost"), [(9, True), (10, True), (11, False), (12, False)])
def test_a_threshold_off_by_one_publishes_a_small_number(n: int, lost: bool) -> None:
    there = table("FM")
    margin(there, 0, {"F": n, "M": 50})

    assert cell(there, "F").tells(T) == lost


def test_linked_tables_give_away_what_one_implies() -> None:
    there = Table([("effect", "serious"), ("effect", "not serious"), ("none", "not serious")])
    there.add(lambda _: True, 90)
    margin(there, 0, {"effect": 30})
    margin(there, 1, {"serious": 27})  # as a table of its own: neither number nor its complement is small

    assert cell(there, "effect", "not serious") == Interval(3, 3)


def test_two_recodings_of_one_variable_give_away_what_lies_between() -> None:
    there = table(("to 59", "60 to 64", "from 65"))
    there.add(lambda each: each[0] == "from 65", 20)
    there.add(lambda each: each[0] == "to 59", 66)
    there.add(lambda each: each[0] != "to 59", 24)

    assert cell(there, "60 to 64") == Interval(4, 4)


def test_what_contradicts_itself_is_said() -> None:
    there = table("FM")
    margin(there, 0, {"F": 20})
    there.add(lambda _: True, 19)

    with pytest.raises(LedgerError) as error:
        cell(there, "F")
    assert error.value.key == "ledger.contradiction"


@pytest.mark.parametrize(("interval", "tells"), [
    (Interval(0, 0), False), (Interval(0, 9), True), (Interval(0, 10), False), (Interval(1, 10), True),
    (Interval(10, 10), True), (Interval(11, 11), False), (Interval(10, 20), False), (Interval(10, 19), True),
    (Interval(11, 12), False)])  # fmt: skip
def test_what_it_is_to_tell_a_small_number_apart(interval: Interval, tells: bool) -> None:
    assert interval.tells(T) == tells

"""The chain ladder: a published triangle to the unit, and triangles with nothing in them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics.chain_ladder import Numbers, chain_ladder

TAYLOR_ASHE = """
    357848  766940  610542  482940 527326 574398 146342 139950 227229 67948
    352118  884021  933894 1183289 445745 320996 527804 266172 425046
    290507 1001799  926219 1016654 750816 146923 495992 280405
    310608 1108250  776189 1562400 272482 352053 206286
    443160  693190  991983  769488 504851 470639
    396132  937085  847498  805037 705960
    440832  847631 1131398 1063269
    359480 1061648 1443370
    376686  986608
    344014
"""


def drawn(text: str) -> Numbers:
    rows = [[float(cell) for cell in line.split()] for line in text.strip().splitlines()]
    return np.array([row + [np.nan] * (len(rows) - len(row)) for row in rows])


def test_the_triangle_of_taylor_and_ashe() -> None:
    """Taylor and Ashe, J. Econometrics 23 (1983) 37-61; reserves as in Mack, ASTIN Bulletin 23 (1993) 213-225.

    Prediction errors of the over-dispersed Poisson model as in England and Verrall, Insurance: Mathematics and
    Economics 25 (1999) 281-293, and R, `ChainLadder::glmReserve(GenIns)`; the dispersion is 52 601.
    """
    found = chain_ladder(drawn(TAYLOR_ASHE))

    reserves = [0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]
    errors = [0, 110100, 216043, 260872, 303550, 375014, 495378, 789961, 1046514, 1980101]
    assert list(found.pending.round()) == reserves
    assert round(found.pending.sum()) == 18680856
    assert list(found.se) == pytest.approx(errors, rel=1e-5)
    assert found.total_se == pytest.approx(2945659, rel=1e-5)
    assert found.dispersion == pytest.approx(52601, abs=1)


def test_completeness_by_hand() -> None:
    """Of 10 and 6 events received in their month, 2 and 2 came one month later: 16 of 20. Nothing came after two.

    The last month has 4, which are 4 / 0.8 = 5.
    """
    found = chain_ladder(drawn("10 2 0\n6 2\n4"))

    assert list(found.completeness) == pytest.approx([0.8, 1, 1])
    assert list(found.pending) == pytest.approx([0, 0, 1])


def test_an_age_at_which_nothing_was_ever_received_gives_no_estimate() -> None:
    found = chain_ladder(drawn("0 5 0\n0 4\n3"))

    assert found.completed[2] == 0
    assert np.isnan(found.pending[2])
    assert np.isnan(found.se[2])
    assert found.total_se == 0


def test_an_empty_triangle_expects_nothing() -> None:
    found = chain_ladder(drawn("0 0\n0"))

    assert (list(found.pending), found.total_se, found.dispersion) == ([0, 0], 0, 1)


@pytest.mark.parametrize("rows", [[[1, 2], [-1, np.nan]], [[1, 2], [1, 2]], [[1, np.nan], [1, np.nan]], [[1], [1]]])
def test_another_shape_or_a_negative_number_is_refused(rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="a triangle has"):
        chain_ladder(np.array(rows, dtype=float))


def squares(size: int) -> st.SearchStrategy[list[list[int]]]:
    row = st.lists(st.sampled_from([0, 0, 0, 1, 2, 30]), min_size=size, max_size=size)
    return st.lists(row, min_size=size, max_size=size)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.integers(1, 7).flatmap(squares))
def test_any_counts_keep_the_margins_of_the_model(counts: list[list[int]]) -> None:
    """A Poisson fit with factors gives each delay's total back: what was expected so far is what was received."""
    size = len(counts)
    known = np.add.outer(np.arange(size), np.arange(size)) < size
    triangle = np.where(known, np.array(counts, dtype=float), np.nan)

    found = chain_ladder(triangle)

    assert (np.diff(found.completeness) >= 0).all()
    assert found.completeness[-1] == 1
    assert found.dispersion >= 1
    if not np.isnan(found.pending).any():
        fitted = np.outer(found.received + found.pending, np.diff(found.completeness, prepend=0.0))
        assert list((fitted * known).sum(axis=0)) == pytest.approx(list(np.nansum(triangle, axis=0)))
        assert (found.se >= 0).all()
        assert (found.pending >= 0).all()

"""Episodes of a patient follow one another; no day of exposure counts twice, an unknown stop lasts to the cut-off."""

from collections.abc import Callable

import pytest

from pipelines.opened import Opened


@pytest.fixture(scope="module")
def drawn(release: Callable[..., Opened]) -> dict[str, tuple[int, bool, str, str, int]]:
    opened = release(
        initiations="""
            episode_id | patient_id | episode_type | treatment_start_date
            once       | a          | INITIATION   | 2026-10-31
            stopped    | b          | INITIATION   | 2026-01-01
            again      | b          | REPRISE      | 2026-03-01
            unknown    | c          | INITIATION   | 2026-01-01
            later      | c          | REPRISE      | 2026-01-31
            twice      | d          | INITIATION   | 2026-05-01
            same_day   | d          | REPRISE      | 2026-05-01
            long       | e          | INITIATION   | 2026-01-01
            inside     | e          | REPRISE      | 2026-01-11
        """,
        discontinuations="""
            episode_id | stop_date
            stopped    | 2026-01-01
            again      | 2026-03-10
            long       | 2026-02-20
        """,
    )
    frame = opened.query("select episode_id, episode_order, is_last, ended, last_day, days from episodes")
    opened.close()
    return {row[0]: (row[1], row[2], row[3], str(row[4])[:10], row[5]) for row in frame.itertuples(index=False)}


@pytest.mark.parametrize(
    ("episode", "order", "last", "ended", "last_day", "days"),
    [
        ("once", 1, True, "OPEN", "2026-10-31", 1),
        ("stopped", 1, False, "STOPPED", "2026-01-01", 1),
        ("again", 2, True, "STOPPED", "2026-03-10", 10),
        ("unknown", 1, False, "FOLLOWED", "2026-01-30", 30),
        ("later", 2, True, "OPEN", "2026-10-31", 274),
        ("twice", 1, False, "FOLLOWED", "2026-04-30", 0),
        ("same_day", 2, True, "OPEN", "2026-10-31", 184),
        ("long", 1, False, "FOLLOWED", "2026-01-10", 10),
        ("inside", 2, True, "OPEN", "2026-10-31", 294),
    ],
)
def test_an_episode_lasts_to_its_stop_the_next_start_or_the_cut_off(
    drawn: dict[str, tuple[int, bool, str, str, int]], episode: str, order: int, last: bool, ended: str, last_day: str,
    days: int,
) -> None:  # fmt: skip
    assert drawn[episode] == (order, last, ended, last_day, days)


def test_no_patient_is_exposed_for_more_days_than_there_were(drawn: dict[str, tuple[int, bool, str, str, int]]) -> None:
    assert drawn["long"][4] + drawn["inside"][4] == 304
    assert drawn["twice"][4] + drawn["same_day"][4] == 184

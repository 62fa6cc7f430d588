"""Zero, masked, not applicable, not recorded, not collected and not sent stay apart from the query to the file."""

import csv
import dataclasses
import io
from collections.abc import Callable

import pandas as pd
import pytest

from dashboard import tables
from dashboard.shown import Shown
from data_schemas.programme import Programme
from pipelines.distributions import distribution
from pipelines.measure import MeasureTable, measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.states import (
    MASKED,
    NOT_APPLICABLE,
    NOT_COLLECTED,
    NOT_RECORDED,
    NOT_SENT,
    OBSERVED,
    STATES,
    label,
    sign,
)

Release = Callable[..., Opened]
LANGUAGES = ("fr", "en")


def shown(opened: Opened, table: MeasureTable, language: str) -> Shown:
    return Shown(table, opened.programme, language, opened.months)


def written(opened: Opened, table: MeasureTable, language: str) -> list[list[str]]:
    """The rows of the file, without its heads."""
    content = tables.csv_of(shown(opened, table, language)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=tables.SEPARATORS[language]))[1:]


def read(opened: Opened, table: MeasureTable, language: str) -> list[list[str]]:
    """The rows on the screen."""
    return tables.readable(shown(opened, table, language)).to_numpy().tolist()


@pytest.fixture(scope="module")
def drawn(release: Release) -> Opened:
    effects = "patient_id | soc_label | severity_grade\n a | SKIN | \n a | NERV | 3"
    return release(patients="patient_id | sex\n a | F", adverse_events=effects)


@pytest.fixture(scope="module")
def without(drawn: Opened, thalidomide: Programme) -> Opened:
    """The same release, read by a programme that collects neither sex nor subtype, nor whether effects were fatal."""
    missing = {"patients": ("sex",), "initiations": ("indication_subtype",)}
    missing["adverse_events"] = ("seriousness_death",)
    return Opened(drawn.release, thalidomide.model_copy(update={"not_collected": missing}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_zero_is_observed(drawn: Opened, language: str) -> None:
    table = measure(drawn, "treated_patients", Selection(), by=["sex"])
    assert table.frame.set_index("sex")["n_patients"].to_dict() == {"F": 1, "M": 0}
    assert set(table.frame["state"]) == {OBSERVED}
    assert read(drawn, table, language)[1][1] == "0"
    assert written(drawn, table, language)[1][1:] == ["0", label(OBSERVED, language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_that_was_not_recorded_is_one(drawn: Opened, language: str) -> None:
    table = measure(drawn, "effects", Selection(), by=["severity_grade"])
    assert table.frame["severity_grade"].isna().tolist() == [False, True]
    assert [int(n) for n in table.frame["n_effects"]] == [1, 1]
    assert read(drawn, table, language)[1][0] == written(drawn, table, language)[1][0] == sign(NOT_RECORDED, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_collected_is_no_zero_and_not_merely_unrecorded(without: Opened, language: str) -> None:
    table = measure(without, "serious_effects", Selection())
    first = table.frame.iloc[0]
    assert (first["criterion"], first["state"], pd.isna(first["n_patients"])) == ("DEATH", NOT_COLLECTED, True)
    assert read(without, table, language)[0][1] == sign(NOT_COLLECTED, language)
    assert written(without, table, language)[0][1:] == [sign(NOT_COLLECTED, language)] * 3 + [
        label(NOT_COLLECTED, language)
    ]
    by_form = measure(without, "treated_patients", Selection(), by=["indication_subtype"])
    assert by_form.not_collected == ("indication_subtype",)
    assert read(without, by_form, language) == [[sign(NOT_COLLECTED, language), "1"]]


@pytest.mark.parametrize(("name", "asked"), [
    ("serious_effects", {"where": {"criterion": "DEATH"}}),
    ("treated_patients", {"where": {"sex": "M"}}),
    ("treated_patients", {"selection": Selection(sexes=("M",))}),
])  # fmt: skip
@pytest.mark.parametrize("by", [[], ["indication_code"]])
def test_what_is_kept_by_something_that_is_not_collected_is_no_zero(
    without: Opened, name: str, asked: dict[str, object], by: list[str]
) -> None:
    table = measure(without, name, **{"selection": Selection(), **asked}, by=by)  # type: ignore[arg-type]
    assert set(table.frame["state"]) <= {NOT_COLLECTED}
    assert table.frame["n_patients"].isna().all()
    assert by or table.single is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_that_was_not_sent_is_no_zero(release: Release, language: str) -> None:
    opened = release(patients="patient_id\n a", adverse_events=None)
    for by in ([], ["soc_code"]):
        table = measure(opened, "effects", Selection(), by=by)
        assert table.not_sent == ("adverse_events",)
        assert table.single is None
        (row,) = written(opened, table, language)
        assert set(row) == {sign(NOT_SENT, language), label(NOT_SENT, language)}
        assert row[-1] == label(NOT_SENT, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [MASKED, NOT_APPLICABLE, NOT_RECORDED, NOT_COLLECTED, NOT_SENT])
def test_a_cell_keeps_its_state_on_the_screen_and_in_the_file(drawn: Opened, state: str, language: str) -> None:
    table = measure(drawn, "treated_patients", Selection(), by=["sex"])
    frame = table.frame.copy()
    frame.loc[1, ["n_patients", "state"]] = [pd.NA, state]
    given = dataclasses.replace(table, frame=frame)
    assert [row[1] for row in read(drawn, given, language)] == ["1", sign(state, language)]
    assert [row[1:] for row in written(drawn, given, language)] == [
        ["1", label(OBSERVED, language)], [sign(state, language), label(state, language)]]  # fmt: skip


def test_an_unknown_quantity_is_not_recorded_and_that_of_nobody_does_not_apply(release: Release) -> None:
    opened = release(adverse_events="patient_id | submitted_date\n a | ")
    unknown = distribution(opened, "effect_reporting", "delay_days", Selection()).frame.iloc[0]
    assert (int(unknown["n"]), unknown["state"], pd.isna(unknown["median"])) == (0, NOT_RECORDED, True)
    nobody = distribution(opened, "effect_reporting", "delay_days", Selection(regions=("93",))).frame.iloc[0]
    assert (int(nobody["n_missing"]), nobody["state"]) == (0, NOT_APPLICABLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_states_have_the_same_words_and_none_looks_like_a_number(language: str) -> None:
    assert len({label(state, language) for state in STATES}) == len(STATES)
    signs = {state: sign(state, language) for state in STATES if state != OBSERVED}
    assert not any(each.strip().isdigit() or each in ("", "nan", "NaN", "None") for each in signs.values())
    with pytest.raises(ValueError, match="observed"):
        sign(OBSERVED, language)

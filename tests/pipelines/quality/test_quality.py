"""Empty fields, each sentence with its data drawn."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from data_schemas.tables import TABLES
from pipelines import quality
from pipelines.opened import Opened

Release = Callable[..., Opened]


def field(opened: Opened, table: str, column: str) -> dict[str, Any]:
    frame = quality.completeness(opened)
    found = frame[(frame["table_name"] == table) & (frame["column_name"] == column)]
    assert len(found) == 1
    return dict(found.iloc[0])


def weights(n_empty: int, n_rows: int) -> list[dict[str, str]]:
    return [{"weight_kg": "" if n < n_empty else "60"} for n in range(n_rows)]


@pytest.mark.parametrize(("n_empty", "flagged"), [(0, False), (1, False), (2, True), (10, True)])
def test_a_field_is_flagged_when_more_than_a_tenth_is_empty(release: Release, n_empty: int, flagged: bool) -> None:
    found = field(release(initiations=weights(n_empty, 10)), "initiations", "weight_kg")
    assert (found["n_rows"], found["n_empty"], found["share_empty"]) == (10, n_empty, n_empty / 10)
    assert found["flagged"] == flagged


def test_only_loaded_rows_are_looked_at(release: Release) -> None:
    given = release(initiations=[{"weight_kg": "60"}, {"weight_kg": "", "start_dose_mg_day": "9000"}])
    assert field(given, "initiations", "weight_kg")["n_empty"] == 0


def test_a_table_that_was_not_sent_has_no_share_and_no_flag(release: Release) -> None:
    found = field(release(), "visits", "visit_label")
    assert found["state"] == "not_sent"
    assert pd.isna(found["n_rows"])
    assert pd.isna(found["share_empty"])
    assert not found["flagged"]


def test_a_table_sent_without_a_row_has_no_share(release: Release) -> None:
    found = field(release(files={"visits.csv": b"visit_id,episode_id,visit_date\n"}), "visits", "visit_label")
    assert (found["state"], found["n_rows"], found["flagged"]) == ("observed", 0, False)
    assert pd.isna(found["share_empty"])


def test_every_column_of_the_contract_has_its_line(release: Release) -> None:
    frame = quality.completeness(release())
    assert len(frame) == sum(len(table.columns) for table in TABLES.values())
    assert not frame.duplicated(["table_name", "column_name"]).any()


def test_a_column_that_the_programme_does_not_collect_is_not_called_empty(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = release()
    monkeypatch.setattr(
        type(given.programme), "collects", lambda _, table, column: (table, column) != ("initiations", "weight_kg")
    )
    found = field(given, "initiations", "weight_kg")
    assert (found["state"], bool(found["flagged"])) == ("not_collected", False)


def test_the_rows_with_an_empty_field_are_listed_by_their_key(release: Release) -> None:
    given = release(initiations=weights(2, 4))
    assert quality.empty_rows(given, "initiations", "weight_kg")["episode_id"].tolist() == ["E1", "E2"]
    assert len(quality.empty_rows(given, "patients", "birth_year")) == 0
    with pytest.raises(ValueError, match="column"):
        quality.empty_rows(given, "initiations", "patient_id; drop")

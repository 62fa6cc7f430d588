"""Parquet and SAS transport files give what the same values written as text would give."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from data_schemas.programme import Programme
from data_schemas.programme_parts import TableMapping
from data_schemas.tables import TABLES
from pipelines.errors import Problem
from pipelines.importing import import_export
from pipelines.opened import Opened
from pipelines.store import Store

DAYS = [dt.date(2024, 6, 10), dt.date(2024, 6, 11)]
MIDNIGHTS = [dt.datetime(2024, 6, 10), dt.datetime(2024, 6, 11)]  # noqa: DTZ001


def keys(problems: list[Problem]) -> list[str]:
    return [problem.key for problem in problems]


def visits(opened: Opened) -> list[tuple[str, str, Any, Any]]:
    frame = opened.query(
        """select visit_id, cast(visit_date as varchar) as d, weight_kg, neuro_grade
        from core_visits order by visit_id"""
    )
    return list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "days", [pa.array(DAYS), pa.array(MIDNIGHTS), pa.array(MIDNIGHTS, pa.timestamp("ns")),
             pa.array(["2024-06-10", "2024-06-11"])],
    ids=["day", "moment", "nanoseconds", "text"],
)  # fmt: skip
@pytest.mark.parametrize(
    "weights", [pa.array([61.5, None]), pa.array([Decimal("61.50"), None]), pa.array(["61.5", None])],
    ids=["double", "decimal", "text"],
)  # fmt: skip
@pytest.mark.parametrize("grades", [pa.array([1, 2]), pa.array([1.0, 2.0])], ids=["integer", "double"])
def test_a_parquet_file_is_read_whatever_the_types_of_its_columns(
    release: Callable[..., Opened], parquet: Callable[..., bytes], days: Any, weights: Any, grades: Any
) -> None:
    content = parquet(Visit_ID=pa.array(["V1", "V2"]), episode_id=pa.array(["E1", "E1"]).dictionary_encode(),
                      visit_date=days, weight_kg=weights, neuro_grade=grades)  # fmt: skip
    given = release(files={"visits.parquet": content})
    assert visits(given) == [("V1", "2024-06-10", 61.5, 1), ("V2", "2024-06-11", None, 2)]


def test_booleans_are_0_and_1(release: Callable[..., Opened], parquet: Callable[..., bytes]) -> None:
    content = parquet(patient_id=["P1", "P2"], birth_year=[1980, 1981], sex=["F", "F"], centre_id=["C1", "C1"],
                      data_opposition=[False, None])  # fmt: skip
    given = release(files={"patients.parquet": content}, patients=None, centres=[{}])
    assert list(given.query("select patient_id from core_patients order by 1")["patient_id"]) == ["P1", "P2"]


def test_a_row_of_a_parquet_file_is_named_by_its_number(
    release: Callable[..., Opened], parquet: Callable[..., bytes], reasons: Callable[[Opened], list[Any]]
) -> None:
    content = parquet(visit_id=["V1", "V2"], episode_id=["E1", "E1"], visit_date=["2024-06-10", "10.06.2024"])
    given = release(files={"visits.parquet": content})
    assert reasons(given) == [("visits.parquet", 2, ["not_a_date:visit_date"])]


@pytest.mark.parametrize("values", [[b"\x00"], [[1]], [{"a": 1}]], ids=["bytes", "list", "struct"])
def test_a_column_that_is_no_text_number_or_day_is_refused(
    export: Callable[..., Path], parquet: Callable[..., bytes], problems: Callable[..., list[Problem]], values: Any
) -> None:
    found = problems(export(files={"visits.parquet": parquet(visit_id=["V1"], visit_label=values)}))
    assert keys(found) == ["columnar.no_text"]
    assert found[0].details == {"file": "visits.parquet", "column": "visit_label"}


@pytest.mark.parametrize("name", ["visits.parquet", "visits.xpt"])
@pytest.mark.parametrize("content", [b"", b"PAR1 and no more PAR1", b"visit_id,episode_id\n"])
def test_a_file_that_is_not_what_its_name_says_is_refused(
    export: Callable[..., Path], problems: Callable[..., list[Problem]], name: str, content: bytes
) -> None:
    assert keys(problems(export(files={name: content}))) == ["columnar.unreadable"]


def test_a_transport_file_of_version_8_is_read(release: Callable[..., Opened], xport: Callable[..., bytes]) -> None:
    frame = pd.DataFrame({"visit_id": ["V1", "V2"], "episode_id": ["E1", "E1"], "visit_date": DAYS,
                          "weight_kg": [61.5, None], "neuro_grade": [1, 2],
                          "visit_label": ["Première", ""]})  # fmt: skip
    given = release(files={"visits.xpt": xport(frame)})
    assert visits(given) == [("V1", "2024-06-10", 61.5, 1), ("V2", "2024-06-11", None, 2)]
    assert given.query("select visit_label as l from core_visits order by visit_id")["l"].iloc[0] == "Première"


def test_names_cut_to_8_letters_become_the_only_column_that_fits(
    release: Callable[..., Opened], xport: Callable[..., bytes]
) -> None:
    frame = pd.DataFrame({"VISIT_ID": ["V1"], "EPISODE_": ["E1"], "VISIT_DA": MIDNIGHTS[:1], "WEIGHT_K": [61.5]})
    given = release(files={"visits.xpt": xport(frame, version=5)})
    assert visits(given)[0][:3] == ("V1", "2024-06-10", 61.5)


def test_a_cut_name_that_several_columns_fit_is_a_question(
    export: Callable[..., Path], xport: Callable[..., bytes], problems: Callable[..., list[Problem]]
) -> None:
    frame = pd.DataFrame({"EPISODE_": ["E1"], "INDICATI": ["APHTOSE"]})
    found = problems(export(files={"initiations.xpt": xport(frame, version=5)}, initiations=None))
    named = {problem.details.get("column"): problem.details.get("columns") for problem in found}
    assert named["indicati"] == "indication_code, indication_subtype"
    assert set(keys(found)) <= {"columnar.short_name", "export.table_twice", "export.file_missing"}


def test_cut_names_of_seriousness_are_refused_by_the_columns_that_they_can_be(
    export: Callable[..., Path], xport: Callable[..., bytes], problems: Callable[..., list[Problem]]
) -> None:
    frame = pd.DataFrame({"AE_ID": ["A1"], "SERIOUSN": [1]})
    found = problems(export(files={"adverse_events.xpt": xport(frame, version=5)}))
    assert keys(found) == ["columnar.short_name"]
    assert "seriousness_death, seriousness_life" in str(found[0].details["columns"])


def test_a_cut_name_is_read_where_the_programme_maps_it(
    export: Callable[..., Path], xport: Callable[..., bytes], thalidomide: Programme,
    new_store: Callable[[], Store],
) -> None:  # fmt: skip
    cut = {"indication_code": "indicati", "episode_type": "episodet"}
    mapping = {
        name: TableMapping(file=name, columns={column: cut.get(column, column) for column in table.columns})
        for name, table in TABLES.items()
    }
    programme = thalidomide.model_copy(update={"mapping": mapping})
    source = export()
    rows = pd.read_csv(source / "initiations.csv", dtype="str", keep_default_na=False)
    short = {column: cut.get(column, column[:8]) for column in rows}
    (source / "initiations.csv").unlink()
    (source / "manifest.json").write_text('{"cutoff_date": "2026-10-31"}', encoding="utf-8")
    (source / "initiations.xpt").write_bytes(xport(rows.rename(columns=short), version=5))
    opened = Opened(import_export(source, programme, new_store()).release, programme)
    assert list(opened.query("select indication_code as c from core_initiations")["c"]) == ["APHTOSE"]
    opened.close()


def test_a_transport_file_of_windows_keeps_its_accents(
    release: Callable[..., Opened], xport: Callable[..., bytes]
) -> None:
    frame = pd.DataFrame({"visit_id": ["V1"], "episode_id": ["E1"], "visit_date": DAYS[:1], "visit_label": ["xxé"]})
    content = xport(frame).replace("é".encode(), b"\xe9 ")
    given = release(files={"visits.xpt": content})
    assert list(given.query("select visit_label from core_visits")["visit_label"]) == ["xxé"]


def test_a_number_beyond_all_days_is_a_row_at_fault(
    release: Callable[..., Opened], xport: Callable[..., bytes], reasons: Callable[[Opened], list[Any]]
) -> None:
    frame = pd.DataFrame({"visit_id": ["V1"], "episode_id": ["E1"], "visit_date": [1e12]})
    content = xport(frame, formats={"visit_date": "DATE9."})
    assert reasons(release(files={"visits.xpt": content})) == [("visits.xpt", 1, ["not_a_date:visit_date"])]

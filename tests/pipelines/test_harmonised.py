"""What was mapped is kept with the release and told to the operator: columns, codes, and spellings by their number."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_schemas.programme import Programme
from data_schemas.programme_parts import TableMapping
from data_schemas.tables import TABLES
from pipelines.importing import Imported, import_export
from pipelines.reports import progress_line
from pipelines.store import Store

SOC = ["SKIN", "Affections de la peau et du tissu sous-cutané", "AFFECTIONS DE L'OREILLE ET DU LABYRINTHE",
       "Affections de l’oreille et du labyrinthe", "Skin and subcutaneous tissue disorders"]  # fmt: skip


def mapped(done: Imported, table: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = done.release.record["mapped"]
    return next((each for each in found if each["table"] == table), {})


def test_labels_and_other_spellings_are_counted_by_column(imported: Callable[..., Imported]) -> None:
    done = imported(adverse_events=[{"soc_label": label} for label in SOC], patients=[{"sex": "Femme"}, {"sex": "F"}])
    assert mapped(done, "adverse_events")["spellings"] == {"soc_label": 4}
    assert mapped(done, "patients")["spellings"] == {"sex": 1}
    assert mapped(done, "centres") == {}


def test_columns_and_codes_that_the_programme_maps_are_kept_and_told(
    export: Callable[..., Path], new_store: Callable[[], Store], thalidomide: Programme
) -> None:
    mapping = {name: TableMapping(file=name, columns={column: column for column in table.columns})
               for name, table in TABLES.items()}  # fmt: skip
    columns: dict[str, Any] = {column: column for column in TABLES["centres"].columns}
    columns |= {"centre_id": "site", "centre_type": {"value": "CHU"},
                "region_code": {"column": "area", "codes": {"Paris": "11", "Lyon": "84"}}}  # fmt: skip
    mapping["centres"] = TableMapping(file="sites", columns=columns)
    programme = thalidomide.model_copy(update={"mapping": mapping})
    source = export(centres=None, files={"sites.csv": b"site,area\nC1,PARIS\n"})
    (source / "centres.csv").unlink(missing_ok=True)
    (source / "manifest.json").write_text('{"cutoff_date": "2026-10-31"}', encoding="utf-8")
    told: list[dict[str, object]] = []
    done = import_export(source, programme, new_store(),
                         progress=lambda step, details: told.append(details) if step == "mapped" else None)  # fmt: skip
    found = mapped(done, "centres")
    assert found["file"] == "sites.csv"
    assert found["columns"] == {"centre_id": "site", "centre_type": "= CHU", "region_code": "area"}
    assert found["codes"] == {"region_code": {"Paris": "11", "Lyon": "84"}}
    assert told == done.release.record["mapped"]
    for language, words in [("fr", "2 code(s) traduits"), ("en", "2 code(s) translated")]:
        said = progress_line("mapped", found, language)
        assert all(part in said for part in ("sites.csv", "centre_id ← site", words))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_told_of_spellings_is_their_number(imported: Callable[..., Imported], language: str) -> None:
    done = imported(patients=[{"sex": "Femme"}, {"sex": "femme"}])
    said = progress_line("mapped", mapped(done, "patients"), language)
    assert "2" in said
    assert "emme" not in said

"""Every export of `sample_data/broken` is refused or quarantined as its `expected.yml` says; nothing else changes."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from data_schemas.programme import Programme
from pipelines.errors import ExportRefused
from pipelines.importing import import_export
from pipelines.messages import LANGUAGES, explain
from pipelines.opened import Opened
from pipelines.store import Store

BROKEN = Path(__file__).parents[2] / "sample_data" / "broken"
EXPECTED: Mapping[str, Mapping[str, Any]] = YAML(typ="safe", pure=True).load(BROKEN / "expected.yml")


def outcome(source: Path, programme: Programme, store: Store) -> dict[str, Any]:
    try:
        done = import_export(source, programme, store)
    except ExportRefused as refused:
        told = [explain(refused, language) for language in LANGUAGES]
        left = sorted(path.name for path in store.folder.iterdir())
        keys = list(dict.fromkeys(problem.key for problem in refused.problems))
        return (
            {"refused": keys} if all(told) and left == ["layout", "lock", "releases"] and not store.releases() else {}
        )
    assert all(count.read == count.loaded + count.quarantined for count in done.counts)
    opened = Opened(done.release, programme)
    rows = opened.query("select file, line, reasons from quarantine order by file, line")
    opened.close()
    found: dict[str, Any] = {
        "quarantined": {f"{file}:{line}": list(reasons) for file, line, reasons in rows.itertuples(index=False)},
        "loaded": {count.table: count.loaded for count in done.counts},
    }
    notes = {name: n for source in done.release.record["sources"] for name, n in source["notes"].items()}
    return found | ({"notes": notes} if notes else {})


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_broken_export_becomes_what_is_expected(
    name: str, thalidomide: Programme, new_store: Callable[[], Store]
) -> None:
    assert outcome(BROKEN / name, thalidomide, new_store()) == EXPECTED[name]


def test_every_broken_export_has_an_expectation() -> None:
    there = {path.name for path in BROKEN.iterdir() if path.is_dir() or path.suffix == ".zip"}
    assert there == set(EXPECTED)
    assert len(there) > 40

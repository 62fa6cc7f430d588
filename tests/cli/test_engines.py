"""The options of an import that choose what builds the release."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import engines
from pipelines.cli import main

IMPORT = ["import", ".", "--programme", "thalidomide", "--lang", "en", "--store"]


@pytest.mark.parametrize("options", [["--engine", "spark"], ["--master", "local[2]"]])
def test_a_cluster_and_its_address_go_together(options: list[str], tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, [*IMPORT, str(tmp_path / "store"), *options])
    assert answer.exit_code == 2
    assert "--engine spark and --master go together" in answer.output
    assert not (tmp_path / "store").exists()


def test_without_spark_the_operator_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pipelines.engines.spark", raising=False)
    monkeypatch.delattr(engines, "spark", raising=False)
    monkeypatch.setitem(sys.modules, "py4j.protocol", None)
    options = ["--engine", "spark", "--master", "local[2]"]
    answer = CliRunner().invoke(main, [*IMPORT, str(tmp_path / "store"), *options])
    assert answer.exit_code == 5
    assert "Install the extra spark and Java 17" in answer.output

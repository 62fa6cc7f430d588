"""The layers are contracts, and each contract is seen to break when its rule is broken."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("data_schemas", "pipelines", "dashboard")
OFFENCES = {
    "Imports run one way: dashboard, pipelines, data_schemas": ("data_schemas/errors.py", "import pipelines.errors"),
    "streamlit and plotly stay in the dashboard": ("pipelines/sql.py", "import plotly"),
    "views know no engine and no validation library": (
        "dashboard/views/__init__.py",
        "import pipelines.engines.duckdb",
    ),
    "only the engines import duckdb": ("dashboard/__init__.py", "import duckdb"),
    "the door of the protected world leads to the ledger alone": ("dashboard/protected.py", "import pipelines.opened"),
}


def contracts() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [program, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_has_an_offence_to_catch() -> None:
    assert sorted(OFFENCES) == sorted(contracts())


@pytest.mark.parametrize("contract", sorted(OFFENCES))
def test_an_import_against_a_contract_breaks_it(contract: str, copy: Path) -> None:
    module, offence = OFFENCES[contract]
    path = copy / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{offence}\n", encoding="utf-8")

    answer = lint(copy)

    assert answer.returncode == 1
    assert f"{contract} BROKEN" in answer.stdout
    assert answer.stdout.count("BROKEN") == 1


def test_no_commit_names_where_packages_come_from() -> None:
    for name in ("constraints.txt", "constraints-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text

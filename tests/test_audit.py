"""The check of the tracked files finds a secret that is planted; licences and a bill of materials are written."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PLANTED = {
    "Private Key": "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n",
    "AWS Access Key": "key = " + "AKIA" + "IOSFODNN7EXAMPLF\n",
    "Basic Auth Credentials": "postgresql://rtu:" + "hunter22@db.example/rtu\n",
}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_found_and_not_repeated(audit: ModuleType, tmp_path: Path, kind: str) -> None:
    (tmp_path / "notes.txt").write_text("one\n" + PLANTED[kind], encoding="utf-8")
    [found] = audit.secrets([tmp_path / "notes.txt"])
    assert found == f"notes.txt:2 {kind}"


def test_every_installed_package_has_its_line_in_the_list_of_licences(audit: ModuleType, tmp_path: Path) -> None:
    audit.licences(tmp_path / "licences.csv")
    written = (tmp_path / "licences.csv").read_text(encoding="utf-8")
    assert "streamlit,Apache-2.0" in written or "streamlit,Apache Software License" in written


def test_without_a_network_the_lookup_is_left_out_in_words(
    audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "OUT", tmp_path)
    monkeypatch.setattr(audit, "tracked", list)
    monkeypatch.setattr(audit, "reachable", lambda: False)
    assert audit.main([]) == 0
    assert "not looked up" in capsys.readouterr().out
    bill = json.loads((tmp_path / "bom.json").read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert {"streamlit", "duckdb", "pandera"} <= {each["name"] for each in bill["components"]}


def test_a_package_that_was_not_looked_up_is_not_taken_for_a_safe_one(audit: ModuleType, tmp_path: Path) -> None:
    known = [{"name": "duckdb", "version": "2.0.0", "vulns": []}, {"name": "own", "skip_reason": "not found"}]
    (tmp_path / "report.json").write_text(json.dumps({"dependencies": known}), encoding="utf-8")
    assert audit.unanswered(tmp_path / "report.json") == ["own"]

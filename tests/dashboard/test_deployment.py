"""The shipped recipes of a deployment: the unit, the container, and the threats with the tests that hold them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import dashboard

FOLDER = Path(dashboard.__file__).parent / "deployment"
UNIT = "rtu-dashboard@.service"


def test_the_unit_runs_the_shipped_command_with_nothing_it_does_not_need() -> None:
    unit = (FOLDER / UNIT).read_text(encoding="utf-8")
    assert re.search(r"^ExecStart=\S+/rtu dashboard --store \S+ --settings \S+ --port %i$", unit, re.MULTILINE)
    for hardening in ("NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "UMask=0077",
                      "LimitCORE=0", "RestartPreventExitStatus=10"):  # fmt: skip
        assert hardening in unit


def test_the_container_has_no_root_and_exact_versions() -> None:
    recipe = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in recipe
    assert recipe.index("USER 10001") < recipe.index("ENTRYPOINT")
    copied = re.findall(r"^COPY (.+) /build\S*$", recipe, re.MULTILINE)
    assert all((FOLDER.parents[1] / name).exists() for names in copied for name in names.split())


def test_every_test_that_the_threats_name_exists() -> None:
    written = (FOLDER / "THREATS.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in written.split("## ")[0].splitlines() if line.startswith("| ")][1:]
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))
    known = set(re.findall(r"^(?:async )?def (test_\w+)", tests, re.MULTILINE))
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row[4])
        assert named, row[2]
        assert set(named) <= known, row[2]


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if not verify:
        pytest.skip("systemd is not installed on this machine")
    unit = (FOLDER / UNIT).read_text(encoding="utf-8")
    (tmp_path / UNIT).write_text(unit.replace("/opt/rtu/bin/rtu", "/bin/true"), encoding="utf-8")
    found = subprocess.run([verify, "verify", tmp_path / UNIT], capture_output=True, text=True, check=False)
    assert "rtu-dashboard" not in found.stderr

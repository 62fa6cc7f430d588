"""What is installed holds everything that the product reads."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("data_schemas", "pipelines", "dashboard", "sample_data")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", *PACKAGES, "pyproject.toml", "README.md", "LICENSE"], cwd=ROOT,
                            capture_output=True, text=True, check=True)  # fmt: skip
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_the_wheel_holds_every_file_of_the_packages(tracked: list[str], tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    for name in tracked:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    out.mkdir()
    subprocess.run([sys.executable, "-c", BUILD, str(out)], cwd=source, capture_output=True, check=True)
    with zipfile.ZipFile(next(out.glob("*.whl"))) as wheel:
        missing = {name for name in tracked if name.startswith(PACKAGES)} - set(wheel.namelist())
    assert missing == set()
    assert "dashboard/.streamlit/config.toml" in tracked

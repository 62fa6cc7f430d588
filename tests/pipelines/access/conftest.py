"""A journal in a store, with a key outside it; and a PostgreSQL server."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.access import journal, keys
from pipelines.access.journal import AccessJournal

BINARIES = Path("/usr/lib/postgresql")


@pytest.fixture
def make_journal(tmp_path: Path) -> Callable[[str], AccessJournal]:
    def make(place: str = "") -> AccessJournal:
        store = tmp_path / "store"
        store.mkdir(exist_ok=True)
        keys.make(tmp_path / "settings" / "journal.key")
        return journal.at(place or str(store / journal.FILE), tmp_path / "settings" / "journal.key", store)

    return make


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of its own, on a socket; ended by its own control program."""
    programs = sorted(BINARIES.glob("*/bin/pg_ctl"))
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
    if not programs:
        pytest.skip("PostgreSQL is not installed on this machine")
    folder = tmp_path_factory.mktemp("postgres", numbered=True)
    as_user: list[str] = []
    if (whoami := subprocess.run(["id", "-u"], capture_output=True, text=True, check=True).stdout.strip()) == "0":
        for each in (folder, *folder.parents[:3]):
            each.chmod(0o755)
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    control, data = programs[-1], folder / "data"
    user = "postgres" if whoami == "0" else "owner"
    subprocess.run([*as_user, control.with_name("initdb"), "-D", data, "-U", user, "-A", "trust", "--no-sync"],
                   check=True, capture_output=True, cwd=folder)  # fmt: skip
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    subprocess.run([*as_user, control, "-D", data, "-o", options, "-l", folder / "log", "-w", "start"], check=True,
                   stdout=subprocess.DEVNULL, cwd=folder)  # fmt: skip
    try:
        yield f"postgresql:///postgres?host={folder}&user={user}"
    finally:
        subprocess.run([*as_user, control, "-D", data, "-m", "immediate", "stop"], check=True, capture_output=True,
                       cwd=folder)  # fmt: skip

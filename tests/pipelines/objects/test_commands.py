"""Every command takes a store in an object store by its address, or from the variable, and the dashboard follows it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard import following, places
from pipelines.access import keys, startup
from pipelines.access.errors import AccessError
from pipelines.access.settings import Settings
from pipelines.cli import main
from pipelines.objects.places import copy_at, folder_of
from pipelines.store import Store
from tests.pipelines.objects.server import Server

PATIENTS = "patient_id | treatment_start_date\np-one | 2026-09-01\np-two | 2026-09-02"


def rtu(*arguments: object, code: int = 0, **options: object) -> Result:
    answer = CliRunner().invoke(main, [*map(str, arguments), "--lang", "en"], **options)  # type: ignore[arg-type]
    assert answer.exit_code == code, answer.output
    return answer


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Be on the machine of a name."""
    monkeypatch.delenv("RTU_SETTINGS", raising=False)
    return lambda name: monkeypatch.setenv("RTU_CACHE", str(tmp_path / name))


@pytest.fixture
def published(server: Server, here: Callable[[str], None], url: str, export: Callable[..., Path]) -> str:
    """A store that was imported into, by its address."""
    assert server.port
    here("office")
    rtu("import", export(initiations=PATIENTS), "--programme", "thalidomide", "--store", url)
    return url


def test_commands_on_another_machine_answer_the_same(
    published: str, here: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [["releases"], ["check"], ["measure", "new_patients", "--format", "json"], ["findings"],
             ["quarantine", "list"], ["return", "history"], ["quality", "completeness"]]  # fmt: skip
    told = [rtu(*command, "--store", published).output for command in asked]
    here("elsewhere")
    assert [rtu(*command, "--store", published).output for command in asked] == told
    assert json.loads(told[2])["cells"]
    monkeypatch.setenv("RTU_STORE", published)
    assert rtu("releases").output == told[0]
    rtu("return", "lock", "2026-10")
    here("office")
    assert "2026-10" in rtu("return", "status", "2026-10").output
    erased = rtu("erase", "--patient", "-", input="p-one")
    assert "p-one" not in erased.output
    here("elsewhere")
    assert rtu("releases").output != told[0]


@pytest.mark.usefixtures("server")
def test_the_summary_names_the_store_by_its_address(
    here: Callable[[str], None], url: str, export: Callable[..., Path]
) -> None:
    here("office")
    folder = export(visits=[{"visit_date": "2026-13-45"}])
    said = rtu("import", folder, "--programme", "thalidomide", "--store", url, "--prepare").output
    assert f"--store {url}" in said
    assert "office" not in said


def test_a_back_up_is_restored_into_an_empty_bucket_only(
    published: str, here: Callable[[str], None], tmp_path: Path
) -> None:
    known, key = rtu("releases", "--store", published).output, tmp_path / "backup.key"
    rtu("backup", "key", key)
    rtu("backup", "--out", tmp_path / "one.rtu", "--key", key, "--store", published)
    assert "not replaced" in rtu("restore", tmp_path / "one.rtu", "--to", published, "--key", key, code=5).output
    other = f"{published}-restored"
    said = rtu("restore", tmp_path / "one.rtu", "--to", other, "--key", key, code=10).output
    assert "the key of the journal is missing" in said  # without settings it stays beside the first copy
    here("elsewhere")
    assert rtu("releases", "--store", other).output == known
    assert rtu("check", "--store", other).exit_code == 0


def test_a_variable_that_names_a_store_leaves_files_to_those_who_ask_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RTU_STORE", str(tmp_path / "none"))
    (tmp_path / "ledger.jsonl").write_bytes(b"")
    assert "--store" not in rtu("ledger", "show", tmp_path / "ledger.jsonl", code=9).output
    assert "Import an export first" in rtu("ledger", "show", code=5).output
    rtu("backup", "key", tmp_path / "backup.key")


def test_errors_before_a_command_are_told_in_its_language_without_a_credential(
    server: Server, here: Callable[[str], None], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here("office")
    server.refuse = lambda *_: True
    said = rtu("releases", "--store", url, code=5).output
    assert said.startswith(f"{url}: the object store does not answer")
    assert not any(each in said for each in server.credentials)
    assert "Traceback" not in said
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://objects.example")
    assert "nothing is sent without encryption" in rtu("releases", "--store", url, code=5).output
    assert "no address of a store" in rtu("releases", "--store", "s3://Bucket", code=5).output


def test_the_journal_of_access_stands_in_a_database_where_machines_share_a_store(
    published: str, tmp_path: Path
) -> None:
    (tmp_path / "settings").mkdir(mode=0o700)
    (tmp_path / "settings" / "access.yml").write_text("people: []\n", encoding="utf-8")
    keys.make(tmp_path / "settings" / "journal.key")
    settings, folder = Settings(tmp_path / "settings"), folder_of(published, "commands")
    with pytest.raises(AccessError, match=r"access\.journal_apart"):
        settings.journal(folder)
    assert "access.journal_apart" in {each.key for each in startup.faults(folder, settings, {}, {})}
    said = rtu("rollback", "--store", published, "--to", "2026-10-31-0000000000", code=10,
               env={"RTU_SETTINGS": str(tmp_path / "settings")}).output  # fmt: skip
    assert "journal: database:" in said


def test_the_dashboard_follows_goes_on_without_a_server_and_says_so(
    published: str,
    server: Server,
    here: Callable[[str], None],
    export: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "EVERY", 3600.0)
    monkeypatch.setenv("RTU_STORE", published)
    monkeypatch.setattr("sys.argv", ["streamlit"])
    here("dashboard")
    following.begin()
    folder = places.store_folder()
    first = Store(folder).name_in_service()
    assert first is not None
    assert folder == folder_of(published, "dashboard")
    server.asked.clear()
    following.look(folder)
    assert server.asked == [("HEAD", f"/bucket/{published.removeprefix('s3://bucket/')}/current")]
    here("office")
    rtu("import", export(initiations=f"{PATIENTS}\np-three | 2026-09-03"), "--programme", "thalidomide")
    assert Store(folder).name_in_service() == first
    server.refuse = lambda *_: True
    following.look(folder)
    assert following.behind_since() is not None
    assert Store(folder).name_in_service() == first
    server.refuse = lambda *_: False
    following.look(folder)
    assert following.behind_since() is None
    assert Store(folder).name_in_service() not in {None, first}
    server.refuse = lambda *_: True
    following.begin()
    assert following.behind_since() is not None
    following._BEHIND.clear()


def test_a_dashboard_that_never_had_anything_does_not_start_without_a_server(
    server: Server, here: Callable[[str], None], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RTU_STORE", url)
    monkeypatch.setattr("sys.argv", ["streamlit"])
    here("dashboard")
    places._asked_folder.cache_clear()
    server.refuse = lambda *_: True
    with pytest.raises(Exception, match=r"objects\.unreachable"):
        following.begin()
    copy = copy_at(places.store_folder())
    assert copy is not None
    assert copy.is_empty
    assert re.fullmatch("s3://bucket/[a-z0-9-]+/store", str(copy.address))

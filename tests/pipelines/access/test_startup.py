"""What keeps the dashboard from starting, one thing at a time, each with its remedy."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipelines.access import keys
from pipelines.access.settings import Settings, asked
from pipelines.access.startup import WANTED, faults
from pipelines.importing import Imported
from pipelines.messages import LANGUAGES, explain
from pipelines.store import Store

OPTIONS = {**WANTED, "server.address": "127.0.0.1"}
AUTH = {
    "redirect_uri": "https://rtu.example/oauth2callback",
    "cookie_secret": secrets.token_hex(32),
    "client_id": "rtu",
    "client_secret": "drawn-by-the-provider",
    "server_metadata_url": "https://idp.example/.well-known/openid-configuration",
}


@pytest.fixture(scope="module")
def stores(imported: Callable[..., Imported], tmp_path_factory: pytest.TempPathFactory) -> Mapping[bool, Path]:
    """Whether the data are synthetic → a store."""
    found = {}
    for synthetic in (True, False):
        store = Store(tmp_path_factory.mktemp("place") / "store")
        imported(store=store, manifest={"synthetic": synthetic})
        found[synthetic] = store.folder
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Settings with which real data may be shown."""
    keys.make(tmp_path / "settings" / "journal.key")
    (tmp_path / "settings" / "access.yml").write_text("{address: https://rtu.example, people: []}", encoding="utf-8")
    write_auth(tmp_path / "settings", AUTH)
    return tmp_path / "settings"


def write_auth(folder: Path, auth: Mapping[str, str]) -> None:
    lines = "\n".join(f'{name} = "{value}"' for name, value in auth.items())
    (folder / "secrets.toml").write_text(f"[auth]\n{lines}\n", encoding="utf-8")
    (folder / "secrets.toml").chmod(0o600)


def why(store: Path, settings: Settings, options: Mapping[str, object] = OPTIONS,
        environment: Mapping[str, str] | None = None) -> list[str]:  # fmt: skip
    found = faults(store, settings, options, environment or {})
    for each in found:
        for language in LANGUAGES:
            assert len(explain(each, language)) > 40
            assert AUTH["cookie_secret"] not in explain(each, language)
    return [each.key for each in found]


def test_it_starts_on_synthetic_data_without_settings_and_on_real_data_with_them(
    stores: Mapping[bool, Path], folder: Path
) -> None:
    assert why(stores[True], Settings()) == []
    assert why(stores[False], asked(folder)) == []
    assert why(stores[False], asked(folder), OPTIONS | {"server.address": "0.0.0.0"}) == []  # noqa: S104


def test_real_data_need_a_sign_in(stores: Mapping[bool, Path], folder: Path) -> None:
    assert why(stores[False], Settings()) == ["start.no_sign_in"]
    (folder / "secrets.toml").unlink()
    assert why(stores[False], asked(folder)) == ["start.no_sign_in", "start.no_secrets"]


def test_data_of_which_it_is_not_known_count_as_real(tmp_path: Path) -> None:
    (tmp_path / "store" / "releases" / "2026-10-31-aaaaaaaaaa").mkdir(parents=True)
    (tmp_path / "store").chmod(0o750)
    assert why(tmp_path / "store", Settings()) == ["start.no_sign_in"]


def test_a_store_that_everyone_may_read_is_refused(stores: Mapping[bool, Path], folder: Path) -> None:
    stores[False].chmod(0o755)
    try:
        assert why(stores[False], asked(folder)) == ["start.store_open"]
    finally:
        stores[False].chmod(0o750)


def test_listening_elsewhere_needs_the_address_of_a_proxy(stores: Mapping[bool, Path], folder: Path) -> None:
    for address in ("0.0.0.0", "::", "192.168.1.10", "", None):  # noqa: S104
        assert why(stores[True], Settings(), OPTIONS | {"server.address": address}) == ["start.listens"]
    (folder / "access.yml").write_text("people: []", encoding="utf-8")
    found = why(stores[False], asked(folder), OPTIONS | {"server.address": "0.0.0.0"})  # noqa: S104
    assert found == ["start.listens"]


@pytest.mark.parametrize("value", ["False", "false", "0", "no", " OFF "])
def test_validation_that_is_switched_off_is_refused(stores: Mapping[bool, Path], value: str) -> None:
    assert why(stores[True], Settings(), OPTIONS, {"PANDERA_VALIDATION_ENABLED": value}) == ["start.validation_off"]
    assert why(stores[True], Settings(), OPTIONS, {"PANDERA_VALIDATION_ENABLED": "True"}) == []


OTHERWISE = {
    "browser.gatherUsageStats": True,
    "server.enableAgentApi": True,
    "global.developmentMode": True,
    "client.showErrorDetails": "full",
    "client.disableDataExport": False,
    "server.enableXsrfProtection": False,
    "server.enableCORS": False,
    "server.trustedUserHeaders": {"X-User": "sub"},
}


@pytest.mark.parametrize("option", WANTED)
def test_telemetry_debugging_and_open_doors_are_refused(stores: Mapping[bool, Path], option: str) -> None:
    assert why(stores[True], Settings(), OPTIONS | {option: OTHERWISE[option]}) == ["start.option"]


def test_a_key_that_is_missing_weak_open_or_in_the_store_is_refused(stores: Mapping[bool, Path], folder: Path) -> None:
    key = folder / "journal.key"
    key.chmod(0o644)
    assert why(stores[False], asked(folder)) == ["access.key_open"]
    key.chmod(0o600)
    key.write_bytes(b"secret")
    assert why(stores[False], asked(folder)) == ["access.key_weak"]
    key.unlink()
    assert why(stores[False], asked(folder)) == ["access.key_missing"]
    keys.make(key)
    assert why(folder.parent, asked(folder))[-1] == "access.key_in_store"


AUTHS = {
    "cookie_secret": ("password", "start.secret_weak"),
    "client_secret": ("", "start.secrets_missing"),
    "redirect_uri": ("https://other.example/oauth2callback", "start.other_address"),
    "server_metadata_url": ("http://idp.example/.well-known/openid-configuration", "start.not_https"),
}


@pytest.mark.parametrize("entry", AUTHS)
def test_a_weak_or_incomplete_sign_in_is_refused(stores: Mapping[bool, Path], folder: Path, entry: str) -> None:
    value, reason = AUTHS[entry]
    write_auth(folder, AUTH | {entry: value})
    assert why(stores[False], asked(folder)) == [reason]
    write_auth(folder, AUTH | {"cookie_secret": "a" * 64})
    assert why(stores[False], asked(folder)) == ["start.secret_weak"]


def test_secrets_that_others_may_read_or_that_are_none_are_refused(stores: Mapping[bool, Path], folder: Path) -> None:
    (folder / "secrets.toml").chmod(0o640)
    assert why(stores[False], asked(folder)) == ["start.secrets_open"]
    (folder / "secrets.toml").chmod(0o600)
    (folder / "secrets.toml").write_text("[auth", encoding="utf-8")
    assert why(stores[False], asked(folder)) == ["start.secrets_unreadable"]


def test_a_list_that_cannot_be_used_is_refused(stores: Mapping[bool, Path], folder: Path) -> None:
    (folder / "access.yml").write_text("people: [{}]", encoding="utf-8")
    assert why(stores[False], asked(folder)) == ["access.list_invalid"]

"""Signing in with a provider of its own on this machine: who gets in, who does not, and for how long."""

import contextlib
import http.client
import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import pytest

from dashboard.wording import text_in
from pipelines.access import keys, settings

if TYPE_CHECKING:
    from playwright import sync_api

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30_000
CLOSED = (
    "/", "/uptake", "/nowhere", "/_stcore/stream", "/_stcore/host-config", "/_stcore/upload_file/a/b", "/media/a.csv",
    "/app/static/look.css", "/served/plotly.js", "/static/js/index.js", "/component/a", "/_stcore/metrics",
)  # fmt: skip


Launch = Callable[[Path, Path, int], contextlib.AbstractContextManager[None]]


@dataclass(frozen=True)
class Served:
    """A dashboard, its provider and its settings; what the journal held when a test began."""

    address: str
    issuer: str
    settings: Path
    store: Path
    n_before: int = 0

    def lines(self) -> list[dict[str, Any]]:
        """What was written since the test began; settings apart."""
        found = settings.asked(self.settings).journal(self.store)
        assert found.verify() is None
        written = [dict(line.fields) for line in found.lines()][self.n_before :]
        return [each for each in written if each["kind"] != "settings"]

    def reasons(self) -> list[str]:
        return [each["reason"] for each in self.lines() if each["kind"] == "refusal"]

    def tell_wrongly(self, changes: Mapping[str, Any]) -> None:
        """What the provider's tokens say from now on, other than the truth."""
        (self.settings.parent / "changes.json").write_text(json.dumps(changes), encoding="utf-8")

    def list_people(self, people: str) -> None:
        temporary = self.settings / "access.tmp"
        temporary.write_text(f"people: {people}\n", encoding="utf-8")
        temporary.replace(self.settings / "access.yml")

    def give(self, subject: str, role: str) -> None:
        self.list_people(f"[{{issuer: '{self.issuer}', subject: {subject}, role: {role}}}]")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, two_releases: Path, launched: Launch) -> Iterator[Served]:
    """A provider and a dashboard that takes its word, for all the tests here."""
    folder, ports = tmp_path_factory.mktemp("desk"), (free_port(), free_port())
    address, provider = f"http://127.0.0.1:{ports[0]}", f"http://localhost:{ports[1]}"
    found = Served(address, provider, folder / "settings", folder / "store")
    shutil.copytree(two_releases, found.store, ignore=shutil.ignore_patterns("access.sqlite*"))
    keys.make(found.settings / "journal.key")
    written = "\n".join(["[auth]", f'redirect_uri = "{address}/oauth2callback"',
                         f'cookie_secret = "{secrets.token_hex(32)}"', 'client_id = "rtu"',
                         'client_secret = "rtu-secret"',
                         f'server_metadata_url = "{provider}/.well-known/openid-configuration"'])  # fmt: skip
    (found.settings / "secrets.toml").write_text(written, encoding="utf-8")
    (found.settings / "secrets.toml").chmod(0o600)
    found.give("officer", "mah_officer")
    program = [
        sys.executable,
        str(Path(__file__).with_name("provider.py")),
        str(ports[1]),
        str(folder / "changes.json"),
    ]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("localhost", ports[1]), timeout=1):
                break
            time.sleep(0.2)
        with launched(found.store, found.settings, ports[0]):
            yield found
        process.terminate()


@pytest.fixture
def served(desk: Served) -> Served:
    """The dashboard with one officer, and a provider that tells the truth."""
    desk.give("officer", "mah_officer")
    desk.tell_wrongly({})
    held = settings.asked(desk.settings).journal(desk.store)
    return replace(desk, n_before=sum(1 for _ in held.lines()))


def ask(address: str, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection(urlparse(address).netloc, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def sign_in(page: "sync_api.Page", served: Served, subject: str = "officer") -> None:
    page.goto(served.address)
    page.get_by_role("link", name=text_in("fr", "access.sign_in")).click()
    page.get_by_role("button", name=subject).click()


@pytest.mark.browser
def test_a_listed_person_signs_in_loses_the_role_and_signs_out(
    served: Served, browser: "sync_api.Browser", ready: Callable[..., None]
) -> None:
    page = browser.new_context().new_page()
    sign_in(page, served)
    ready(page, text_in("fr", "page.overview"))
    assert page.get_by_text(text_in("fr", "role.mah_officer")).first.is_visible()
    assert [each["kind"] for each in served.lines()].count("sign_in") == 1

    served.give("officer", "dpo")
    page.get_by_role("link", name=text_in("fr", "page.uptake"), exact=True).click()
    page.get_by_text(text_in("fr", "access.no_page", role=text_in("fr", "role.dpo"))).wait_for(timeout=PATIENCE)

    served.list_people("[]")
    page.get_by_text("EN", exact=True).first.click()
    page.get_by_text(text_in("en", "access.refused.role_removed")).wait_for(timeout=PATIENCE)
    assert page.goto(f"{served.address}/uptake").status == 403

    served.give("officer", "mah_officer")
    other = page.context.new_page()
    for each in (page, other):
        each.goto(f"{served.address}/?lang=fr")
        ready(each, text_in("fr", "page.overview"))
    cookies = page.context.cookies()
    page.get_by_role("button", name=text_in("fr", "access.sign_out")).click()
    page.wait_for_url(lambda url: "/sign-in" in url or served.issuer in url, timeout=PATIENCE)
    other.get_by_role("link", name=text_in("fr", "page.uptake"), exact=True).click()
    other.get_by_text(text_in("fr", "access.refused.signed_out")).wait_for(timeout=PATIENCE)
    page.context.add_cookies(cookies)
    page.goto(f"{served.address}/uptake")
    assert urlparse(page.url).path == "/sign-in"
    kinds = [(each["kind"], each.get("reason")) for each in served.lines()]
    assert ("sign_out", None) in kinds
    assert {("refusal", "role_removed"), ("refusal", "signed_out")} <= set(kinds)


@pytest.mark.browser
def test_someone_who_is_not_listed_is_told_so(served: Served, browser: "sync_api.Browser") -> None:
    page = browser.new_context().new_page()
    sign_in(page, served, "stranger")
    page.get_by_text(text_in("fr", "access.refused.unknown")).wait_for(timeout=PATIENCE)
    assert ask(served.address, "/uptake", Accept="text/html", Cookie=cookie(page))[0] == 403
    assert ask(served.address, "/media/a", Cookie=cookie(page))[0] == 401
    assert [(each["reason"], each["actor"]["subject"]) for each in served.lines()] == [("unknown", "stranger")]


def cookie(page: "sync_api.Page") -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())


WRONG = {
    "another issuer": {"iss": "https://other.example"},
    "an identity of another application": {"aud": ["other"]},
    "an identity that has expired": {"exp": -3600},
}


@pytest.mark.browser
@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_an_identity_that_does_not_hold_is_not_taken(
    served: Served, browser: "sync_api.Browser", changes: Mapping[str, Any]
) -> None:
    served.tell_wrongly(changes)
    page = browser.new_context().new_page()
    sign_in(page, served)
    page.get_by_role("alert").get_by_text(text_in("fr", "access.failed")).wait_for(timeout=PATIENCE)
    assert ask(served.address, "/uptake", Accept="text/html", Cookie=cookie(page))[0] == 302
    assert set(served.reasons()) <= {"not_verified"}


def test_without_a_sign_in_no_address_answers(served: Served) -> None:
    for path in CLOSED:
        assert ask(served.address, path)[0] == 401, path
        assert ask(served.address, path, Accept="text/html")[0] == 302, path
        assert ask(served.address, path, "POST")[0] == 401, path
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    assert ask(served.address, "/_stcore/stream", **upgrade)[0] == 401
    forged = {"Cookie": "_streamlit_user=eyJpc3MiOiJ4In0.aaaaaa.bbbbbb"}
    assert ask(served.address, "/uptake", Accept="text/html", **forged)[0] == 302
    assert ask(served.address, "/_stcore/health")[0] == 200


def test_another_host_or_origin_is_refused_and_every_answer_has_its_headers(served: Served) -> None:
    assert ask(served.address, "/sign-in", Host="attacker.example")[0] == 421
    assert ask(served.address, "/sign-in", "POST", Origin="https://attacker.example")[0] == 403
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": "https://attacker.example"}  # fmt: skip
    assert ask(served.address, "/_stcore/stream", **upgrade)[0] == 403
    for path in ("/", "/sign-in", "/_stcore/health", "/media/a"):
        headers = ask(served.address, path)[1]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_failures_are_written_once_in_a_while_and_secrets_never_logged(served: Served) -> None:
    ask(served.address, "/oauth2callback?code=x&state=y")
    ask(served.address, "/oauth2callback?code=x&state=y")
    assert len(served.reasons()) <= 1
    assert replace(served, n_before=0).reasons().count("not_verified") >= 1
    assert "cookie_secret" not in (served.settings.parent / "log").read_text(encoding="utf-8")

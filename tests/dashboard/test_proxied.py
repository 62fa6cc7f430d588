"""The shipped configuration of the proxy, run by a real nginx before two real dashboards on one store.

Nothing without a sign-in; both processes know whoever signed in with one; what belongs to a process stays with it; and
a process that dies is left out. One proxy and two processes for all tests; a test that ends one starts it again.
"""

import contextlib
import http.client
import json
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

import dashboard
from dashboard.wording import text_in
from data_schemas.programme import load
from pipelines import packed, sealing
from pipelines.access import keys, settings
from pipelines.importing import prepare_export
from pipelines.store import Store

if TYPE_CHECKING:
    from playwright import sync_api

FOLDER = Path(dashboard.__file__).parent / "deployment"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or ""
ISSUER = "https://idp.example"
PATIENCE = 60_000
PATHS = (
    "/", "/uptake", "/journal", "/nowhere", "/_stcore/stream", "/_stcore/host-config", "/_stcore/upload_file/a/b",
    "/_stcore/health", "/media/a.csv", "/app/static/look.css", "/served/plotly.js", "/static/js/index.js",
    "/component/a",
)  # fmt: skip
HEADERS = ("content-security-policy", "strict-transport-security", "x-content-type-options", "x-frame-options",
           "referrer-policy", "permissions-policy", "cross-origin-opener-policy")  # fmt: skip
DRAWN = ".st-key-card-new_patients-prescriber_specialty .rtu-chart"

Launch = Callable[[Path, Path, int], contextlib.AbstractContextManager[subprocess.Popen[bytes]]]
Ready = Callable[["sync_api.Page", str], None]


@dataclass
class Proxied:
    """A proxy, and the processes behind it by their ports; `start` runs one."""

    folder: Path
    plain: int
    encrypted: int
    processes: dict[int, subprocess.Popen[bytes]]
    start: Callable[[int], None]

    @property
    def host(self) -> str:
        return f"localhost:{self.encrypted}"

    @property
    def address(self) -> str:
        return f"https://{self.host}"

    @property
    def store(self) -> Store:
        return Store(self.folder / "store")

    def lines(self, kind: str) -> list[dict[str, Any]]:
        """What the journal says of a kind of event."""
        found = settings.asked(self.folder / "settings").journal(self.store.folder)
        assert found.verify() is None
        return [dict(line.fields) for line in found.lines() if line.fields["kind"] == kind]


def free_ports(n: int) -> list[int]:
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(n)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def make_settings(folder: Path, address: str) -> None:
    keys.make(folder / "journal.key")
    people = f"[{{issuer: {ISSUER}, subject: officer, role: mah_officer}}]"
    (folder / "access.yml").write_text(f"{{address: '{address}', people: {people}}}", encoding="utf-8")
    entries = {"redirect_uri": f"{address}/oauth2callback", "cookie_secret": secrets.token_hex(32),
               "client_id": "rtu", "client_secret": "drawn-by-the-provider",
               "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration"}  # fmt: skip
    written = "\n".join(["[auth]", *(f'{name} = "{value}"' for name, value in entries.items())])
    (folder / "secrets.toml").write_text(written, encoding="utf-8")
    (folder / "secrets.toml").chmod(0o600)


def configuration(folder: Path, plain: int, encrypted: int, behind: tuple[int, int]) -> Path:
    """The shipped files, with ports, name and certificate of this test."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)  # fmt: skip
    shutil.copy(FOLDER / "rtu-proxy.conf", folder)
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    for before, after in (("listen 80;", f"listen 127.0.0.1:{plain};"), ("listen 443", f"listen 127.0.0.1:{encrypted}"),
                          ("/etc/ssl/certs/rtu.example.pem", str(certificate)),
                          ("/etc/ssl/private/rtu.example.key", str(key)),
                          ("https://rtu.example$", f"https://localhost:{encrypted}$"), ("rtu.example", "localhost"),
                          ("8501", str(behind[0])), ("8502", str(behind[1])),
                          ("/etc/nginx/rtu-proxy.conf", str(folder / "rtu-proxy.conf"))):  # fmt: skip
        assert before in text
        text = text.replace(before, after)
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};"
                          for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    whole = f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temporary}\n{text} }}"
    (folder / "whole.conf").write_text(whole, encoding="utf-8")
    return folder / "whole.conf"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory, stores: dict[str, Path], launched: Launch) -> Iterator[Proxied]:
    if not NGINX:
        pytest.skip("nginx is not installed on this machine")
    folder = tmp_path_factory.mktemp("proxied")
    shutil.copytree(stores["data"], folder / "store", ignore=shutil.ignore_patterns("access.sqlite*"))
    plain, encrypted, *behind = free_ports(4)
    path = configuration(folder, plain, encrypted, (behind[0], behind[1]))
    with contextlib.ExitStack() as running:

        def start(port: int) -> None:
            process = launched(folder / "store", folder / "settings", port)
            found.processes[port] = running.enter_context(process)

        found = Proxied(folder, plain, encrypted, {}, start)
        make_settings(folder / "settings", found.address)
        for port in behind:
            start(port)
        nginx = running.enter_context(subprocess.Popen([NGINX, "-p", folder, "-c", path]))
        running.callback(nginx.terminate)
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", encrypted), timeout=1):
                break
            time.sleep(0.1)
        yield found


def ask(connection: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
        ) -> tuple[int, dict[str, str]]:  # fmt: skip
    with contextlib.closing(connection):
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_no_route_answers_without_a_sign_in_and_all_have_their_headers(proxied: Proxied) -> None:
    context = ssl._create_unverified_context()  # noqa: S323 - a certificate of this test

    def answered(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str]]:
        open_one = http.client.HTTPSConnection("127.0.0.1", proxied.encrypted, context=context, timeout=30)
        return ask(open_one, path, method, **({"Host": proxied.host} | headers))

    for path in PATHS:
        for method in ("GET", "POST", "PUT", "DELETE"):
            status, headers = answered(path, method)
            assert status == 401, (method, path)
            assert set(HEADERS) <= set(headers), path
        status, headers = answered(path, Accept="text/html")
        assert (status, headers["location"]) == (302, "/sign-in")
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    assert answered("/_stcore/stream", Origin=proxied.address, **upgrade)[0] == 401
    assert answered("/_stcore/stream", Origin="https://attacker.example", **upgrade)[0] == 403
    assert answered("/_stcore/metrics")[0] == answered("/_stcore/script-health-check")[0] == 404
    assert answered("/sign-in")[0] == 200
    assert answered("/sign-in", Host="attacker.example")[0] == 421
    status, headers = ask(http.client.HTTPConnection("127.0.0.1", proxied.plain, timeout=30), "/uptake")
    assert (status, headers["location"]) == (301, f"{proxied.address}/uptake")
    for port in proxied.processes:
        assert ask(http.client.HTTPConnection("127.0.0.1", port, timeout=30), "/_stcore/health")[0] == 200


def test_the_cookie_names_the_process_once_and_only_processes_that_there_are(proxied: Proxied) -> None:
    context = ssl._create_unverified_context()  # noqa: S323 - a certificate of this test

    def given(cookie: str = "") -> str:
        open_one = http.client.HTTPSConnection("127.0.0.1", proxied.encrypted, context=context, timeout=30)
        return ask(open_one, "/sign-in", Host=proxied.host, Cookie=cookie)[1].get("set-cookie", "")

    wanted = rf"rtu_process=({'|'.join(map(str, proxied.processes))})-[0-9a-f]{{32}}; Path=/; Secure; HttpOnly; .*"
    assert re.fullmatch(wanted, given())
    for port in proxied.processes:
        mine = f"rtu_process={port}-{'0a' * 16}"
        assert given(mine) == ""
        assert given(f"rtu_process=22-{'0a' * 16}").split("-")[1].startswith("0a" * 16)
    assert re.fullmatch(wanted, given("rtu_process=127.0.0.1:22"))


def reader(browser: "sync_api.Browser", proxied: Proxied, port: int) -> "sync_api.Page":
    """A browser that is signed in, and kept to a process; another one each time."""
    secret = (proxied.folder / "settings" / "secrets.toml").read_text(encoding="utf-8")
    found = re.search(r'cookie_secret = "(\w+)"', secret)
    assert found
    said = {"is_logged_in": True, "origin": proxied.address, "iss": ISSUER, "sub": "officer", "iat": time.time(),
            "nonce": secrets.token_hex(8)}  # fmt: skip
    signed = create_signed_value(found[1], "_streamlit_user", json.dumps(said)).decode()
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1400, "height": 1000})
    cookies = {"_streamlit_user": signed, "rtu_process": f"{port}-{secrets.token_hex(16)}"}
    context.add_cookies([{"name": name, "value": cookies[name], "url": proxied.address} for name in cookies])
    return context.new_page()


def process_of(page: "sync_api.Page") -> int:
    """The process that the browser is kept to."""
    [found] = [each["value"] for each in page.context.cookies() if each["name"] == "rtu_process"]
    return int(found.split("-")[0])


def figures(page: "sync_api.Page") -> Any:
    """What a chart of the page shows."""
    page.locator(f"{DRAWN} .scatterlayer .point").first.wait_for(timeout=PATIENCE)
    return page.locator(DRAWN).evaluate("chart => JSON.stringify(chart.data.map(each => [each.x, each.y]))")


def choose(page: "sync_api.Page", indication: str) -> None:
    page.get_by_role("combobox", name="Indication").click()
    page.get_by_role("option", name=indication).click()
    page.keyboard.press("Escape")


@pytest.mark.browser
def test_what_is_sent_to_and_published_by_one_process_is_offered_by_the_other(
    proxied: Proxied, browser: "sync_api.Browser", ready: Ready, nine_patients: Path
) -> None:
    first, other = proxied.processes
    before = proxied.store.name_in_service()
    looking = reader(browser, proxied, other)
    looking.goto(f"{proxied.address}/methods")
    ready(looking, text_in("fr", "page.methods"))

    prepare_export(nine_patients, load("thalidomide"), proxied.store)
    page = reader(browser, proxied, first)
    page.goto(f"{proxied.address}/import-export")
    ready(page, text_in("fr", "page.import_export"))
    with page.expect_response(lambda answer: "/_stcore/upload_file/" in answer.url) as waiting:
        page.locator('[data-testid="stFileUploader"] input').set_input_files(nine_patients / "patients.csv")
    assert waiting.value.status == 204
    page.get_by_role("button", name=text_in("fr", "import_review.publish"), exact=True).click()
    page.get_by_text(text_in("fr", "import_review.publish"), exact=True).wait_for(state="detached", timeout=PATIENCE)
    assert proxied.store.name_in_service() != before

    looking.get_by_role("link", name=text_in("fr", "page.uptake"), exact=True).click()
    ready(looking, text_in("fr", "page.uptake"))
    assert process_of(looking) == other
    looking.get_by_role("button", name=text_in("fr", "status.take"), exact=True).click()
    looking.get_by_role("button", name=text_in("fr", "status.take"), exact=True).wait_for(state="detached")


@pytest.mark.browser
def test_a_process_that_dies_is_left_out_and_its_reader_has_the_same_figures_from_another(
    proxied: Proxied, browser: "sync_api.Browser", ready: Ready, tmp_path: Path
) -> None:
    dying, other = proxied.processes
    page, before = reader(browser, proxied, dying), len(proxied.lines("sign_in"))
    page.goto(f"{proxied.address}/uptake")
    ready(page, text_in("fr", "page.uptake"))
    everyone = figures(page)
    choose(page, "Lupus cutané")
    page.wait_for_url("**indications=LUPUS_CUT**", timeout=PATIENCE)
    ready(page, text_in("fr", "page.uptake"))
    shown, address = figures(page), page.url
    assert shown != everyone

    proxied.processes[dying].kill()
    proxied.processes[dying].wait()
    for _ in range(PATIENCE // 100):
        if process_of(page) == other:
            break
        page.wait_for_timeout(100)
    assert process_of(page) == other
    ready(page, text_in("fr", "page.uptake"))
    assert page.url == address
    assert figures(page) == shown
    assert len(proxied.lines("sign_in")) == before + 1

    proxied.start(dying)
    page.get_by_role("link", name=text_in("fr", "page.extracts")).click()
    ready(page, text_in("fr", "page.extracts"))
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.get_by_role("button", name=text_in("fr", "extracts.download")).last.click()
    waiting.value.save_as(tmp_path / "extract.zip")
    assert sealing.verify(packed.found(tmp_path / "extract.zip")).faults == ()
    assert process_of(page) == other

"""The shipped configuration of the proxy, run by a real nginx before a real dashboard: nothing without a sign-in."""

import contextlib
import http.client
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dashboard
from pipelines.access import keys

FOLDER = Path(dashboard.__file__).parent / "deployment"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or ""
HOST = "rtu.example"
PATHS = (
    "/", "/uptake", "/journal", "/nowhere", "/_stcore/stream", "/_stcore/host-config", "/_stcore/upload_file/a/b",
    "/media/a.csv", "/app/static/look.css", "/served/plotly.js", "/static/js/index.js", "/component/a",
)  # fmt: skip
HEADERS = ("content-security-policy", "strict-transport-security", "x-content-type-options", "x-frame-options",
           "referrer-policy", "permissions-policy", "cross-origin-opener-policy")  # fmt: skip

Launch = Callable[[Path, Path, int], contextlib.AbstractContextManager[None]]


def free_ports(n: int) -> list[int]:
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(n)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def settings(folder: Path) -> Path:
    keys.make(folder / "journal.key")
    (folder / "access.yml").write_text(f"{{address: https://{HOST}, people: []}}", encoding="utf-8")
    entries = {"redirect_uri": f"https://{HOST}/oauth2callback", "cookie_secret": secrets.token_hex(32),
               "client_id": "rtu", "client_secret": "drawn-by-the-provider",
               "server_metadata_url": "https://idp.example/.well-known/openid-configuration"}  # fmt: skip
    written = "\n".join(["[auth]", *(f'{name} = "{value}"' for name, value in entries.items())])
    (folder / "secrets.toml").write_text(written, encoding="utf-8")
    (folder / "secrets.toml").chmod(0o600)
    return folder


def configuration(folder: Path, plain: int, encrypted: int, behind: int) -> Path:
    """The shipped files, with ports and certificates of this test."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", f"/CN={HOST}"], check=True, capture_output=True)  # fmt: skip
    passed = (FOLDER / "rtu-proxy.conf").read_text(encoding="utf-8").replace("127.0.0.1:8501", f"127.0.0.1:{behind}")
    (folder / "rtu-proxy.conf").write_text(passed, encoding="utf-8")
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    for before, after in (("listen 80;", f"listen 127.0.0.1:{plain};"), ("listen 443", f"listen 127.0.0.1:{encrypted}"),
                          ("/etc/ssl/certs/rtu.example.pem", str(certificate)),
                          ("/etc/ssl/private/rtu.example.key", str(key)),
                          ("/etc/nginx/rtu-proxy.conf", str(folder / "rtu-proxy.conf"))):  # fmt: skip
        assert before in text
        text = text.replace(before, after)
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};"
                          for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    whole = f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temporary}\n{text} }}"
    (folder / "whole.conf").write_text(whole, encoding="utf-8")
    return folder / "whole.conf"


@pytest.fixture
def proxied(tmp_path: Path, stores: dict[str, Path], launched: Launch) -> Iterator[tuple[int, int]]:
    """Ports of the proxy: plain, encrypted."""
    if not NGINX:
        pytest.skip("nginx is not installed on this machine")
    store = tmp_path / "store"
    shutil.copytree(stores["data"], store)
    plain, encrypted, behind = free_ports(3)
    path = configuration(tmp_path, plain, encrypted, behind)
    program = [NGINX, "-p", tmp_path, "-c", path]
    with launched(store, settings(tmp_path / "settings"), behind), subprocess.Popen(program) as process:
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", encrypted), timeout=1):
                    break
                time.sleep(0.1)
            yield plain, encrypted
        finally:
            process.terminate()


def ask(connection: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
        ) -> tuple[int, dict[str, str]]:  # fmt: skip
    with contextlib.closing(connection):
        connection.request(method, path, headers={"Host": HOST} | headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_no_route_answers_without_a_sign_in_and_all_have_their_headers(proxied: tuple[int, int]) -> None:
    plain, encrypted = proxied
    context = ssl._create_unverified_context()  # noqa: S323 - a certificate of this test

    def open_one() -> http.client.HTTPConnection:
        return http.client.HTTPSConnection("127.0.0.1", encrypted, context=context, timeout=30)

    for path in PATHS:
        for method in ("GET", "POST", "PUT", "DELETE"):
            status, headers = ask(open_one(), path, method)
            assert status == 401, (method, path)
            assert set(HEADERS) <= set(headers), path
        status, headers = ask(open_one(), path, Accept="text/html")
        assert (status, headers["location"]) == (302, "/sign-in")
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    assert ask(open_one(), "/_stcore/stream", Origin=f"https://{HOST}", **upgrade)[0] == 401
    assert ask(open_one(), "/_stcore/stream", Origin="https://attacker.example", **upgrade)[0] == 403
    assert ask(open_one(), "/_stcore/health")[0] == 404
    assert ask(open_one(), "/sign-in")[0] == 200
    assert ask(open_one(), "/sign-in", Host="attacker.example")[0] == 421
    status, headers = ask(http.client.HTTPConnection("127.0.0.1", plain, timeout=30), "/uptake")
    assert (status, headers["location"]) == (301, f"https://{HOST}/uptake")


def test_the_unit_runs_the_shipped_command_with_nothing_it_does_not_need() -> None:
    unit = (FOLDER / "rtu-dashboard.service").read_text(encoding="utf-8")
    assert re.search(r"^ExecStart=\S+/rtu dashboard --store \S+ --settings \S+", unit, re.MULTILINE)
    for hardening in ("NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "UMask=0077",
                      "LimitCORE=0", "RestartPreventExitStatus=7"):  # fmt: skip
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
    unit = (FOLDER / "rtu-dashboard.service").read_text(encoding="utf-8")
    (tmp_path / "rtu-dashboard.service").write_text(unit.replace("/opt/rtu/bin/rtu", "/bin/true"), encoding="utf-8")
    found = subprocess.run([verify, "verify", tmp_path / "rtu-dashboard.service"], capture_output=True, text=True,
                           check=False)  # fmt: skip
    assert "rtu-dashboard.service" not in found.stderr

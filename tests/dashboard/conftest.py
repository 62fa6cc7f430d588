"""What the tests of the screens look at: a small export drawn by hand, and the stores made from it.

Twelve patients, all twelve tables, every indication, and what is rare: a child below the age of the indication, an
effect before the start, one without a date, a case in two classes, a pregnancy table that was sent and is empty.
"""

import contextlib
import csv
import datetime as dt
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import shell
from data_schemas.programme import load
from pipelines.access import keys
from pipelines.importing import import_export
from pipelines.opened import Opened
from pipelines.store import Store

if TYPE_CHECKING:
    from playwright import sync_api

ROOT = Path(__file__).parent.parent.parent
APP = ROOT / "dashboard" / "app.py"
PUBLIC = ROOT.parent / "shared" / "real" / "cdisc-pilot" / "clean"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PATIENCE = 30_000

CUTOFF = "2022-08-31"

PATIENTS = """
    patient_id | birth_year | sex | centre_id
    P01        | 1980       | F   | C1
    P02        | 1975       | M   | C1
    P03        | 1990       | F   | C2
    P04        | 1960       | F   | C2
    P05        | 1985       | M   | C1
    P06        | 2010       | M   | C3
    P07        | 2017       | F   | C3
    P08        | 1950       | F   | C2
    P09        | 1970       | M   | C3
    P10        | 1982       | F   | C1
    P11        | 1978       | F   | C2
    P12        | 1992       | M   | C1
"""

INITIATIONS = """
    patient_id | episode_type | start      | specialty        | indication     | subtype | age | status | product
    P01        | INITIATION   | 2022-05-10 | DERMATOLOGIE     | APHTOSE        | BEHCET  | 42  | FSP    | BMS
    P02        | INITIATION   | 2022-06-03 | DERMATOLOGIE     | APHTOSE        |         | 47  | HOMME  | BMS
    P03        | INITIATION   | 2022-06-20 | MEDECINE_INTERNE | LUPUS_CUT      |         | 32  | FSP    | BMS
    P04        | INITIATION   | 2022-07-05 | DERMATOLOGIE     | LUPUS_CUT      |         | 62  | FNSP   | ACCORD
    P05        | INITIATION   | 2022-07-11 | STOMATOLOGIE     | APHTOSE        |         | 37  | HOMME  | ACCORD
    P06        | INITIATION   | 2022-07-18 | GASTRO_PEDIATRIE | CROHN_PED      |         | 12  | HOMME  | BMS
    P07        | INITIATION   | 2022-08-02 | GASTRO_PEDIATRIE | CROHN_PED      |         | 5   | FNSP   | BMS
    P08        | INITIATION   | 2022-08-09 | DERMATOLOGIE     | LUPUS_CUT      |         | 72  | FNSP   | ACCORD
    P09        | INITIATION   | 2022-08-16 | INFECTIOLOGIE    | ENL            |         | 52  | HOMME  | BMS
    P10        | INITIATION   | 2022-08-23 | AUTRE            | HORS_PROTOCOLE |         | 40  | FSP    | BMS
    P11        | POURSUITE    | 2021-03-01 | DERMATOLOGIE     | APHTOSE        |         | 43  | FSP    | BMS
    P12        | INITIATION   | 2022-08-25 | DERMATOLOGIE     | APHTOSE        |         | 30  | HOMME  | ACCORD
"""

EFFECTS = """
    ae_id | case_id | patient_id | onset      | pt_label                 | soc_label | serious | death | life | hospital
    A1    | K1      | P01        | 2022-06-01 | Neuropathie périphérique | NERV      | 1       | 0     | 0    | 1
    A2    | K1      | P01        | 2022-06-01 | Somnolence               | NERV      | 0       | 0     | 0    | 0
    A3    | K1      | P01        | 2022-06    | Prurit                   | SKIN      | 0       | 0     | 0    | 0
    A4    | K2      | P03        | 2022-07-02 | Embolie pulmonaire       | RESP      | 1       | 0     | 1    | 1
    A5    | K3      | P04        |            | Constipation             | GASTR     | NR      |       |      |
    A6    | K4      | P05        | 2022-01-03 | Céphalée                 | NERV      | 0       | 0     | 0    | 0
"""


def _rows(drawn: str) -> list[dict[str, str]]:
    """The rows of a drawn table."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in drawn.strip().splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def _export(folder: Path, leave_out: tuple[str, ...] = (), patients: int = 12, cutoff: str = CUTOFF,
            other: dict[str, str] | None = None) -> Path:  # fmt: skip
    """The export in a folder, without some tables, with the first patients only, or another indication for some."""
    folder.mkdir(parents=True)
    kept = {"", *(row["patient_id"] for row in _rows(PATIENTS)[:patients])}
    for name, lines in _tables().items():
        if name not in leave_out:
            known = [row for row in lines if _patient(row) in kept]
            for row in known:
                if name == "initiations" and row["patient_id"] in (other or {}):
                    row["indication_code"] = (other or {})[row["patient_id"]]
            _write(folder / f"{name}.csv", known, list(lines[0]))
    manifest = {"programme": "thalidomide", "cutoff_date": cutoff, "synthetic": True}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _patient(row: dict[str, str]) -> str:
    return row.get("patient_id", row.get("episode_id", "")).replace("E", "P")


def _write(path: Path, lines: list[dict[str, str]], columns: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(lines)


def _tables() -> dict[str, list[dict[str, str]]]:
    return {
        "centres": [{"centre_id": centre, "centre_type": "CHU", "region_code": region}
                    for centre, region in (("C1", "11"), ("C2", "84"), ("C3", "04"))],
        "patients": _rows(PATIENTS),
        "initiations": [_initiation(row) for row in _rows(INITIATIONS)],
        "adverse_events": [_effect(row) for row in _rows(EFFECTS)],
        "discontinuations": [{"episode_id": "E02", "stop_date": "2022-08-01", "reason": "REMISSION"}],
        "pregnancies": [{"pregnancy_id": "G1", "patient_id": "P99", "exposure": "MATERNELLE",
                         "detection_date": "2022-08-01"}],
        "prior_treatments": [{"episode_id": "E01", "treatment_class": "TOPIQUE", "outcome": "ECHEC"}],
        "visits": [{"visit_id": "V1", "episode_id": "E01", "visit_date": "2022-06-07"}],
        "dispensings": [{"dispensing_id": "D1", "episode_id": "E01", "prescription_date": "2022-05-09",
                         "dispensing_date": "2022-05-10", "capsules": "28", "days_supplied": "28", "product": "BMS"}],
        "pregnancy_tests": [{"test_id": "T1", "episode_id": "E01", "test_date": "2022-05-09", "result": "NEG"}],
        "contraceptions": [{"episode_id": "E01", "start_date": "2022-04-01", "method": "IMPLANT",
                            "childbearing_status": "FSP"}],
        "declarations": [{"period": "2022-07", "version": "1", "indication_code": "", "n_new_patients": "3",
                          "sent_on": "2022-08-05", "cutoff_date": "2022-07-31"}],
    }  # fmt: skip


def _initiation(row: dict[str, str]) -> dict[str, str]:
    signed = dt.date.fromisoformat(row["start"])
    received = min(signed + dt.timedelta(days=20), dt.date.fromisoformat(CUTOFF))
    return {
        "episode_id": row["patient_id"].replace("P", "E"),
        "patient_id": row["patient_id"],
        "episode_type": row["episode_type"],
        "form_signed_date": signed.isoformat(),
        "form_received_date": received.isoformat(),
        "treatment_start_date": row["start"],
        "prescriber_specialty": row["specialty"],
        "indication_code": row["indication"],
        "indication_subtype": row["subtype"],
        "age_at_start": row["age"],
        "weight_kg": "40" if int(row["age"]) < 18 else "",
        "childbearing_status": row["status"],
        "start_dose_mg_day": "100",
        "product": row["product"],
    }


def _effect(row: dict[str, str]) -> dict[str, str]:
    flags = ("death", "life", "hospital")
    columns = ("seriousness_death", "seriousness_life_threatening", "seriousness_hospitalisation")
    found = {name: row[name] for name in ("ae_id", "case_id", "patient_id", "pt_label", "soc_label", "serious")}
    found |= {"onset_date": row["onset"], "received_date": "2022-08-20", "severity_grade": "2", "outcome": "GUERISON"}
    return found | {column: row[flag] for column, flag in zip(columns, flags, strict=True)}


def _imported(folder: Path, leave_out: tuple[str, ...] = (), patients: int = 12) -> Path:
    import_export(_export(folder / "export", leave_out, patients), load("thalidomide"), Store(folder / "store"))
    return folder / "store"


def _several(folder: Path, optional: tuple[str, ...]) -> Path:
    """Three releases: June without most tables, July with another indication for a patient, August with a wrong one."""
    store = Store(folder / "store")
    exports = (
        _export(folder / "june", optional, 2, "2022-06-30"),
        _export(folder / "july", (), 5, "2022-07-31", {"P04": "APHTOSE"}),
        _export(folder / "august", other={"P09": "NOPE"}),
    )
    for export in exports:
        import_export(export, load("thalidomide"), store)
    return store.folder


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Stores by what is particular about them."""
    folder = tmp_path_factory.mktemp("stores")
    optional = tuple(name for name in _tables() if name not in {"centres", "patients", "initiations"})
    return {
        "data": _imported(folder / "data"),
        "one patient": _imported(folder / "one", patients=1),
        "not sent": _imported(folder / "not_sent", leave_out=optional),
        "several": _several(folder / "several", optional),
        "no release": folder / "empty",
    }


@pytest.fixture(scope="session")
def nine_patients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of the first nine patients only."""
    return _export(tmp_path_factory.mktemp("nine") / CUTOFF, patients=9)


@pytest.fixture(scope="session")
def two_releases(stores: dict[str, Path], nine_patients: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store with data, and in service a later import of the first nine patients only."""
    folder = tmp_path_factory.mktemp("two")
    shutil.copytree(stores["data"], folder / "store")
    import_export(nine_patients, load("thalidomide"), Store(folder / "store"))
    return folder / "store"


@pytest.fixture(scope="session")
def public_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published records of the second programme, which collects less."""
    if not PUBLIC.is_dir():
        pytest.skip("the public records of the second programme are not on this machine")
    folder = tmp_path_factory.mktemp("public")
    import_export(PUBLIC, load("cdisc-pilot"), Store(folder))
    return folder


@pytest.fixture
def opened(stores: dict[str, Path]) -> Opened:
    """The release with data, to count in it without any screen."""
    release = Store(stores["data"]).current()
    assert release
    return Opened(release)


ISSUER, NAME = "https://idp.example", "A. Martin"


@pytest.fixture
def signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Signs someone of a role in, and returns the folder of settings."""

    def sign_in(role: str, subject: str = "someone", age: float = 0) -> Path:
        folder = tmp_path / "settings"
        keys.make(folder / "journal.key")
        (folder / "secrets.toml").write_text("", encoding="utf-8")
        listed = f"people: [{{issuer: {ISSUER}, subject: {subject}, role: {role}}}]\n"
        (folder / "access.yml").write_text(listed if role else "people: []\n", encoding="utf-8")
        identity = {"iss": ISSUER, "sub": subject, "iat": time.time() - age, "nonce": str(tmp_path),
                    "name": NAME}  # fmt: skip
        monkeypatch.setattr("dashboard.access.claims", lambda: identity)
        monkeypatch.setattr("pipelines.access.sessions.FOLDER", str(tmp_path / "sign-ins"))
        monkeypatch.setenv("RTU_SETTINGS", str(folder))
        return folder

    return sign_in


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, signed_in: Callable[[str], Path], tmp_path: Path) -> Callable[..., AppTest]:
    """A page opened at its address without a browser, as someone of a role sees it, or in a demonstration."""

    def run(
        store: Path,
        name: str = "overview",
        language: str = "fr",
        state: dict[str, object] | None = None,
        role: str | None = None,
        **query: str | list[str],
    ) -> AppTest:
        if role != "demonstration":
            usual = "dpo" if name == "journal" else "mah_officer"
            signed_in(usual if role is None else role)
        monkeypatch.setattr("pipelines.access.journal.FILE", str(tmp_path / "access.sqlite"))
        monkeypatch.setenv("RTU_STORE", str(store))
        monkeypatch.setattr("sys.argv", ["app.py"])
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params.update({key: value if isinstance(value, list) else [value] for key, value in query.items()})
        if language != "fr":
            app.query_params["lang"] = [language]
        if name != "overview":  # `switch_page` knows addresses only once another page has run
            app._page_hash = calc_hash(shell.address(name))
        app.run()
        if state:
            for key, value in state.items():
                app.session_state[key] = value
            app.run()
        return app

    return run


@pytest.fixture(scope="session")
def serving() -> Callable[[Path], contextlib.AbstractContextManager[str]]:
    """Serves the dashboard on a store at a free port of this machine; ended by its own process."""

    @contextlib.contextmanager
    def serve(store: Path) -> Iterator[str]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", "dashboard/server.py", "--server.port", str(port), "--",
                   "--store", str(store)]  # fmt: skip
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(port)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()

    return serve


@pytest.fixture(scope="module")
def server(stores: dict[str, Path], serving: Callable[[Path], contextlib.AbstractContextManager[str]]
           ) -> Iterator[str]:  # fmt: skip
    with serving(stores["data"]) as address:
        yield address


RTU = "from pipelines.cli import main; main()"


@pytest.fixture(scope="session")
def launched() -> Callable[[Path, Path, int], contextlib.AbstractContextManager[subprocess.Popen[bytes]]]:
    """Runs `rtu dashboard` on a store with settings; what it says is in the file `log` beside these."""

    @contextlib.contextmanager
    def launch(store: Path, settings: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-c", RTU, "dashboard", "--store", str(store), "--settings", str(settings),
                   "--port", str(port)]  # fmt: skip
        with (settings.parent / "log").open("a") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            try:
                _wait_for(port)
                yield process
            finally:
                process.terminate()

    return launch


def _wait_for(port: int) -> None:
    for _ in range(150):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    pytest.fail("the dashboard did not start")


@pytest.fixture(scope="module")
def chromium() -> Iterator["sync_api.Browser"]:
    """One browser for a module; not for the session, since its event loop would stand in the way of others."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    playwright_sync = pytest.importorskip("playwright.sync_api")
    with playwright_sync.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def browser(chromium: "sync_api.Browser") -> Iterator["sync_api.Browser"]:
    """The browser, with nothing left of it after the test."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def ready() -> "Callable[[sync_api.Page, str], None]":
    """Waits until a page is readable, all of its parts have come and nothing runs any more."""

    def wait(page: "sync_api.Page", title: str) -> None:
        page.get_by_role("heading", name=title, level=1, exact=True).wait_for(timeout=PATIENCE)
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=PATIENCE)
        page.wait_for_load_state("networkidle")
        page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=PATIENCE)

    return wait

"""Cost of the pages in a real browser, as ratios to other ways of showing the same four charts, in the same run.

    python tests/benchmarks/pages.py [--rounds 10] [--peers var/peers/bin/python] [--only changes|start|sessions]

A change is timed from the press on the filter's new value to the last change inside any chart, and counts only if every
chart holds other data than before; the pages take turns, and a ratio is the median of the ratios to the empty Streamlit
page of the same turn. Beside it stand the CPU seconds of the server for a change, which other work on the machine
does not stretch. Prints Markdown tables. Nothing here passes or fails on a time.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import websockets
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard import charts, formats
from dashboard.shown import Shown
from pipelines import cells
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
APPS = HERE / "apps"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHART, TEXT = ".js-plotly-plot", '[data-testid="stMarkdownContainer"]'
FILTER = "Du mois"
CHANGES, QUIET, PATIENCE = 12, 1.5, 90.0
"""Months that the filter goes through; seconds without a change after which a page is at rest; longest wait."""

AS_SHIPPED = ("--runner.postScriptGC", "true")
"""What our settings change of Streamlit's work after a run; the pages beside ours do it as Streamlit ships."""

SESSIONS, PAUSE, SECONDS = 50, 20.0, 60.0
"""Readers at once, the mean pause between two changes of one of them, and how long they are watched."""

PROBE = """
window.bench = {start: 0, last: 0, watched: "body"};
const seen = new WeakSet();
const inside = (node) => (node.nodeType === 3 ? node.parentElement : node)?.closest?.(bench.watched)
  || (node.nodeType === 1 && node.querySelector(bench.watched));
const note = (records) => {
  const now = performance.now();
  if (records.some((each) => (each.target.nodeType === 3 ? each.target.parentElement : each.target)
      ?.closest?.(bench.watched) || [...each.addedNodes].some(inside))) bench.last = now;
};
window.watchAll = (root) => {
  if (!seen.has(root)) {
    seen.add(root);
    new MutationObserver(note).observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
  }
  for (const each of root.querySelectorAll("*")) if (each.shadowRoot) watchAll(each.shadowRoot);
};
document.addEventListener("pointerdown", () => { bench.start = performance.now(); bench.last = 0; }, true);
window.plots = (root) => [...root.querySelectorAll(".js-plotly-plot"), ...[...root.querySelectorAll("*")]
  .filter((each) => each.shadowRoot).flatMap((each) => plots(each.shadowRoot))];
window.held = () => plots(document).map((plot) => JSON.stringify(
  (plot._fullData ?? []).map((trace) => [[...(trace.x ?? [])], [...(trace.y ?? [])]])));
"""


@dataclass
class Served:
    """A page that is being served, and what was measured on it: milliseconds, and CPU milliseconds of the server."""

    name: str
    process: subprocess.Popen[bytes]
    address: str
    watched: str
    values: list[str]
    page: Page | None = None
    changed: int = 0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def streamlit(script: Path, *settings: str) -> list[str]:
    """The command that serves a script, less its port."""
    return [sys.executable, "-m", "streamlit", "run", str(script), *settings, "--server.port"]


@contextlib.contextmanager
def server(command: list[str], **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server on a free port of this machine, ended by its own process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | settings
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, str(port)], cwd=ROOT / "dashboard", env=environment, **quiet) as process:
        try:
            answers(port)
            yield process, port
        finally:
            process.terminate()


def answers(port: int) -> None:
    """Wait until somebody listens."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit("a server did not start")


def cpu(process: subprocess.Popen[bytes]) -> float:
    """CPU milliseconds that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process in MB."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def figures(store: Path) -> dict[str, list[dict[str, object]]]:
    """First month of the selection → the four figures of the page, as the dashboard draws them."""
    release = Store(store).current()
    if release is None:
        raise SystemExit(f"{store} holds no release")
    opened = Opened(release)
    months = cells.months(*opened.months)

    def asked(month: str, name: str, by: list[str]) -> Shown:
        table = measure(opened, name, Selection(from_month=month), by)
        return Shown(table, opened.programme, "fr", (month, months[-1]))

    found = {}
    for month in months[-2 * CHANGES : -CHANGES]:
        drawn = [
            charts.monthly_bars(
                asked(month, "new_patients", ["month", "indication_code"]),
                asked(month, "cumulative_patients", ["month"]),
            ),
            charts.pyramid(asked(month, "treated_patients", ["age_group", "sex"])),
            charts.ranked(asked(month, "new_patients", ["region_code"])),
            charts.ranked(asked(month, "new_patients", ["prescriber_specialty"])),
        ]
        found[month] = [each.figure.to_dict() for each in drawn]
    return found


def choose(page: Page, value: str) -> None:
    """Give the filter a value: a Streamlit select, or a radio button of another library."""
    box = page.get_by_role("combobox", name=FILTER)
    if not box.count():
        page.get_by_text(value, exact=True).first.click()
        return
    box.first.click()
    box.first.fill(value)
    option = page.get_by_role("option", name=value).first
    option.wait_for()
    page.wait_for_timeout(300)
    option.click()


def change(served: Served) -> None:
    """One change of the filter, timed to the last change inside what is watched."""
    page = served.page
    assert page is not None
    page.bring_to_front()
    page.evaluate("watched => { bench.watched = watched; watchAll(document); }", served.watched)
    before = page.evaluate("held()")
    used = cpu(served.process)
    served.changed += 1
    choose(page, served.values[served.changed % len(served.values)])
    begun = time.monotonic()
    while True:
        page.wait_for_timeout(100)
        start, last, now = page.evaluate("[bench.start, bench.last, performance.now()]")
        after = page.evaluate("held()")
        other = served.watched != CHART or (
            len(after) == len(before) and all(a != b for a, b in zip(after, before, strict=True))
        )
        if last and other and now - last > 1000 * QUIET:
            break
        if time.monotonic() - begun > PATIENCE:
            raise SystemExit(f"{served.name}: the charts did not all change")
    served.wall.append(last - start)
    served.cpu.append(cpu(served.process) - used)


def changes(browser: Browser, store: Path, folder: Path, peers: str, rounds: int) -> None:
    """Filter changes on every page in turn."""
    drawn = figures(store)
    (folder / "figures.json").write_text(json.dumps(drawn), encoding="utf-8")
    months = list(drawn)
    words = [formats.month(month, "fr") for month in months]
    settings = {"BENCHMARK_FIGURES": str(folder / "figures.json"), "RTU_STORE": str(store)}
    asked = {
        "empty Streamlit page": (streamlit(APPS / "empty.py", *AS_SHIPPED), TEXT, months, {}),
        "empty Streamlit page, our settings": (streamlit(APPS / "empty.py"), TEXT, months, {}),
        "four charts, `st.plotly_chart`": (streamlit(APPS / "plain.py", *AS_SHIPPED), CHART, months, {}),
        "four charts, Dash": ([peers, str(APPS / "in_dash.py")], CHART, months, {}),
        "four charts, Panel": ([peers, str(APPS / "in_panel.py")], CHART, months, {}),
        "pandas page, the usual way": (streamlit(APPS / "peer.py", *AS_SHIPPED), CHART, months, {}),
        "our four cards, asked for before": (streamlit(APPS / "ours.py"), CHART, words, {}),
        "our four cards, release": (streamlit(APPS / "ours.py"), CHART, words, {}),
    }
    with contextlib.ExitStack() as stack:
        pages = []
        for name, (command, watched, values, more) in asked.items():
            process, port = stack.enter_context(server(command, **settings, **more))
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(1000 * PATIENCE)
            page.add_init_script(PROBE)
            page.goto(f"http://127.0.0.1:{port}")
            page.locator(watched).first.wait_for(timeout=1000 * PATIENCE)
            page.wait_for_timeout(3000)
            pages.append(Served(name, process, page.url, watched, values, page))
        for served in pages:
            warm = CHANGES if "before" in served.name else 2
            for _ in range(warm):
                change(served)
            served.wall.clear()
            served.cpu.clear()
        for _ in range(rounds):
            for served in pages:
                change(served)
    unit = pages[0].wall
    print("| filter change | ms | ratio | server CPU ms |\n|---|---|---|---|")
    for served in pages:
        ratio = statistics.median(a / b for a, b in zip(served.wall, unit, strict=True))
        print(f"| {served.name} | {statistics.median(served.wall):.0f} | {ratio:.1f} | "
              f"{statistics.median(served.cpu):.0f} |", flush=True)  # fmt: skip


def start(browser: Browser, store: Path, folder: Path, rounds: int) -> None:
    """From the command to the first page that can be read, in a browser that has nothing of it yet."""
    (folder / "figures.json").write_text("{}", encoding="utf-8")
    settings = {"BENCHMARK_FIGURES": str(folder / "figures.json"), "RTU_STORE": str(store)}
    asked = {"empty": (APPS / "empty.py", TEXT), "ours": (ROOT / "dashboard" / "server.py", "h1")}
    wall: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, (script, readable) in asked.items():
            begun = time.perf_counter()
            with server(streamlit(script), **settings) as (_, port), browser.new_context() as context:
                page = context.new_page()
                page.goto(f"http://127.0.0.1:{port}")
                page.locator(readable).first.wait_for(timeout=1000 * PATIENCE)
                wall[name].append(time.perf_counter() - begun)
    ratio = statistics.median(a / b for a, b in zip(wall["ours"], wall["empty"], strict=True))
    print("\n| cold start to a page that can be read | s |\n|---|---|")
    print(f"| empty Streamlit app | {statistics.median(wall['empty']):.1f} |")
    print(f"| `rtu dashboard` | {statistics.median(wall['ours']):.1f} |")
    print(f"| ratio | {ratio:.1f} |", flush=True)


class Reader:
    """A session as a browser opens it, speaking Streamlit's own messages; what it draws is not part of it."""

    def __init__(self, port: int) -> None:
        self._address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self._origin = f"http://127.0.0.1:{port}"
        self.widget = self.fragment = ""

    async def open(self) -> None:
        """Load the page."""
        self._socket = await websockets.connect(
            self._address, origin=self._origin, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE
        )
        message = BackMsg()
        message.rerun_script.query_string = ""
        await self._run(message)

    async def change(self, value: str) -> float:
        """Give the filter a value; milliseconds until the server has sent everything."""
        message = BackMsg()
        message.rerun_script.fragment_id = self.fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.string_value = self.widget, value
        begun = time.perf_counter()
        await self._run(message)
        return 1000 * (time.perf_counter() - begun)

    async def close(self) -> None:
        """Leave."""
        await self._socket.close()

    async def _run(self, message: BackMsg) -> None:
        await self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await self._socket.recv())
            element = answer.delta.new_element
            if element.WhichOneof("type") == "selectbox" and element.selectbox.label == FILTER:
                self.widget, self.fragment = element.selectbox.id, answer.delta.fragment_id
            if answer.WhichOneof("type") == "script_finished":
                return


async def watched(port: int, words: list[str], readers: int, seconds: float, process: subprocess.Popen[bytes]
                  ) -> tuple[list[float], float]:  # fmt: skip
    """So many readers who each change the filter now and then.

    Returns:
        Milliseconds of every change, and the MB that an idle session holds.
    """
    chance = random.Random(1)  # noqa: S311 - spreads the readers
    everyone = [Reader(port) for _ in range(readers)]
    await everyone[0].open()
    alone = memory(process)
    for reader in everyone[1:]:
        await reader.open()
    await asyncio.sleep(2)
    held = (memory(process) - alone) / max(readers - 1, 1)

    async def read(reader: Reader) -> list[float]:
        times, end = [], time.monotonic() + seconds
        await asyncio.sleep(chance.uniform(0, PAUSE if readers > 1 else 0))
        while time.monotonic() < end:
            times.append(await reader.change(chance.choice(words)))
            await asyncio.sleep(chance.expovariate(1 / PAUSE) if readers > 1 else 0.5)
        return times

    found = await asyncio.gather(*(read(reader) for reader in everyone))
    for reader in everyone:
        await reader.close()
    return [each for times in found for each in times], held


def sessions(store: Path) -> None:
    """One reader, then fifty, on the four cards."""
    release = Store(store).current()
    if release is None:
        raise SystemExit(f"{store} holds no release")
    words = [formats.month(month, "fr") for month in cells.months(*Opened(release).months)]
    with server(streamlit(APPS / "ours.py"), RTU_STORE=str(store)) as (process, port):
        single, _ = asyncio.run(watched(port, words, 1, SECONDS / 2, process))
        many, held = asyncio.run(watched(port, words, SESSIONS, SECONDS, process))

    def late(times: list[float]) -> float:
        return statistics.quantiles(times, n=20)[-1]

    print("\n| sessions | changes | median ms | p95 ms |\n|---|---|---|---|")
    for name, times in (("1", single), (str(SESSIONS), many)):
        print(f"| {name} | {len(times)} | {statistics.median(times):.0f} | {late(times):.0f} |")
    print(f"\np95 ratio {late(many) / late(single):.1f}; an idle session holds {held:.1f} MB.", flush=True)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument(
        "--peers", default=str(ROOT / "var" / "peers" / "bin" / "python"), help="a Python with Dash and Panel"
    )
    parser.add_argument("--store", type=Path, default=ROOT / "var" / "store")
    parser.add_argument("--only", choices=["changes", "start", "sessions"])
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load "
          f"{os.getloadavg()[0]:.0f}\n", flush=True)  # fmt: skip
    store = options.store.resolve()
    peers = str(Path(options.peers).absolute())
    steps = {
        "changes": partial(changes, store=store, peers=peers, rounds=options.rounds),
        "start": partial(start, store=store, rounds=max(options.rounds // 3, 1)),
    }
    with (
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
    ):
        for name, step in steps.items():
            if options.only in {None, name}:
                step(browser=browser, folder=Path(scratch))
    if options.only in {None, "sessions"}:
        sessions(store)


if __name__ == "__main__":
    main()

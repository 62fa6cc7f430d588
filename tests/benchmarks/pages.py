"""Cost of the pages in a real browser, as ratios to other ways of showing the same four charts, in the same run.

    python tests/benchmarks/pages.py [--rounds 10] [--peers PYTHON] [--store var/store] [--only changes|start]

A change is timed from the press on the filter's new value to the last change inside any chart, and counts only if
every chart holds other data than before; the pages take turns. Beside it stand the CPU seconds of the server for a
change, which other work on the machine stretches less. Our page is the dashboard's, with its status bar, filters and
four cards; the peers show the same four figures under one filter and nothing else. Prints a Markdown table. Nothing
here passes or fails on a time.
"""

import argparse
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measuring import HEAD, PEERS, ROOT, Cost, Row, machine, row, table
from playwright.sync_api import Browser, Page, sync_playwright
from serving import APPS, PATIENCE, cpu, highest, server, streamlit

from dashboard import charts, formats
from dashboard.shown import Shown
from pipelines import cells
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.selection import Selection
from pipelines.store import Store

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHART, TEXT = ".js-plotly-plot", '[data-testid="stMarkdownContainer"]'
FILTER = "Du mois"
CHANGES, QUIET = 12, 1.5
"""Months that the filter goes through; seconds without a change after which a page is at rest."""

AS_SHIPPED = ("--runner.postScriptGC", "true")
"""What our settings change of Streamlit's work after a run; the pages beside ours do it as Streamlit ships."""

BEFORE, NEW = "our four cards, asked for before", "our four cards, new selection"
UNIT = "empty Streamlit page"

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
    """A page that is being served, and what each change on it cost."""

    name: str
    process: subprocess.Popen[bytes]
    address: str
    watched: str
    values: list[str]
    page: Page | None = None
    changed: int = 0
    costs: list[Cost] = field(default_factory=list)


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
    served.costs.append(Cost(cpu(served.process) - used, (last - start) / 1000, highest(served.process)))


def changes(browser: Browser, store: Path, folder: Path, peers: Path, rounds: int) -> Iterator[Row]:
    """Filter changes on every page in turn; ours against each other."""
    drawn = figures(store)
    (folder / "figures.json").write_text(json.dumps(drawn), encoding="utf-8")
    months = list(drawn)
    words = [formats.month(month, "fr") for month in months]
    settings = {"BENCHMARK_FIGURES": str(folder / "figures.json"), "RTU_STORE": str(store)}
    asked = {
        UNIT: (streamlit(APPS / "empty.py", *AS_SHIPPED), TEXT, months),
        "empty Streamlit page, our settings": (streamlit(APPS / "empty.py"), TEXT, months),
        "four charts, `st.plotly_chart`": (streamlit(APPS / "plain.py", *AS_SHIPPED), CHART, months),
        "four charts, Dash": ([str(peers), str(APPS / "in_dash.py")], CHART, months),
        "four charts, Panel": ([str(peers), str(APPS / "in_panel.py")], CHART, months),
        "pandas page, the usual way": (streamlit(APPS / "peer.py", *AS_SHIPPED), CHART, months),
        BEFORE: (streamlit(APPS / "ours.py"), CHART, words),
        NEW: (streamlit(APPS / "ours.py"), CHART, words),
    }
    with contextlib.ExitStack() as stack:
        pages = []
        for name, (command, watched, values) in asked.items():
            process, port = stack.enter_context(server(command, **settings))
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(1000 * PATIENCE)
            page.add_init_script(PROBE)
            page.goto(f"http://127.0.0.1:{port}")
            page.locator(watched).first.wait_for(timeout=1000 * PATIENCE)
            page.wait_for_timeout(3000)
            pages.append(Served(name, process, page.url, watched, values, page))
        for served in pages:
            warm = CHANGES if served.name == BEFORE else 2
            for _ in range(warm):
                change(served)
            served.costs.clear()
        for _ in range(rounds):
            for served in pages:
                change(served)
    costs = {served.name: served.costs for served in pages}
    for ours, others in ((NEW, [name for name in costs if name != NEW]), (BEFORE, [UNIT])):
        yield from (row(f"filter change, {ours}", name, costs[ours], costs[name]) for name in others)


def start(browser: Browser, store: Path, folder: Path, rounds: int) -> Iterator[Row]:
    """From the command to the first page that can be read, in a browser that has nothing of it yet."""
    (folder / "figures.json").write_text("{}", encoding="utf-8")
    settings = {"BENCHMARK_FIGURES": str(folder / "figures.json"), "RTU_STORE": str(store)}
    asked = {"empty": (APPS / "empty.py", TEXT), "ours": (ROOT / "dashboard" / "server.py", "h1")}
    costs: dict[str, list[Cost]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, (script, readable) in asked.items():
            begun = time.perf_counter()
            with server(streamlit(script), **settings) as (process, port), browser.new_context() as context:
                page = context.new_page()
                page.goto(f"http://127.0.0.1:{port}")
                page.locator(readable).first.wait_for(timeout=1000 * PATIENCE)
                costs[name].append(Cost(cpu(process), time.perf_counter() - begun, highest(process)))
    yield row("cold start to a page that can be read", UNIT, costs["ours"], costs["empty"])


def rows(store: Path, peers: Path, rounds: int, parts: Sequence[str] = ("changes", "start")) -> Iterator[Row]:
    """The lines of the table."""
    steps: Mapping[str, Callable[[Browser, Path], Iterator[Row]]] = {
        "changes": lambda browser, folder: changes(browser, store, folder, peers, rounds),
        "start": lambda browser, folder: start(browser, store, folder, max(rounds // 2, 1)),
    }
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with (
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
    ):
        for part in parts:
            yield from steps[part](browser, Path(scratch))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--peers", type=Path, default=PEERS, help="a Python with Dash and Panel")
    parser.add_argument("--store", type=Path, default=ROOT / "var" / "store")
    parser.add_argument("--only", choices=["changes", "start"])
    options = parser.parse_args()
    parts = [options.only] if options.only else ["changes", "start"]
    print(machine() + "\n")
    found = rows(options.store.resolve(), options.peers.absolute(), options.rounds, parts)
    print(table(HEAD, [each.cells() for each in found]))


if __name__ == "__main__":
    main()

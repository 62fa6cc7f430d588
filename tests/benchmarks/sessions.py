"""Fifty readers at once: what a filter change takes, as a ratio to a single reader's on the same server.

    python tests/benchmarks/sessions.py [--store var/store]

Sessions are the messages of Streamlit's own protocol, timed until the server has sent everything; no browser draws
them. Nothing here passes or fails on a time.
"""

import argparse
import asyncio
import random
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import websockets
from measuring import HEAD, ROOT, Cost, Row, machine, row, table
from serving import APPS, PATIENCE, cpu, memory, server, streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard import formats
from pipelines import cells
from pipelines.opened import Opened
from pipelines.store import Store

FILTER = "Du mois"
SESSIONS, PAUSE, SECONDS = 50, 20.0, 60.0
"""Readers at once, the mean pause between two changes of one of them, and how long they are watched."""


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
        """Give the filter a value; seconds until the server has sent everything."""
        message = BackMsg()
        message.rerun_script.fragment_id = self.fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.string_value = self.widget, value
        begun = time.perf_counter()
        await self._run(message)
        return time.perf_counter() - begun

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
                  ) -> tuple[list[float], float, float]:  # fmt: skip
    """So many readers who each change the filter now and then.

    Returns:
        Seconds of every change, the server's CPU seconds for one, and the MB that an idle session holds.
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

    used = cpu(process)
    found = [each for times in await asyncio.gather(*(read(reader) for reader in everyone)) for each in times]
    spent = (cpu(process) - used) / len(found)
    for reader in everyone:
        await reader.close()
    return found, spent, held


def rows(store: Path) -> Iterator[Row]:
    """The slowest twentieth of the changes of fifty readers against that of one, on the four cards.

    CPU time is that of a change; memory is what the server holds with so many sessions open.
    """
    release = Store(store).current()
    if release is None:
        raise SystemExit(f"{store} holds no release")
    words = [formats.month(month, "fr") for month in cells.months(*Opened(release).months)]
    with server(streamlit(APPS / "ours.py"), RTU_STORE=str(store)) as (process, port):
        found = []
        for readers, seconds in ((1, SECONDS / 2), (SESSIONS, SECONDS)):
            times, spent, held = asyncio.run(watched(port, words, readers, seconds, process))
            found.append(Cost(spent, statistics.quantiles(times, n=20)[-1], memory(process)))
    one, many = found
    yield row(f"filter change, p95 of {SESSIONS} sessions ({held:.1f} MB each)", "p95 of one session", [many], [one])


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, default=ROOT / "var" / "store")
    print(machine() + "\n")
    print(table(HEAD, [each.cells() for each in rows(parser.parse_args().store.resolve())]))


if __name__ == "__main__":
    main()

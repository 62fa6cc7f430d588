"""Servers that are measured: started on a free port of this machine, ended by their own process, and what they use."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import ROOT

APPS = Path(__file__).parent / "apps"
PATIENCE = 90.0
"""Seconds after which a server or a page is given up."""


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
    """CPU seconds that a process has used, in steps of a hundredth."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process in MB."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def highest(process: subprocess.Popen[bytes]) -> float:
    """The most resident memory that a process has had, in MB."""
    lines = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

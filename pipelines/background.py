"""An import that runs by itself, up to a candidate: whoever started it may leave, and anyone may ask how far it is.

    store/import/
      lock            held by the process that imports, from the moment an import is accepted
      received/       the files as they were sent; removed when the import ends
      task.json       programme, cut-off, order of dates, when it began
      steps.jsonl     one line for each step
      outcome.json    the candidate, or why there is none

One import at a time. The lock goes from the process that starts an import to the one that does it, so there is no
instant at which an import is accepted and nobody does it: a free lock and no outcome mean that it was killed.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from data_schemas.errors import OperatorError, ProgrammeError
from pipelines.errors import ExportRefused, Problem, StoreError
from pipelines.lasting import IMPORT as FOLDER
from pipelines.store import Store

LOCK, RECEIVED = "lock", "received"
TASK, STEPS, OUTCOME = "task.json", "steps.jsonl", "outcome.json"
PATIENCE = 20
"""Tries to get the lock, 50 ms apart: those who ask how far an import is hold it for an instant."""

Status = Literal["none", "under_way", "interrupted", "ended"]


@dataclass(frozen=True)
class State:
    """How far the last import is.

    Attributes:
        began: when it was accepted, in UTC.
        steps: what it said of its progress, as (step, details).
        release: the candidate it left, or the release in service when the content is the same.
        is_new: false when the content is that of the release in service.
        error: why there is no candidate.
    """

    status: Status
    began: dt.datetime | None = None
    steps: tuple[tuple[str, dict[str, Any]], ...] = ()
    release: str | None = None
    is_new: bool = False
    error: OperatorError | None = None


def start(store: Store, receive: Callable[[Path], Path], programme: str, cutoff: dt.date | None = None,
          export_dates: str | None = None) -> None:  # fmt: skip
    """Accept an export and import it in a process of its own.

    Args:
        receive: writes the export into the folder given, and says where it lies.
        programme: name of a shipped programme.
        export_dates: how dates with slashes are written, `dmy` or `mdy`, if not as the programme says.

    Raises:
        ExportRefused: the files were not accepted.
        StoreError: another import is under way, or the store cannot be written.
    """
    store.create()
    folder = store.folder / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / LOCK).open("w") as lock:
            _take(lock, store)
            _clear(folder)
            (folder / RECEIVED).mkdir(mode=0o700)
            try:
                source = receive(folder / RECEIVED)
                task = {"source": str(source.relative_to(folder)), "programme": programme,
                        "cutoff": cutoff.isoformat() if cutoff else None, "export_dates": export_dates,
                        "began": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}  # fmt: skip
                _write(folder / TASK, task)
                _spawn(store, lock)
            except BaseException:
                _clear(folder)
                raise
    except OSError as error:
        raise StoreError.cannot_write(store.folder.name, error) from None


def state(store: Store) -> State:
    """How far the import under way is, or how the last one ended; what a killed one left of the export is removed."""
    folder = store.folder / FOLDER
    try:
        task = json.loads((folder / TASK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State("none")
    is_free = _is_free(folder)
    began, steps = dt.datetime.fromisoformat(task["began"]), _steps(folder)
    try:
        outcome = json.loads((folder / OUTCOME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State("interrupted" if is_free else "under_way", began, steps)
    return State("ended", began, steps, outcome["release"], outcome["is_new"], _error(outcome))


def forget(store: Store) -> None:
    """Leave nothing of the last import but its candidate; nothing happens while an import is under way."""
    if state(store).status in ("ended", "interrupted"):
        with contextlib.suppress(StoreError), (store.folder / FOLDER / LOCK).open("w") as lock:
            _take(lock, store)
            _clear(store.folder / FOLDER)


def run(store: Store) -> None:
    """Do the import that was accepted; what the process ends with stands in the store."""
    folder = store.folder / FOLDER
    outcome: dict[str, Any] = {"release": None, "is_new": False}
    try:
        outcome |= _imported(store, json.loads((folder / TASK).read_text(encoding="utf-8")))
    except ExportRefused as refused:
        outcome["problems"] = [[each.key, each.details] for each in refused.problems]
    except OperatorError as error:
        outcome["error"] = [type(error).__name__, error.key, error.details]
    except Exception as defect:  # someone waits for a sentence, and must not see what was being handled
        outcome["error"] = ["StoreError", "store.defect", {"defect": type(defect).__name__, "place": _place(defect)}]
    shutil.rmtree(folder / RECEIVED, ignore_errors=True)
    _write(folder / OUTCOME, outcome)


def _imported(store: Store, task: dict[str, Any]) -> dict[str, Any]:
    from data_schemas.programme import load  # noqa: PLC0415 - slow to load, and only needed here
    from pipelines.importing import prepare_export  # noqa: PLC0415

    folder, programme = store.folder / FOLDER, load(task["programme"])
    if task["export_dates"]:
        programme = programme.model_copy(update={"export_dates": task["export_dates"]})
    cutoff = dt.date.fromisoformat(task["cutoff"]) if task["cutoff"] else None
    with (folder / STEPS).open("w", encoding="utf-8") as said:

        def progress(step: str, details: dict[str, object]) -> None:
            said.write(json.dumps([step, details], ensure_ascii=False) + "\n")
            said.flush()

        done = prepare_export(folder / task["source"], programme, store, cutoff, progress)
    return {"release": done.release.name, "is_new": done.release.is_candidate}


def _spawn(store: Store, lock: IO[str]) -> None:
    """Start the process that holds the lock from now on; it goes on when this one ends."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, and a folder
        [sys.executable, "-m", __name__, str(store.folder), str(lock.fileno())], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(lock.fileno(),), start_new_session=True,
    )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()


def _take(lock: IO[str], store: Store) -> None:
    for _ in range(PATIENCE):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(0.05)
    raise StoreError("store.busy", store=store.folder.name)


def _is_free(folder: Path) -> bool:
    """Whether no process imports; then no file of the export may be left either."""
    with (folder / LOCK).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        shutil.rmtree(folder / RECEIVED, ignore_errors=True)
        return True


def _clear(folder: Path) -> None:
    shutil.rmtree(folder / RECEIVED, ignore_errors=True)
    for name in (TASK, OUTCOME, STEPS):
        (folder / name).unlink(missing_ok=True)


def _write(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content, ensure_ascii=False, default=str), encoding="utf-8")
    temporary.replace(path)


def _steps(folder: Path) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The steps so far; the last line may be half written."""
    try:
        lines = (folder / STEPS).read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
    except FileNotFoundError:
        return ()
    return tuple((step, details) for step, details in map(json.loads, lines))


def _error(outcome: dict[str, Any]) -> OperatorError | None:
    if "problems" in outcome:
        return ExportRefused([Problem(key, details) for key, details in outcome["problems"]])
    if "error" not in outcome:
        return None
    name, key, details = outcome["error"]
    kind = {each.__name__: each for each in (StoreError, ProgrammeError)}.get(name, OperatorError)
    return kind(key, **details)


def _place(defect: BaseException) -> str:
    """Where in the code a defect showed: module and line, never what was being handled."""
    last = traceback.extract_tb(defect.__traceback__)[-1]
    return f"{Path(last.filename).stem}:{last.lineno}"


if __name__ == "__main__":
    run(Store(Path(sys.argv[1])))
    os.close(int(sys.argv[2]))

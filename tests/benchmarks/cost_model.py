"""A model of what an import on a cluster costs, fitted to measured runs, and what it predicts beyond them.

    executors' CPU = start × executors + rows × per row         in parallel
    driver's CPU   = fixed + rows × per row                     one after another
    bytes shuffled = fixed + rows × per row
    wall           = driver's CPU + executors' CPU / cores      of cores that do nothing else

All coefficients are at least zero; each run weighs the same, by relative error.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import nnls

MB, MILLION, HOUR = 1e6, 1e6, 3600
FAR, CORES = 1e9, (10, 100, 1000)
RESULT_LIMIT = 1 << 30
"""Bytes of the results of one stage that Spark's driver takes (`spark.driver.maxResultSize`)."""


@dataclass(frozen=True)
class Run:
    """One import that was measured: seconds, bytes, and MB of memory.

    Attributes:
        rows: visit rows of the export.
        wall_counting: the part of `wall` after the release was published, in which cubes are counted.
        busy: the part of `wall` in which an executor ran a task; in the rest only the driver worked.
        executor_cpu: of the executors' processes; `task_cpu` that of their tasks alone, `task_cpu_counting` of cubes.
        largest_result: the largest sum of results that one stage sent to the driver.
        load: of the machine, before the run.
    """

    rows: int
    executors: int
    wall: float
    wall_counting: float
    busy: float
    executor_cpu: float
    task_cpu: float
    task_cpu_counting: float
    driver_cpu: float
    shuffle_written: int
    shuffle_read: int
    spilled: int
    largest_result: int
    driver_mb: float
    executor_mb: float
    load: float

    def line(self) -> dict[str, Any]:
        """A line of the table of runs."""
        return {
            "visit rows": f"{self.rows:.0e}", "executors": self.executors, "wall s": f"{self.wall:.0f}",
            "cubes s": f"{self.wall_counting:.0f}", "no task runs, s": f"{self.wall - self.busy:.0f}",
            "executors CPU s": f"{self.executor_cpu:.0f}", "tasks CPU s": f"{self.task_cpu:.0f}",
            "tasks of cubes CPU s": f"{self.task_cpu_counting:.0f}", "driver CPU s": f"{self.driver_cpu:.0f}",
            "shuffle written MB": f"{self.shuffle_written / MB:.0f}", "read MB": f"{self.shuffle_read / MB:.0f}",
            "spilled MB": f"{self.spilled / MB:.0f}", "largest result MB": f"{self.largest_result / MB:.1f}",
            "driver peak MB": f"{self.driver_mb:.0f}", "executors peak MB": f"{self.executor_mb:.0f}",
            "load": f"{self.load:.0f}",
        }  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A part of the cost: what was measured of it, and what its fixed cost is multiplied by."""

    name: str
    unit: str
    measured: Callable[[Run], float]
    times: Callable[[Run], float] = lambda _: 1.0

    def fit(self, runs: Sequence[Run]) -> tuple[float, float]:
        """The fixed cost, and that of a row."""
        scale = np.array([max(self.measured(run), 1e-9) for run in runs])
        known = np.array([[self.times(run), run.rows] for run in runs]) / scale[:, None]
        size = np.abs(known).max(axis=0)
        found, _ = nnls(known / size, np.ones(len(runs)))
        fixed, per_row = found / size
        return float(fixed), float(per_row)


EXECUTOR = Part("executors' CPU", "s", lambda run: run.executor_cpu, lambda run: run.executors)
DRIVER = Part("driver's CPU", "s", lambda run: run.driver_cpu)
SHUFFLE = Part("shuffle written", "bytes", lambda run: run.shuffle_written)
RESULT = Part("largest result of a stage", "bytes", lambda run: run.largest_result)
PARTS = (EXECUTOR, DRIVER, SHUFFLE, RESULT)


def coefficients(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Lines of the table of coefficients, with the relative error on each run."""
    lines = []
    for part in PARTS:
        fixed, per_row = part.fit(runs)
        errors = [part.measured(run) / max(fixed * part.times(run) + per_row * run.rows, 1e-9) - 1 for run in runs]
        lines.append({"part": part.name, "unit": part.unit, "fixed": f"{fixed:.3g}",
                      "per million rows": f"{per_row * MILLION:.3g}",
                      "measured ÷ fitted − 1": ", ".join(f"{error:+.0%}" for error in errors)})  # fmt: skip
    return lines


def predictions(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Lines of the table of what 10⁹ visit rows would take."""
    start, executor_row = EXECUTOR.fit(runs)
    fixed, driver_row = DRIVER.fit(runs)
    _, shuffled = SHUFFLE.fit(runs)
    _, result = RESULT.fit(runs)
    serial = fixed + driver_row * FAR
    return [{
        "visit rows": f"{FAR:.0e}", "cores": cores,
        "executors h": f"{(start * cores + executor_row * FAR) / cores / HOUR:.1f}", "driver h": f"{serial / HOUR:.1f}",
        "in all h": f"{(serial + start + executor_row * FAR / cores) / HOUR:.1f}",
        "share of the driver": f"{serial / (serial + start + executor_row * FAR / cores):.0%}",
        "shuffle GB": f"{shuffled * FAR / 1e9:.0f}",
        "rows at which a result passes 1 GiB": f"{RESULT_LIMIT / result:.0e}",
    } for cores in CORES]  # fmt: skip

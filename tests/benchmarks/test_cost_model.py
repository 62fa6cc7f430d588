"""The model of what an import on a cluster costs finds the coefficients that runs were made from."""

import pytest

from tests.benchmarks.cost_model import DRIVER, EXECUTOR, SHUFFLE, Run, coefficients, predictions

START, EXECUTOR_ROW, FIXED, DRIVER_ROW, SHUFFLED = 20.0, 1e-4, 60.0, 2e-5, 250.0


def run(rows: int, executors: int) -> Run:
    return Run(
        rows=rows, executors=executors, wall=0, wall_counting=0, busy=0,
        executor_cpu=START * executors + EXECUTOR_ROW * rows, task_cpu=0, task_cpu_counting=0,
        driver_cpu=FIXED + DRIVER_ROW * rows, shuffle_written=int(SHUFFLED * rows), shuffle_read=0, spilled=0,
        largest_result=rows, driver_mb=0, executor_mb=0, load=0,
    )  # fmt: skip


RUNS = [run(rows, executors) for rows in (100_000, 1_000_000) for executors in (1, 2)]


def test_coefficients_are_found_again() -> None:
    assert EXECUTOR.fit(RUNS) == pytest.approx((START, EXECUTOR_ROW))
    assert DRIVER.fit(RUNS) == pytest.approx((FIXED, DRIVER_ROW))
    assert SHUFFLE.fit(RUNS) == pytest.approx((0, SHUFFLED), abs=1e-3)
    assert all(set(line["measured ÷ fitted − 1"].split(", ")) <= {"+0%", "-0%"} for line in coefficients(RUNS))


def test_cores_spare_the_executors_time_and_not_the_drivers() -> None:
    lines = predictions(RUNS)
    assert [line["cores"] for line in lines] == [10, 100, 1000]
    assert {line["driver h"] for line in lines} == {"5.6"}
    assert [line["in all h"] for line in lines] == ["8.4", "5.9", "5.6"]

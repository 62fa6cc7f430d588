"""What the benchmarks print means what it says; how long anything takes is no matter here."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent / "benchmarks"


@pytest.fixture(scope="module")
def measuring() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measuring", FOLDER / "measuring.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["measuring"] = module
    spec.loader.exec_module(module)
    return module


def test_a_ratio_is_the_median_of_the_ratios_of_pairs(measuring: ModuleType) -> None:
    def costs(*cpu: float) -> list[object]:
        return [measuring.Cost(each, 2 * each, None) for each in cpu]

    found = measuring.Row("a", "b", costs(10, 40, 9), costs(1, 10, 3), 1.25)
    assert found.ratio("cpu") == 4
    assert found.ratio("memory") is None
    assert dict(zip(measuring.HEAD, found.cells(), strict=True)) == {
        "compared": "a", "with": "b", "CPU s": "10", "wall s": "20", "peak MB": "–", "its CPU s": "3",
        "its wall s": "6", "its peak MB": "–", "CPU ratio": "4", "wall ratio": "4", "memory ratio": "–", "runs": "3",
        "load": "1.2",
    }  # fmt: skip


def test_what_is_too_small_to_be_told_from_nothing_has_no_ratio(measuring: ModuleType) -> None:
    ours, theirs = [measuring.Cost(0.1, 1, 100)], [measuring.Cost(0, 1, 50)]
    found = measuring.Row("a", "b", ours, theirs, 0)
    assert [found.ratio(part) for part in measuring.PARTS] == [None, 1, 2]


@pytest.mark.parametrize(
    ("number", "words"), [(None, "–"), (0.0462, "0.0462"), (1.5, "1.5"), (20.04, "20"), (1696.4, "1696")]
)
def test_numbers_have_the_digits_that_mean_something(measuring: ModuleType, number: float | None, words: str) -> None:
    assert measuring.said(number) == words


def test_the_peak_of_a_process_is_its_own_and_not_that_of_who_started_it(measuring: ModuleType) -> None:
    held = bytearray(200 * 1024**2)
    small, large = (measuring.cost([sys.executable, "-S", "-c", f"bytearray({n} * 1024**2)"]) for n in (1, 150))
    assert len(held) > 100 * 1024**2 > small.memory * 1024**2
    assert large.memory > small.memory + 100


def test_a_process_that_fails_ends_the_measuring(measuring: ModuleType) -> None:
    with pytest.raises(SystemExit, match="ended with status"):
        measuring.run([sys.executable, "-S", "-c", "raise SystemExit(3)"])

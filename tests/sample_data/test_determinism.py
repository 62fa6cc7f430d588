"""The same seed and options give the same bytes, whichever cut-offs are written and on whatever day."""

from pathlib import Path

import pytest

from sample_data.__main__ import main


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, folder: Path, last: str) -> None:
    assert main(["--out", str(tmp_path), "--last", "1"]) == 0
    assert written(tmp_path / last) == written(folder / last)


def test_a_month_does_not_depend_on_the_others_written(tmp_path: Path, folder: Path) -> None:
    main(["--out", str(tmp_path), "--months", "2020-03,2020-02"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2020-02-29", "2020-03-31"]
    assert written(tmp_path / "2020-03-31") == written(folder / "2020-03-31")


def test_another_seed_gives_other_patients(tmp_path: Path, folder: Path, last: str) -> None:
    main(["--out", str(tmp_path), "--last", "1", "--seed", "7"])
    assert written(tmp_path / last)["patients.csv"] != written(folder / last)["patients.csv"]


@pytest.mark.parametrize("option", [["--months", "2019-08"], ["--last", "0"], ["--wrong-share", "1.5"]])
def test_what_cannot_be_written_is_refused(tmp_path: Path, option: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path), *option])
    assert list(tmp_path.iterdir()) == []

"""Command line: `python -m sample_data --out DIR`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sample_data.build import build
from sample_data.dialects import DIALECTS
from sample_data.files import write_export
from sample_data.settings import CUTOFFS, DEFAULT_PATIENTS, DEFAULT_SEED, Options


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the exports asked for, and names their folders."""
    given = _parser().parse_args(arguments)
    world = build(Options(given.seed, given.patients, given.visits_per_patient, given.wrong_share))
    for cutoff in given.months or CUTOFFS[-given.last :]:
        sys.stdout.write(f"{write_export(world, cutoff, given.out, DIALECTS[given.dialect])}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sample_data", description="Write synthetic monthly exports.")
    parser.add_argument("--out", type=Path, required=True, help="folder in which the exports are written")
    parser.add_argument("--seed", type=_at_least(0), default=DEFAULT_SEED)
    parser.add_argument("--patients", type=_at_least(50), default=DEFAULT_PATIENTS, help="over all months")
    parser.add_argument("--visits-per-patient", type=_share(100), default=Options.visits_per_patient, help="mean")
    parser.add_argument("--wrong-share", type=_share(1), default=0.0, help="share of the visits that are wrong")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="clean")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--months", type=_months, help="cut-offs to write, as 2022-07,2022-08; default: all")
    which.add_argument("--last", type=_at_least(1), default=len(CUTOFFS), help="write the last so many cut-offs")
    return parser


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if (value := int(text)) < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}")
        return value

    return number


def _share(most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        if not 0 <= (value := float(text)) <= most:
            raise argparse.ArgumentTypeError(f"must be between 0 and {most}")
        return value

    return number


def _months(text: str) -> list[str]:
    ends = {cutoff[:7]: cutoff for cutoff in CUTOFFS}
    unknown = [month for month in text.split(",") if month not in ends]
    if unknown:
        raise argparse.ArgumentTypeError(f"not among {CUTOFFS[0][:7]} to {CUTOFFS[-1][:7]}: {', '.join(unknown)}")
    return sorted({ends[month] for month in text.split(",")})


if __name__ == "__main__":
    raise SystemExit(main())

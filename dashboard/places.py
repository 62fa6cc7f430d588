"""Where the store is."""

import argparse
import functools
import os
import sys
from pathlib import Path


def store_folder() -> Path:
    """The store: `--store DIR` after `--`, else the variable `RTU_STORE`, else `store`."""
    return _asked_folder(tuple(sys.argv[1:]), os.environ.get("RTU_STORE", "store"))


@functools.lru_cache(maxsize=4)
def _asked_folder(arguments: tuple[str, ...], otherwise: str) -> Path:
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    parser.add_argument("--store", type=Path, default=Path(otherwise))
    return Path(parser.parse_known_args(arguments)[0].store).resolve()

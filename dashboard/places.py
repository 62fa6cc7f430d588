"""Where the store is."""

import argparse
import functools
import os
import sys
from pathlib import Path

from pipelines.objects.places import STORE_VARIABLE, folder_of, is_address


def store_folder() -> Path:
    """The store: `--store` after `--`, else the variable `RTU_STORE`, else `store`.

    Of a store in an object store the folder of the dashboard's working copy, which `dashboard.following` keeps up.

    Raises:
        StoreError: it is no address, or others could read the working copy.
    """
    return _asked_folder(tuple(sys.argv[1:]), os.environ.get(STORE_VARIABLE, "store"))


@functools.lru_cache(maxsize=4)
def _asked_folder(arguments: tuple[str, ...], otherwise: str) -> Path:
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    parser.add_argument("--store", default=otherwise)
    place = str(parser.parse_known_args(arguments)[0].store)
    return folder_of(place, "dashboard") if is_address(place) else Path(place).resolve()
